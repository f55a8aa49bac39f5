"""Pages that are told things and never take them: they cost no memory without end, and no seat."""

import asyncio

import pytest

from backend.room import seat as seats
from backend.room.seat import TOO_SLOW, Seat
from backend.room.socket import _write


class Deaf:
    """A connection whose other side reads nothing: what is sent is never done being sent."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def send_text(self, text: str) -> None:
        self.begun.append(text)
        await asyncio.Event().wait()


def test_who_takes_nothing_loses_the_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.room.socket.SEND_SECONDS", 0.05)
    seat, connection = Seat("candidate", "page1"), Deaf()
    seat.send("one")
    seat.send("two")

    async def write() -> None:
        async with asyncio.timeout(5):
            await _write(connection, seat)  # type: ignore[arg-type]

    asyncio.run(write())
    assert connection.begun == ["one"]
    assert seat.farewell is not None
    assert seat.farewell[:2] == (TOO_SLOW, "too-slow")


def test_what_is_left_unread_is_dropped_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "BACKLOG", 100)
    seat = Seat("candidate", "page1")
    for _ in range(1000):
        seat.send("x" * 30)
    assert seat.farewell is not None
    assert seat.farewell[1] == "too-slow"
    assert asyncio.run(seat.next()) == []
