"""Whether an observation equals the reference's: structure, shape, dtype, and values within
tolerances.

NaN equals NaN only where the reference has NaN; infinities must be the same infinities.
"""

from __future__ import annotations

import fnmatch
import math
from dataclasses import dataclass, field
from typing import Any

import torch

from sandbox.trees import Foreign, Meta, Tree
from sandbox.verdict import Described, Failure, FirstBad

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Tolerances:
    """|got - expected| <= atol + rtol * |expected|, by path where `paths` has one (fnmatch)."""

    rtol: float
    atol: float
    paths: dict[str, tuple[float, float]] = field(default_factory=dict)

    def at(self, path: str) -> tuple[float, float]:
        """(rtol, atol) for one path."""
        for pattern, both in self.paths.items():
            if fnmatch.fnmatchcase(path, pattern):
                return both
        return self.rtol, self.atol


@dataclass(slots=True)
class Comparison:
    """The first difference, if any, and the largest error as a share of what was allowed."""

    failure: Failure | None = None
    used: float = 0.0
    values: bool = True


def compare(
    expected: Tree, got: Tree, tolerances: Tolerances, *, values: bool = True
) -> Comparison:
    """Walk both trees in the reference's order up to the first difference.

    Without `values` only structure, types, shapes and dtypes have to agree.
    """
    found = Comparison(values=values)
    found.failure = _compare(expected, got, "", tolerances, found)
    return found


def _compare(
    expected: Tree, got: Tree, path: str, tolerances: Tolerances, found: Comparison
) -> Failure | None:
    if isinstance(expected, dict):
        return _compare_dicts(expected, got, path, tolerances, found)
    if isinstance(expected, (list, tuple)):
        if not isinstance(got, (list, tuple)) or len(got) != len(expected):
            return structure(path, expected, got)
        pairs = enumerate(zip(expected, got, strict=True))
        failures = (
            _compare(e, g, _join(path, str(index)), tolerances, found) for index, (e, g) in pairs
        )
        return next((failure for failure in failures if failure), None)
    if isinstance(expected, torch.Tensor):
        return _compare_tensors(expected, got, path, tolerances, found)
    if isinstance(expected, float) and type(got) is float:
        return _compare_tensors(
            torch.tensor(expected, dtype=torch.float64),
            torch.tensor(got, dtype=torch.float64),
            path,
            tolerances,
            found,
        )
    if type(expected) is not type(got):
        return structure(path, expected, got)
    same = expected == got or not found.values
    return None if same else _differs(path, "value", expected, got)


def _compare_dicts(
    expected: dict[str, Tree], got: Tree, path: str, tolerances: Tolerances, found: Comparison
) -> Failure | None:
    if not isinstance(got, dict):
        return structure(path, expected, got)
    for key, item in expected.items():
        inner = _join(path, str(key))
        if key not in got:
            return structure(inner, item, Foreign("nothing"))
        failure = _compare(item, got[key], inner, tolerances, found)
        if failure:
            return failure
    extra = [key for key in got if key not in expected]
    if extra:
        return structure(_join(path, str(extra[0])), Foreign("nothing"), got[extra[0]])
    return None


def _compare_tensors(
    expected: torch.Tensor, got: Tree, path: str, tolerances: Tolerances, found: Comparison
) -> Failure | None:
    if not isinstance(got, torch.Tensor):
        return structure(path, expected, got)
    if expected.shape != got.shape:
        return _differs(path, "shape", expected, got)
    if expected.dtype != got.dtype:
        return _differs(path, "dtype", expected, got)
    if not expected.numel() or not found.values:
        return None
    if not (expected.is_floating_point() or expected.is_complex()):
        return _compare_exactly(expected, got, path)
    rtol, atol = tolerances.at(path)
    wide = torch.complex128 if expected.is_complex() else torch.float64
    e, g = expected.to(wide), got.to(wide)
    allowed = e.abs().mul_(rtol).add_(atol)
    error = (g - e).abs()
    # An infinite value would allow an infinite error, and so anything at all.
    within = (error <= allowed) & (allowed < math.inf)
    if within.all():
        found.used = max(found.used, float((error / allowed.clamp_min(1e-300)).max()))
        return None
    same = (e == g) | (e.isnan() & g.isnan())
    bad = ~(within | same)
    error = torch.where(same, 0.0, error)
    if not bad.any():
        shares = torch.where(same, 0.0, error / allowed.clamp_min(1e-300))
        found.used = max(found.used, float(shares.max()))
        return None
    relative = error / e.abs().clamp_min(torch.finfo(torch.float64).tiny)
    return _differs(
        path,
        "value",
        expected,
        got,
        max_abs=_finite(error.max()),
        max_rel=_finite(torch.where(e == 0, 0.0, relative).max()),
        rtol=rtol,
        atol=atol,
        **_bad_places(bad, expected, got),
    )


def _compare_exactly(expected: torch.Tensor, got: torch.Tensor, path: str) -> Failure | None:
    bad = expected != got
    if not bad.any():
        return None
    error = (expected.double() - got.double()).abs()
    return _differs(
        path,
        "value",
        expected,
        got,
        max_abs=_finite(error.max()),
        rtol=0.0,
        atol=0.0,
        **_bad_places(bad, expected, got),
    )


def _bad_places(bad: torch.Tensor, expected: torch.Tensor, got: torch.Tensor) -> dict[str, Any]:
    flat = int(bad.reshape(-1).to(torch.uint8).argmax())
    index = [int(n) for n in torch.unravel_index(torch.tensor(flat), bad.shape)]
    first = FirstBad(index, number(expected[tuple(index)]), number(got[tuple(index)]))
    return {"first_bad": first, "mismatched": int(bad.sum()), "elements": bad.numel()}


def _finite(value: torch.Tensor) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def structure(path: str, expected: Tree, got: Tree) -> Failure:
    """The failure of a part that is missing, surplus or of another type."""
    return _differs(path, "structure", expected, got)


def _differs(path: str, what: Any, expected: Tree, got: Tree, **more: Any) -> Failure:
    return Failure(path, label_of(path), what, describe(expected), describe(got), **more)


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def label_of(path: str) -> str:
    """A path in words: `grad.weight` is "gradient of weight"."""
    parts = path.split(".") if path else []
    if "grad" in parts[:-1]:
        at = parts.index("grad")
        of = ".".join(parts[at + 1 :])
        where = " ".join(part.replace("_", " ") for part in parts[:at])
        return f"gradient of {of}" + (f" ({where})" if where else "")
    first, dot, names = path.partition(".")
    return first.replace("_", " ") + dot + names or "the answer"


def describe(value: Tree) -> Described:
    """One side of a difference in words and a few numbers."""
    match value:
        case torch.Tensor():
            dtype = str(value.dtype).removeprefix("torch.")
            return Described("tensor", list(value.shape), dtype, _excerpt(value))
        case Meta(shape, dtype):
            return Described("tensor on meta", list(shape), dtype)
        case Foreign(name):
            return Described(name)
        case None:
            return Described("None")
        case dict():
            return Described("dict", value="keys " + ", ".join(map(str, list(value)[:12])))
        case list() | tuple():
            return Described("list", value=f"{len(value)} items")
        case _:
            return Described(type(value).__name__, value=repr(value)[:200])


def _excerpt(tensor: torch.Tensor) -> str:
    values = tensor.reshape(-1)[:_SHOWN]
    shown = ", ".join(number(value) for value in values)
    return f"[{shown}, …]" if tensor.numel() > _SHOWN else f"[{shown}]"


def number(value: torch.Tensor) -> str:
    """One element as a person would write it: six significant digits."""
    item = value.item()
    return f"{item:.6g}" if isinstance(item, (float, complex)) else str(item)
