"""The pages that look at a room, and what each of them is told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from backend.bank import Bank
from backend.clock import Clock
from backend.errors import Problem
from backend.room import messages
from backend.room.events import Event, Role
from backend.room.seat import Seat
from backend.room.state import State
from backend.room.turn import Answer, Command
from backend.room.views import visible


@dataclass(frozen=True, slots=True)
class Waiting:
    """A command, and who wants to know what became of it: a page, or a coroutine."""

    command: Command
    seat: Seat | None = None
    number: int | None = None
    """What the page calls it."""
    told: Callable[[Answer], None] | None = None

    def answer(self, problem: Problem) -> None:
        if self.told is not None:
            self.told(problem)
        if self.seat is not None and self.number is not None:
            self.seat.send(messages.refused(self.number, problem))


class Audience:
    def __init__(self, bank: Bank, clock: Clock) -> None:
        self.seats: dict[str, Seat] = {}
        """By the name of the page."""
        self._bank = bank
        self._clock = clock

    def report(
        self,
        waiting: Sequence[Waiting],
        events: Sequence[Event],
        answers: Sequence[Answer],
        state: State,
    ) -> None:
        """Tell everybody what happened, and each who asked what became of it."""
        own: dict[Seat, dict[int, int]] = {}
        rest: list[tuple[Seat, str]] = []
        for one, answer in zip(waiting, answers, strict=True):
            if one.told is not None:
                one.told(answer)
            if one.seat is None or one.number is None:
                continue
            if isinstance(answer, Problem):
                # After the events: an edit is stale because of something the page then knows.
                rest.append((one.seat, messages.refused(one.number, answer)))
            elif not answer:
                if one.command.kind != "cursor":
                    rest.append((one.seat, messages.done(one.number)))
            elif events and answer[0].seq >= events[0].seq:
                own.setdefault(one.seat, {})[answer[0].seq] = one.number
            else:
                seen = messages.seen(answer, one.seat.role, state)
                texts = [messages.with_id(text, one.number) for _, text in seen]
                rest.append((one.seat, messages.events(texts)))
        self.tell(events, state, own)
        for seat, text in rest:
            seat.send(text)

    def tell(
        self,
        events: Sequence[Event],
        state: State,
        own: Mapping[Seat, Mapping[int, int]] | None = None,
    ) -> None:
        """Each page the events that its role may see; `own`: those that a page has made itself,
        with the numbers of its commands."""
        if not events:
            return
        by_role: dict[Role, list[tuple[Event, str]]] = {}
        whole: dict[Role, str] = {}
        for seat in self.seats.values():
            if seat.role not in by_role:
                seen = by_role[seat.role] = messages.seen(events, seat.role, state)
                # One text for all: what pages leave unread is then kept once.
                whole[seat.role] = messages.events(text for _, text in seen) if seen else ""
            mine = (own or {}).get(seat)
            if mine:
                _tell(seat, by_role[seat.role], mine)
            elif whole[seat.role]:
                seat.send(whole[seat.role])
        if any(event.kind not in ("edit", "cursor") for event in events):
            self._tell_state(state)

    def show_cursor(self, cursor: Event, state: State) -> None:
        text = messages.cursor(cursor)
        for seat in self.seats.values():
            if seat.client != cursor.body["client"] and visible(cursor, seat.role, state):
                seat.send(text)

    def _tell_state(self, state: State) -> None:
        now = self._clock()
        texts: dict[Role, str] = {}
        for seat in self.seats.values():
            if seat.role not in texts:
                texts[seat.role] = messages.state(state, seat.role, now, self._bank)
            seat.send(texts[seat.role])


def _tell(seat: Seat, seen: Sequence[tuple[Event, str]], own: Mapping[int, int]) -> None:
    texts = [
        messages.with_id(text, own[event.seq]) if event.seq in own else text for event, text in seen
    ]
    if texts:
        seat.send(messages.events(texts))
    # What a page has made and may not see is acknowledged all the same.
    for seq in own.keys() - {event.seq for event, _ in seen}:
        seat.send(messages.done(own[seq]))
