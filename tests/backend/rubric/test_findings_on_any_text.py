"""Whatever stands in the editor, reading it ends quickly and never fails."""

import ast
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.rubric.findings import find

ROOT = Path(__file__).parents[3]
PROGRAM = """
class def for in : ( ) [ ] , = += . self x model loss optimizer torch nn F nn.Module forward
backward() zero_grad() step() with no_grad() return if else lambda * ** @ import from as # (B,T)
''' .data .view(1) .transpose(1,2) nn.Parameter torch.zeros(3) try: except: .grad .item()
"""
WORDS = st.sampled_from([*PROGRAM.split(), "\n", "\n    ", "\n        "])
LONGEST = 64 << 10


@given(st.text())
@example("\0")
@example("\ud800")
@example("\ufeffimport torch")
@settings(max_examples=100, deadline=None)
def test_any_text_is_read(text: str) -> None:
    assert isinstance(find(text), tuple)


@given(st.lists(WORDS, max_size=60).map(" ".join))
@settings(max_examples=200, deadline=None)
def test_any_words_of_a_program_are_read(text: str) -> None:
    assert isinstance(find(text), tuple)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_program_with_a_line_missing_or_twice_is_read(data: st.DataObject) -> None:
    paths = sorted((ROOT / "questions").glob("*/*.py"))
    lines = data.draw(st.sampled_from(paths)).read_text(encoding="utf-8").splitlines()
    at = data.draw(st.integers(0, len(lines) - 1))
    changed = lines[:at] + data.draw(st.sampled_from([[], [lines[at]] * 2])) + lines[at + 1 :]
    for one in find("\n".join(changed)):
        assert 1 <= one.line <= one.end_line <= len(changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def f(:",
        "import torch\n" + "(" * 5000,
        "x = " + "-" * 20_000 + "1",
        "x = " + "+".join(["f()"] * 8000),
        "x = " + "[" * 150 + "]" * 150,
        "f" + "()" * 20_000,
        "x" + ".y" * 30_000,
        "\n".join("\t" * depth + "for x in y:" for depth in range(95)) + "\n" + "\t" * 95 + "pass",
        "".join("if a:\n    b()\n" if not n else "elif a:\n    b()\n" for n in range(2000)),
        "a, " * 20_000 + "b = c",
        "x = '" + "a" * 60_000 + "'",
        "# " + "(B, " * 15_000,
        "# " + "A x " * 15_000,
        "lambda: " * 5000 + "0",
        "f(" * 90 + ")" * 90,
    ],
    ids=lambda text: text[:12].replace("\n", " "),
)
def test_hostile_text_ends_soon(text: str) -> None:
    began = time.process_time()
    assert isinstance(find(text), tuple)
    assert time.process_time() - began < 2.0


def test_the_longest_document_is_read_while_one_waits() -> None:
    """Measured: about 60 ms for 64 KB of this repository's own code, on a slow machine."""
    source = (ROOT / "questions" / "debug-training-script" / "starter.py").read_text()
    text = source
    while len(text) + len(source) < LONGEST:
        text += source
    ast.parse(text)
    began = time.process_time()
    assert find(text)
    assert time.process_time() - began < 2.0


def test_a_text_that_is_longer_than_a_document_may_be_has_no_findings() -> None:
    assert find("print(x.shape)\n" * 10_000) == ()
