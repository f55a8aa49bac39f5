"""Promises of questions that are answered item by item: quiz, predict, concept."""

import re
from collections import Counter
from collections.abc import Sequence

from backend.answers import Expected, expectations
from backend.answers.notation import agrees
from backend.bank import Ask, ConceptItem, KeyPoint, Question, QuizItem
from backend.lint.report import Promise
from backend.room.points import touched
from sandbox.errors import OurFailure
from sandbox.judging import Sandbox

LEAST_ITEMS = {"quiz": 6, "predict": 4, "concept": 1}
KEY_POINTS = range(4, 7)
MOST_TELLING = 0.75
SHORTEST_GIVEN_AWAY = 3
OFF_TOPIC = (
    "",
    "I do not know that, so I would search for it and ask a colleague who has done it before.",
    "Last year I worked with a team of six people on a shop for shoes, and I liked it very much.",
)

_SECTION = re.compile(r"^# (\d+)\. ", re.MULTILINE)


def promises_of_items(sandbox: Sandbox, question: Question) -> list[Promise]:
    promises = [_enough(question)]
    if question.kind == "predict":
        return promises + _of_predict(sandbox, question)
    if question.kind == "quiz":
        promises += [_choices_tell_nothing(question.quiz), _each_is_proved(question)]
    else:
        promises += [_key_points_are_counted(question.concept), _strong_touches_all(question)]
        asked = [(item.text, item.key_points) for item in question.concept]
        promises += [
            _nothing_else_touches(asked),
            _points_know_their_words([point for _, points in asked for point in points]),
        ]
    return [*promises, _proof_runs(sandbox, question)]


def promises_of_followups(question: Question) -> list[Promise]:
    items = question.followups.items
    return [
        _points_know_their_words([point for item in items for point in item.key_points]),
        _nothing_else_touches([(item.question, item.key_points) for item in items]),
    ]


def _points_know_their_words(points: Sequence[KeyPoint]) -> Promise:
    """Whoever says a key point as its author wrote it must be found."""
    named = [point for point in points if point.words]
    missed = [point.text for point in named if not touched(point.text, [point])[0].touched]
    return Promise(
        "Key points are known by the words that they give",
        f"{len(named)} of {len(points)} give words",
        tuple(f'its own text does not touch it: "{text}"' for text in missed),
    )


def _enough(question: Question) -> Promise:
    texts = [item.text for item in question.quiz]
    texts += [ask.text for ask in question.predict.asks]
    texts += [item.text for item in question.concept]
    least = LEAST_ITEMS[question.kind]
    complaints = [f"there are {len(texts)}, and {least} are needed"] if len(texts) < least else []
    complaints += [f"{n} have the same text: {t}" for t, n in Counter(texts).items() if n > 1]
    return Promise(
        "There are enough items, no two the same", f"{len(texts)} items", tuple(complaints)
    )


def _choices_tell_nothing(quiz: Sequence[QuizItem]) -> Promise:
    """Neither their place nor their length says which choices are right."""
    complaints = [
        f"item {number}: two choices read the same"
        for number, item in enumerate(quiz, start=1)
        if len({choice.text for choice in item.choices}) < len(item.choices)
    ]
    complaints += [
        f"item {number}: all choices are right, or give more than one wrong"
        for number, item in enumerate(quiz, start=1)
        if len(item.right) == len(item.choices)
    ]
    places = Counter(item.right[0] for item in quiz if not item.many)
    single = places.total()
    for place, count in places.items():
        if single >= LEAST_ITEMS["quiz"] and count / single > MOST_TELLING:
            complaints.append(f"choice {place + 1} is right in {count} of {single} items")
    longest = sum(max(item.choices, key=lambda choice: len(choice.text)).right for item in quiz)
    if longest / len(quiz) > MOST_TELLING:
        complaints.append(f"the longest choice is right in {longest} of {len(quiz)} items")
    return Promise(
        "Choices tell by nothing but their words which are right",
        f"the longest is right in {longest} of {len(quiz)}",
        tuple(complaints),
    )


def _each_is_proved(question: Question) -> Promise:
    """proof.py has a section `# 3. …` for item 3."""
    proved = {int(number) for number in _SECTION.findall(_proof(question))}
    complaints = [
        f"proof.py has no section `# {number}. …`"
        for number in range(1, len(question.quiz) + 1)
        if number not in proved
    ]
    return Promise("Each item has its section in the proof", complaints=tuple(complaints))


def _proof(question: Question) -> str:
    return (question.folder / "proof.py").read_text(encoding="utf-8")


def _proof_runs(sandbox: Sandbox, question: Question) -> Promise:
    words = "The proof holds on the torch of the slots"
    source = _proof(question)
    verdict = sandbox.judge(question.folder, source, mode="script")
    script, problem = verdict.script, verdict.problem
    if problem is not None:
        return Promise(words, complaints=(f"proof.py: {problem.title}: {problem.message}",))
    if script is None or script.outcome != "passed":
        said = "it was not run" if script is None else f"{script.outcome}: {script.message}"
        line = f":{script.line}" if script is not None and script.line else ""
        return Promise(words, complaints=(f"proof.py{line}: {said}",))
    claims = len(re.findall(r"^\s*(?:assert|raise AssertionError)\b", source, re.MULTILINE))
    none = () if claims else ("proof.py asserts nothing",)
    return Promise(words, f"{claims} claims, torch {verdict.torch}, {script.seconds:.2f} s", none)


def _of_predict(sandbox: Sandbox, question: Question) -> list[Promise]:
    shown = question.predict.snippet.strip() in question.prompt
    stands = Promise(
        "The prompt shows the snippet, word for word",
        complaints=() if shown else ("prompt.md shows another program than snippet.py",),
    )
    words = "The snippet runs, and every answer is computed, twice the same"
    try:
        first, second = (expectations(sandbox, question) for _ in range(2))
    except OurFailure as error:
        return [stands, Promise(words, complaints=(str(error),))]
    asks = question.predict.asks
    unstable = [
        f'"{ask.expression}" gave {one.text}, then {other.text}'
        for ask, one, other in zip(asks, first, second, strict=True)
        if one != other
    ]
    return [
        stands,
        Promise(words, f"{len(asks)} answers", tuple(unstable)),
        _read_back(asks, first),
        _not_given_away(asks, first),
    ]


def _read_back(asks: Sequence[Ask], expected: Sequence[Expected]) -> Promise:
    """The answer that a verdict shows would have been counted as right."""
    complaints = [
        f'"{ask.expression}": {one.text} is not accepted'
        for ask, one in zip(asks, expected, strict=True)
        if not agrees(ask, one.value, one.text)
    ]
    return Promise("Each answer, as it is shown, is accepted", complaints=tuple(complaints))


def _not_given_away(asks: Sequence[Ask], expected: Sequence[Expected]) -> Promise:
    complaints = [
        f'"{ask.expression}": its text holds {one.text}'
        for ask, one in zip(asks, expected, strict=True)
        if len(one.text) >= SHORTEST_GIVEN_AWAY and one.text in ask.text
    ]
    return Promise("No question holds its answer", complaints=tuple(complaints))


def _key_points_are_counted(items: Sequence[ConceptItem]) -> Promise:
    complaints = [
        f"item {number} has {len(item.key_points)} key points, "
        f"not {KEY_POINTS.start} to {KEY_POINTS.stop - 1}"
        for number, item in enumerate(items, start=1)
        if len(item.key_points) not in KEY_POINTS
    ]
    counted = ", ".join(str(len(item.key_points)) for item in items)
    return Promise("Each item has four to six key points", counted, tuple(complaints))


def _strong_touches_all(question: Question) -> Promise:
    complaints = [
        f'item {number}: the strong answer does not touch "{touch.point.text}"'
        for number, item in enumerate(question.concept, start=1)
        for touch in touched(item.strong, item.key_points)
        if not touch.touched
    ]
    return Promise("The strong answer touches every key point", complaints=tuple(complaints))


def _nothing_else_touches(asked: Sequence[tuple[str, Sequence[KeyPoint]]]) -> Promise:
    """Neither silence, nor an answer to something else, nor the question said once more."""
    complaints = [
        f'question {number}: "{touch.point.text}" is touched by "{touch.found[0]}"'
        for number, (question, points) in enumerate(asked, start=1)
        for answer in (*OFF_TOPIC, question)
        for touch in touched(answer, points)
        if touch.touched
    ]
    return Promise("An answer beside the point touches none", complaints=tuple(complaints))
