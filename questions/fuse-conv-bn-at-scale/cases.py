"""Small models that hold what a fusion can get wrong, and two large ones that are measured."""

import math

import torch

from sandbox.author import case


def conv(rng, inputs, outputs, kernel, *, bias=True, dtype=torch.float32, shift=0.0, **options):
    kernel = list(kernel) if isinstance(kernel, tuple) else [kernel, kernel]
    depth = inputs // options.get("groups", 1)
    fan_in = depth * kernel[0] * kernel[1]
    state = {"weight": rng.normal(outputs, depth, *kernel, std=1 / math.sqrt(fan_in), dtype=dtype)}
    if bias:
        state["bias"] = rng.normal(outputs, mean=shift, dtype=dtype)
    options |= {
        "in_channels": inputs,
        "out_channels": outputs,
        "kernel_size": kernel,
        "bias": bias,
    }
    return {"type": "Conv2d", "options": options, "state": state}


def transposed_conv(rng, inputs, outputs, kernel):
    state = {
        "weight": rng.normal(inputs, outputs, kernel, kernel, std=0.3),
        "bias": rng.normal(outputs),
    }
    options = {"in_channels": inputs, "out_channels": outputs, "kernel_size": kernel}
    return {"type": "ConvTranspose2d", "options": options, "state": state}


def batch_norm(rng, channels, *, variance=(0.3, 3.0), shift=0.0, dtype=torch.float32, **options):
    """Scales are normal, so about half of them are negative."""
    state = {}
    if options.get("affine", True):
        state |= {
            "weight": rng.normal(channels, dtype=dtype),
            "bias": rng.normal(channels, dtype=dtype),
        }
    if options.get("track_running_stats", True):
        low, high = variance
        state |= {
            "running_mean": rng.normal(channels, mean=shift, dtype=dtype),
            "running_var": rng.uniform(channels, low=low, high=high, dtype=dtype),
        }
    options["num_features"] = channels
    return {"type": "BatchNorm2d", "options": options, "state": state}


def plain(kind, **options):
    return {"type": kind, "options": options, "state": {}}


# Smooth, so that no rounding can flip a gradient at a kink.
SILU = plain("SiLU")


@case("A small model with a pair inside another Sequential", visible=True, criterion="module-usage")
def small_model(rng):
    return {
        "layers": [
            batch_norm(rng, 2),
            conv(rng, 2, 3, 3, bias=False),
            batch_norm(rng, 3),
            SILU,
            [SILU, [conv(rng, 3, 4, (2, 1)), batch_norm(rng, 4)], conv(rng, 4, 1, 1)],
        ],
        "x": rng.normal(2, 2, 5, 6),
    }


@case("A batch norm without weight and bias", criterion="module-usage")
def not_affine(rng):
    return {
        "layers": [
            conv(rng, 2, 3, 2, bias=False),
            batch_norm(rng, 3, affine=False),
            conv(rng, 3, 4, 2),
            batch_norm(rng, 4, affine=False),
        ],
        "x": rng.normal(2, 2, 5, 5),
    }


@case("Variances smaller than eps", criterion="engineering-judgement")
def small_variances(rng):
    return {
        "layers": [
            conv(rng, 3, 7, 2),
            batch_norm(rng, 7, variance=(0.0, 0.02), eps=0.02),
        ],
        "x": rng.normal(2, 3, 4, 5),
    }


@case("Groups, stride, dilation and reflected borders", criterion="shape-awareness")
def geometry(rng):
    return {
        "layers": [
            conv(rng, 4, 6, (3, 2), groups=2, stride=[2, 1], padding=[1, 2], bias=False),
            batch_norm(rng, 6),
            conv(rng, 6, 3, 3, padding=1, dilation=[1, 2], padding_mode="reflect"),
            batch_norm(rng, 3),
            # As wide as deep: a scale along the wrong axis still broadcasts.
            conv(rng, 3, 3, 3, padding="same"),
            batch_norm(rng, 3),
        ],
        "x": rng.normal(2, 4, 9, 5),
    }


@case("What is no pair is left alone", criterion="engineering-judgement")
def no_pairs(rng):
    return {
        "layers": [
            conv(rng, 2, 3, 2),
            batch_norm(rng, 3, track_running_stats=False),
            transposed_conv(rng, 3, 3, 2),
            batch_norm(rng, 3),
            [conv(rng, 3, 2, 2)],
            batch_norm(rng, 2),
            conv(rng, 2, 2, 1),
            SILU,
            batch_norm(rng, 2),
        ],
        "x": rng.normal(3, 2, 4, 5),
    }


@case("Double precision, and a large mean to take away", criterion="engineering-judgement")
def double_precision(rng):
    # Both shifts are near 100 000, where float32 has steps of 0.008.
    double = torch.float64
    return {
        "layers": [
            conv(rng, 2, 3, 2, dtype=double, shift=1e5),
            batch_norm(rng, 3, dtype=double, shift=1e5),
        ],
        "x": rng.normal(2, 2, 4, 5, dtype=double),
    }


# A slow answer is given the time to fail by its ratio instead of by the clock.
MEASURED = {"budget": True, "seconds": 20.0}


@case(
    "Many small layers, measured",
    visible=True,
    criterion="engineering-judgement",
    **MEASURED,
)
def many_small_layers(rng):
    return large_model(rng, pairs=800, width=128, kernel=1, sampled=50)


@case(
    "A few large layers, measured",
    visible=True,
    criterion="engineering-judgement",
    **MEASURED,
)
def few_large_layers(rng):
    return large_model(rng, pairs=4, width=1024, kernel=3, sampled=4)


def large_model(rng, pairs, width, kernel, sampled):
    """A seed instead of the model, and where to look: everything would take too long to send."""
    size = {"pairs": pairs, "width": width, "kernel": kernel, "seed": rng.integer(0, 1 << 30)}
    samples = {
        "layers": rng.permutation(pairs)[:sampled].tolist(),
        "column": rng.integer(0, width - 1),
    }
    return {"size": size, "samples": samples}
