"""Which question a folder is, to the byte: two machines that judge one must have the same."""

import hashlib
from pathlib import Path


def digest_of(folder: Path) -> str:
    """SHA-256 over names and contents of all its files; hidden and compiled ones are none of it."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part.startswith((".", "__")) for part in name.split("/")):
            content = path.read_bytes()
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
