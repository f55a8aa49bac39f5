"""Fingerprints of what a set-up step depends on, and the stamp it leaves when it is done."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


def of_values(*values: object) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()


def of_files(folder: Path, paths: Iterable[Path]) -> str:
    """Names and contents: a fresh clone with other times has the same fingerprint."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


@dataclass(frozen=True)
class Stamp:
    """Says that a step was done for this fingerprint. `made` must be there as well."""

    path: Path
    fingerprint: str
    made: Path | None = None

    def stands(self) -> bool:
        if self.made is not None and not self.made.exists():
            return False
        return self.path.is_file() and self.path.read_text() == self.fingerprint

    def lift(self) -> None:
        """Before the step: an interrupted one must not look done."""
        self.path.unlink(missing_ok=True)

    def put(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.fingerprint)
