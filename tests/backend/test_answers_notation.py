"""One meaning, many notations: what counts as the right prediction. Nothing is evaluated."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answers.notation import agrees
from backend.bank import Ask


def ask(form: str, digits: int = 4) -> Ask:
    return Ask("?", "x", form, "debugging", "!", digits)


@pytest.mark.parametrize(
    ("form", "expected", "right", "wrong"),
    [
        (
            "shape",
            [3, 4],
            ["(3, 4)", "[3,4]", "3x4", "3 × 4", "3, 4", "torch.Size([3, 4])", "`(3,4)`", "3 4"],
            ["(4, 3)", "34", "(3, 4, 1)", "", "3.4", "(3, -4)", "12", "three by four"],
        ),
        ("shape", [5], ["(5,)", "5", "[5]", "torch.Size([5])"], ["(5, 1)", "()"]),
        ("shape", [], ["()", "[]", "torch.Size([])", "scalar", "0-d"], ["1", "", "(0,)"]),
        (
            "dtype",
            "float32",
            ["float32", "torch.float32", "Float32", "float", "float 32"],
            ["float64", "32", "double", "int"],
        ),
        ("dtype", "int64", ["int64", "long", "torch.long"], ["int", "int32"]),
        (
            "error",
            "RuntimeError",
            ["RuntimeError", "runtimeerror", "a RuntimeError", "raises RuntimeError",
             "RuntimeError: the shapes differ", "builtins.RuntimeError", "RuntimeError()"],
            ["ValueError", "Error", "no error", "", "RuntimeError or ValueError"],
        ),
        ("error", "no error", ["no error", "None", "no", "nothing", "No exception."],
         ["RuntimeError", "error", ""]),
        ("error", "AssertionError", ["AssertionError", "an AssertionError"], ["SsertionError"]),
        ("value", 7, ["7", "7.0", "tensor(7)", "torch.tensor(7)", " 7 ", "[7]"],
         ["7.1", "True", "seven", "", "6 + 1", "8-1"]),
        ("value", 1, ["1", "1.0"], ["True", "yes"]),
        ("value", 2.5, ["2.5", "2.50", "5/2", "2.50001", "tensor(2.5, dtype=torch.float64)"],
         ["2.51", "2,5", "25"]),
        ("value", True, ["True", "true", "yes", "TRUE"], ["False", "1", "no"]),
        ("value", False, ["False", "no"], ["True", "0", "None"]),
        ("value", None, ["None", "none", "nothing"], ["False", "0", "''"]),
        ("value", "nan", ["nan", "NaN", "float('nan')", "tensor(nan)"], ["0", "inf", "none"]),
        ("value", "-inf", ["-inf", "- infinity", "-Infinity"], ["inf", "-1"]),
        (
            "value",
            [17.0, 25.0, 33.0],
            ["[17, 25, 33]", "(17., 25., 33.)", "tensor([17., 25., 33.])", "17, 25, 33"],
            ["[17, 25]", "[17, 25, 34]", "17", "[[17, 25], 33]", "17 25 33"],
        ),
        ("value", [[1, 0]], ["[[1, 0]]", "[1, 0]", "1, 0"], ["[0, 1]"]),
        ("value", [1.0], ["1", "[1.]"], ["[]", "2"]),
        ("text", "Hello  World", ["hello world", "'Hello World'"], ["hello", ""]),
    ],
)  # fmt: skip
def test_notations(form: str, expected: Any, right: list[str], wrong: list[str]) -> None:
    for said in right:
        assert agrees(ask(form), expected, said), said
    for said in wrong:
        assert not agrees(ask(form), expected, said), said


@pytest.mark.parametrize(("digits", "said", "right"), [(1, "0.3", True), (2, "0.3", False)])
def test_numbers_are_compared_to_the_digits_that_are_asked_for(
    digits: int, said: str, right: bool
) -> None:
    assert agrees(ask("value", digits), 1 / 3, said) is right


@pytest.mark.parametrize(
    "hostile",
    [
        "__import__('os').system('touch /tmp/torchroom-was-here')",
        "(lambda: 7)()",
        "9" * 900,
        "9**9**9",
        "1e999",
        "(" * 190,
        "[" * 90 + "]" * 90,
        "tensor(" * 20,
        "{7: 7}",
        "b'7'",
        "7 if True else 0",
        "1/0",
        "\0",
        "7" + " " * 2000,
    ],
)
def test_nothing_that_is_sent_is_evaluated(hostile: str) -> None:
    for form in ("shape", "dtype", "value", "error", "text"):
        assert not agrees(ask(form), [7] if form == "shape" else "seven", hostile)
    assert not agrees(ask("value"), 7, hostile)
    assert not Path("/tmp/torchroom-was-here").exists()


@given(st.text(max_size=300), st.sampled_from(["shape", "dtype", "value", "error", "text"]))
def test_any_text_is_compared(said: str, form: str) -> None:
    expected: Any = {"shape": [2, 3], "value": [1.5, [True, None, "nan"]]}.get(form, "other words")
    assert agrees(ask(form), expected, said) in (True, False)
