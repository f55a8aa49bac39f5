"""The queue for many machines: procrastinate's jobs on the Postgres that is there anyway.

The library puts jobs into queues, orders them by priority, hands each to one worker and tells the
others by NOTIFY. Its own worker is not used: it writes how a job ended in a transaction of its own,
after the task has written its result, and between the two an executor may die; and it ends when a
side task of it loses the database. Here claiming is one function of ours in one transaction, and so
is ending: migrations/sql/0003_executors.sql. They are all that an executor's role may call.
"""

import json
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Integer, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from backend.db import Database
from backend.post import Post
from backend.queue.lease import Ending, Lease, Story
from backend.queue.member import Member, NameTaken
from backend.queue.news import News

log = structlog.get_logger(__name__)

# How long what a run tells is gathered before it is sent: most runs are over by then, and their
# events go with their verdict, in the one transaction that they need anyway.
GATHER_SECONDS = 0.03
RETRY_SECONDS = 1.0
CHANNEL = "procrastinate_queue_v1#"  # the library's own
NO_MEMBER, NAME_TAKEN, TOO_MUCH = "TR001", "TR002", "TR003"
TOO_LARGE = (
    "What was found out about this run is larger than can be stored. That is our failure, not your "
    "code's, and it counts for nothing."
)

_NOW = "coalesce(:now, clock_timestamp())"
# Events as columns: Postgres cannot take JSON apart that holds a NUL.
_TOLD = "ARRAY(SELECT (told.*)::torchroom_told FROM unnest(:sequences, :types, :data) AS told)"
_TOLD_ARRAYS = (
    bindparam("sequences", type_=ARRAY(Integer)),
    bindparam("types", type_=ARRAY(Text)),
    bindparam("data", type_=ARRAY(Text)),
)
_ARRAYS = {name: bindparam(name, type_=ARRAY(Text)) for name in ("leases", "queues")}
_JOIN = text(
    f"SELECT torchroom_join(:name, :host, :version, :device, :slots, :seconds, :again, {_NOW})"
)
_BEAT = text(
    f"SELECT torchroom_beat(:worker, CAST(:status AS json), :leases, :seconds, {_NOW})"
).bindparams(_ARRAYS["leases"])
_CLAIM = text(
    "SELECT * FROM torchroom_claim(:worker, :queues, :token, :seconds, "
    "coalesce(:now, clock_timestamp()))"
).bindparams(_ARRAYS["queues"])
_TELL = text(f"SELECT torchroom_tell(:run, :token, {_TOLD})").bindparams(*_TOLD_ARRAYS)
_END = text(
    f"SELECT torchroom_end(:run, :token, CAST(:verdict AS json), :failure, {_TOLD}, {_NOW})"
).bindparams(*_TOLD_ARRAYS)
_GIVE_BACK = text("SELECT torchroom_give_back(:leases)").bindparams(_ARRAYS["leases"])
_LEAVE = text("SELECT torchroom_leave(:worker)")


@dataclass(slots=True, eq=False)
class SentStory(Story):
    """`sent`: how many of its events the database has."""

    sent: int = 0
    turn: threading.Lock = field(default_factory=threading.Lock)

    def rest(self) -> dict[str, list[Any]]:
        """What it has not, as columns."""
        unsent = self.events[self.sent :]
        return {
            "sequences": [event.sequence for event in unsent],
            "types": [event.type for event in unsent],
            "data": [json.dumps(event.data) for event in unsent],
        }


class PostgresQueue(News):
    """The executor's side. `open` before all else, `stop` after."""

    def __init__(
        self,
        database: Database,
        member: Member,
        lease_seconds: float,
        *,
        callers_clock: bool = False,
    ) -> None:
        """`callers_clock`: a test's time counts, and not the database's."""
        super().__init__()
        # Each call of a function is a transaction by itself: no BEGIN and COMMIT beside it.
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._member = member
        self._seconds = float(lease_seconds)
        self._callers_clock = callers_clock
        self._worker: int | None = None
        self._has_left = False
        hears = {f"{CHANNEL}{name}": self._hear for name in member.queues()}
        self._post = Post(database.url, {**hears, "torchroom_fleet": self._hear}, self.wake)
        self._open: set[SentStory] = set()
        self._unsent = threading.Event()
        self._closing = threading.Event()
        self._teller = threading.Thread(target=self._send, name="teller", daemon=True)

    def open(self) -> None:
        self._post.start()
        self._teller.start()

    def stop(self, seconds: float) -> None:
        self._closing.set()
        self._unsent.set()
        self._post.stop(seconds)
        if self._teller.ident is not None:
            self._teller.join(seconds)

    def join(self, now: datetime) -> None:
        member = self._member
        values = {
            "name": member.name,
            "host": member.host,
            "version": member.version,
            "device": member.device,
            "slots": member.slots,
            "seconds": self._seconds,
            "again": self._worker is not None,
            "now": self._moment(now),
        }
        try:
            worker = self._ask(_JOIN, values)
        except DBAPIError as error:
            if _state(error) == NAME_TAKEN:
                raise NameTaken(member.name) from None
            raise
        assert isinstance(worker, int)
        self._worker = worker

    def leave(self) -> None:
        self._has_left = True
        if self._worker is not None:
            self._ask(_LEAVE, {"worker": self._worker})

    def claim(self, now: datetime, modes: Iterable[str]) -> Lease | None:
        token = secrets.token_hex(16)
        values = {
            "worker": self._worker,
            "queues": self._member.queues(modes),
            "token": token,
            "seconds": self._seconds,
            "now": self._moment(now),
        }
        try:
            with self._engine.connect() as connection:
                row = connection.execute(_CLAIM, values).one_or_none()
        except DBAPIError as error:
            if _state(error) != NO_MEMBER:
                raise
            return None  # the next sign of life finds out what that means
        return None if row is None else Lease(token=token, **row._mapping)

    def beat(self, status: dict[str, Any], leases: Iterable[Lease], now: datetime) -> bool:
        values = {
            "worker": self._worker,
            "status": json.dumps(status),
            "leases": [lease.token for lease in leases],
            "seconds": self._seconds,
            "now": self._moment(now),
        }
        try:
            return bool(self._ask(_BEAT, values))
        except DBAPIError as error:
            if _state(error) != NO_MEMBER:
                raise
            if self._has_left:
                return True
        # Silent for so long that we were forgotten, or replaced: then joining says so.
        self.join(now)
        return bool(self._ask(_BEAT, {**values, "worker": self._worker}))

    @contextmanager
    def story(self, lease: Lease) -> Iterator[Story]:
        story = SentStory(lease)
        self._open.add(story)
        try:
            yield story
        finally:
            self._open.discard(story)

    def tell(self, story: Story, kind: str, data: dict[str, Any]) -> None:
        story.add(kind, data)
        if len(story.events) > 1:
            self._unsent.set()

    def end(self, story: Story, ending: Ending, now: datetime) -> bool:
        """Tries until the database has heard it: that it is away must not cost the run its verdict,
        and without it there is nothing else to do."""
        assert isinstance(story, SentStory)
        tried = False
        while True:
            try:
                ours = self._end(story, ending, now)
                # What was sent before may have arrived although its answer never did; or else the
                # lease has run out meanwhile, and another has the run.
                return ours or tried
            except DBAPIError as error:
                if _state(error) == TOO_MUCH and ending.failure != TOO_LARGE:
                    # Without what it told: handed out again, it would only be as much again.
                    log.error("a result is too large", run=story.lease.run_id)
                    story.sent = len(story.events)
                    ending = Ending(None, TOO_LARGE)
                    continue
                is_away = isinstance(error, OperationalError) or error.connection_invalidated
                if not is_away or self._closing.is_set():
                    raise
                tried = True
                log.warning("a result cannot be recorded yet", problem=_short(error))
                self._closing.wait(RETRY_SECONDS)

    def _end(self, story: SentStory, ending: Ending, now: datetime) -> bool:
        with story.turn:
            values = {
                "run": story.lease.run_id,
                "token": story.lease.token,
                "verdict": None if ending.verdict is None else json.dumps(ending.verdict),
                "failure": ending.failure,
                **story.rest(),
                "now": self._moment(now),
            }
            ours = self._ask(_END, values)
            story.sent = len(story.events)
        return bool(ours)

    def give_back(self, leases: Iterable[Lease]) -> None:
        tokens = [lease.token for lease in leases]
        if tokens:
            self._ask(_GIVE_BACK, {"leases": tokens})

    def _ask(self, statement: Any, values: dict[str, Any]) -> Any:
        with self._engine.connect() as connection:
            return connection.scalar(statement, values)

    def _moment(self, now: datetime) -> datetime | None:
        return now if self._callers_clock else None

    def _hear(self, payload: str) -> None:
        self.wake()

    def _send(self) -> None:
        """Send what runs under way have told, so that whoever follows them need not wait. Not the
        first word by itself, that one runs: it is in the row, and was called out with the claim."""
        while not self._closing.is_set():
            self._unsent.wait()
            self._closing.wait(GATHER_SECONDS)
            self._unsent.clear()
            for story in self._open.copy():
                try:
                    self.send_rest(story)
                except SQLAlchemyError as error:
                    log.warning("what a run tells cannot be sent yet", problem=_short(error))
                    self._closing.wait(RETRY_SECONDS)
                    self._unsent.set()

    def send_rest(self, story: SentStory) -> None:
        with story.turn:
            told = len(story.events)
            if told > max(story.sent, 1):
                lease = story.lease
                values = {"run": lease.run_id, "token": lease.token, **story.rest()}
                try:
                    self._ask(_TELL, values)
                except DBAPIError as error:
                    if _state(error) != TOO_MUCH:
                        raise
                    log.error("a run tells too much", run=lease.run_id, problem=_short(error))
                story.sent = told


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _short(error: SQLAlchemyError) -> str:
    said = error.orig if isinstance(error, DBAPIError) else error
    return str(said).strip().partition("\n")[0]
