"""Writes small, sound questions of the kinds that are answered without a program."""

from pathlib import Path

QUESTION = """\
title = "{title}"
summary = "Written for the tests."
kind = "{kind}"
lesson = "fundamentals"
level = "easy"
minutes = 5
sources = ["Written for the tests."]
"""
QUIZ_ITEM = """\
[[item]]
text = "Question {number}: which number is it?"
criterion = "debugging"
explanation = "Count, and you know."
[[item.choice]]
text = "{first}"
why = "It is not."
[[item.choice]]
text = "Number {number}"
{right}
why = "It says so."
[[item.choice]]
text = "{last}"
{also}
why = "Perhaps."
"""
SNIPPET = """\
import torch

x = torch.arange(6.0).reshape(2, 3)
print("never shown")
"""
PREDICT = """\
[[ask]]
text = "What is the shape of `x.t()`?"
expression = "x.t()"
form = "shape"
criterion = "shape-awareness"
why = "A transpose."

[[ask]]
text = "What is the dtype of `x`?"
expression = "x"
form = "dtype"
criterion = "shape-awareness"
why = "The number has a point."

[[ask]]
text = "What is `x.mean().item()`, to one digit?"
expression = "x.mean().item()"
form = "value"
digits = 1
criterion = "shape-awareness"
why = "15 over 6."

[[ask]]
text = "Which exception does `x.view(4)` raise, if any?"
expression = "x.view(4)"
form = "error"
criterion = "debugging"
why = "Six is not four."
"""
CONCEPT = """\
[[item]]
text = "What is a view?"
green_flags = ["Says what it costs"]
red_flags = ["Says that it copies"]
further = "And when does reshape copy?"
strong = '''
It shares the storage of another tensor, with its own shape and strides. Nothing is copied.
Writing through it changes both.
'''
[[item.key_point]]
text = "It shares storage."
words = ["share storage|memory"]
[[item.key_point]]
text = "It has strides of its own."
words = ["stride"]
[[item.key_point]]
text = "Nothing is copied."
words = ["nothing|not|no copy|copied"]
[[item.key_point]]
text = "Writing through one changes the other."
words = ["write|change both|other"]
"""
PROOF = "import torch\n\n{sections}assert torch.ones(1) == 1\n"


def write_quiz(folder: Path, items: int = 6) -> Path:
    """Of every third item two choices are right, else the second alone."""
    quiz = "\n".join(
        QUIZ_ITEM.format(
            number=number,
            first="Another number, one that I have only just thought of"
            if number % 2
            else "Another",
            last="One more",
            right="right = true" if number % 4 else "",
            also="right = true" if number % 3 == 0 or number % 4 == 0 else "",
        )
        for number in range(1, items + 1)
    )
    sections = "".join(f"# {number}. It is.\n" for number in range(1, items + 1))
    return _write(
        folder,
        "quiz",
        {"quiz.toml": quiz, "proof.py": PROOF.format(sections=sections), "prompt.md": "Choose.\n"},
    )


def write_predict(folder: Path) -> Path:
    prompt = f"Say what comes out.\n\n```python\n{SNIPPET}```\n"
    files = {"predict.toml": PREDICT, "snippet.py": SNIPPET, "prompt.md": prompt}
    return _write(folder, "predict", files)


def write_concept(folder: Path) -> Path:
    files = {
        "concept.toml": CONCEPT,
        "proof.py": PROOF.format(sections=""),
        "prompt.md": "Explain.\n",
    }
    return _write(folder, "concept", files)


def _write(folder: Path, kind: str, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    files["question.toml"] = QUESTION.format(title=kind.capitalize(), kind=kind)
    files["editorial.md"] = "Why it is so.\n"
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
