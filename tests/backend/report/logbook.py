"""Writes the log of an interview, event by event, for tests that read reports."""

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from backend import rubric
from backend.bank import CODE_KINDS, Question
from backend.report.building import build
from backend.report.document import Report
from backend.report.facts import facts_of
from backend.report.session import Session
from backend.room.changes import length
from backend.room.events import Author, Event, Role, answer_document, code_document
from backend.room.fold import fold
from sandbox.verdict import CaseVerdict, Outcome, Problem, Verdict

BEGIN = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
RULES = {"run": True, "hints": True, "hint_cost": 0.05, "pause": True, "extend": True}


def case(name: str, outcome: Outcome = "passed", message: str = "As it should be.", **more: Any):
    about = {"title": name.replace("-", " ").capitalize(), "visible": True}
    about |= {"criterion": "shape-awareness", **more}
    return CaseVerdict(name=name, outcome=outcome, message=message, seconds=0.01, **about)


def verdict(cases: list[CaseVerdict], mode: str = "submit", problem: Problem | None = None):
    passed = sum(one.outcome == "passed" for one in cases)
    outcome: Outcome = "passed" if passed == len(cases) and problem is None else "failed"
    if problem is not None:
        outcome = problem.outcome
    return asdict(
        Verdict(
            outcome,
            passed,
            len(cases),
            0.2,
            mode,
            "process",
            "2.13.0",
            problem,
            None,
            cases,  # type: ignore[arg-type]
        )
    )


class Logbook:
    """`at` is the time of the next event, in seconds since the interview began."""

    def __init__(
        self,
        bank: list[Question],
        stages: list[dict[str, Any]],
        *,
        practice: bool = False,
        candidate: str = "Ada",
        interviewer: str = "Grace",
        title: str = "Layers from memory",
        weights: dict[str, float] | None = None,
    ) -> None:
        self.bank = bank
        self.events: list[Event] = []
        self.codes: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.at = -90.0
        self.stages = stages
        created = {
            "title": title,
            "template": "layers",
            "stages": stages,
            "rules": RULES,
            "weights": weights or {},
            "practice": practice,
            "script": True,
            "candidate": candidate,
            "interviewer": interviewer,
            "extra_time": 0,
        }
        self.add("system", "created", **created)
        self.phase("lobby", -1, None, "created")
        self.at = 0.0

    def add(self, author: Author, kind: str, **body: Any) -> Event:
        moment = BEGIN + timedelta(seconds=self.at)
        event = Event(len(self.events) + 1, moment, author, kind, body)
        self.events.append(event)
        return event

    def wait(self, seconds: float) -> "Logbook":
        self.at += seconds
        return self

    def phase(self, phase: str, stage: int, seconds: int | None, why: str = "moved-on") -> None:
        self.add(
            "system", "phase", phase=phase, stage=stage, seconds=seconds, deadline=None, why=why
        )

    def begin(self, stage: int) -> None:
        """Begin a stage; documents of its code open with their starters."""
        about = self.stages[stage]
        self.phase(about["phase"], stage, about["seconds"])
        for slug in about["questions"]:
            question = self.question(slug)
            if question.starter and code_document(slug) not in self.texts:
                self.open(code_document(slug), question.starter)
            for item in range(len(question.predict.asks) + len(question.concept)):
                self.open(answer_document(slug, item), "")

    def finish(self) -> None:
        self.phase("finished", len(self.stages), None, "done")

    def question(self, slug: str) -> Question:
        return next(question for question in self.bank if question.slug == slug)

    def open(self, document: str, text: str) -> None:
        self.texts[document], self.versions[document] = text, 0
        self.add("system", "opened", document=document, text=text)

    def write(self, document: str, text: str, pasted: int = 0) -> None:
        """Replace all that stands in the document."""
        old = self.texts[document]
        change: list[Any] = [[length(old), *text.split("\n")]] if old else [[0, *text.split("\n")]]
        self.add(
            "candidate",
            "edit",
            document=document,
            version=self.versions[document],
            client="c1",
            changes=[change],
            pasted=pasted,
        )
        self.texts[document] = text
        self.versions[document] += 1

    def run(self, slug: str, mode: str = "submit", why: str = "asked") -> str:
        run = f"run_{len(self.codes):024x}"
        document = code_document(slug)
        text = self.texts.get(document, "{}")
        self.codes[run] = text
        self.add(
            "candidate" if why == "asked" else "system",
            "run",
            run=run,
            question=slug,
            mode=mode,
            version=self.versions.get(document, -1),
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            why=why,
        )
        return run

    def judge(
        self,
        slug: str,
        cases: list[CaseVerdict],
        mode: str = "submit",
        why: str = "asked",
        problem: Problem | None = None,
    ) -> str:
        run = self.run(slug, mode, why)
        self.wait(0.4)
        self.add(
            "system",
            "verdict",
            run=run,
            question=slug,
            mode=mode,
            verdict=verdict(cases, mode, problem),
        )
        return run

    def fail(self, slug: str, message: str = "The slot was lost.", mode: str = "submit") -> str:
        run = self.run(slug, mode)
        self.wait(3)
        self.add("system", "failure", run=run, question=slug, mode=mode, message=message)
        return run

    def ask(self, slug: str, item: int, answer: str, further: bool = False) -> None:
        self.add("script", "asked", question=slug, item=item, further=further)
        name = answer_document(slug, item)
        if name not in self.texts:
            self.open(name, "")
        if answer:
            self.wait(40)
            self.write(name, answer)
        self.add("candidate", "answered", question=slug, item=item)

    def report(self, reader: Role = "interviewer", passed: frozenset[str] = frozenset()) -> Report:
        state = fold(self.events)
        questions = {question.slug: question for question in self.bank}
        facts = {slug: facts_of(question) for slug, question in questions.items()}
        kinds = {
            event.body["run"]: event.body["question"]
            for event in self.events
            if event.kind == "run"
        }
        codes = {
            run: text
            for run, text in self.codes.items()
            if kinds.get(run) in questions and questions[kinds[run]].kind in CODE_KINDS
        }
        return build(
            Session(
                room="0123456789abcdef01234567",
                events=self.events,
                state=state,
                assessment=rubric.assess(rubric.Session(tuple(self.events), facts, codes)),
                codes=codes,
                bank=self.bank,
                passed=passed,
                reader=reader,
                shows_solutions=reader == "interviewer" or state.phase == "finished",
            )
        )


def stage(phase: str, title: str, *questions: str, seconds: int | None = 600) -> dict[str, Any]:
    return {"phase": phase, "title": title, "seconds": seconds, "questions": list(questions)}
