"""A room that is played in memory: commands in, events out, and time that tests move by hand."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.bank import Bank
from backend.errors import Problem
from backend.room import commands, due, fold, stages
from backend.room.events import BODIES, COMMANDS, Created, Draft, Event, Role, Rules, Stage
from backend.room.state import State
from tests.backend.room.small_bank import BANK

BEGIN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AT_ONCE = 60
"""More things than a room ever does by itself in a row."""


def stage(phase: str, minutes: int | None, *questions: str) -> Stage:
    seconds = None if minutes is None else 60 * minutes
    return Stage.model_validate(
        {"phase": phase, "title": phase.title(), "seconds": seconds, "questions": list(questions)}
    )


def plan(*stages: Stage, **fields: Any) -> Created:
    values: dict[str, Any] = {
        "title": "An interview",
        "template": None,
        "stages": list(stages),
        "rules": Rules(),
        "weights": {},
        "practice": False,
        "script": True,
        "candidate": "Ada",
        "interviewer": "Grace",
        "extra_time": 0,
        **fields,
    }
    return Created(**values)


CODING = stage("coding", 10, "scale-rows")
WHOLE = (
    stage("introduction", 2),
    CODING,
    stage("follow-ups", 5, "scale-rows"),
    stage("quick-checks", 5, "quiz", "predict", "concept"),
    stage("wrap-up", 1),
)


class Play:
    """`settle`: whether the clock and the script act by themselves, as the live room lets them."""

    def __init__(self, created: Created, *, settle: bool = True, bank: Bank = BANK) -> None:
        self.now = BEGIN
        self.bank = bank
        self.log: list[Event] = []
        self.states: list[State] = []
        """After each event."""
        self.next_at: datetime | None = None
        self._settles = settle
        self._runs = 0
        self.append(stages.first_drafts(created, self.now))
        self.settle()

    @property
    def state(self) -> State:
        return self.states[-1]

    def append(self, drafts: Iterable[Draft]) -> list[Event]:
        made = []
        for draft in drafts:
            BODIES[draft.kind].model_validate(draft.body)
            event = Event(len(self.log) + 1, self.now, draft.author, draft.kind, draft.body)
            self.states.append(fold.step(self.state, event) if self.states else fold.start(event))
            self.log.append(event)
            made.append(event)
        return made

    def settle(self) -> None:
        for _ in range(AT_ONCE):
            found = due.due(self.state, self.now, self.bank, new_run=self._run_id)
            self.next_at = found.next_at
            if not found.drafts or not self._settles:
                return
            self.append(found.drafts)
        raise AssertionError("the room does not come to rest")

    def send(self, role: Role, kind: str, **body: Any) -> list[Event]:
        """A command; raises Problem as `decide` does."""
        self.settle()
        valid = COMMANDS[kind].model_validate(body)
        drafts = commands.decide(
            self.state, role, kind, valid, self.now, self.bank, new_run=self._run_id
        )
        made = self.append(drafts)
        self.settle()
        return made

    def refused(self, role: Role, kind: str, **body: Any) -> Problem:
        before = len(self.log)
        try:
            self.send(role, kind, **body)
        except Problem as problem:
            assert len(self.log) == before, "a refusal leaves nothing behind"
            return problem
        raise AssertionError(f"`{kind}` was not refused")

    def join(self, role: Role = "candidate") -> None:
        self.append([Draft(role, "joined", {"role": role, "client": f"page-{role}"})])
        self.settle()

    def on(self) -> None:
        """The candidate goes on to the next stage."""
        self.send("candidate", "next", stage=self.state.stage)

    def wait(self, **time: float) -> None:
        """Time passes while nobody looks, then the room is looked at."""
        self.now += timedelta(**time)
        self.settle()

    def type(self, text: str, document: str = "code/scale-rows", role: Role = "candidate") -> None:
        """The whole document becomes `text`."""
        old = self.state.documents[document]
        units = len(old.text.encode("utf-16-le")) // 2
        changes = [[units, *text.split("\n")]]
        self.send(
            role, "edit", document=document, version=old.version, client="page", changes=[changes]
        )

    def verdict(self, run: str, failed: Sequence[tuple[str, str]] = (), total: int = 3) -> None:
        """The executor tells how a run ended: `failed` cases, each with in what."""
        row = self.state.runs[run]
        cases = [
            {
                "name": name,
                "title": f"Case {name}",
                "outcome": "failed",
                "failure": {"what": what, "label": "output"},
            }
            for name, what in failed
        ]
        body = {
            "run": run,
            "question": row.question,
            "mode": row.mode,
            "verdict": {
                "outcome": "failed" if failed else "passed",
                "passed": total - len(failed),
                "total": total,
                "problem": None,
                "cases": cases,
            },
        }
        self.append([Draft("system", "verdict", body)])
        self.settle()

    def fail(self, run: str) -> None:
        """We could not judge it."""
        row = self.state.runs[run]
        body = {"run": run, "question": row.question, "mode": row.mode, "message": "Lost."}
        self.append([Draft("system", "failure", body)])
        self.settle()

    def run(self, mode: str = "run", question: str = "scale-rows", role: Role = "candidate") -> str:
        self.send(role, "run", question=question, mode=mode)
        return next(reversed(self.state.runs))

    def events(self, kind: str) -> list[Event]:
        return [event for event in self.log if event.kind == kind]

    def said(self, why: str | None = None) -> list[str]:
        """What the script has said."""
        return [
            event.body["text"]
            for event in self.events("say")
            if event.author == "script" and why in (None, event.body["why"])
        ]

    def _run_id(self) -> str:
        self._runs += 1
        return f"run_{self._runs:024x}"


def coding(*, settle: bool = True, **fields: Any) -> Play:
    """A room whose candidate has begun to code, the script silent unless asked for."""
    fields = {"script": False, **fields}
    play = Play(plan(CODING, stage("follow-ups", 5, "scale-rows"), **fields), settle=settle)
    play.join()
    play.on()
    return play
