"""Make the database's passwords on the first start, so that none is written down anywhere else.

    python -m backend.container.passwords OWNER_FOLDER EXECUTOR_FOLDER

Each folder is a volume of its own, and who has it mounted knows what is in it: the owner's is for
the database, the migration and web; the executor's holds a URL that may do less. What is there
already is kept, since the database knows it too.
"""

import os
import secrets
import sys
from pathlib import Path

HOST, DATABASE = "db:5432", "torchroom"
OWNER, EXECUTOR = "torchroom", "executor"
# Readers share the folder's group: the database runs as a user of its own.
MODE = 0o440


def url(user: str, password: str) -> str:
    return f"postgresql+psycopg://{user}:{password}@{HOST}/{DATABASE}"


def password() -> str:
    """Random, and of letters and digits only: it stands in a URL as it is."""
    return secrets.token_hex(24)


def write_missing(owner: Path, executor: Path) -> list[Path]:
    """Which files were made."""
    return [
        path for path, text in _wanted(owner, executor) if not path.exists() and _write(path, text)
    ]


def _wanted(owner: Path, executor: Path) -> list[tuple[Path, str]]:
    kept = owner / "password"
    owners = kept.read_text() if kept.exists() else password()
    return [
        (kept, owners),
        (owner / "url", url(OWNER, owners)),
        (executor / "url", url(EXECUTOR, password())),
    ]


def _write(path: Path, text: str) -> bool:
    # A whole file or none: half a password would be kept for good.
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return True


def main() -> None:
    if len(sys.argv) != 3:
        raise SystemExit("usage: python -m backend.container.passwords OWNER EXECUTOR")
    made = write_missing(Path(sys.argv[1]), Path(sys.argv[2]))
    names = ", ".join(str(path) for path in made)
    print(f"Made {names}." if made else "All passwords are there.", file=sys.stderr)


if __name__ == "__main__":
    main()
