"""The command line where no slot is needed: listings, and every usage that is refused."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backend import __version__
from backend.cli import app
from tests.backend.example_question import write_question


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    write_question(tmp_path / "questions", "scale-rows")
    write_question(tmp_path / "questions", "harder-rows", changes={'"easy"': '"hard"'})
    return tmp_path / "questions"


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def said(result: Result) -> str:
    """What was said on stderr, without the line breaks of a narrow terminal."""
    return " ".join(result.stderr.split())


def test_list_prints_a_line_a_question(bank: Path) -> None:
    listed = call("question", "list", "--questions", bank)
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["scale-rows", "harder-rows"]
    hard = call("question", "list", "--questions", bank, "--level", "hard", "--json")
    assert [item["slug"] for item in json.loads(hard.stdout)] == ["harder-rows"]
    assert call("question", "list", "zebra", "--questions", bank).stdout == ""


def test_a_broken_question_is_left_out_of_the_list_and_named(bank: Path) -> None:
    (bank / "harder-rows" / "probe.py").unlink()
    listed = call("question", "list", "--questions", bank)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["scale-rows"]
    assert "harder-rows/probe.py is missing." in said(listed)


def test_show_prints_the_task(bank: Path) -> None:
    shown = call("question", "show", "scale-rows", "--questions", bank)
    assert shown.exit_code == 0
    assert "Scale every row" in shown.stdout
    assert "$$y_{ij} = s_i x_{ij}$$" in shown.stdout
    as_json = call("question", "show", "scale-rows", "--questions", bank, "--json")
    assert json.loads(as_json.stdout)["entry"] == {"scale_rows": "x, scale"}


@pytest.mark.parametrize("slug", ["nowhere", "../questions/scale-rows", ".", ""])
@pytest.mark.parametrize("command", [("question", "show"), ("judge",)])
def test_an_unknown_question_is_exit_3(bank: Path, command: tuple[str, ...], slug: str) -> None:
    file = [__file__] if command == ("judge",) else []
    result = call(*command, slug, *file, "--questions", bank)
    assert result.exit_code == 3
    assert "There is no question" in said(result)
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        (b"x = 'caf\xe9'\n", "is not UTF-8: invalid continuation byte at byte 8."),
        (b"#" * 65537, "is too large: at most 65536 bytes are accepted."),
    ],
)
def test_a_file_that_cannot_be_read_is_exit_4(
    bank: Path, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    file = tmp_path / "answer.py"
    if content is not None:
        file.write_bytes(content)
    result = call("judge", "scale-rows", file, "--questions", bank)
    assert result.exit_code == 4
    assert sentence in said(result)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("judge", "scale-rows", "x.py", "--mode", "jog"), 'There is no mode "jog".'),
        (("judge", "scale-rows", "x.py", "--slot", "jail"), 'slot is "jail", but must be one of'),
        (("question", "list", "--level", "trivial"), 'There is no level "trivial".'),
        (("serve", "--port", "70000"), "port is 70000, but must be at most 65535."),
        (("serve", "--wings"), "No such option"),
    ],
)
def test_wrong_usage_is_exit_2(arguments: tuple[str, ...], sentence: str) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert sentence in said(result)


def test_version() -> None:
    assert call("--version").stdout.strip() == __version__
