"""The scripted interviewer: what it says next, from the room and the question's folder.

Pure, and without memory of its own: `state.said` tells what was said, and nothing is said twice.
While a person leads the talk it is silent; afterwards it goes on from where the room is then.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b

from backend.bank import ANSWER_KINDS, Bank, Hint, KeyPoint, Question
from backend.room import lines, stages
from backend.room.events import Author, Draft, answer_document, code_document
from backend.room.points import touched
from backend.room.state import Line, RoomRun, State

SILENCE = timedelta(seconds=180)
SAME_FAILURES = 3
ENOUGH = 2 / 3
"""Of the key points whose words are known: an answer that touches fewer gets a further question."""
ENOUGH_WORDS = 25
"""The same where no key point names its words."""

OFFER, NO_HINT = 0, 9
"""`item` of the lines that say what hints there are, or that there is none; 1 to 3 are hints."""

Drafts = tuple[Draft, ...]


def next_lines(state: State, now: datetime, bank: Bank) -> Drafts:
    """What the script does now; empty: nothing. One thought at a time."""
    if not state.script_speaks or state.clock.paused:
        return ()
    questions = [found for slug in state.current if (found := bank.get(slug)) is not None]
    if state.phase == "introduction":
        return _introduction(state)
    if state.phase == "coding":
        return _coding(state, now, questions)
    if state.phase == "follow-ups":
        return _follow_ups(state, questions)
    if state.phase == "quick-checks":
        return _first(_quick_check(state, question) for question in questions)
    if state.phase == "wrap-up":
        return _once(state, Line("closing"), _pick(state, lines.CLOSING, 0), name=_name(state))
    return ()


def silent_until(state: State) -> datetime | None:
    """When the candidate will have been silent for so long that the script asks; None: never."""
    if not state.script_speaks or state.clock.paused or state.phase != "coding":
        return None
    if "candidate" not in state.here.values() or _all_passed(state):
        return None
    if _nudges(state) >= len(lines.SILENCE):
        return None
    moments = (state.active_at, state.silent_from, state.clock.began)
    return max(moment for moment in moments if moment is not None) + SILENCE


def hint(state: State, question: Question, author: Author) -> Drafts:
    """The next hint of a question: the event, and the words that go with it."""
    level = state.hints.get(question.slug, 0) + 1
    one: Hint = question.hints[level - 1]
    heading = lines.HINT_INTRODUCTION[min(level, max(lines.HINT_INTRODUCTION))]
    text = f"{heading.format(title=one.title)}\n\n{one.text}"
    return (
        Draft(author, "hint", {"question": question.slug, "level": level}),
        _say(Line("hint", question.slug, level), text),
    )


# Introduction


def _introduction(state: State) -> Drafts:
    if Line("opening") in state.said:
        return ()
    created = state.created
    plan = [stage for stage in created.stages if stage.phase != "introduction"]
    seconds = sum(stage.seconds or 0 for stage in created.stages)
    greeting = _pick(state, lines.GREETING, 0) or ""
    time = lines.TIME_IN_ALL.format(time=_minutes(seconds)) if seconds else ""
    parts = [greeting.format(name=_name(state), title=created.title, time=time)]
    if plan:
        names = [
            stage.title if stage.seconds is None else f"{stage.title} ({_minutes(stage.seconds)})"
            for stage in plan
        ]
        parts[0] += " " + lines.PLAN.format(stages=", ".join(names))
    if created.tips:
        parts.append("\n".join((lines.TIPS, "", *(f"- {tip}" for tip in created.tips))))
    if not created.rules.run:
        parts.append(lines.WHITEBOARD)
    parts += [lines.RECORDED, _pick(state, lines.BEGIN, 0) or ""]
    return (_say(Line("opening"), "\n\n".join(parts)),)


# Coding


def _coding(state: State, now: datetime, questions: list[Question]) -> Drafts:
    return (
        _first(_task(state, question) for question in questions)
        or _hint_wanted(state, questions)
        or _first(_passed(state, question) for question in questions)
        or _first(_same_failure(state, question) for question in questions)
        or _silence(state, now, questions)
    )


def _task(state: State, question: Question) -> Drafts:
    document = state.documents.get(code_document(question.slug))
    if Line("task", question.slug) in state.said:
        return ()
    if document is not None and document.version > 0:
        return ()  # a person set it, or the work is under way: too late to introduce it
    said = [line for line in state.said if line.why == "task"]
    ways = lines.TASK[question.kind]
    text = _pick(state, ways, len(said) % len(ways)) or ""
    parts = [text.format(title=question.title, summary=question.summary)]
    parts.append(_time(state))
    rules = state.created.rules
    if question.hints and rules.hints:
        cost = lines.HINTS_COST if rules.hint_cost else lines.HINTS_FREE
        parts.append(cost.format(count=len(question.hints), percent=_percent(rules.hint_cost)))
    if state.stage == 0 and not rules.run:
        parts.append(lines.WHITEBOARD)
    return _once(state, Line("task", question.slug), " ".join(parts))


def _time(state: State) -> str:
    seconds = state.clock.seconds
    if seconds is None:
        return lines.NO_CLOCK
    way = lines.TIME_FOR_ALL if len(state.current) > 1 else lines.TIME_FOR_IT
    return way.format(time=_minutes(seconds))


def _hint_wanted(state: State, questions: list[Question]) -> Drafts:
    """The candidate asked in words: the first answer names the price, the second is the hint."""
    if not state.hint_wanted:
        return ()
    question = next((one for one in questions if not _has_passed(state, one.slug)), None)
    if question is None or not question.hints:
        return ()
    given = state.hints.get(question.slug, 0)
    rules = state.created.rules
    if not rules.hints:
        return _no_hint(state, lines.NO_HINTS_HERE, question)
    left = len(question.hints) - given
    if not left:
        return _no_hint(state, lines.NO_HINT_LEFT, question)
    ways = lines.HINT_OFFER_COST if rules.hint_cost else lines.HINT_OFFER_FREE
    offer = _pick(state, ways, _count(state, "hint", OFFER))
    if given or offer is None or Line("hint", question.slug, OFFER) in state.said:
        return hint(state, question, "script")
    line = Line("hint", question.slug, OFFER)
    return _once(state, line, offer, left=left, percent=_percent(rules.hint_cost))


def _no_hint(state: State, ways: lines.Lines, question: Question) -> Drafts:
    way = _pick(state, ways, _count(state, "hint", NO_HINT))
    return _once(state, Line("hint", question.slug, NO_HINT), way)


def _passed(state: State, question: Question) -> Drafts:
    if Line("reaction", question.slug) in state.said or not _has_passed(state, question.slug):
        return ()
    way = _pick(state, lines.PASSED, _count(state, "reaction"))
    return _once(state, Line("reaction", question.slug), way)


def _same_failure(state: State, question: Question) -> Drafts:
    run = _failing_again(state, question.slug)
    if run is None:
        return ()
    ways = lines.SAME_FAILURE.get(run.failed_what, lines.SAME_FAILURE[""])
    told = sum(1 for line in state.said if line.why == "nudge" and line.case is not None)
    line = Line("nudge", question.slug, None, run.failed_case)
    return _once(state, line, _pick(state, ways, told % len(ways)), case=run.failed_title)


def _failing_again(state: State, slug: str) -> RoomRun | None:
    """The last run, if it and the two before it failed first in the same case."""
    ended = [run for run in state.runs.values() if run.question == slug and run.outcome is not None]
    last = ended[-SAME_FAILURES:]
    if len(last) < SAME_FAILURES or last[-1].failed_case is None:
        return None
    return last[-1] if len({run.failed_case for run in last}) == 1 else None


def _silence(state: State, now: datetime, questions: list[Question]) -> Drafts:
    until = silent_until(state)
    question = next((one for one in questions if not _has_passed(state, one.slug)), None)
    if until is None or until > now or question is None:
        return ()
    number = _nudges(state)
    text = _pick(state, lines.SILENCE, number)
    return _once(state, Line("nudge", question.slug, number + 1), text)


def _nudges(state: State) -> int:
    return sum(1 for line in state.said if line.why == "nudge" and line.case is None)


def _all_passed(state: State) -> bool:
    return all(_has_passed(state, slug) for slug in state.current)


def _has_passed(state: State, slug: str) -> bool:
    return any(run.outcome == "passed" for run in state.submits(slug))


# Follow-ups and concepts


def _follow_ups(state: State, questions: list[Question]) -> Drafts:
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
    opening = _once(state, Line("opening", slug), question.followups.opening)
    if opening and not any(put[0] == slug for put in state.asked):
        return opening
    for item, followup in enumerate(items):
        if (slug, item, False) not in state.asked:
            words = _say(Line("follow-up", slug, item), followup.question)
            return (*stages.ask(state, "script", slug, item), words)
        if (slug, item) not in state.answered:
            return ()
        reply = _reply(state, slug, item, followup.key_points, followup.further)
        if reply:
            return reply
    return _once(state, Line("closing", slug), question.followups.closing)


def _quick_check(state: State, question: Question) -> Drafts:
    slug = question.slug
    said = [line for line in state.said if line.why == "task"]
    if Line("task", slug) not in state.said:
        ways = lines.TASK[question.kind]
        text = _pick(state, ways, len(said) % len(ways)) or ""
        return _once(
            state, Line("task", slug), text, title=question.title, summary=question.summary
        )
    if question.kind in ANSWER_KINDS:
        judged = [run for run in state.submits(slug) if run.outcome is not None]
        if not judged:
            return ()
        way = _pick(state, lines.JUDGED, _count(state, "reaction") % len(lines.JUDGED))
        run = judged[-1]
        total = run.total or question.items
        line = Line("reaction", slug)
        return _once(state, line, way, title=question.title, passed=run.passed, total=total)
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
        return _next_of(state, lines.NOTHING_SAID, Line("reaction", slug, item))
    if (slug, item, True) not in state.asked and _lacks(answer, points):
        asked = sum(1 for put in state.asked if put[2])
        ways = lines.FURTHER if further else lines.FURTHER_OF_OUR_OWN
        text = _pick(state, ways, asked % len(ways) if further else asked)
        if text is not None:
            words = _say(Line("further", slug, item), text.format(further=further))
            return (*stages.ask(state, "script", slug, item, further=True), words)
    return _next_of(state, lines.REACTION, Line("reaction", slug, item))


def _answer(state: State, slug: str, item: int) -> str:
    document = state.documents.get(answer_document(slug, item))
    written = "" if document is None else document.text
    return f"{written}\n{state.spoken.get((slug, item), '')}".strip()


def _lacks(answer: str, points: tuple[KeyPoint, ...]) -> bool:
    known = [touch for touch in touched(answer, points) if touch.can_tell]
    if not known:
        return len(answer.split()) < ENOUGH_WORDS
    return sum(touch.touched for touch in known) < ENOUGH * len(known)


# Words


def _first(found: Iterable[Drafts]) -> Drafts:
    return next((drafts for drafts in found if drafts), ())


def _once(state: State, line: Line, text: str | None, **filled: object) -> Drafts:
    if line in state.said or not text:
        return ()
    return (_say(line, text.format(**filled) if filled else text),)


def _next_of(state: State, ways: lines.Lines, line: Line) -> Drafts:
    """The next of `ways` that this room has not heard; nothing where it has heard all."""
    return _once(state, line, _pick(state, ways, _count(state, line.why)))


def _say(line: Line, text: str) -> Draft:
    body = {
        "text": text,
        "why": line.why,
        "question": line.question,
        "item": line.item,
        "case": line.case,
    }
    return Draft("script", "say", body)


def _pick(state: State, ways: lines.Lines, number: int) -> str | None:
    """Another way for each number, beginning at one that differs from room to room."""
    if number >= len(ways):
        return None
    room = f"{state.created_at.isoformat()}/{state.created.candidate}/{ways[0]}"
    first = int.from_bytes(blake2b(room.encode(), digest_size=4).digest())
    return ways[(first + number) % len(ways)]


def _name(state: State) -> str:
    name = state.created.candidate.strip()
    return f", {name}" if name else ""


def _minutes(seconds: int) -> str:
    minutes = max(1, round(seconds / 60))
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _percent(cost: float) -> str:
    return f"{100 * cost:g}"


def _count(state: State, why: str, item: int | None = None) -> int:
    """How many lines were said for this reason, and about this item where one is given."""
    return sum(1 for line in state.said if line.why == why and item in (None, line.item))
