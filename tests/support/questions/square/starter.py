def square(x):
    raise NotImplementedError("square is yours to write")
