"""python -m tests.support.long_session --database URL: a long session to try things with."""

import argparse
import json
import secrets
import sys
from pathlib import Path

from backend.clock import rfc3339
from backend.db import Database
from backend.room.events import Event
from tests.support.long_session.plot import long_session
from tests.support.long_session.store import store


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a long session into a database.")
    parser.add_argument("--database", help="URL as SQLAlchemy reads it")
    parser.add_argument("--json", type=Path, help="or: write the log to this file")
    parser.add_argument("--edits", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    chosen = parser.parse_args()
    events = long_session(chosen.seed, chosen.edits, chosen.minutes)
    print(f"{len(events)} events", file=sys.stderr)
    if chosen.json:
        chosen.json.write_text(json.dumps({"events": [as_json(event) for event in events]}))
    if chosen.database:
        database = Database(chosen.database)
        database.migrate()
        room = f"long-{secrets.token_hex(4)}"
        for role, secret in store(database, room, events).items():
            for page in ("", "/replay", "/report"):
                print(f"{role:12} {chosen.address}/rooms/{room}{page}#{secret}")
        database.close()


def as_json(event: Event) -> dict[str, object]:
    """As the API tells it."""
    return {
        "seq": event.seq,
        "at": rfc3339(event.at),
        "author": event.author,
        "kind": event.kind,
        "body": dict(event.body),
    }


if __name__ == "__main__":
    main()
