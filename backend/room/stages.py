"""What is drafted when a room comes into being, when a stage begins, and when it is left."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from backend.bank import ANSWER_KINDS, CODE_KINDS, Bank, Question
from backend.clock import rfc3339
from backend.room.events import (
    NOTES,
    SCRATCH,
    Author,
    Created,
    Draft,
    Mode,
    answer_document,
    code_document,
)
from backend.room.state import State
from backend.room.submission import sha256, submission, version

NewRun = Callable[[], str]
Leaving = Literal["time", "moved-on"]


def run_id() -> str:
    return f"run_{secrets.token_hex(12)}"


def first_drafts(created: Created, now: datetime) -> tuple[Draft, ...]:
    """The beginning of every log: the plan, the lobby, and the two documents of no question."""
    return (
        Draft("system", "created", created.model_dump()),
        _phase("lobby", -1, None, "created", now),
        _opened(SCRATCH, ""),
        _opened(NOTES, ""),
    )


def begin(state: State, stage: int, why: str, began: datetime, bank: Bank) -> tuple[Draft, ...]:
    """Stage `stage` begins, its time counting from `began`, and its documents are opened."""
    stages = state.created.stages
    if stage >= len(stages):
        return (_phase("finished", len(stages), None, why, began),)
    plan = stages[stage]
    drafts = [_phase(plan.phase, stage, plan.seconds, why, began)]
    for slug in plan.questions:
        question = bank.get(slug)
        if question is not None:
            drafts += _documents(state, question, plan.phase)
    return tuple(drafts)


def _documents(state: State, question: Question, phase: str) -> list[Draft]:
    slug = question.slug
    drafts = []
    if question.kind in CODE_KINDS and code_document(slug) not in state.documents:
        drafts.append(_opened(code_document(slug), question.starter))
    asked = {(slug, item) for slug, item, _ in state.asked}
    for item in range(_asked_at_once(state, question, phase)):
        if (slug, item) not in asked:
            drafts += ask(state, "system", slug, item)
    if phase == "quick-checks":
        for item in range(len(question.predict.asks)):
            if answer_document(slug, item) not in state.documents:
                drafts.append(_opened(answer_document(slug, item), ""))
    return drafts


def _asked_at_once(state: State, question: Question, phase: str) -> int:
    """How many items are put when the stage begins. Follow-ups are put one by one, by the script
    or by a person; who practises without either has them before them all together."""
    if phase == "quick-checks":
        return len(question.concept)
    alone = state.created.practice and not state.script_speaks
    return len(question.followups.items) if phase == "follow-ups" and alone else 0


def ask(
    state: State, author: Author, question: str, item: int, further: bool = False
) -> tuple[Draft, ...]:
    """Put an item to the candidate; the document for the answer is opened with it."""
    body = {"question": question, "item": item, "further": further}
    drafts = [Draft(author, "asked", body)]
    if answer_document(question, item) not in state.documents:
        drafts.append(_opened(answer_document(question, item), ""))
    return tuple(drafts)


def leave(state: State, why: Leaving, bank: Bank, new_run: NewRun) -> tuple[Draft, ...]:
    """The present stage ends: what has to be judged is submitted as it stands.

    When the time is up that is every text that was not submitted in just this form. Who goes on
    earlier has chosen what to submit, so only what was never submitted is. On a whiteboard and in
    a quiz one text is judged once.
    """
    if state.phase not in ("coding", "quick-checks"):
        return ()
    drafts = []
    for slug in state.current:
        question = bank.get(slug)
        if question is None or question.kind not in (*CODE_KINDS, *ANSWER_KINDS):
            continue
        submits = state.submits(slug)
        once = why == "moved-on" or not state.created.rules.run or question.kind in ANSWER_KINDS
        text = sha256(submission(state, question))
        if not (submits if once else any(run.sha256 == text for run in submits)):
            drafts.append(run_draft(state, "system", question, "submit", why, new_run))
    return tuple(drafts)


def run_draft(
    state: State, author: Author, question: Question, mode: Mode, why: str, new_run: NewRun
) -> Draft:
    body = {
        "run": new_run(),
        "question": question.slug,
        "mode": mode,
        "version": version(state, question),
        "sha256": sha256(submission(state, question)),
        "why": why,
    }
    return Draft(author, "run", body)


def _phase(phase: str, stage: int, seconds: int | None, why: str, began: datetime) -> Draft:
    deadline = None if seconds is None else rfc3339(began + timedelta(seconds=seconds))
    body: dict[str, Any] = {
        "phase": phase,
        "stage": stage,
        "seconds": seconds,
        "deadline": deadline,
        "began": rfc3339(began),
        "why": why,
    }
    return Draft("system", "phase", body)


def _opened(document: str, text: str) -> Draft:
    return Draft("system", "opened", {"document": document, "text": text})
