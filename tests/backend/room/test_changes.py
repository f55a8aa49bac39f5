"""CodeMirror's change sets in Python: the same text as in the browser, or a refusal."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.room.changes import BadChanges, apply, apply_all, length

ROOT = Path(__file__).resolve().parents[3]
# Letters, a line break, what is beyond ASCII, and what is two units in JavaScript.
ALPHABET = "ab\n é€漢😀🇩👩‍🔬𝔘"
TEXTS = st.text(ALPHABET, max_size=30)


def units(text: str) -> list[int]:
    """The text as JavaScript sees it: one number for each UTF-16 unit."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "little") for at in range(0, len(data), 2)]


def naive(text: str, changes: list[Any]) -> str:
    """Unit by unit, as the format is described."""
    old, new = units(text), []
    at = 0
    for part in changes:
        if isinstance(part, int):
            new += old[at : at + part]
            at += part
        else:
            new += units("\n".join(part[1:]))
            at += part[0]
    assert at == len(old)
    return b"".join(unit.to_bytes(2, "little") for unit in new).decode("utf-16-le")


@st.composite
def text_and_changes(draw: st.DrawFn) -> tuple[str, list[Any]]:
    """A text, and a change set whose borders all lie between characters."""
    text = draw(TEXTS)
    places = st.integers(0, len(text))
    borders = sorted(draw(st.lists(places, max_size=6)))
    changes: list[Any] = []
    for start, end in zip([0, *borders], [*borders, len(text)], strict=True):
        covered = len(units(text[start:end]))
        kind = draw(st.sampled_from(["keep", "delete", "replace"]))
        if kind == "keep":
            changes.append(covered)
        elif kind == "delete":
            changes.append([covered])
        else:
            changes.append([covered, *draw(TEXTS).split("\n")])
    return text, changes


@settings(max_examples=300, deadline=None)
@given(text_and_changes())
def test_the_text_is_what_the_format_says(case: tuple[str, list[Any]]) -> None:
    text, changes = case
    assert apply(text, changes) == naive(text, changes)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_length_counts_as_javascript_does(text: str) -> None:
    assert length(text) == len(units(text))


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_no_change_ever_cuts_a_character_in_two(text: str, data: st.DataObject) -> None:
    """Borders anywhere: the result is text, or the change is refused, and never half of both."""
    total = length(text)
    first = data.draw(st.integers(0, total))
    second = data.draw(st.integers(first, total))
    changes: list[Any] = [first, [second - first, "x"], total - second]
    seen = units(text)
    if any(0 < at < total and 0xDC00 <= seen[at] <= 0xDFFF for at in (first, second)):
        with pytest.raises(BadChanges) as refused:
            apply(text, changes)
        assert refused.value.code == "half-character"
    else:
        assert apply(text, changes) == naive(text, changes)


@pytest.mark.parametrize(
    ("text", "changes", "code"),
    [
        ("abc", [2], "length"),
        ("abc", [4], "length"),
        ("abc", [[4, "x"]], "length"),
        ("", [10**30], "length"),
        ("a😀", [2], "length"),
        ("a😀", [10**30], "length"),
        ("a😀b", [2, [0, "x"], 2], "half-character"),
        ("a😀b", [2, [2, "x"]], "half-character"),
        ("😀😀", [1, [2], 1], "half-character"),
        ("abc", [3, [0, "\ud83d"]], "half-character"),
        ("😀", [2, [0, "\ude00"]], "half-character"),
        ("abc", [-1, 4], "invalid"),
        ("abc", [[-1], 4], "invalid"),
        ("abc", [[]], "invalid"),
        ("abc", [["x"], 3], "invalid"),
        ("abc", [3, [0, 7]], "invalid"),
        ("abc", [3, [0, "a\nb"]], "invalid"),
        ("abc", [3, [0, "a\rb"]], "invalid"),
        ("abc", [3, [0, "a\0b"]], "invalid"),
    ],
)
def test_what_does_not_fit_is_refused(text: str, changes: list[Any], code: str) -> None:
    with pytest.raises(BadChanges) as refused:
        apply(text, changes)
    assert refused.value.code == code


def test_a_document_has_a_limit_in_bytes() -> None:
    assert apply_all("", [[[0, "é" * 50]]], limit=100) == "é" * 50
    for sets in ([[[0, "é" * 51]]], [[[0, "é" * 50]], [50, [0, "x"]]]):
        with pytest.raises(BadChanges) as refused:
            apply_all("", sets, limit=100)
        assert refused.value.code == "too-large"
    assert apply_all("", [[[0, "x" * 200]], [[150], 50]], limit=100) == "x" * 50


IN_THE_BROWSER = """
import {readFileSync} from "node:fs";
import {ChangeSet, Text} from "@codemirror/state";
const cases = JSON.parse(readFileSync(0, "utf8"));
const results = cases.map(([text, changes]) => {
  const set = ChangeSet.fromJSON(changes);
  const after = set.apply(Text.of(text.split("\\n")));
  return [after.toString(), JSON.stringify(set.toJSON()), after.length];
});
process.stdout.write(JSON.stringify(results));
"""


@pytest.fixture(scope="module")
def codemirror() -> Path:
    node = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")
    if not Path(node).exists() or not (ROOT / "frontend/node_modules/@codemirror/state").is_dir():
        pytest.skip("node and the page's packages are not installed here: make setup")
    return Path(node)


def test_codemirror_itself_makes_the_same_text(codemirror: Path) -> None:
    cases: list[tuple[str, list[Any]]] = []

    @settings(max_examples=300, deadline=None, database=None)
    @given(text_and_changes())
    def collect(case: tuple[str, list[Any]]) -> None:
        cases.append(case)

    collect()
    done = subprocess.run(
        [str(codemirror), "--input-type=module", "-e", IN_THE_BROWSER],
        cwd=ROOT / "frontend",
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    for (text, changes), (after, normal, count) in zip(cases, results, strict=True):
        assert apply(text, changes) == after
        # As CodeMirror would write the same change, neighbours joined.
        assert apply(text, json.loads(normal)) == after
        assert length(after) == count
