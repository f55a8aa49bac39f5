"""The worked example in CONTRIBUTING.md is a real question, judged here as it stands there."""

import re
from pathlib import Path

import pytest

from sandbox.judging import Sandbox

PAGE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"
FILE = re.compile(r"^`([\w/]+\.(?:py|toml))`\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def example() -> dict[str, str]:
    return dict(FILE.findall(PAGE.read_text(encoding="utf-8")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    question = tmp_path / "pairwise-distances"
    for name, text in example().items():
        path = question / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return question


def test_the_page_shows_the_heart_of_a_question() -> None:
    assert set(example()) == {
        "question.toml",
        "probe.py",
        "cases.py",
        "reference.py",
        "wrong/nan_gradient.py",
    }


@pytest.mark.slow
def test_the_example_is_judged_as_it_says(folder: Path) -> None:
    mistake = (folder / "wrong" / "nan_gradient.py").read_text()
    caught_by = mistake.splitlines()[0].removeprefix("# caught by: ")
    with Sandbox.open(kind="process") as sandbox:
        right = sandbox.judge(folder, (folder / "reference.py").read_text())
        wrong = sandbox.judge(folder, mistake)
        refused = sandbox.judge(
            folder, "import torch\n\n\ndef distances(a, b):\n    return torch.cdist(a, b)\n"
        )
    assert (right.passed, right.total) == (3, 3)
    assert [case.name for case in wrong.cases if case.outcome == "failed"] == [caught_by]
    assert refused.outcome == "refused"
