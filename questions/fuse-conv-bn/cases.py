"""Models small enough to fuse in a blink, each with one thing that a hasty fusion gets wrong."""

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


@case("A convolution without bias", visible=True, criterion="module-usage")
def without_bias(rng):
    return {
        "layers": [conv(rng, 3, 5, (3, 2), bias=False), batch_norm(rng, 5)],
        "x": rng.normal(2, 3, 6, 5),
    }


@case("A convolution with bias, as wide as it is deep", visible=True, criterion="shape-awareness")
def with_bias(rng):
    # Three channels in, three out, kernels of three: a scale along the wrong axis still broadcasts.
    return {
        "layers": [conv(rng, 3, 3, 3), batch_norm(rng, 3)],
        "x": rng.normal(2, 3, 5, 6),
    }


@case("Every other layer stays where it is", visible=True, criterion="module-usage")
def other_layers(rng):
    return {
        "layers": [
            batch_norm(rng, 2),
            conv(rng, 2, 3, 3, bias=False),
            batch_norm(rng, 3),
            SILU,
            conv(rng, 3, 4, 2),
            SILU,
            batch_norm(rng, 4),
        ],
        "x": rng.normal(2, 2, 5, 6),
    }


@case("Pairs inside nested Sequentials", criterion="module-usage")
def nested(rng):
    return {
        "layers": [
            [conv(rng, 2, 3, 3, padding=1), batch_norm(rng, 3), SILU],
            [],
            [[[conv(rng, 3, 1, 2, bias=False), batch_norm(rng, 1)]]],
        ],
        "x": rng.normal(1, 2, 5, 4),
    }


@case("Groups, stride and dilation", criterion="shape-awareness")
def geometry(rng):
    return {
        "layers": [
            conv(rng, 4, 6, (3, 2), groups=2, stride=[2, 1], padding=[1, 2], bias=False),
            batch_norm(rng, 6),
            conv(rng, 6, 6, 2, groups=6, dilation=[1, 2]),
            batch_norm(rng, 6),
        ],
        "x": rng.normal(2, 4, 9, 5),
    }


@case("Padding that is not zeros", criterion="module-usage")
def padding(rng):
    return {
        "layers": [
            conv(rng, 2, 3, (3, 5), padding="same", padding_mode="reflect"),
            batch_norm(rng, 3),
        ],
        "x": rng.normal(1, 2, 5, 7),
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


@case("A batch norm without weight and bias", criterion="module-usage")
def not_affine(rng):
    return {
        "layers": [
            conv(rng, 2, 3, 2),
            batch_norm(rng, 3, affine=False),
        ],
        "x": rng.normal(2, 2, 5, 5),
    }


@case("A batch norm without running statistics is left alone", criterion="engineering-judgement")
def no_running_statistics(rng):
    return {
        "layers": [
            conv(rng, 2, 3, 2),
            batch_norm(rng, 3, track_running_stats=False),
            conv(rng, 3, 4, 2),
        ],
        "x": rng.normal(3, 2, 5, 6),
    }


@case("A transposed convolution is left alone", criterion="engineering-judgement")
def transposed(rng):
    return {
        "layers": [
            transposed_conv(rng, 3, 3, 2),
            batch_norm(rng, 3),
        ],
        "x": rng.normal(2, 3, 3, 4),
    }


@case("Neighbours in different Sequentials are left alone", criterion="module-usage")
def across_an_edge(rng):
    return {
        "layers": [
            [conv(rng, 2, 3, 2)],
            batch_norm(rng, 3),
            conv(rng, 3, 2, 2),
            [batch_norm(rng, 2)],
        ],
        "x": rng.normal(2, 2, 4, 5),
    }


@case("A model in training mode", criterion="training-loop")
def training_mode(rng):
    return {
        "layers": [
            conv(rng, 2, 3, 2),
            batch_norm(rng, 3),
            [plain("Dropout", p=0.5)],
        ],
        "x": rng.normal(2, 2, 4, 5),
        "training": True,
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


@case("The same convolution in two places", criterion="module-usage")
def shared(rng):
    twice = conv(rng, 3, 3, 3, padding=1) | {"name": "twice"}
    return {
        "layers": [twice, batch_norm(rng, 3), "twice", batch_norm(rng, 3)],
        "x": rng.normal(1, 3, 4, 5),
    }
