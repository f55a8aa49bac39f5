from sandbox.author import case


@case("Small enough to check by hand", visible=True, criterion="engineering-judgement")
def right(rng):
    return {"seed": rng.integer(0, 1 << 40)}


@case("In time and memory", criterion="engineering-judgement", budget=True)
def in_budget(rng):
    return {"seed": rng.integer(0, 1 << 40)}
