"""What a question's `cases.py` is written with: `@case` and the `rng` that each case is given.

A case is a function from an `Rng` to a tree of inputs. The seed is fresh for every run and known
to the judge alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import torch

Tree = Any
T = TypeVar("T")

_MARK = "__torchroom_case__"


class Rng:
    """Random inputs from one secret seed. Every tensor is on the CPU; `integer` is inclusive."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def normal(
        self,
        *shape: int,
        mean: float = 0.0,
        std: float = 1.0,
        dtype: torch.dtype = torch.float32,
    ) -> torch.Tensor:
        """Normal values of the given shape."""
        values = torch.randn(*shape, generator=self._generator, dtype=torch.float64)
        return (values * std + mean).to(dtype)

    def uniform(
        self,
        *shape: int,
        low: float = 0.0,
        high: float = 1.0,
        dtype: torch.dtype = torch.float32,
    ) -> torch.Tensor:
        """Values of the given shape, uniform in [low, high)."""
        values = torch.rand(*shape, generator=self._generator, dtype=torch.float64)
        return (values * (high - low) + low).to(dtype)

    def integers(self, *shape: int, low: int = 0, high: int = 10) -> torch.Tensor:
        """int64 values of the given shape in [low, high)."""
        return torch.randint(low, high, shape, generator=self._generator)

    def boolean(self, *shape: int, p: float = 0.5) -> torch.Tensor:
        """A bool tensor whose entries are True with probability `p`."""
        return torch.rand(*shape, generator=self._generator) < p

    def permutation(self, n: int) -> torch.Tensor:
        """The numbers 0 to n-1 in random order, int64."""
        return torch.randperm(n, generator=self._generator)

    def integer(self, low: int, high: int) -> int:
        """One whole number in [low, high], both ends included."""
        return int(torch.randint(low, high + 1, (), generator=self._generator).item())

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[self.integer(0, len(options) - 1)]


Check = Callable[[Tree, Tree, Tree], str | None]


@dataclass(frozen=True, slots=True)
class Case:
    """One named case. `check(inputs, expected, got)` returns what is wrong or None."""

    name: str
    title: str
    visible: bool
    criterion: str
    make_inputs: Callable[[Rng], Tree]
    seconds: float | None
    budget: bool
    check: Check | None


def case(
    title: str,
    *,
    criterion: str,
    visible: bool = False,
    seconds: float | None = None,
    budget: bool = False,
    check: Check | None = None,
) -> Callable[[Callable[[Rng], Tree]], Callable[[Rng], Tree]]:
    """Declare a case. Its name is the function's, with hyphens for underscores.

    `title` is shown to the candidate; `visible` cases are also part of Run; `seconds` overrides the
    question's wall time; `budget` measures time and peak memory against the reference; `check`
    replaces the comparison with the reference where equality cannot decide.
    """

    def declare(function: Callable[[Rng], Tree]) -> Callable[[Rng], Tree]:
        name = function.__name__.replace("_", "-")
        declared = Case(name, title, visible, criterion, function, seconds, budget, check)
        setattr(function, _MARK, declared)
        return function

    return declare


def cases_of(namespace: dict[str, Any]) -> list[Case]:
    """The cases that a `cases.py` declares, in the order in which it declares them."""
    marked = (getattr(value, _MARK, None) for value in namespace.values())
    return [found for found in marked if isinstance(found, Case)]
