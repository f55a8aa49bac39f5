from sandbox.author import case


def inputs(rng, *shape):
    return {"x": rng.normal(*shape), "weight": rng.normal(*shape)}


@case("A row", visible=True, criterion="gradient-understanding")
def row(rng):
    return inputs(rng, 7)


@case("A matrix", visible=True, criterion="gradient-understanding")
def matrix(rng):
    return inputs(rng, 3, 5)


@case("Another matrix of the same shape", criterion="gradient-understanding")
def same_shape(rng):
    return inputs(rng, 3, 5)
