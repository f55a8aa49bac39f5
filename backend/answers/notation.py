"""Whether what somebody wrote means the same as what was computed, in whichever notation.

The candidate's text is matched and parsed as a literal; nothing of it is ever evaluated.
"""

import ast
import math
import re
from typing import Any

from backend.bank import Ask

LONGEST_ANSWER = 1000
LONGEST_LITERAL = 200
NO_ERROR = "no error"

_SHAPE_WORDS = re.compile(r"torch\.size|\bshape\b|\bsize\b|[=:]")
_SHAPE = re.compile(r"[\s\[\](){},x×*\d]*")
_SCALAR = {"scalar", "0-d", "0d", "zero-dimensional"}
_DTYPES = {
    "float": "float32",
    "double": "float64",
    "half": "float16",
    "long": "int64",
    "int": "int32",
    "short": "int16",
    "byte": "uint8",
    "boolean": "bool",
}
_NO_ERROR = {"noerror", "none", "no", "nothing", "noexception", "noerrors", "itworks", "works"}
_WRAPPED = re.compile(r"(?:torch\.)?(?:tensor|parameter|size|float)\s*\((.*)\)", re.DOTALL)
_ARGUMENT = re.compile(r",\s*(?:dtype|device|grad_fn|requires_grad)\s*=[^,)\]]*")
_FRACTION = re.compile(r"([-+]?\d{1,9}(?:\.\d{1,9})?)\s*/\s*(\d{1,9}(?:\.\d{1,9})?)")
_NAMES = {
    "true": "True",
    "yes": "True",
    "false": "False",
    "no": "False",
    "none": "None",
    "nothing": "None",
    "nan": "'nan'",
    "inf": "'inf'",
    "infinity": "'inf'",
}
_MINUS_INFINITY = re.compile(r"-\s*(?:inf|infinity)\b")
_NAME = re.compile(r"(?<!')\b[a-z]+\b(?!')")


def agrees(ask: Ask, expected: Any, said: str) -> bool:
    """Whether `said` is the answer `expected`, which is plain data as `backend.answers.expected`
    makes it."""
    if len(said) > LONGEST_ANSWER:
        return False
    said = said.strip().strip("`").strip()
    match ask.form:
        case "shape":
            return _shape(said) == tuple(expected)
        case "dtype":
            return _dtype(said) == str(expected)
        case "error":
            return _error(said, str(expected))
        case "text":
            return _plain_text(said) == _plain_text(str(expected))
        case _:
            return _value(said, expected, ask.digits)


def _shape(said: str) -> tuple[int, ...] | None:
    text = _SHAPE_WORDS.sub(" ", said.casefold()).strip()
    if text in _SCALAR:
        return ()
    if not text or not _SHAPE.fullmatch(text):
        return None
    return tuple(int(number) for number in re.findall(r"\d{1,15}", text))


def _dtype(said: str) -> str:
    name = "".join(said.casefold().removeprefix("dtype=").split()).removeprefix("torch.")
    return _DTYPES.get(name, name)


def _error(said: str, expected: str) -> bool:
    name = re.split(r"[:(]", said.strip(" ."))[0].rsplit(".", 1)[-1]
    compact = re.sub(r"[^a-z]", "", name.casefold())
    if expected == NO_ERROR:
        return compact in _NO_ERROR
    endings = {compact, *(compact.removeprefix(before) for before in ("a", "an", "raises", "it"))}
    return re.sub(r"[^a-z]", "", expected.casefold()) in endings


def _plain_text(text: str) -> str:
    return " ".join(text.casefold().split()).strip("'\"")


def _value(said: str, expected: Any, digits: int) -> bool:
    if isinstance(expected, str) and expected not in ("nan", "inf", "-inf"):
        return _plain_text(said) == _plain_text(expected)
    try:
        return _same(_literal(said), expected, digits)
    except (ValueError, SyntaxError, RecursionError, MemoryError, OverflowError):
        return False


def _literal(said: str) -> Any:
    text = said.casefold()
    if len(text) > LONGEST_LITERAL:
        raise ValueError("too long to be an answer")
    if wrapped := _WRAPPED.fullmatch(text):
        text = _ARGUMENT.sub("", wrapped.group(1))
    if fraction := _FRACTION.fullmatch(text):
        return float(fraction.group(1)) / (float(fraction.group(2)) or math.nan)
    text = _MINUS_INFINITY.sub("'-inf'", text)
    text = _NAME.sub(lambda name: _NAMES.get(name.group(), name.group()), text)
    return ast.literal_eval(text.strip())


def _same(said: Any, expected: Any, digits: int) -> bool:
    said, expected = _unwrapped(said), _unwrapped(expected)
    if isinstance(expected, list | tuple):
        return (
            isinstance(said, list | tuple)
            and len(said) == len(expected)
            and all(_same(one, other, digits) for one, other in zip(said, expected, strict=True))
        )
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return type(said) is type(expected) and bool(said == expected)
    if isinstance(said, bool) or not isinstance(said, int | float):
        return False
    if isinstance(expected, int):
        return bool(said == expected)
    return bool(abs(said - expected) <= 0.5 * 10.0**-digits * (1 + 1e-6))


def _unwrapped(value: Any) -> Any:
    """A list of one number means that number: [7.] and 7."""
    while isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    return value
