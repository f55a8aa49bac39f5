"""Answers to quizzes and predictions are judged item by item, and never evaluated."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.answers import (
    Expectations,
    Expected,
    expectations,
    judge_answers,
    judge_predict,
    judge_quiz,
)
from backend.answers.notation import agrees
from backend.answers.verdicts import title_of
from backend.bank import Ask, Question, load_question
from sandbox.errors import OurFailure
from sandbox.judging import Sandbox
from sandbox.verdict import Mode, ScriptResult, Verdict, verdict_from_json
from tests.backend.example_items import write_predict, write_quiz


def sent(*answers: Any) -> str:
    return json.dumps({"answers": answers})


@pytest.fixture
def quiz(tmp_path: Path) -> Question:
    """Right are (1,), (1,), (1, 2), (2,), (1,), (1, 2)."""
    return load_question(write_quiz(tmp_path / "numbers"))


@pytest.fixture
def predict(tmp_path: Path) -> Question:
    return load_question(write_predict(tmp_path / "shapes"))


def test_a_quiz_all_right(quiz: Question) -> None:
    verdict = judge_quiz(quiz, sent([1], [1], [2, 1], [2], [1], [1, 2]))
    assert (verdict.outcome, verdict.passed, verdict.total) == ("passed", 6, 6)
    assert (verdict.mode, verdict.slot, verdict.problem) == ("submit", "none", None)
    first = verdict.cases[0]
    assert (first.name, first.visible, first.criterion) == ("item-1", True, "debugging")
    assert first.title == "1. Question 1: which number is it?"
    assert first.message == "Right is: “Number 1”. Count, and you know."


def test_each_way_to_be_wrong_is_told_with_the_right_answer(quiz: Question) -> None:
    verdict = judge_quiz(quiz, sent([0], None, [1], [], [1, 2], [0, 1, 2]))
    assert (verdict.outcome, verdict.passed) == ("failed", 0)
    wrong, missing, incomplete, empty, too_many, all_of_them = [
        case.message for case in verdict.cases
    ]
    assert wrong == (
        "“Another number, one that I have only just thought of” is wrong: It is not. "
        "Right is: “Number 1”. Count, and you know."
    )
    assert missing == "Not answered. Right is: “Number 2”. Count, and you know."
    assert incomplete.startswith("Incomplete, “One more” was not chosen. Right are: “Number 3”; ")
    assert empty.startswith("Not answered. Right is: “One more”.")
    assert too_many.startswith("“One more” is wrong: Perhaps. Right is: “Number 5”.")
    assert all_of_them.startswith("“Another” is wrong: It is not. Right are:")


def test_answers_left_out_are_not_answered(quiz: Question) -> None:
    verdict = judge_quiz(quiz, sent([1]))
    assert [case.outcome for case in verdict.cases] == ["passed", *["failed"] * 5]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("", "sent as JSON"),
        ("{", "sent as JSON"),
        ("[" * 20_000, "sent as JSON"),
        ("9" * 5000, "sent as"),
        ("[]", "with one member"),
        ('{"answers": [], "author": "me"}', "with one member"),
        ('{"answers": {}}', "must be a list"),
        ('{"answers": [[1],[1],[1],[1],[1],[1],[1]]}', "7 answers to 6 items"),
        ('{"answers": [1]}', "Answer 1 must be a list of whole numbers"),
        ('{"answers": [[true]]}', "Answer 1 must be a list of whole numbers"),
        ('{"answers": [null, ["1"]]}', "Answer 2 must be a list of whole numbers"),
        ('{"answers": [[3]]}', "Answer 1 names a choice that is not there: 0 to 2"),
        ('{"answers": [[-1]]}', "Answer 1 names a choice that is not there"),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_our_failure(
    quiz: Question, code: str, sentence: str
) -> None:
    verdict = judge_quiz(quiz, code)
    assert (verdict.outcome, verdict.passed, verdict.total) == ("refused", 0, 6)
    assert verdict.problem is not None
    assert sentence in verdict.problem.message
    assert {case.outcome for case in verdict.cases} == {"refused"}
    assert verdict_from_json(json.loads(json.dumps(verdict.to_json()))) == verdict


EXPECTED = (
    Expected([3, 2], "(3, 2)"),
    Expected("float32", "float32"),
    Expected(2.5, "2.5"),
    Expected("RuntimeError", "RuntimeError"),
)


def judged(question: Question, *answers: str | None) -> Verdict:
    return judge_predict(question, sent(*answers), EXPECTED, slot="process", torch="2.13.0")


def test_predictions_all_right(predict: Question) -> None:
    verdict = judged(predict, "3x2", "torch.float32", "2.5", "RuntimeError")
    assert (verdict.outcome, verdict.passed, verdict.slot) == ("passed", 4, "process")
    assert verdict.cases[0].message == "It is (3, 2). A transpose."


def test_wrong_and_missing_predictions(predict: Question) -> None:
    verdict = judged(predict, "(2, 3)", None, "  ", "x" * 5000)
    assert (verdict.outcome, verdict.passed) == ("failed", 0)
    messages = [case.message for case in verdict.cases]
    assert messages[0] == "You said “(2, 3)”. It is (3, 2). A transpose."
    assert messages[1] == "Not answered. It is float32. The number has a point."
    assert messages[2].startswith("Not answered. It is 2.5.")
    assert messages[3] == f"You said “{'x' * 79}…”. It is RuntimeError. Six is not four."


def test_predictions_that_are_no_texts_are_refused(predict: Question) -> None:
    verdict = judge_predict(predict, sent([1]), EXPECTED, slot="process", torch="")
    assert verdict.outcome == "refused"


@pytest.mark.parametrize(
    ("markdown", "title"),
    [
        ("What is `x`?", "What is x?"),
        ("```python\nx = 1\n```\n\nWhat is wrong?", "What is wrong?"),
        ("Before\n\n```python\nx\n```\n\nafter", "Before … after"),
        ("word " * 60, "word " * 19 + "…"),
    ],
)
def test_the_title_of_a_case_is_one_line_of_the_text(markdown: str, title: str) -> None:
    assert title_of(markdown) == title


class Scripted:
    """A sandbox whose scripts print what it is told to print."""

    kind = "process"
    layers = ()

    def __init__(self, found: list[Any] | None, torch: str = "2.13.0") -> None:
        self.found, self.torch, self.runs = found, torch, 0

    def judge(
        self, question_dir: Path, source: str, mode: Mode = "submit", on_event: Any = None
    ) -> Verdict:
        assert mode == "script"
        self.runs += 1
        mark = source.rsplit("print(", 1)[1].split("'")[1]
        outcome = "error" if self.found is None else "passed"
        stdout = f"torchroom-guess:[]\n{mark}{json.dumps(self.found)}\n"
        script = ScriptResult(outcome, "NameError: y", 0.1, stdout, "", False)
        return Verdict(outcome, 0, 0, 0.1, mode, self.kind, self.torch, None, script, [])

    def prepare_ahead(self, question_dir: Path, mode: Mode = "submit") -> None:
        raise AssertionError("there is nothing to prepare")


FOUND = [[3, 2], "float32", 2.5, "RuntimeError"]


def test_a_snippet_is_run_once_for_each_content_and_torch(predict: Question) -> None:
    known, sandbox = Expectations(), Scripted(FOUND)
    assert known.of(sandbox, predict) == known.of(sandbox, predict) == EXPECTED
    assert sandbox.runs == 1
    other = Scripted(FOUND, torch="2.14.0")
    known.of(other, predict)
    assert other.runs == 1
    changed = predict.folder / "snippet.py"
    changed.write_text(changed.read_text() + "x = x + 1\n")
    known.of(sandbox, load_question(predict.folder))
    assert sandbox.runs == 2


@pytest.mark.parametrize("found", [None, [], [1, 2]])
def test_a_snippet_that_does_not_answer_is_our_failure(
    predict: Question, found: list[Any] | None
) -> None:
    with pytest.raises(OurFailure, match=r"The snippet of shapes "):
        expectations(Scripted(found), predict)


def test_cases_are_told_as_they_are_judged_and_nothing_else(
    quiz: Question, predict: Question
) -> None:
    for question in (quiz, predict):
        told: list[dict[str, Any]] = []
        verdict = judge_answers(Scripted(FOUND), question, sent(), Expectations(), told.append)
        assert [event["type"] for event in told] == ["case"] * len(verdict.cases)
        assert [event["case"]["name"] for event in told] == [case.name for case in verdict.cases]


@pytest.fixture(scope="module")
def slot() -> Iterator[Sandbox]:
    with Sandbox.open(kind="process") as sandbox:
        yield sandbox


@pytest.mark.slow
def test_a_snippet_in_a_real_slot(slot: Sandbox, predict: Question) -> None:
    assert expectations(slot, predict) == EXPECTED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("expression", "form", "value"),
    [
        ("(x / 0)[0]", "value", ["nan", "inf", "inf"]),
        ("x.t().stride()", "value", (1, 3)),
        ("[x.shape, 1]", "value", [(2, 3), 1]),
        ("x.requires_grad", "value", False),
        ("x.grad", "value", None),
        ("x.sum()", "shape", []),
        ("x > 1", "dtype", "bool"),
        ("x = x.int()\\nx.requires_grad_()", "error", "RuntimeError"),
        ("x.add_(1)", "error", "no error"),
        ("type(x).__name__", "text", "Tensor"),
    ],
)
def test_what_can_be_asked_for(
    slot: Sandbox, predict: Question, expression: str, form: str, value: Any
) -> None:
    file = predict.folder / "predict.toml"
    text = file.read_text().replace('"x.view(4)"', f'"{expression}"')
    file.write_text(text.replace('form = "error"', f'form = "{form}"'))
    found = expectations(slot, load_question(predict.folder))[3]
    assert found.value == value
    ask = Ask("?", "x", form, "debugging", "!")
    assert agrees(ask, value, found.text)


@pytest.mark.slow
def test_questions_do_not_see_what_others_did(slot: Sandbox, predict: Question) -> None:
    file = predict.folder / "predict.toml"
    file.write_text(
        file.read_text()
        .replace('expression = "x.t()"', 'expression = "x.zero_().t()"')
        .replace('"x.view(4)"', '"x.fill_(9)"')
    )
    assert expectations(slot, load_question(predict.folder))[2].value == 2.5


@pytest.mark.slow
def test_a_snippet_that_raises_is_our_failure(slot: Sandbox, predict: Question) -> None:
    (predict.folder / "snippet.py").write_text("x = undefined\n")
    with pytest.raises(OurFailure, match=r"snippet of shapes does not run.*undefined"):
        expectations(slot, load_question(predict.folder))
