import torch

from sandbox.author import case

INFINITY = float("inf")


def call(rng, batch, queries, keys, embed_dim, num_heads, *, dtype=torch.float32, **arguments):
    """`queries` positions attend to `keys` others, in training mode, with given parameters."""
    arguments = {"embed_dim": embed_dim, "num_heads": num_heads} | arguments
    return {
        "part": "attend",
        "arguments": arguments,
        "state": parameters(rng, embed_dim, arguments.get("bias", True), dtype),
        "training": True,
        "query": rng.normal(batch, queries, embed_dim, dtype=dtype),
        "key": rng.normal(batch, keys, embed_dim, dtype=dtype),
        "value": rng.normal(batch, keys, embed_dim, dtype=dtype),
        "grad_output": rng.normal(batch, queries, embed_dim, dtype=dtype),
        "length_first": False,
    }


def parameters(rng, embed_dim, bias=True, dtype=torch.float32):
    """Values for the four projections under which attention is neither uniform nor one-hot."""
    state = {}
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        weight = rng.normal(embed_dim, embed_dim, std=embed_dim**-0.5, dtype=dtype)
        state[f"{name}.weight"] = weight
        if bias:
            state[f"{name}.bias"] = rng.normal(embed_dim, std=0.5, dtype=dtype)
    return state


def self_attending(given):
    """The same call with one tensor in all three places."""
    return {name: item for name, item in given.items() if name not in ("key", "value")}


def some_allowed(rng, *shape):
    """A random boolean mask in which every query may look at one key at least."""
    return rng.boolean(*shape) | (torch.arange(shape[-1]) == rng.integer(0, shape[-1] - 1))


@case("Self-attention without a mask", visible=True, criterion="shape-awareness")
def self_attention(rng):
    return self_attending(call(rng, 2, 5, 5, 12, 3))


@case("Cross-attention: fewer queries than keys", visible=True, criterion="shape-awareness")
def cross_attention(rng):
    return call(rng, 3, 4, 7, 10, 2)


@case("A causal mask", visible=True, criterion="shape-awareness")
def causal_mask(rng):
    mask = torch.ones(6, 6, dtype=torch.bool).tril()
    return self_attending(call(rng, 2, 6, 6, 8, 4)) | {"mask": mask}


@case("A padding mask of its own for each sequence", criterion="shape-awareness")
def padding_mask(rng):
    # As many sequences as heads: a mask that broadcasts along the wrong dimension still fits.
    lengths = 1 + rng.permutation(7)[:3]
    mask = torch.arange(7) < lengths[:, None, None]
    return call(rng, 3, 5, 7, 12, 3) | {"mask": mask}


@case("A learned bias for each head, added to the scores", criterion="gradient-understanding")
def learned_bias(rng):
    return call(rng, 2, 4, 5, 6, 3) | {"mask": rng.normal(1, 3, 4, 5)}


@case("Boolean mask: a query that may look at nothing", criterion="engineering-judgement")
def nothing_allowed(rng):
    mask = some_allowed(rng, 2, 4, 6)
    mask[0, 1] = mask[1, 3] = False
    return call(rng, 2, 4, 6, 8, 2) | {"mask": mask}


@case("Mask of -inf: a query that may look at nothing", criterion="gradient-understanding")
def nothing_allowed_by_infinity(rng):
    mask = rng.normal(2, 1, 4, 6).masked_fill(~some_allowed(rng, 2, 1, 4, 6), -INFINITY)
    mask[1, 0, 2] = -INFINITY
    return call(rng, 2, 4, 6, 8, 2) | {"mask": mask}


@case("Scores of a hundred and more", criterion="engineering-judgement")
def large_scores(rng):
    return call(rng, 2, 5, 7, 6, 2) | {"mask": torch.full((5, 7), 100.0)}


@case("Length first in memory, in float64", criterion="shape-awareness")
def length_first_in_float64(rng):
    given = call(rng, 3, 5, 6, 8, 2, dtype=torch.float64)
    stored = {name: given[name].transpose(0, 1).contiguous() for name in ("query", "key", "value")}
    return given | stored | {"length_first": True, "mask": some_allowed(rng, 5, 6)}


@case("Without biases: one head, one query", criterion="module-usage")
def without_biases(rng):
    return call(rng, 1, 1, 9, 7, 1, bias=False)


@case("Evaluation ignores dropout", criterion="module-usage")
def dropout_in_evaluation(rng):
    return call(rng, 2, 3, 5, 8, 2, dropout=0.5) | {"training": False}


KEYS, DROPOUT = 8, 0.25


def weights_dropped_one_by_one(inputs, expected, got):
    """What is wrong with the weights that can be read off the output (see the case), or None."""
    heads = inputs["arguments"]["num_heads"]
    weights = got["output"].unflatten(-1, (heads, 2, KEYS))  # (batch, queries, heads, twice, keys)
    dropped = weights.abs() < 1e-6
    rescaled = (weights - 1 / KEYS / (1 - DROPOUT)).abs() < 1e-6
    if not (dropped | rescaled).all():
        return "An attention weight w must become 0 or w / (1 - dropout), and some are neither."
    share = dropped.double().mean().item()
    if abs(share - DROPOUT) > 0.065:  # six standard deviations of the mean of 1600
        return f"With dropout={DROPOUT}, a share of {share:.3f} of the attention weights is zero."
    if (dropped[..., 0, :] != dropped[..., 1, :]).any():
        return "Features of one head that hang on the same attention weight were dropped apart."
    for name, dim in {"sequences": 0, "queries": 1, "heads": 2, "keys": 4}.items():
        if (dropped.narrow(dim, 0, 1) == dropped).all():
            return f"All {name} share one dropout mask; each weight is to be dropped on its own."

    # Back through the one-hot values, the dropped weights, softmax at equal scores, and the keys.
    to_weights = inputs["grad_output"].unflatten(-1, (heads, 2, KEYS)).sum(-2) / (1 - DROPOUT)
    to_weights = to_weights.masked_fill(dropped[..., 0, :], 0)
    to_scores = (to_weights - to_weights.mean(-1, keepdim=True)) / KEYS / (2 * KEYS) ** 0.5
    keys = inputs["key"].unflatten(-1, (heads, -1))
    to_query = torch.einsum("bqhk,bkhd->bqhd", to_scores, keys).flatten(2)
    if not torch.allclose(got["grad"]["query"], to_query, rtol=1e-4, atol=1e-5):
        return "The gradient of query does not belong to the attention weights that were dropped."
    return None


@case(
    "Training drops attention weights, and rescales the rest",
    criterion="module-usage",
    check=weights_dropped_one_by_one,
)
def dropout_in_training(rng):
    # Equal scores make every weight 1 / KEYS. Each value holds a one-hot vector twice in every
    # head, and nothing is projected, so the output spells out each attention weight twice.
    heads = 4
    embed_dim = heads * 2 * KEYS
    given = call(rng, 2, 25, KEYS, embed_dim, heads, dropout=DROPOUT, bias=False)
    state = dict.fromkeys(given["state"], torch.eye(embed_dim))
    value = torch.eye(KEYS).repeat(2, 1, 2 * heads)
    return given | {"state": state, "query": torch.zeros(2, 25, embed_dim), "value": value}


@case("Names and shapes in the state dict", visible=True, criterion="module-usage")
def names_and_shapes(rng):
    arguments = {"embed_dim": 12, "num_heads": 4}
    return {"part": "build", "arguments": arguments, "state": parameters(rng, 12)}


@case("A width that the heads cannot share", criterion="engineering-judgement")
def indivisible(rng):
    return {"part": "build", "arguments": {"embed_dim": 10, "num_heads": 4}, "state": {}}
