"""The items shown in CONTRIBUTING.md are read by the bank, and do what the page says of them."""

import re
from pathlib import Path

from backend.bank import Question, load_question
from backend.room.points import touched
from tests.backend.example_items import write_concept, write_predict, write_quiz

PAGE = Path(__file__).resolve().parent.parent / "CONTRIBUTING.md"
SHOWN = re.compile(r"^```toml\n# (\w+)\.toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WRITERS = {"quiz": write_quiz, "predict": write_predict, "concept": write_concept}


def question(kind: str, tmp_path: Path) -> Question:
    shown = dict(SHOWN.findall(PAGE.read_text(encoding="utf-8")))
    assert set(shown) == set(WRITERS)
    folder = WRITERS[kind](tmp_path / kind)
    (folder / f"{kind}.toml").write_text(shown[kind], encoding="utf-8")
    return load_question(folder)


def test_the_quiz(tmp_path: Path) -> None:
    (item,) = question("quiz", tmp_path).quiz
    assert item.right == (0,)


def test_the_prediction(tmp_path: Path) -> None:
    (ask,) = question("predict", tmp_path).predict.asks
    assert ask.form == "shape"


def test_the_concept(tmp_path: Path) -> None:
    (item,) = question("concept", tmp_path).concept
    assert all(touch.touched for touch in touched(item.strong, item.key_points))
    assert not any(touch.touched for touch in touched(item.text, item.key_points))
