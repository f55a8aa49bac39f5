def total(x):
    raise NotImplementedError("total is yours to write")
