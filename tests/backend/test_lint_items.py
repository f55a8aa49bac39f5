"""Lint of quizzes, predictions and concepts: sound ones are sound, each broken promise is named."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backend.lint import Report, lint_question
from sandbox.judging import Sandbox
from tests.backend.example_items import write_concept, write_predict, write_quiz
from tests.backend.lintable import write_code_question

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.open(kind="process") as opened:
        yield opened


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    return {
        "quiz": write_quiz(tmp_path / "numbers"),
        "predict": write_predict(tmp_path / "shapes"),
        "concept": write_concept(tmp_path / "views"),
    }


def broken(report: Report) -> dict[str, str]:
    return {one.words: "\n".join(one.complaints) for one in report.promises if not one.kept}


@pytest.mark.parametrize("kind", ["quiz", "predict", "concept"])
def test_a_sound_question_is_sound(sandbox: Sandbox, folders: dict[str, Path], kind: str) -> None:
    report = lint_question(sandbox, folders[kind], seeds=1)
    assert broken(report) == {}
    assert len(report.promises) >= 5


def change(name: str, old: str, new: str, count: int = -1) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, count), encoding="utf-8")

    return make


def few_items(folder: Path) -> None:
    text = (folder / "quiz.toml").read_text()
    (folder / "quiz.toml").write_text("[[item]]".join(text.split("[[item]]")[:4]))


def always_second(folder: Path) -> None:
    text = (folder / "quiz.toml").read_text()
    first = "[[item]]" + text.split("[[item]]")[1]
    items = [first.replace("Question 1", f"Question {n}") for n in range(1, 7)]
    (folder / "quiz.toml").write_text("\n".join(items))


def longest_is_right(folder: Path) -> None:
    text = (folder / "quiz.toml").read_text()
    for number in range(1, 7):
        text = text.replace(f'"Number {number}"', f'"Number {number}, {"and " * 20}so on"')
    (folder / "quiz.toml").write_text(text.replace('"Number 4', '"N').replace("so on", "", 0))


ENOUGH = "There are enough items"
CHOICES = "Choices tell by nothing"
SECTIONS = "Each item has its section"
PROOF = "The proof holds"
SNIPPET = "The snippet runs"
STRONG = "The strong answer touches"
BESIDE = "An answer beside the point"
KNOWN = "Key points are known"


@pytest.mark.parametrize(
    ("kind", "breaks", "promise", "complaint"),
    [
        ("quiz", few_items, ENOUGH, "there are 3, and 6 are needed"),
        ("quiz", change("quiz.toml", "Question 2", "Question 1"), ENOUGH, "2 have the same text"),
        ("quiz", always_second, CHOICES, "choice 2 is right in 6 of 6 items"),
        ("quiz", longest_is_right, CHOICES, "the longest choice is right in 5 of 6"),
        (
            "quiz",
            change("quiz.toml", '"One more"', '"Number 1"', 1),
            CHOICES,
            "item 1: two choices read the same",
        ),
        ("quiz", change("proof.py", "# 3. It is.\n", ""), SECTIONS, "no section `# 3. …`"),
        ("quiz", change("proof.py", "== 1", "== 2"), PROOF, "proof.py:9: error: AssertionError"),
        ("quiz", change("proof.py", "assert", "bool"), PROOF, "proof.py"),
        ("quiz", change("proof.py", "assert torch.ones(1) == 1", "x = 1"), PROOF, "nothing"),
        ("quiz", change("quiz.toml", "Count,", "www.example.org counts,"), "No text links", "www"),
        ("predict", change("prompt.md", "6.0", "7.0"), "The prompt shows", "another program"),
        (
            "predict",
            change("predict.toml", '"x.mean().item()"', '"torch.seed()"'),
            SNIPPET,
            '"torch.seed()" gave',
        ),
        ("predict", change("predict.toml", '"x.t()"', '"y.t()"'), SNIPPET, "'y' is not defined"),
        (
            "predict",
            change("predict.toml", '"What is the dtype of `x`?"', '"Is it float32, or what?"'),
            "No question holds",
            "its text holds float32",
        ),
        ("concept", change("concept.toml", "with its own shape and strides", ""), STRONG, "stride"),
        (
            "concept",
            change("concept.toml", '"stride"', '"stride", "ask colleague"'),
            BESIDE,
            "ask a colleague",
        ),
        ("concept", change("concept.toml", '"stride"', '"stride", "view"'), BESIDE, '"view"'),
        (
            "concept",
            change("concept.toml", '"It has strides of its own."', '"A walk of its own."'),
            KNOWN,
            "A walk of its own.",
        ),
    ],
)
def test_a_broken_promise_is_named(
    sandbox: Sandbox,
    folders: dict[str, Path],
    kind: str,
    breaks: Callable[[Path], None],
    promise: str,
    complaint: str,
) -> None:
    breaks(folders[kind])
    found = broken(lint_question(sandbox, folders[kind], seeds=1))
    (words,) = [words for words in found if words.startswith(promise)]
    assert complaint in found[words]
    assert len(found) == 1, found


def test_too_few_key_points(sandbox: Sandbox, folders: dict[str, Path]) -> None:
    file = folders["concept"] / "concept.toml"
    file.write_text("[[item.key_point]]".join(file.read_text().split("[[item.key_point]]")[:-1]))
    found = broken(lint_question(sandbox, folders["concept"], seeds=1))
    assert found == {"Each item has four to six key points": "item 1 has 3 key points, not 4 to 6"}


def test_words_of_follow_ups_are_held_to_the_same(sandbox: Sandbox, tmp_path: Path) -> None:
    folder = write_code_question(tmp_path / "mean-rows")
    file = folder / "followups.toml"
    points = '[{ text = "One pass.", words = ["cost"] }, { text = "Fast.", words = ["fast"] }]'
    file.write_text(file.read_text().replace('["One pass over the rows."]', points))
    found = broken(lint_question(sandbox, folder, seeds=1))
    assert [words[:20] for words in found] == [KNOWN, BESIDE[:20]]
    assert "One pass." in found["An answer beside the point touches none"]
