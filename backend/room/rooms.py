"""All rooms that are open in this process, and the clock that opens those in which something is
due. Nothing but speed is lost when a room is closed: its log says everything."""

import asyncio
import itertools
import zlib
from collections.abc import Callable
from datetime import datetime

import structlog
from starlette.concurrency import run_in_threadpool

from backend.bank import Bank
from backend.clock import Clock
from backend.db import Database
from backend.room import log as room_log
from backend.room import queries, replicas
from backend.room.fold import fold
from backend.room.live import LiveRoom, Means, Opened, owner
from backend.room.presence import elsewhere
from backend.room.replicas import Replicas
from backend.room.seat import BROKEN, STOPPING
from backend.room.writer import RoomRuns, Writer
from backend.trouble import Trouble, is_away

logger = structlog.get_logger(__name__)

TICK_SECONDS = 0.25
TIDY_TICKS = 4
# A page that is reloaded finds its room still open.
KEEP_SECONDS = 60.0
REST_SECONDS = 30.0
# So long a room that is due is left to the replica at which it is open, or to the next in line.
GRACE_SECONDS = 1.0
MOST_ELSEWHERE = 10_000
ID_LENGTH = 32


class RoomNews:
    """Where whoever appends without the rooms' help (the executor, another replica) leaves word,
    from any thread."""

    def __init__(self) -> None:
        self._rooms: Rooms | None = None

    def connect(self, rooms: "Rooms") -> None:
        self._rooms = rooms

    def tell(self, room_id: str) -> None:
        if self._rooms is not None:
            self._rooms.tell(room_id)

    def heard(self, payload: str) -> None:
        if self._rooms is not None:
            self._rooms.heard(payload)

    def missed_something(self) -> None:
        if self._rooms is not None:
            self._rooms.missed_something()


class Rooms:
    """`start` and `stop` on the event loop; `tell` from any thread; the rest on the loop."""

    def __init__(
        self,
        database: Database,
        bank: Bank,
        clock: Clock,
        runs: RoomRuns,
        news: RoomNews,
        document_limit: int,
        replica: str | None = None,
    ) -> None:
        """`replica`: what this process is called among those on the same Postgres."""
        news.connect(self)
        self.replicas = Replicas(database, replica)
        self.replica = self.replicas.name
        self.writer = Writer(database, runs, self.replica)
        self._means = Means(
            database, bank, clock, self.writer, document_limit, self.replica, Trouble()
        )
        self._open: dict[str, LiveRoom] = {}
        self._opening: dict[str, asyncio.Future[LiveRoom | None]] = {}
        self._idle_since: dict[str, float] = {}
        self._resting: dict[str, float] = {}
        """Rooms that broke, and until when the clock leaves them alone; their pages need not."""
        self._elsewhere: dict[str, float] = {}
        """Rooms in which another replica has done something, and when."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self.stopping = False

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        # Waited for: a page that sits at a replica of which nobody knows would be taken for gone.
        self.replicas.enter()
        self.writer.start()
        self._tasks.append(self._loop.create_task(self._tick()))
        if self.replicas.shared:
            self._tasks.append(self._loop.create_task(self._stay()))

    def stop(self) -> None:
        """Send every page away: one that stays connected would hold the server's shutdown."""
        self.stopping = True
        for room in self._open.values():
            for seat in room.seats.values():
                seat.end(STOPPING, "stopping", "The server stops; it will be back.")

    async def close(self, seconds: float) -> None:
        """After `stop`: end all that works, and wait until what was handed in is committed."""
        self.stop()
        for task in self._tasks:
            task.cancel()
        await run_in_threadpool(self.writer.stop, seconds)
        ending = {*self._tasks, *(room.close() for room in self._open.values())}
        if ending:
            # Who is asking the database something gets the answer before its connection goes.
            await asyncio.wait(ending, timeout=seconds)
        await run_in_threadpool(self.replicas.leave, seconds)

    def tell(self, room_id: str) -> None:
        """Something was appended to this room's log by another way than through here."""
        self._on_loop(lambda: self._heard(room_id))

    def heard(self, payload: str) -> None:
        """A notice of Postgres, from any thread: "ROOM REPLICA", the room's log has grown by that
        replica's doing, or by nobody's ("-")."""
        room_id, _, by = payload.partition(" ")
        if by != self.replica:
            self._on_loop(lambda: self._heard(room_id, by))

    def missed_something(self) -> None:
        """Notices may have been lost, so every room looks into its rows. From any thread."""
        self._on_loop(self._look_into_all)

    def _on_loop(self, done: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(done)

    def _heard(self, room_id: str, by: str = room_log.NOBODY) -> None:
        room = self._open.get(room_id)
        if room is not None:
            room.hear()
        elif by in self.replicas.others and self._may_keep(room_id):
            self._elsewhere[room_id] = asyncio.get_running_loop().time()
        # One that is not open was made due by whoever appended, so the ticker opens it.

    def _may_keep(self, room_id: str) -> bool:
        """Any role of the database may send a notice: what is kept of them has an end."""
        return len(self._elsewhere) < MOST_ELSEWHERE and len(room_id) <= ID_LENGTH

    def _look_into_all(self) -> None:
        for room in self._open.values():
            room.hear()

    async def open(self, room_id: str) -> LiveRoom | None:
        """The room, or None where there is none of this name."""
        room = self._open.get(room_id)
        if room is not None:
            self._idle_since.pop(room_id, None)
            return room
        opening = self._opening.get(room_id)
        if opening is None:
            opening = self._opening[room_id] = asyncio.ensure_future(self._read(room_id))
        return await asyncio.shield(opening)

    async def _read(self, room_id: str) -> LiveRoom | None:
        try:
            opened = await run_in_threadpool(self._fold, room_id)
            if opened is None:
                return None
            room = LiveRoom(opened, self._means, self._drop)
            self._open[room_id] = room
            # What was appended between the reading and now has told nobody.
            room.hear()
            return room
        finally:
            del self._opening[room_id]

    def _fold(self, room_id: str) -> Opened | None:
        with self._means.database.read() as session:
            row = queries.get_room(session, room_id)
            if row is None:
                return None
            events = room_log.read(session, room_id)
            state = fold(events)
            gone = self.replicas.gone(session, elsewhere(state, self.replica))
        keys = {event.key: event for event in events if event.key}
        owners = dict(owned for event in events if (owned := owner(event)) is not None)
        return Opened(
            room_id,
            row.created_at,
            row.learner,
            state,
            events[-1].at,
            keys,
            owners,
            row.due_at,
            gone,
        )

    def _drop(self, room: LiveRoom) -> None:
        """A room that could not go on is folded anew when its pages come back."""
        if self._open.get(room.id) is room:
            del self._open[room.id]
        self._resting[room.id] = asyncio.get_running_loop().time() + REST_SECONDS
        for seat in room.seats.values():
            seat.end(BROKEN, "our-error", "Something broke on our side; come again.")

    async def _stay(self) -> None:
        """Say that this replica is there, and find out who is not any more."""
        trouble = Trouble()
        while True:
            await asyncio.sleep(replicas.RENEW_SECONDS)
            # Before the database is asked: who sits at a replica was told of after it had come.
            names = frozenset().union(*(room.elsewhere for room in self._open.values()))
            try:
                gone = await run_in_threadpool(self.replicas.renew, names)
            except Exception as error:
                trouble.log(logger, "the other replicas are not known", error)
                continue
            trouble.log_end(logger, "the other replicas are known again")
            if gone:
                logger.warning("replicas are gone", names=sorted(gone))
            for room in self._open.values():
                room.forget(gone)

    async def _tick(self) -> None:
        trouble = Trouble()
        for tick in itertools.count():
            await asyncio.sleep(TICK_SECONDS)
            try:
                await self._look(self._means.clock())
                if tick % TIDY_TICKS == 0:
                    await run_in_threadpool(self._means.database.tidy)
            except Exception as error:
                trouble.log(logger, "rooms could not be looked at", error)
            else:
                trouble.log_end(logger, "rooms are looked at again")

    async def _look(self, now: datetime) -> None:
        for room in self._open.values():
            if room.due_at is not None and room.due_at <= now:
                room.look()
        moment = asyncio.get_running_loop().time()
        for room_id, due_at in await run_in_threadpool(self._due, now):
            if room_id in self._open or self._resting.get(room_id, 0.0) > moment:
                continue
            if (now - due_at).total_seconds() < self._patience(room_id):
                continue
            try:
                await self.open(room_id)
            except Exception as error:
                if is_away(error):
                    raise
                # It must not keep the others from their deadlines.
                logger.error("a room could not be opened", room=room_id, exc_info=error)
                self._resting[room_id] = moment + REST_SECONDS
        self._close_idle()

    def _due(self, now: datetime) -> list[tuple[str, datetime]]:
        with self._means.database.read() as session:
            return list(queries.due_rooms(session, now))

    def _patience(self, room_id: str) -> float:
        """For how many seconds a due room is left to other replicas: two that open the same one
        do no harm, but read its log twice."""
        if not self.replicas.others:
            return 0.0
        if room_id in self._elsewhere:
            return GRACE_SECONDS
        own = _place(room_id, self.replica)
        return GRACE_SECONDS * sum(_place(room_id, name) < own for name in self.replicas.others)

    def _close_idle(self) -> None:
        assert self._loop is not None
        moment = self._loop.time()
        for room in list(self._open.values()):
            if not room.is_idle:
                self._idle_since.pop(room.id, None)
            elif moment - self._idle_since.setdefault(room.id, moment) > KEEP_SECONDS:
                room.close()
                del self._open[room.id]
                del self._idle_since[room.id]
        for room_id in [
            room_id for room_id, at in self._elsewhere.items() if moment - at > KEEP_SECONDS
        ]:
            del self._elsewhere[room_id]


def _place(room_id: str, replica: str) -> int:
    """In which order the replicas take care of a room: another one for each room."""
    return zlib.crc32(f"{room_id} {replica}".encode())
