"""Every question of the bank is sound: `torchroom question lint`, in the best slots there are."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.lint import lint_question
from sandbox.judging import Sandbox

QUESTIONS = Path(__file__).resolve().parent.parent / "questions"
SLUGS = sorted(path.name for path in QUESTIONS.iterdir() if path.name[0] not in "._")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.open(kind="auto", slots=2) as opened:
        yield opened


@pytest.mark.parametrize("slug", SLUGS)
def test_the_question_is_sound(sandbox: Sandbox, slug: str) -> None:
    report = lint_question(sandbox, QUESTIONS / slug, seeds=10)
    assert {one.words: one.complaints for one in report.promises if not one.kept} == {}
