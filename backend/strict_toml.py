"""Reads a TOML table key by key and complains, in sentences, about anything unexpected.

Every complaint names the file and the key, because its reader is an author with twenty
files open, and a key nobody asked for is an error: a misspelt `toleranecs` must not pass.
"""

import math
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self


class TomlError(Exception):
    """A file that cannot be used as it stands; the message is one sentence for its author."""


class Table:
    """One table of a TOML file. Ask for each key once, then call `done`."""

    def __init__(self, file: str, values: dict[str, Any], prefix: str = "") -> None:
        self.file = file
        self._values = values
        self._prefix = prefix
        self._asked: set[str] = set()

    @classmethod
    def read(cls, path: Path, file: str) -> Self:
        """Parse `path`; `file` is how messages call it."""
        try:
            return cls(file, tomllib.loads(path.read_text(encoding="utf-8")))
        except UnicodeDecodeError as error:
            raise TomlError(f"{file} is not UTF-8: {error.reason} at byte {error.start}.") from None
        except tomllib.TOMLDecodeError as error:
            raise TomlError(f"{file} is not valid TOML: {error}.") from None

    def complaint(self, key: str, sentence: str) -> TomlError:
        return TomlError(f"{self.file}: `{self._prefix}{key}` {sentence}.")

    def _take(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            raise self.complaint(key, "is missing")
        return default

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, default)
        if not isinstance(value, str):
            raise self.complaint(key, f"must be text, but is {_name(value)}")
        if not value.strip() and default is None:
            raise self.complaint(key, "must not be empty")
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise self.complaint(key, f'is "{value}", but must be one of: {", ".join(allowed)}')
        return value

    def number(
        self, key: str, default: float | None = None, *, least: float, above: bool = False
    ) -> float:
        """A finite number that is at least (with `above`: more than) `least`."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.complaint(key, f"must be a number, but is {_name(value)}")
        if not math.isfinite(value) or value < least or (above and value == least):
            bound = "more than" if above else "at least"
            raise self.complaint(key, f"is {value}, but must be a number {bound} {least:g}")
        return float(value)

    def integer(self, key: str, default: int | None = None, *, least: int) -> int:
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.complaint(key, f"must be a whole number, but is {_name(value)}")
        if value < least:
            raise self.complaint(key, f"is {value}, but must be at least {least}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.complaint(key, f"must be true or false, but is {_name(value)}")
        return value

    def texts(
        self,
        key: str,
        default: tuple[str, ...] | None = None,
        *,
        least: int = 0,
        allowed: Collection[str] | None = None,
    ) -> tuple[str, ...]:
        values = self._take(key, default)
        if not isinstance(values, list | tuple) or not all(
            isinstance(value, str) and value.strip() for value in values
        ):
            raise self.complaint(key, "must be a list of texts, none of them empty")
        if len(values) < least:
            raise self.complaint(key, f"must have at least {least} entries, but has {len(values)}")
        for value in values:
            if allowed is not None and value not in allowed:
                known = ", ".join(allowed)
                raise self.complaint(key, f'holds "{value}", but knows only: {known}')
        return tuple(values)

    def texts_or_tables(self, key: str) -> "list[str | Table]":
        """A list whose entries may be written short, as text, or long, as a table."""
        values = self._take(key, None)
        if not isinstance(values, list) or not all(
            isinstance(value, dict) or (isinstance(value, str) and value.strip())
            for value in values
        ):
            raise self.complaint(key, "must be a list of texts or tables, none of them empty")
        return [
            value
            if isinstance(value, str)
            else Table(self.file, value, f"{self._prefix}{key}[{number}].")
            for number, value in enumerate(values, start=1)
        ]

    def table(self, key: str) -> "Table":
        """A sub-table; empty where the file has none."""
        value = self._take(key, {})
        if not isinstance(value, dict):
            raise self.complaint(key, f"must be a table, but is {_name(value)}")
        return Table(self.file, value, f"{self._prefix}{key}.")

    def tables(self, key: str) -> "list[Table]":
        """An array of tables; empty where the file has none."""
        values = self._take(key, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise self.complaint(key, f"must be written as [[{key}]] tables")
        return [
            Table(self.file, value, f"{self._prefix}{key}[{number}].")
            for number, value in enumerate(values, start=1)
        ]

    def names(self) -> list[str]:
        """The keys as written, for tables whose keys are the author's to choose."""
        return list(self._values)

    def done(self) -> None:
        """Complain about the first key that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                known = ", ".join(sorted(self._asked)) or "no key at all"
                raise self.complaint(key, f"is not a key that is known here (known: {known})")


_NAMES: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "a table",
}


def _name(value: object) -> str:
    return _NAMES.get(type(value), "a date or time")
