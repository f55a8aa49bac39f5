"""Which replicas of the service share the rooms with this one, and which of them have gone.

On Postgres each renews a row of its own, by the database's clock: those of two hosts need not
agree. On SQLite there is one process, and all before it have gone.
"""

import secrets
import threading
import time
from collections.abc import Collection

import structlog
from sqlalchemy.orm import Session

from backend.db import Database
from backend.room import queries

logger = structlog.get_logger(__name__)

RENEW_SECONDS = 3.0
# One that has not been seen for so long has gone, and with it the pages that sat there.
GONE_SECONDS = 15.0


class Replicas:
    """`enter` before the first page sits down, `renew` every RENEW_SECONDS, `leave` at the end.

    From any thread, one at a time.
    """

    def __init__(self, database: Database, name: str | None = None) -> None:
        self.name = name or secrets.token_hex(8)
        self.shared = database.is_postgres
        """False: there is no other, and nothing needs to be written down."""
        self.others: tuple[str, ...] = ()
        """Those that are there, as of the last renewal."""
        self._database = database
        self._renewed = self._in_touch_since = float("-inf")

    def enter(self) -> None:
        if self.shared:
            with self._database.write() as session:
                queries.forget_old_replicas(session)
                queries.renew_replica(session, self.name)
                self._note_others(queries.replicas_there(session, GONE_SECONDS))
            self._renewed = time.monotonic()

    def renew(self, names: Collection[str]) -> frozenset[str]:
        """Say that this one is there; which of `names` are not any more."""
        if not self.shared:
            return frozenset()
        with self._database.write() as session:
            queries.renew_replica(session, self.name)
            there = queries.replicas_there(session, GONE_SECONDS)
        self._note_others(there)
        now = time.monotonic()
        if now - self._renewed > RENEW_SECONDS * 2:
            self._in_touch_since = now
        self._renewed = now
        return self._gone(names, there)

    def gone(self, session: Session, names: Collection[str]) -> frozenset[str]:
        """Which of `names` are not there, this one aside."""
        if not names:
            return frozenset()
        there = queries.replicas_there(session, GONE_SECONDS) if self.shared else ()
        return self._gone(names, there)

    def leave(self, seconds: float) -> None:
        """Nobody sits here any more, and nobody will. Not waited for beyond `seconds`: where it
        cannot be said, the others find it out."""
        if self.shared:
            thread = threading.Thread(target=self._leave, name="replica-leaves", daemon=True)
            thread.start()
            thread.join(seconds)

    def _leave(self) -> None:
        try:
            with self._database.write() as session:
                queries.remove_replica(session, self.name)
        except Exception as error:
            logger.warning("that this replica goes could not be said", problem=str(error))

    def _note_others(self, there: Collection[str]) -> None:
        self.others = tuple(name for name in there if name != self.name)

    def _gone(self, names: Collection[str], there: Collection[str]) -> frozenset[str]:
        # While the database was away, nobody could say that they were there: after that the others
        # get as long as ever to say so again.
        now = time.monotonic()
        is_in_touch = (
            now - self._renewed <= RENEW_SECONDS * 2 and now - self._in_touch_since >= GONE_SECONDS
        )
        if self.shared and not is_in_touch:
            return frozenset()
        return frozenset(names) - {self.name, *there}
