"""The script where somebody answers: follow-ups one by one, and quick checks."""

from backend.bank import ANSWER_KINDS, KeyPoint, Question
from backend.room import lines, stages
from backend.room.events import answer_document
from backend.room.points import touched
from backend.room.speech import Drafts, count, first, next_of, once, pick, say
from backend.room.state import Line, State

ENOUGH = 2 / 3
"""Of the key points whose words are known: an answer that touches fewer gets a further question."""
ENOUGH_WORDS = 25
"""The same where no key point names its words."""


def follow_ups(state: State, questions: list[Question]) -> Drafts:
    """One after the other: put it, wait, perhaps one thing further, react, go on."""
    for question in questions:
        drafts = _follow_up(state, question)
        if drafts:
            return drafts
        if any(put[0] == question.slug and put[:2] not in state.answered for put in state.asked):
            return ()
    return ()


def _follow_up(state: State, question: Question) -> Drafts:
    slug = question.slug
    items = question.followups.items
    if not items:
        return ()
    opening = once(state, Line("opening", slug), question.followups.opening)
    if opening and not any(put[0] == slug for put in state.asked):
        return opening
    for item, followup in enumerate(items):
        if (slug, item, False) not in state.asked:
            words = say(Line("follow-up", slug, item), followup.question)
            return (*stages.ask(state, "script", slug, item), words)
        if (slug, item) not in state.answered:
            return ()
        reply = _reply(state, slug, item, followup.key_points, followup.further)
        if reply:
            return reply
    return once(state, Line("closing", slug), question.followups.closing)


def quick_checks(state: State, questions: list[Question]) -> Drafts:
    """An introduction to each, and a word when it is judged or an answer is complete."""
    return first(_quick_check(state, question) for question in questions)


def _quick_check(state: State, question: Question) -> Drafts:
    slug = question.slug
    said = [line for line in state.said if line.why == "task"]
    if Line("task", slug) not in state.said:
        ways = lines.TASK[question.kind]
        text = pick(state, ways, len(said) % len(ways)) or ""
        return once(state, Line("task", slug), text, title=question.title, summary=question.summary)
    if question.kind in ANSWER_KINDS:
        judged = [run for run in state.submits(slug) if run.outcome is not None]
        if not judged:
            return ()
        way = pick(state, lines.JUDGED, count(state, "reaction") % len(lines.JUDGED))
        run = judged[-1]
        total = run.total or question.items
        line = Line("reaction", slug)
        return once(state, line, way, title=question.title, passed=run.passed, total=total)
    for item, concept in enumerate(question.concept):
        if (slug, item) in state.answered:
            reply = _reply(state, slug, item, concept.key_points, concept.further)
            if reply:
                return reply
    return ()


def _reply(
    state: State, slug: str, item: int, points: tuple[KeyPoint, ...], further: str
) -> Drafts:
    """To an answer that is complete: one further question where much is missing, or a word."""
    if Line("reaction", slug, item) in state.said:
        return ()
    answer = _answer(state, slug, item)
    if not answer:
        return next_of(state, lines.NOTHING_SAID, Line("reaction", slug, item))
    if (slug, item, True) not in state.asked and _lacks(answer, points):
        asked = sum(1 for put in state.asked if put[2])
        ways = lines.FURTHER if further else lines.FURTHER_OF_OUR_OWN
        text = pick(state, ways, asked % len(ways) if further else asked)
        if text is not None:
            words = say(Line("further", slug, item), text.format(further=further))
            return (*stages.ask(state, "script", slug, item, further=True), words)
    return next_of(state, lines.REACTION, Line("reaction", slug, item))


def _answer(state: State, slug: str, item: int) -> str:
    document = state.documents.get(answer_document(slug, item))
    written = "" if document is None else document.text
    return f"{written}\n{state.spoken.get((slug, item), '')}".strip()


def _lacks(answer: str, points: tuple[KeyPoint, ...]) -> bool:
    known = [touch for touch in touched(answer, points) if touch.can_tell]
    if not known:
        return len(answer.split()) < ENOUGH_WORDS
    return sum(touch.touched for touch in known) < ENOUGH * len(known)
