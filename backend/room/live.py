"""A room that is open: its state in memory, the pages that look at it, and its turns.

One turn at a time: catch up with what others appended (the executor), decide what came since on
the state as it is, commit, and only then tell. What is not committed was never said.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import exc
from starlette.concurrency import run_in_threadpool

from backend.bank import Bank
from backend.clock import Clock
from backend.db import Database
from backend.errors import Problem, come_back
from backend.room import log as room_log
from backend.room import queries
from backend.room.audience import Audience, Waiting
from backend.room.cursors import LastCursors, last_cursors
from backend.room.events import Draft, Event, Role
from backend.room.fold import step
from backend.room.pace import Pace, pace_of_a_link
from backend.room.presence import came, elsewhere, left_behind, went
from backend.room.seat import REPLACED, TOO_MANY, Seat
from backend.room.state import State
from backend.room.turn import Answer, Command, Known, our_error, take_turn
from backend.room.writer import Batch, End, Writer
from backend.trouble import Trouble

logger = structlog.get_logger(__name__)

# With each of the two links, so that neither can keep the other out.
SEATS = 16
STORE_RETRY_SECONDS = 1
# Another replica may be faster now and then; a head that keeps moving away is a mistake of ours.
TRIES = 50
GAP_SECONDS = 0.005


@dataclass(frozen=True, slots=True)
class Opened:
    """A room as its rows tell it."""

    id: str
    created_at: datetime
    learner: str | None
    state: State
    last_at: datetime
    keys: dict[str, Event]
    owners: dict[str, Role]
    """Client -> whose page that is."""
    due_at: datetime | None
    gone: frozenset[str]
    """The replicas of which somebody sits in the room, as it seems, and which are no more."""


def owner(event: Event) -> tuple[str, Role] | None:
    """The page that an event names as its own, and whose it is."""
    if event.author not in ("candidate", "interviewer"):
        return None
    client = event.key.partition(":")[0] if event.key else event.body.get("client")
    role: Role = "interviewer" if event.author == "interviewer" else "candidate"
    return (client, role) if isinstance(client, str) else None


@dataclass(frozen=True, slots=True)
class Means:
    """What every room needs of the service."""

    database: Database
    bank: Bank
    clock: Clock
    writer: Writer
    document_limit: int
    replica: str
    """What this process is called among those that share the database."""
    trouble: Trouble
    """With reading logs: one for all rooms, since it is the same database."""


class LiveRoom:
    """Used from the event loop only."""

    def __init__(self, opened: Opened, means: Means, on_broken: Callable[["LiveRoom"], None]):
        self.id = opened.id
        self.created_at = opened.created_at
        self.state = opened.state
        self.due_at: datetime | None = None
        self.audience = Audience(means.bank, means.clock)
        self.paces: dict[Role, Pace] = {
            "candidate": pace_of_a_link(),
            "interviewer": pace_of_a_link(),
        }
        self._learner = opened.learner
        self._last_at = opened.last_at
        self._keys = opened.keys
        self._owners = opened.owners
        self._cursors_at: dict[str, datetime] = {}
        self._stored_due_at = opened.due_at
        self._looked = False
        self._means = means
        self._on_broken = on_broken
        self._inbox: list[Waiting] = []
        self._has_news = False
        self._bell = asyncio.Event()
        self._bell.set()
        self._cursors = LastCursors(self._keep_cursor)
        # Nobody can sit here yet: these pages went when their process did, or their room broke.
        for going in left_behind(opened.state, {None, means.replica, *opened.gone}):
            self._inbox.append(Waiting(going))
        self._task = asyncio.get_running_loop().create_task(self._work())

    @property
    def seats(self) -> dict[str, Seat]:
        return self.audience.seats

    @property
    def is_idle(self) -> bool:
        return not (self.seats or self._inbox or self._bell.is_set())

    @property
    def elsewhere(self) -> frozenset[str]:
        """The other replicas at which somebody sits in this room."""
        return elsewhere(self.state, self._means.replica)

    def close(self) -> asyncio.Task[None]:
        """What ends then; a query of it that is under way is not cut."""
        self._task.cancel()
        self._cursors.close()
        return self._task

    def look(self) -> None:
        """Something may be due."""
        self._bell.set()

    def hear(self) -> None:
        """Somebody else has appended to the log."""
        self._has_news = True
        self._bell.set()

    def ask(self, command: Command, seat: Seat, number: int) -> None:
        """A command of a page; its answer goes to its seat."""
        self._put(Waiting(command, seat, number))

    def forget(self, gone: frozenset[str]) -> None:
        """These replicas are no more, and so are the pages that sat there."""
        for going in left_behind(self.state, gone):
            self._put(Waiting(going))

    async def carry_out(
        self, command: Command, at_once: Callable[[Answer], None] = lambda answer: None
    ) -> list[Event]:
        """A command that is waited for; raises the problem where it is refused. `at_once` is told
        before anything else can happen in the room."""
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def told(answer: Answer) -> None:
            at_once(answer)
            if not done.done():
                done.set_result(answer)

        if command.client:
            self.check_owner(command.role, command.client)
        self._put(Waiting(command, told=told))
        answer = await done
        if isinstance(answer, Problem):
            raise answer
        return answer

    def check_owner(self, role: Role, client: str) -> None:
        """A page's name is its own: who took another's could answer for its commands."""
        if self._owners.setdefault(client, role) != role:
            raise Problem(
                403,
                "forged-author",
                "Somebody else's name",
                f'The name "{client}" belongs to a page of somebody else in this room.',
            )

    def _put(self, waiting: Waiting) -> None:
        if self._task.done():
            waiting.answer(our_error())
            return
        self._inbox.append(waiting)
        self._bell.set()

    async def settle(self) -> None:
        """Wait until all that came before, and what is due by now, is done."""
        await self.carry_out(Command("candidate", "", "settle", drafts=()))

    async def sit(self, seat: Seat) -> None:
        """Give a page its seat; from here on it is told everything."""
        self.check_owner(seat.role, seat.client)
        earlier = self.seats.get(seat.client)
        taken = sum(one.role == seat.role for one in self.seats.values())
        if earlier is None and taken >= SEATS:
            seat.end(TOO_MANY, "too-many", f"At most {SEATS} pages may be open with one link.")
            return
        self.seats[seat.client] = seat
        if earlier is not None:
            earlier.end(REPLACED, "replaced", "This page has connected again elsewhere.")

        def told(answer: Answer) -> None:
            seat.is_in = not isinstance(answer, Problem)

        await self.carry_out(came(seat.role, seat.client, self._means.replica), told)

    def snapshot(self, seat: Seat) -> State:
        """The state as it is now, with which the page begins: what it was told before is in it."""
        seat.clear()
        return self.state

    def leave(self, seat: Seat) -> None:
        if self.seats.get(seat.client) is seat:
            del self.seats[seat.client]
            self._put(Waiting(went(seat.role, seat.client, self._means.replica)))

    async def _work(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            waiting, self._inbox = self._inbox, []
            try:
                if self._has_news:
                    await self._catch_up()
                await self._turn(waiting)
            except asyncio.CancelledError:
                raise
            except (exc.OperationalError, exc.TimeoutError) as error:
                # The database is away. What was appended meanwhile is read once it is back.
                self._means.trouble.log(
                    logger, "a room's log could not be read", error, room=self.id
                )
                self._has_news = True
                self._not_stored(waiting)
                self._ring_later()
            except Exception as error:
                logger.error("a room could not go on", room=self.id, exc_info=error)
                for one in (*waiting, *self._inbox):
                    one.answer(our_error())
                self._on_broken(self)
                return

    async def _catch_up(self) -> None:
        self._has_news = False
        after = self.state.seq

        def read() -> tuple[datetime | None, list[Event]]:
            with self._means.database.read() as session:
                due_at = queries.due_at(session, self.id)
                return due_at, room_log.read(session, self.id, after)

        due_at, missed = await run_in_threadpool(read)
        self._means.trouble.log_end(logger, "rooms' logs are read again")
        if not missed:
            return
        for event in missed:
            self.state = step(self.state, event)
            self._last_at = event.at
        self._note(missed)
        # The executor sets it so that the room is looked at, also after a crash; another replica
        # to what this one will find as well, and then there is nothing to be stored.
        self._stored_due_at, self._looked = due_at, False
        self.audience.tell(missed, self.state)
        for client, moved in last_cursors(missed).items():
            if client in self.state.here:
                self.audience.show_cursor(moved, self.state)
        self._look_at_seats()

    def _look_at_seats(self) -> None:
        """A page sits where it sat down last."""
        for client, seat in self.seats.items():
            if not seat.is_in or self.state.seated_at.get(client) == self._means.replica:
                continue
            if client in self.state.here:
                seat.end(REPLACED, "replaced", "This page has connected again elsewhere.")
            else:
                # Another replica took this one for gone.
                self._put(Waiting(came(seat.role, client, self._means.replica)))

    async def _turn(self, waiting: Sequence[Waiting]) -> None:
        commands = [one.command for one in waiting]
        refused: dict[int, Problem] = {}
        for _ in range(TRIES):
            now = self._means.clock()
            turn = take_turn(
                self.state,
                self._last_at,
                Known(self._keys, self._cursors_at),
                commands,
                refused,
                now,
                self._means.bank,
                self._means.document_limit,
                # What is due is known as long as nothing happens; mostly it is far away.
                self.due_at if self._looked else now,
            )
            if not turn.events and turn.due_at == self._stored_due_at:
                break
            batch = Batch(
                self.id,
                self.state.seq,
                turn.events,
                turn.due_at,
                turn.runs,
                self._learner,
                asyncio.get_running_loop(),
            )
            outcome = await self._means.writer.commit(batch)
            if outcome.end is End.COMMITTED:
                break
            if outcome.end is End.MISSED:
                await self._catch_up()
            elif outcome.end is End.REFUSED:
                assert outcome.command is not None
                assert outcome.problem is not None
                refused[outcome.command] = outcome.problem
            else:
                self._not_stored(waiting)
                return
        else:
            raise RuntimeError("the head of the log keeps moving")
        self.due_at, self._looked = turn.due_at, True
        self._stored_due_at = turn.due_at
        self.state = turn.state
        if turn.last_at is not None:
            self._last_at = turn.last_at
        self._note(turn.events)
        self.audience.report(waiting, turn.events, turn.answers, self.state)
        for cursor in turn.cursors.values():
            self.audience.show_cursor(cursor, self.state)
        if self.elsewhere:
            self._cursors.moved(turn.cursors, turn.events, self._cursors_at)
            if turn.events:
                # Let the other replica have its turn: who has just appended would be first again.
                await asyncio.sleep(GAP_SECONDS)

    def _keep_cursor(self, cursor: Event) -> None:
        client = cursor.body["client"]
        if client in self.seats:
            role: Role = self.seats[client].role
            drafts = (Draft(role, "cursor", cursor.body),)
            self._put(Waiting(Command(role, client, "cursor", drafts=drafts)))

    def _not_stored(self, waiting: Sequence[Waiting]) -> None:
        problem = come_back(
            "not-stored",
            "Not stored",
            "This could not be stored just now, so it did not happen. Send it again.",
            STORE_RETRY_SECONDS,
        )
        for one in waiting:
            one.answer(problem)
        # What nobody waits for (a page has gone) would be sent by nobody again.
        alone = [one for one in waiting if one.seat is None and one.told is None]
        if alone:
            self._inbox = alone + self._inbox
            self._ring_later()

    def _ring_later(self) -> None:
        asyncio.get_running_loop().call_later(STORE_RETRY_SECONDS, self._bell.set)

    def _note(self, events: Iterable[Event]) -> None:
        for event in events:
            if event.key:
                self._keys[event.key] = event
            if (owned := owner(event)) is not None:
                self._owners[owned[0]] = owned[1]
            if event.kind == "cursor":
                self._cursors_at[event.body["client"]] = event.at
            elif event.kind == "left":
                self._cursors_at.pop(event.body["client"], None)
