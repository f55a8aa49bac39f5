import torch

from sandbox.author import case


def call(rng, *shape, normalised=1, direction="forward", options=None, dtype=torch.float32):
    """One call on unremarkable values; a case replaces what it wants to be remarkable."""
    features = shape[-normalised:]
    return {
        "direction": direction,
        "x": rng.normal(*shape, mean=0.5, std=2, dtype=dtype),
        "weight": rng.normal(*features, mean=1, std=0.5, dtype=dtype),
        "bias": rng.normal(*features, dtype=dtype),
        "grad_output": rng.normal(*shape, dtype=dtype),
        "options": options or {},
        "transposed": False,
    }


def stored_transposed(given, *names):
    """The same call on views: what is stored has its last two dimensions the other way round."""
    stored = {name: given[name].mT.contiguous() for name in names}
    return given | stored | {"transposed": True}


def equal_rows(rng, rows, features):
    """Rows without any variance, of values whose sum and mean are exact in floating point."""
    return (rng.integers(rows, 1, low=-8, high=9) / 4).expand(rows, features).contiguous()


@case("Forward: the rows of a matrix", visible=True, criterion="gradient-understanding")
def rows_of_a_matrix(rng):
    return call(rng, 5, 7)


@case(
    "Forward: two leading and two normalised dimensions", visible=True, criterion="shape-awareness"
)
def two_normalised_dimensions(rng):
    return call(rng, 3, 2, 5, 3, normalised=2)


@case("Forward: a single normalised element, and no leading dimension", criterion="shape-awareness")
def one_element(rng):
    return call(rng, 1)


@case("Forward: variances far below eps", criterion="engineering-judgement")
def variances_below_eps(rng):
    return call(rng, 6, 11) | {"x": rng.normal(6, 11, std=1e-3)}


@case("Forward: an eps of the caller's choosing", criterion="engineering-judgement")
def chosen_eps(rng):
    return call(rng, 4, 9, options={"eps": 0.5})


@case("Forward: means hundreds of times the spread", criterion="engineering-judgement")
def large_means(rng):
    return call(rng, 4, 29) | {"x": rng.normal(4, 29, mean=300, std=1)}


@case("Forward: rows of equal numbers", criterion="engineering-judgement")
def rows_of_equal_numbers(rng):
    return call(rng, 4, 6) | {"x": equal_rows(rng, 4, 6)}


@case("Forward: channels first, seen through a transpose", criterion="shape-awareness")
def transposed_view(rng):
    return stored_transposed(call(rng, 2, 9, 5), "x")


@case("Forward: float64 where float32 would not do", criterion="engineering-judgement")
def double_precision(rng):
    return call(rng, 3, 13, dtype=torch.float64) | {
        "x": rng.normal(3, 13, mean=1e6, std=1, dtype=torch.float64)
    }


@case("Backward by hand: the rows of a matrix", visible=True, criterion="gradient-understanding")
def by_hand_rows_of_a_matrix(rng):
    return call(rng, 5, 7, direction="backward")


@case("Backward by hand: two leading and two normalised dimensions", criterion="shape-awareness")
def by_hand_two_and_two_dimensions(rng):
    return call(rng, 3, 2, 5, 3, normalised=2, direction="backward")


@case("Backward by hand: no leading dimension", criterion="shape-awareness")
def by_hand_no_leading_dimension(rng):
    return call(rng, 13, direction="backward")


@case("Backward by hand: an eps that outweighs the variance", criterion="gradient-understanding")
def by_hand_eps_outweighs_variance(rng):
    given = call(rng, 4, 9, direction="backward", options={"eps": 0.5})
    return given | {"x": rng.normal(4, 9, std=0.3)}


@case("Backward by hand: views, and one row of equal numbers", criterion="shape-awareness")
def by_hand_views(rng):
    given = call(rng, 3, 7, 5, direction="backward")
    given["x"][0, 0] = 0.75
    return stored_transposed(given, "x", "grad_output")
