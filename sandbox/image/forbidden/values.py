"""What an expression in a candidate's file may stand for, told without running it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Something that is reached by import: a module, or what lies below one."""

    path: str


@dataclass(frozen=True, slots=True)
class Text:
    """A constant: of a string, bytes or whole number."""

    value: str | bytes | int


@dataclass(frozen=True, slots=True)
class Names:
    """The dictionary of a module's names; an empty path is the file's own."""

    path: str


@dataclass(frozen=True, slots=True)
class Box:
    """A list, tuple, set or dictionary. `keys` is empty where it is not a dictionary."""

    items: tuple[Values, ...]
    keys: tuple[str | int | None, ...] = ()
    ordered: bool = True

    def all(self) -> Values:
        """What any of its items may be."""
        return EMPTY.union(*self.items)


@dataclass(frozen=True, slots=True)
class Own:
    """A function, lambda or class that the file itself defines, by the `id` of its node."""

    node: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A function with its first arguments already given."""

    function: Value
    arguments: tuple[Values, ...]


@dataclass(frozen=True, slots=True)
class Getter:
    """What operator.attrgetter and its like return. `names` is None where they are unknown."""

    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Anything:
    """It may be anything: beside what else is known, the name can hold more."""


Value = Place | Text | Names | Box | Own | Bound | Getter | Anything
Values = frozenset[Value]

EMPTY: Values = frozenset()
UNKNOWN: Values = frozenset((Anything(),))
# More than this of anything and it is treated as unknown: the time must stay in proportion.
MOST = 32


def texts(values: Values) -> list[str] | None:
    """Every string that the values may be, sorted; None where they may be something else."""
    found = []
    for value in values:
        if not (isinstance(value, Text) and isinstance(value.value, str)):
            return None
        found.append(value.value)
    return sorted(found) or None


def known_texts(values: Values) -> list[str]:
    """The strings among the values."""
    return sorted(
        value.value for value in values if isinstance(value, Text) and isinstance(value.value, str)
    )


def elements(values: Values) -> Values:
    """What a loop over the values may yield."""
    found: Values = EMPTY
    for value in values:
        if isinstance(value, Box):
            if value.keys:
                found |= {Text(key) for key in value.keys if key is not None}
            else:
                found |= value.all()
        elif isinstance(value, Text) and isinstance(value.value, str) and len(value.value) <= MOST:
            found |= {Text(letter) for letter in value.value}
        else:
            found |= UNKNOWN
    return limited(found)


def limited(values: Values) -> Values:
    """The values, or something unknown where they are too many."""
    return (
        values
        if len(values) <= MOST
        else UNKNOWN | {value for value in values if isinstance(value, Place)}
    )
