def total(x):
    for _ in range(10):  # some tens of milliseconds, against which processes' own noise is small
        answer = x.sum()
    return answer
