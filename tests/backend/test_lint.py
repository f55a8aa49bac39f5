"""Lint finds a sound question sound, and says of each broken promise which one it is."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend.cli import app
from backend.lint import Report, lint_question
from sandbox.judging import Sandbox
from tests.backend.lintable import (
    case,
    half_as,
    mean_rows,
    mistake,
    write_code_question,
    write_debug_question,
    write_optimise_question,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.open(kind="process", slots=2) as opened:
        yield opened


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return write_code_question(tmp_path / "mean-rows")


@pytest.fixture
def debug(tmp_path: Path) -> Path:
    return write_debug_question(tmp_path / "two-mistakes")


@pytest.fixture
def optimise(tmp_path: Path) -> Path:
    return write_optimise_question(tmp_path / "quick-means")


def broken(report: Report) -> dict[str, tuple[str, ...]]:
    """What is not kept, with the complaints."""
    return {one.words: one.complaints for one in report.promises if not one.kept}


def only(report: Report, beginning: str) -> str:
    """The complaints of the single broken promise, whose words start like this."""
    found = broken(report)
    assert len(found) == 1, found
    ((words, complaints),) = found.items()
    assert words.startswith(beginning)
    return "\n".join(complaints)


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("kind", ["code", "debug", "optimise"])
def test_a_sound_question_is_sound(
    kind: str, sandbox: Sandbox, request: pytest.FixtureRequest
) -> None:
    report = lint_question(sandbox, request.getfixturevalue(kind), seeds=1)
    assert broken(report) == {}
    assert report.sound


def test_an_incomplete_folder(sandbox: Sandbox, code: Path) -> None:
    (code / "editorial.md").unlink()
    report = lint_question(sandbox, code, seeds=1)
    assert "mean-rows/editorial.md is missing" in only(report, "The folder is complete")


def test_cases_that_do_not_run(sandbox: Sandbox, code: Path) -> None:
    replace(code / "cases.py", "rng.normal(2, 3)", "rng.nonsense(2, 3)")
    assert "nonsense" in only(lint_question(sandbox, code, seeds=1), "The question's own files run")


def _link(code: Path) -> None:
    replace(code / "hints.md", "Give", "See https://example.org/mean and give")


def _other_tolerance(code: Path) -> None:
    replace(code / "prompt.md", "atol=1e-5", "atol=2e-5")


def _one_accepted(code: Path) -> None:
    (code / "accepted" / "by_sum.py").unlink()


def _unnamed_case(code: Path) -> None:
    replace(code / "wrong" / "mistake_3.py", "# caught by: size-2-3", "# caught by: size-9-9")


def _no_reason(code: Path) -> None:
    replace(code / "wrong" / "mistake_3.py", "# It is not the mean of each row.", "")


def _one_visible(code: Path) -> None:
    replace(code / "cases.py", "visible=True", "visible=False")


def _same_name(code: Path) -> None:
    replace(code / "cases.py", "def size_1_7", "def size_5_2")
    (code / "cases.py").write_text(
        (code / "cases.py").read_text() + case("one-more", '{"x": rng.normal(2, 2)}', visible=True)
    )


def _unknown_criterion(code: Path) -> None:
    replace(code / "cases.py", "shape-awareness", "shapeliness")


def _starter_raises(code: Path) -> None:
    (code / "starter.py").write_text(
        mean_rows("x") + '\n\nif __name__ == "__main__":\n    print(undefined)\n'
    )


def _starter_is_right(code: Path) -> None:
    (code / "starter.py").write_text(mean_rows("x.mean(1)"))


def _starter_lacks_the_function(code: Path) -> None:
    (code / "starter.py").write_text("def other(x):\n    return x\n")


def _accepted_is_wrong_for_one_row(code: Path) -> None:
    (code / "accepted" / "by_sum.py").write_text(
        mean_rows("x.mean(1) if x.shape[0] > 1 else x.sum(1)")
    )


def _reference_needs_contiguous(code: Path) -> None:
    (code / "reference.py").write_text(mean_rows("x.view(-1).view(x.shape).mean(1)"))


def _reference_needs_float32(code: Path) -> None:
    (code / "reference.py").write_text(
        "import torch\n" + mean_rows("(x @ torch.ones(x.shape[1])) / x.shape[1]")
    )


def _accepted_is_inexact(code: Path) -> None:
    # The same share of what is allowed everywhere, so that no seed has room.
    inexact = mean_rows("x.mean(1) + 0.8 * (1e-5 + 1e-4 * x.mean(1).abs())")
    (code / "accepted" / "by_sum.py").write_text(inexact)


def _wrong_passes(code: Path) -> None:
    (code / "wrong" / "mistake_3.py").write_text(mistake("size-2-3", "x.mean(1)"))


def _wrong_does_not_parse(code: Path) -> None:
    (code / "wrong" / "mistake_3.py").write_text(mistake("size-2-3", "x.mean(1"))


@pytest.mark.parametrize(
    ("breaks", "promise", "complaint"),
    [
        (_link, "No text links", "hints.md:10: https://example.org/mean"),
        (_other_tolerance, "The prompt states", "does not say atol=1e-05"),
        (_one_accepted, "At least 2 accepted", "accepted/ has 1"),
        (_unnamed_case, "At least 2 accepted", 'there is no case "size-9-9"'),
        (_no_reason, "At least 2 accepted", "mistake_3.py:2: must say in a comment"),
        (_one_visible, "Cases can be told apart", "1 cases are visible"),
        (_same_name, "Cases can be told apart", 'two cases are called "size-5-2"'),
        (_unknown_criterion, "Cases can be told apart", "unknown criterion: shapeliness"),
        (_starter_raises, "The starter runs as a script", "undefined"),
        (_starter_is_right, "The starter fails", "starter.py passes"),
        (_starter_lacks_the_function, "The starter fails", "starter.py as a whole"),
        (_accepted_is_wrong_for_one_row, "The reference and every accepted", "accepted/by_sum.py"),
        (_reference_needs_contiguous, "The reference passes with inputs that", "reference.py"),
        (_reference_needs_float32, "The reference passes with inputs in float64", "Double"),
        (_accepted_is_inexact, "Right answers use less than 1/2", "accepted/by_sum.py"),
        (_wrong_passes, "Every wrong answer", "mistake_3.py passes the case"),
        (_wrong_does_not_parse, "Every wrong answer", "mistake_3.py cannot be judged"),
    ],
)
def test_a_broken_promise_is_named(
    sandbox: Sandbox, code: Path, breaks: Callable[[Path], None], promise: str, complaint: str
) -> None:
    breaks(code)
    assert complaint in only(lint_question(sandbox, code, seeds=1), promise)


def test_a_bug_that_its_case_does_not_see(sandbox: Sandbox, debug: Path) -> None:
    # Both bugs in one function: mending one alone leaves its case red.
    (debug / "starter.py").write_text(mean_rows("x.sum(1) + (x / 4).mean(1)") + half_as("x / 2"))
    (debug / "question.toml").write_text(
        (debug / "question.toml")
        .read_text()
        .replace('fixed = "x.mean(1)"', 'fixed = "x.sum(1) / x.shape[1]"')
        .replace('fixed = "x / 2"', 'fixed = "x * 0"')
    )
    found = broken(lint_question(sandbox, debug, seeds=1))
    assert "only sum-for-mean mended" in found["Each bug mended alone turns its case green"][0]
    assert list(found) == [
        "Each bug mended alone turns its case green",
        "Each bug left alone fails its case and no other",
    ]


def test_bugs_in_each_others_text(sandbox: Sandbox, debug: Path) -> None:
    replace(debug / "question.toml", 'broken = "x / 4"', 'broken = "x.sum(1)\\n"')
    assert "broken" in only(lint_question(sandbox, debug, seeds=1), "Each planted bug has a case")


def test_a_right_answer_without_room(sandbox: Sandbox, optimise: Path) -> None:
    (optimise / "accepted" / "by_sum.py").write_text(mean_rows("x.mean(1)", 0.15))
    report = lint_question(sandbox, optimise, seeds=1)
    assert "accepted/by_sum.py" in only(report, "Right answers take less than")


def test_a_slow_answer_that_is_hardly_slow(sandbox: Sandbox, optimise: Path) -> None:
    mild = mistake("measured", "x.mean(1)", 0.02)
    (optimise / "wrong" / "mistake_0.py").write_text(mild)
    report = lint_question(sandbox, optimise, seeds=1)
    assert "wrong/mistake_0.py" in only(report, "Answers that are too slow")


def lint(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["question", "lint", *map(str, arguments)])


@pytest.fixture
def opened(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command finds the sandbox of these tests open, and leaves it so."""

    def again(*_: object, **__: object) -> contextlib.AbstractContextManager[Sandbox]:
        return contextlib.nullcontext(sandbox)

    monkeypatch.setattr(Sandbox, "open", again)


@pytest.mark.usefixtures("opened")
def test_the_command_prints_each_promise_and_ends_with_the_verdict(code: Path) -> None:
    sound = lint("mean-rows", "--seeds", "1", "--questions", code.parent)
    assert sound.exit_code == 0, sound.output
    assert sound.stdout.startswith("mean-rows is sound")
    assert "✓ Every wrong answer fails in the case that it names  8 answers" in sound.stdout
    _link(code)
    (code / "prompt.md").unlink()
    incomplete = lint("--questions", code.parent, "--json")
    assert incomplete.exit_code == 1
    (report,) = json.loads(incomplete.stdout)
    assert (report["slug"], report["sound"]) == ("mean-rows", False)
    assert report["promises"][0]["kept"] is False


def test_an_unknown_question_is_exit_3(code: Path) -> None:
    result = lint("nowhere", "--questions", code.parent)
    assert result.exit_code == 3
    assert "nowhere" in result.stderr


def test_no_slot_to_be_had_is_exit_5(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sandbox.errors import SlotUnavailable

    def none(*_: object, **__: object) -> Sandbox:
        raise SlotUnavailable("there is no such slot here")

    monkeypatch.setattr(Sandbox, "open", none)
    result = lint("mean-rows", "--questions", code.parent)
    assert result.exit_code == 5
    assert "there is no such slot here" in result.stderr
