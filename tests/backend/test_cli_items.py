"""Questions without a program at the terminal: what they ask, and no answer to it."""

import contextlib
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend.cli import app
from sandbox.judging import Sandbox
from tests.backend.example_items import write_concept, write_predict, write_quiz
from tests.backend.fake_sandbox import FakeSandbox


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    write_quiz(tmp_path / "numbers")
    write_predict(tmp_path / "shapes")
    write_concept(tmp_path / "views")
    return tmp_path


def call(bank: Path, *arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--questions", str(bank)])


def test_list_names_their_kinds(bank: Path) -> None:
    listed = call(bank, "question", "list").stdout
    assert [line.split()[:3] for line in listed.splitlines()] == [
        ["views", "Concept", "Explain"],
        ["shapes", "Predict", "Predict"],
        ["numbers", "Quiz", "Quiz"],
    ]


@pytest.mark.parametrize(
    ("slug", "asked", "secret"),
    [
        ("numbers", "- 1: Number 3", "It says so"),
        ("numbers", "## 3 of 6\n\nQuestion 3: which number is it? (more than one", "right = true"),
        ("shapes", "Answer: a shape, such as (3, 4)", "A transpose"),
        ("views", "What is a view?", "shares"),
    ],
)
def test_show_prints_what_is_asked_and_no_answer(
    bank: Path, slug: str, asked: str, secret: str
) -> None:
    shown = call(bank, "question", "show", slug)
    assert shown.exit_code == 0
    assert asked in shown.stdout
    assert secret not in shown.stdout


def test_a_file_of_answers_is_judged(
    bank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sandbox, "open", lambda **_: contextlib.nullcontext(FakeSandbox()))
    file = tmp_path / "answers.json"
    file.write_text('{"answers": [[1], [1], [1, 2], [2], [1], [1, 2]]}')
    right = call(bank, "judge", "numbers", file, "--json")
    assert right.exit_code == 0, right.output
    assert json.loads(right.stdout)["passed"] == 6
    file.write_text('{"answers": [[0]]}')
    wrong = call(bank, "judge", "numbers", file)
    assert wrong.exit_code == 1
    assert "Right is: “Number 1”" in " ".join(wrong.stdout.split())


def test_what_a_person_scores_is_not_judged(bank: Path) -> None:
    result = call(bank, "judge", "views", "nowhere.txt")
    assert result.exit_code == 2
    assert "scored by a person" in " ".join(result.stderr.split())
