"""Reads what a report is built from, and says who may have it. Never commits."""

from sqlalchemy.orm import Session as DatabaseSession

from backend import rubric
from backend.bank import CODE_KINDS, Bank
from backend.errors import Problem
from backend.models import Room
from backend.practice import queries as practice
from backend.report import queries
from backend.report.building import build
from backend.report.document import Report
from backend.report.facts import facts_of
from backend.report.session import Session
from backend.room import log
from backend.room.events import Role
from backend.room.fold import fold
from backend.room.state import State
from backend.room.views import report_open


def report(database: DatabaseSession, bank: Bank, room: Room, role: Role) -> Report:
    """The report as this role may see it now; Problem 403 where it may not yet."""
    events = [event for event in log.read(database, room.id) if event.kind != "cursor"]
    state = fold(events)
    _check_open(state, role)
    questions = {question.slug: question for question in bank.questions}
    codes = {
        run: text
        for run, slug, text in queries.texts_of_runs(database, room.id)
        if slug in questions and questions[slug].kind in CODE_KINDS
    }
    here = {slug for stage in state.created.stages for slug in stage.questions}
    facts = {slug: facts_of(questions[slug]) for slug in here if slug in questions}
    assessment = rubric.assess(rubric.Session(tuple(events), facts, codes))
    return build(
        Session(
            room=room.id,
            events=events,
            state=state,
            assessment=assessment,
            codes=codes,
            bank=bank.questions,
            passed=frozenset(_passed(database, room, state)),
            reader=role,
            # An interviewer has the solutions anyhow; a candidate once nothing can be sent more.
            shows_solutions=role == "interviewer" or state.phase == "finished",
        )
    )


def _check_open(state: State, role: Role) -> None:
    if report_open(state, role):
        return
    if role == "interviewer":
        raise Problem(
            403,
            "interview-not-begun",
            "The interview has not begun",
            "The report begins with the interview. Until then there is nothing in it.",
        )
    if state.phase != "finished":
        raise Problem(
            403,
            "interview-not-finished",
            "The interview is not finished",
            "The report is made when the interview is over. Everything until then is kept.",
        )
    raise Problem(
        403,
        "report-not-shared",
        "The report has not been shared yet",
        "Your interviewer reads the report first, and may share it with you. "
        "This page then shows it.",
    )


def _passed(database: DatabaseSession, room: Room, state: State) -> set[str]:
    found = {run.question for run in state.runs.values() if run.outcome == "passed"}
    if room.learner is not None:
        runs = practice.runs_of(database, room.learner)
        found |= {run.question for run in runs if run.mode == "submit" and run.outcome == "passed"}
    return found
