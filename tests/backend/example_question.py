"""Writes one small, complete question folder for tests that need a bank of their own."""

from collections.abc import Mapping
from pathlib import Path

QUESTION_TOML = """\
title = "Scale every row"
summary = "Multiply each row of a matrix by its own number."
kind = "code"
lesson = "fundamentals"
level = "easy"
minutes = 10
tags = ["broadcasting"]
asked_at = ["Acme"]
devices = ["cpu"]
sources = ["Written for the tests."]

[entry]
scale_rows = "x, scale"

[tolerances]
rtol = 1e-5
atol = 1e-6
[tolerances.paths]
"grad.*" = { rtol = 1e-3, atol = 1e-5 }

[limits]
memory_mb = 256

[forbidden]
"torch.einsum" = "It is the function you are asked to write."
# end
"""
PROMPT = """\
Write `scale_rows(x, scale)` so that row $i$ of $x$ is multiplied by $s_i$:

$$y_{ij} = s_i x_{ij}$$

```python
def scale_rows(x, scale):
    return x
```
"""
HINTS = """\
## Look at shapes
`x` is (rows, columns) and `scale` is (rows,).

## Broadcast
```text
## not a heading
```

## Nearly there
Give `scale` a last dimension of **1**.
"""
FOLLOWUPS = """\
opening = "How did that go?"
closing = "Thank you."
[[followup]]
question = "What does it cost?"
key_points = ["It broadcasts"]
"""
STARTER = "import torch\n\n\ndef scale_rows(x, scale):\n    return x\n"
REFERENCE = "def scale_rows(x, scale):\n    return x * scale[:, None]\n"
PROBE = """\
def observe(candidate, inputs):
    return {"output": candidate.scale_rows(inputs["x"], inputs["scale"])}
"""
CASES = """\
from sandbox.author import case


@case("Three rows", visible=True, criterion="shape-awareness")
def three_rows(rng):
    return {"x": rng.normal(3, 5), "scale": rng.normal(3)}


@case("One column", criterion="shape-awareness")
def one_column(rng):
    return {"x": rng.normal(7, 1), "scale": rng.normal(7)}
"""


def write_question(bank: Path, slug: str, changes: Mapping[str, str] | None = None) -> Path:
    """Write questions/<slug>, with `changes` (old text: new text) made to its question.toml."""
    toml = QUESTION_TOML
    for old, new in (changes or {}).items():
        assert old in toml, old
        toml = toml.replace(old, new)
    files = {
        "question.toml": toml,
        "prompt.md": PROMPT,
        "hints.md": HINTS,
        "followups.toml": FOLLOWUPS,
        "editorial.md": "Broadcasting does it in one line.\n",
        "starter.py": STARTER,
        "reference.py": REFERENCE,
        "probe.py": PROBE,
        "cases.py": CASES,
    }
    folder = bank / slug
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
