"""The WebSocket of a room: hello, then commands in and events out.

The guard has refused foreign pages before; here the link's secret decides who somebody is. What
cannot be carried out is refused by name and the socket stays open: a page loses nothing by it.
"""

import asyncio
import contextlib
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from backend.clock import rfc3339
from backend.dependencies import Parts
from backend.errors import Problem
from backend.room import log as room_log
from backend.room import messages, queries, reading, service
from backend.room.events import Event, Role
from backend.room.live import LiveRoom
from backend.room.pace import Pace, check, cost_of_body, cost_of_text
from backend.room.schemas import CommandMessage, Hello, Ping
from backend.room.seat import BAD_HELLO, BROKEN, FLOOD, NO_SUCH_ROOM, STOPPING, Seat
from backend.room.state import State
from backend.room.views import state_view, visible

HELLO_SECONDS = 10.0
# So many refused in a row are no page of ours.
PATIENCE = 1000
CLOSE_SECONDS = 1.0
# A page that takes nothing for so long does not read; its seat is for others.
SEND_SECONDS = 20.0


async def room_socket(socket: WebSocket) -> None:
    parts: Parts = socket.app.state.parts
    room_id: str = socket.path_params["room_id"]
    await socket.accept()
    try:
        hello, role = await _greet(socket, parts, room_id)
        if parts.rooms.stopping:
            raise _Goodbye(STOPPING, "stopping", "The server stops; it will be back.")
        room = await parts.rooms.open(room_id)
        assert room is not None, "its secret was right"
        seat = Seat(role, hello.client)
        await _attend(socket, parts, room, seat, hello)
    except _Goodbye as goodbye:
        await _close(socket, goodbye.close, goodbye.code, goodbye.detail)
    except Problem as problem:
        # Somebody else's name is not to be tried again; what could not be stored may be.
        close = BAD_HELLO if problem.status < 500 else BROKEN
        await _close(socket, close, problem.code, problem.detail)
    except WebSocketDisconnect:
        pass


class _Goodbye(Exception):
    def __init__(self, close: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.close = close
        self.code = code
        self.detail = detail


async def _greet(socket: WebSocket, parts: Parts, room_id: str) -> tuple[Hello, Role]:
    try:
        async with asyncio.timeout(HELLO_SECONDS):
            text = await _receive(socket)
    except TimeoutError:
        raise _Goodbye(BAD_HELLO, "no-hello", "No hello came; connect again.") from None
    try:
        if text is None:
            raise _binary()
        found = reading.read_json(text, _limit(parts))
        reading.check_text(found)
        hello = reading.fit(Hello, found)
    except Problem as problem:
        raise _Goodbye(BAD_HELLO, problem.code, problem.detail) from None

    def admit() -> Role:
        with parts.database.read() as session:
            return service.admit(session, room_id, hello.secret).role

    try:
        return hello, await run_in_threadpool(admit)
    except Problem as problem:
        if problem.status != 404:
            raise
        raise _Goodbye(NO_SUCH_ROOM, problem.code, problem.detail) from None


async def _attend(
    socket: WebSocket, parts: Parts, room: LiveRoom, seat: Seat, hello: Hello
) -> None:
    try:
        await room.sit(seat)
        if seat.farewell is None:
            state = room.snapshot(seat)
            await socket.send_text(await _welcome(parts, room, state, seat, hello))
        await _talk(socket, parts, room, seat)
    finally:
        room.leave(seat)
    if seat.farewell is not None:
        await _close(socket, *seat.farewell)


async def _talk(socket: WebSocket, parts: Parts, room: LiveRoom, seat: Seat) -> None:
    """Both ways, until one of them ends: the page has gone, or it is told to go."""
    tasks = (
        asyncio.create_task(_write(socket, seat)),
        asyncio.create_task(_read(socket, parts, room, seat)),
    )
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        error = None if task.cancelled() else task.exception()
        if error is not None and not _is_gone(error):
            raise error


async def _welcome(parts: Parts, room: LiveRoom, state: State, seat: Seat, hello: Hello) -> str:
    # A number from the future is of another database: the page begins anew.
    since = hello.since if hello.since is not None and hello.since <= state.seq else None
    now = parts.clock()
    fields: dict[str, Any] = {
        "role": seat.role,
        "room": room.id,
        "client": seat.client,
        "seq": state.seq,
        "now": rfc3339(now),
        "state": state_view(state, seat.role, now, parts.bank),
    }
    if since is None:
        opened = {
            name: {"version": document.version, "text": document.text}
            for name, document in state.documents.items()
            if _sees_document(state, seat.role, name)
        }
        fields["documents"] = opened

    def read() -> list[str]:
        with parts.database.read() as session:
            if since is not None:
                rows = queries.events_between(session, room.id, since, state.seq)
            else:
                rows = queries.events_between(session, room.id, 0, state.seq, typing=False)
                if hello.edits_after is not None:
                    late = queries.events_between(session, room.id, hello.edits_after, state.seq)
                    rows = sorted([*rows, *(row for row in late if row.kind == "edit")])
        events = [room_log.event_of(row) for row in rows]
        return [text for _, text in messages.seen(events, seat.role, state)]

    return messages.welcome(fields, await run_in_threadpool(read))


def _sees_document(state: State, role: Role, name: str) -> bool:
    opened = Event(0, state.created_at, "system", "opened", {"document": name, "text": ""})
    return visible(opened, role, state) is not None


async def _write(socket: WebSocket, seat: Seat) -> None:
    while texts := await seat.next():
        for text in texts:
            try:
                async with asyncio.timeout(SEND_SECONDS):
                    await socket.send_text(text)
            except TimeoutError:
                # Not even its pings end such a connection: what is under way is never taken.
                seat.too_slow()
                return


async def _read(socket: WebSocket, parts: Parts, room: LiveRoom, seat: Seat) -> None:
    pace = Pace()
    refused = 0
    while True:
        text = await _receive(socket)
        number: int | None = None
        try:
            check(pace, cost_of_text(len(text or "")))
            if text is None:
                raise _binary()
            found = reading.read_json(text, _limit(parts))
            number = _number(found)
            if reading.may_hold_bad_text(text):
                reading.check_text(found)
            pace.left -= _take(found, parts, room, seat)
            refused = 0
        except Problem as problem:
            refused += 1
            if number is None and problem.code == "too-fast" and text is not None:
                number = _number_of(text)
            seat.send(messages.refused(number, problem))
            if refused >= PATIENCE:
                seat.end(FLOOD, "too-fast", "Too many messages that cannot be carried out.")


def _take(found: dict[str, Any], parts: Parts, room: LiveRoom, seat: Seat) -> float:
    """What it costs beyond its length."""
    if found.get("type") == "ping":
        ping = reading.fit(Ping, found)
        seat.send(messages.pong(ping.id, parts.clock()))
        return 0.0
    if found.get("type") != "command":
        raise Problem(
            422,
            "unknown-kind",
            "Unknown message",
            "After the hello, messages are of type command or ping.",
        )
    if "author" in found:
        raise reading.forged_author()
    message = reading.fit(CommandMessage, found)
    key = f"{seat.client}:{message.id}"
    command = reading.command(seat.role, seat.client, message.kind, message.body, key)
    cost = cost_of_body(command.body)
    check(room.paces[seat.role], 1 + cost)
    room.ask(command, seat, message.id)
    return cost


def _number(found: dict[str, Any]) -> int | None:
    number = found.get("id")
    return number if isinstance(number, int) and 0 <= number <= 2**53 else None


def _number_of(text: str) -> int | None:
    """Of a message that is too many to be carried out: to say which one was refused."""
    try:
        return _number(reading.read_json(text, len(text)))
    except Problem:
        return None


def _limit(parts: Parts) -> int:
    return reading.message_limit(parts.settings.code_limit)


async def _receive(socket: WebSocket) -> str | None:
    """The next message; None for one that is bytes."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text: str | None = message.get("text")
    return text


async def _close(socket: WebSocket, close: int, code: str, detail: str) -> None:
    # Who has gone already, or reads nothing more, is not waited for.
    with contextlib.suppress(Exception):
        async with asyncio.timeout(CLOSE_SECONDS):
            if socket.application_state is WebSocketState.CONNECTED:
                await socket.send_text(messages.bye(code, detail))
                await socket.close(close, code)


def _is_gone(error: BaseException) -> bool:
    """Whether it only says that the other side has closed the connection."""
    return isinstance(error, WebSocketDisconnect | RuntimeError | OSError)


def _binary() -> Problem:
    return Problem(400, "not-json", "Not JSON", "The message is binary; send JSON as text.")
