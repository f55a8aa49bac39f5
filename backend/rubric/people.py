"""Evidence from persons: answers scored against their key points, and levels for criteria."""

from collections.abc import Iterable, Mapping
from typing import cast

from backend.room.events import Event, Level
from backend.rubric.criteria import CRITERIA
from backend.rubric.evidence import Evidence, Link, Overrule, QuestionFacts
from backend.rubric.score import LEVEL_TITLES, LEVEL_VALUES

# A whole answer, or a person's word on one question, says as much as two cases.
ANSWER_WEIGHT = 2.0
PERSON_WEIGHT = 2.0

# The machine's own suggestion of which key points an answer touches is no evidence: it looks for
# words, and a list of the right words is no understanding. It helps a person to score, and until
# a person has scored an answer, the answer is not assessed.

_Key = tuple[str | None, int | None, str | None]


def scored(events: Iterable[Event]) -> list[Event]:
    """The latest `score` event for each (question, item, criterion), in order."""
    latest: dict[_Key, Event] = {}
    for event in events:
        if event.kind == "score":
            body = event.body
            latest[body.get("question"), body.get("item"), body.get("criterion")] = event
    return sorted(latest.values(), key=lambda event: event.seq)


def overrules(events: Iterable[Event]) -> list[Overrule]:
    """Levels given to whole criteria. A level taken back (None) overrules nothing."""
    return [
        Overrule(
            event.body["criterion"],
            cast(Level, event.body["level"]),
            event.body.get("reason") or "",
            event.author,
            event.seq,
            event.at,
        )
        for event in scored(events)
        if event.body.get("question") is None
        and event.body.get("criterion") in CRITERIA
        and event.body.get("level") in LEVEL_VALUES
    ]


def person_evidence(
    events: Iterable[Event], questions: Mapping[str, QuestionFacts]
) -> list[Evidence]:
    """Scored answers, and levels that a person gave for a criterion in one question."""
    found = []
    for event in scored(events):
        facts = questions.get(event.body.get("question") or "")
        if facts is None:
            continue
        item = event.body.get("item")
        piece = _of_question(event, facts) if item is None else _of_answer(event, facts, item)
        if piece is not None:
            found.append(piece)
    return found


def _of_answer(event: Event, facts: QuestionFacts, item: int) -> Evidence | None:
    answer = facts.answers[item] if 0 <= item < len(facts.answers) else None
    judged = _points(event)
    if judged is None:
        return None
    value, how = judged
    own = answer.criterion if answer is not None else "engineering-judgement"
    criterion = event.body.get("criterion") or own
    if criterion not in CRITERIA:
        return None
    question = event.body["question"]
    asked = f"“{_cut(answer.text)}”" if answer is not None else f"Answer {item + 1}"
    return Evidence(
        id=f"answer:{question}:{item}:{event.body.get('criterion') or ''}",
        criterion=criterion,
        question=question,
        kind="answer",
        value=value,
        weight=ANSWER_WEIGHT,
        text=f"{asked} of {facts.title}: {how}, scored by {_who(event)}.",
        link=Link(question=question, item=item, seq=event.seq, at=event.at),
    )


def _points(event: Event) -> tuple[float, str] | None:
    points = event.body.get("points")
    if points:
        return sum(points) / len(points), f"{sum(points)} of {len(points)} key points"
    level = event.body.get("level")
    if level in LEVEL_VALUES:
        return LEVEL_VALUES[level], LEVEL_TITLES[level].lower()
    return None


def _of_question(event: Event, facts: QuestionFacts) -> Evidence | None:
    criterion, level = str(event.body.get("criterion")), event.body.get("level")
    if criterion not in CRITERIA or level not in LEVEL_VALUES:
        return None
    question, reason = event.body["question"], (event.body.get("reason") or "").strip()
    said = f"{_who(event).capitalize()} says {LEVEL_TITLES[level].lower()} in {facts.title}"
    return Evidence(
        id=f"person:{question}:{criterion}",
        criterion=criterion,
        question=question,
        kind="person",
        value=LEVEL_VALUES[level],
        weight=PERSON_WEIGHT,
        text=f"{said}: {reason}".rstrip(".") + "." if reason else f"{said}.",
        link=Link(question=question, seq=event.seq, at=event.at),
    )


def _who(event: Event) -> str:
    return "the candidate" if event.author == "candidate" else "the interviewer"


def _cut(text: str) -> str:
    first = " ".join(text.split())
    return first if len(first) <= 80 else f"{first[:79].rstrip()}…"
