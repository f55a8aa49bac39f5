"""A session made into its report. Pure: the same session gives the same report."""

from backend.clock import rfc3339
from backend.report.criteria import criteria, outcome, thresholds
from backend.report.document import FORMAT, OurFailure, Report
from backend.report.questions import questions
from backend.report.session import Session
from backend.report.study import study
from backend.report.timeline import paused_seconds, timeline

INTEGRITY = (
    "Pastes from outside of the room and times when the page was left are marks on the timeline, "
    "as everybody was told before the start. They never change a score."
)


def build(session: Session) -> Report:
    created, first, last = session.state.created, session.events[0], session.events[-1]
    ended = session.ended
    has_begun = any(e.kind == "phase" and e.body["stage"] >= 0 for e in session.events)
    return Report(
        format=FORMAT,
        room=session.room,
        title=created.title,
        template=created.template,
        practice=created.practice,
        candidate=created.candidate,
        interviewer=created.interviewer,
        created_at=rfc3339(first.at),
        began_at=rfc3339(session.began) if has_begun else None,
        ended_at=None if ended is None else rfc3339(ended),
        phase=session.state.phase,
        seconds=session.seconds(ended or last.at),
        paused_seconds=paused_seconds(session),
        finished=ended is not None,
        shared=session.state.shared,
        reader=session.reader,
        outcome=outcome(session),
        thresholds=thresholds(),
        criteria=criteria(session),
        timeline=timeline(session),
        questions=questions(session),
        study=study(session),
        integrity=INTEGRITY,
        failures=_failures(session),
    )


def _failures(session: Session) -> list[OurFailure]:
    return [
        OurFailure(session.seconds(event.at), event.body["question"], event.body["message"])
        for event in session.events
        if event.kind == "failure"
    ]
