"""Writes small questions that are sound, one of each kind, for tests that break one thing."""

from pathlib import Path

from tests.backend.example_question import HINTS

SIZES = ((2, 3), (1, 7), (5, 2), (4, 4), (3, 11), (6, 5))
TOML = """\
title = "{title}"
summary = "Written for the tests of lint."
kind = "{kind}"
lesson = "fundamentals"
level = "easy"
minutes = 5
devices = ["cpu"]

[entry]
mean_rows = "x"

[tolerances]
rtol = 1e-4
atol = 1e-5

[options]
dtypes = ["float64"]
"""
FOLLOWUPS = """\
opening = "How did that go?"
closing = "Thank you."

[[followup]]
question = "What does it cost?"
key_points = ["One pass over the rows."]
"""
PROBE = """\
def observe(candidate, inputs):
    return {"output": candidate.mean_rows(inputs["x"])}
"""
WRONG = (
    "x.sum(1)",
    "x.mean(0)",
    "x.mean()",
    "x.mean(1) * 2",
    "x.mean(1) + 1",
    "-x.mean(1)",
    "x.amax(1)",
    "x[:, 0]",
)
BUGS = """
[[bugs]]
name = "sum-for-mean"
case = "size-2-3"
broken = "x.sum(1)"
fixed = "x.mean(1)"

[[bugs]]
name = "twice-too-small"
case = "half-of-a-number"
broken = "x / 4"
fixed = "x / 2"
"""
BUDGET = """
[budget]
time_ratio = 3.0
rounds = 2
"""


def mean_rows(expression: str, wait: float = 0.0) -> str:
    """A file that answers `expression`, after some seconds if need be."""
    pause = f"    time.sleep({wait})\n" if wait else ""
    return f"import time\n\n\ndef mean_rows(x):\n{pause}    return {expression}\n"


def mistake(case: str, expression: str, wait: float = 0.0) -> str:
    return f"# caught by: {case}\n# It is not the mean of each row.\n" + mean_rows(expression, wait)


def case(name: str, inputs: str, visible: bool = False, more: str = "") -> str:
    title = name.replace("-", " ")
    return (
        f'\n\n@case("{title}", visible={visible}, criterion="shape-awareness"{more})\n'
        f"def {name.replace('-', '_')}(rng):\n    return {inputs}\n"
    )


def cases() -> str:
    declared = [
        case(f"size-{rows}-{columns}", f'{{"x": rng.normal({rows}, {columns})}}', number < 2)
        for number, (rows, columns) in enumerate(SIZES)
    ]
    return "from sandbox.author import case\n" + "".join(declared)


def write_code_question(folder: Path) -> Path:
    files = {
        "question.toml": TOML.format(title="Mean of each row", kind="code"),
        "prompt.md": "Write `mean_rows(x)`: row means, within `rtol=1e-4` and `atol=1e-5`.\n",
        "hints.md": HINTS,
        "editorial.md": "A mean is a sum, divided.\n",
        "followups.toml": FOLLOWUPS,
        "probe.py": PROBE,
        "cases.py": cases(),
        "starter.py": mean_rows("x"),
        "reference.py": mean_rows("x.mean(1)"),
        "accepted/by_sum.py": mean_rows("x.sum(1) / x.shape[1]"),
        "accepted/transposed.py": mean_rows("x.t().mean(0)"),
    }
    files |= {
        f"wrong/mistake_{number}.py": mistake("size-2-3", expression)
        for number, expression in enumerate(WRONG)
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def write_debug_question(folder: Path) -> Path:
    """Two bugs in two functions: only the case of the first calls `mean_rows`."""
    write_code_question(folder)
    half = '{"half": True, "x": rng.normal(3)}'
    others = [case(f"plain-{number}", '{"x": rng.normal(1, 1)}', number < 2) for number in range(4)]
    both = [case("size-2-3", '{"x": rng.normal(2, 3)}'), case("half-of-a-number", half)]
    files = {
        "question.toml": TOML.format(title="Two mistakes", kind="debug") + BUGS,
        "cases.py": "from sandbox.author import case\n" + "".join(both + others),
        "probe.py": PROBE.replace(
            "    return",
            '    if "half" in inputs:\n        return candidate.half(inputs["x"])\n    return',
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    for path in [*folder.glob("accepted/*.py"), *folder.glob("wrong/*.py")]:
        path.write_text(path.read_text() + half_as("x / 2"), encoding="utf-8")
    (folder / "reference.py").write_text(mean_rows("x.mean(1)") + half_as("x / 2"))
    (folder / "starter.py").write_text(mean_rows("x.sum(1)") + half_as("x / 4"))
    return folder


def half_as(expression: str) -> str:
    return f"\n\ndef half(x):\n    return {expression}\n"


def write_optimise_question(folder: Path) -> Path:
    """Right answers take 20 ms, the starter and one mistake 300."""
    write_code_question(folder)
    measured = case("measured", '{"x": rng.normal(3, 3)}', more=", budget=True")
    toml = TOML.format(title="Quick means", kind="optimise") + BUDGET
    (folder / "question.toml").write_text(toml, encoding="utf-8")
    (folder / "cases.py").write_text(cases() + measured, encoding="utf-8")
    (folder / "reference.py").write_text(mean_rows("x.mean(1)", 0.02))
    for path in folder.glob("accepted/*.py"):
        path.write_text(mean_rows("x.mean(1)", 0.02))
    (folder / "wrong" / "mistake_0.py").write_text(mistake("measured", "x.mean(1)", 0.3))
    (folder / "starter.py").write_text(mean_rows("x.mean(1)", 0.3))
    return folder
