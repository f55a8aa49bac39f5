"""Writes small logs for tests of the rubric."""

from datetime import UTC, datetime, timedelta
from typing import Any

from backend.room.events import Author, Event
from backend.rubric import AnswerFacts, QuestionFacts, Session

BEGIN = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)


def case(name: str, criterion: str, outcome: str = "passed", **more: Any) -> dict[str, Any]:
    about = {
        "name": name,
        "title": name.replace("-", " ").capitalize(),
        "visible": True,
        "criterion": criterion,
        "outcome": outcome,
        "message": "Passed." if outcome == "passed" else "Output differs in 3 of 4 values.",
        "line": None,
        "failure": None,
    }
    return about | more


def verdict(cases: list[dict[str, Any]], mode: str = "submit", **more: Any) -> dict[str, Any]:
    passed = sum(one["outcome"] == "passed" for one in cases)
    about = {
        "outcome": "passed" if passed == len(cases) else "failed",
        "passed": passed,
        "total": len(cases),
        "mode": mode,
        "problem": None,
        "script": None,
        "cases": cases,
    }
    return about | more


class Diary:
    """`at` is the time of the next event, in seconds since the room was made."""

    def __init__(
        self,
        *questions: str,
        hint_cost: float = 0.05,
        weights: dict[str, float] | None = None,
        practice: bool = True,
    ) -> None:
        self.events: list[Event] = []
        self.codes: dict[str, str] = {}
        self.at = 0.0
        rules = {"run": True, "hints": True, "hint_cost": hint_cost, "pause": True, "extend": True}
        self.add(
            "system",
            "created",
            title="A talk",
            template=None,
            stages=[
                {"phase": "coding", "title": one, "seconds": None, "questions": [one]}
                for one in questions
            ],
            rules=rules,
            weights=weights or {},
            practice=practice,
            script=True,
            candidate="Ada",
            interviewer="",
            extra_time=0,
        )

    def add(self, author: Author, kind: str, **body: Any) -> Event:
        moment = BEGIN + timedelta(seconds=self.at)
        event = Event(len(self.events) + 1, moment, author, kind, body)
        self.events.append(event)
        return event

    def phase(self, stage: int, phase: str = "coding", **more: Any) -> None:
        about = {"phase": phase, "stage": stage, "seconds": None, "deadline": None, "why": "ready"}
        self.add("system", "phase", **(about | more))

    def run(self, run: str, question: str, mode: str = "submit", why: str = "asked") -> None:
        about = {"run": run, "question": question, "mode": mode, "version": 0, "sha256": ""}
        self.add("candidate" if why == "asked" else "system", "run", **about, why=why)

    def judged(self, run: str, question: str, cases: list[dict[str, Any]], **more: Any) -> None:
        mode = more.pop("mode", "submit")
        about = {"run": run, "question": question, "mode": mode}
        self.add("system", "verdict", **about, verdict=verdict(cases, mode, **more))

    def failed_by_us(self, run: str, question: str, mode: str = "submit") -> None:
        about = {"run": run, "question": question, "mode": mode}
        self.add("system", "failure", **about, message="The slot was lost.")

    def submit(self, run: str, question: str, cases: list[dict[str, Any]], **more: Any) -> None:
        self.run(run, question)
        self.judged(run, question, cases, **more)

    def hint(self, question: str, level: int = 1) -> None:
        self.add("candidate", "hint", question=question, level=level)

    def edit(self, document: str, changes: list[Any], pasted: int = 0) -> None:
        about = {"document": document, "version": 0, "client": "one"}
        self.add("candidate", "edit", **about, changes=[changes], pasted=pasted)

    def score(self, author: Author = "candidate", **body: Any) -> Event:
        empty = dict.fromkeys(("question", "item", "points", "criterion", "level"))
        return self.add(author, "score", **{**empty, "reason": "", **body})

    def session(self, **questions: QuestionFacts) -> Session:
        named = {name.replace("_", "-"): facts for name, facts in questions.items()}
        return Session(tuple(self.events), named, self.codes)


def facts(kind: str = "code", starter: str = "", answers: int = 0) -> QuestionFacts:
    texts = tuple(AnswerFacts(f"Why number {one}?", ("a", "b", "c", "d")) for one in range(answers))
    return QuestionFacts("Soft edges", kind, starter, texts)
