"""The bank reads question folders, and refuses malformed ones with a sentence that helps."""

import re
import shutil
from pathlib import Path

import pytest

from backend.bank import BankError, KeyPoint, load_bank, load_question
from tests.backend.example_question import write_question


def test_reads_every_part_of_a_question(tmp_path: Path) -> None:
    folder = write_question(tmp_path, "scale-rows")
    question = load_question(folder)
    assert question.slug == "scale-rows"
    assert question.title == "Scale every row"
    assert (question.kind, question.lesson, question.level) == ("code", "fundamentals", "easy")
    assert [entry.name for entry in question.entry] == ["scale_rows"]
    assert question.tolerances.paths[0].pattern == "grad.*"
    assert question.limits.seconds == 5.0
    assert question.limits.memory_mb == 256
    assert question.forbidden[0].why == "It is the function you are asked to write."
    assert [hint.title for hint in question.hints] == [
        "Look at shapes",
        "Broadcast",
        "Nearly there",
    ]
    assert "## not a heading" in question.hints[1].text
    assert question.followups.items[0].key_points == (KeyPoint("It broadcasts"),)
    assert question.starter.startswith("import torch")
    assert question.budget is None
    assert question.bugs == ()


def test_a_bank_is_sorted_by_lesson_level_title_and_passes_over_hidden_folders(
    tmp_path: Path,
) -> None:
    write_question(tmp_path, "b", changes={'title = "Scale every row"': 'title = "B"'})
    write_question(tmp_path, "a", changes={'title = "Scale every row"': 'title = "C"'})
    write_question(tmp_path, "c", changes={'"fundamentals"': '"tensor-operations"'})
    shutil.copytree(tmp_path / "a", tmp_path / "_draft")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "note.txt").write_text("not a question")
    assert [question.slug for question in load_bank(tmp_path).questions] == ["c", "b", "a"]


def test_search_needs_every_word_and_every_filter(tmp_path: Path) -> None:
    write_question(tmp_path, "rows", changes={'"easy"': '"hard"'})
    write_question(tmp_path, "columns", changes={"Scale every row": "Scale every column"})
    bank = load_bank(tmp_path)

    def slugs(**filters: str) -> set[str]:
        return {question.slug for question in bank.search(**filters)}

    assert slugs() == {"rows", "columns"}
    assert slugs(q="SCALE rows") == {"rows"}
    assert slugs(q="acme") == {"rows", "columns"}
    assert slugs(q="scale zebra") == set()
    assert slugs(level="hard") == {"rows"}
    assert slugs(kind="code", lesson="fundamentals", level="easy") == {"columns"}
    assert slugs(kind="debug") == set()


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('kind = "code"', 'kind = "riddle"', '`kind` is "riddle", but must be one of: code'),
        ('"fundamentals"', '"cooking"', '`lesson` is "cooking"'),
        ('"easy"', '"trivial"', '`level` is "trivial"'),
        ("minutes = 10", "minutes = 0", "`minutes` is 0, but must be at least 1"),
        ("minutes = 10", 'minutes = "ten"', "`minutes` must be a whole number, but is text"),
        ("minutes = 10", "", "`minutes` is missing"),
        ("minutes = 10", "minutes = 10\nminuets = 3", "`minuets` is not a key that is known"),
        ("memory_mb = 256", "memory = 256", "`limits.memory` is not a key that is known"),
        ("rtol = 1e-5\n", "", "`tolerances.rtol` is missing"),
        ("rtol = 1e-5\n", "rtol = nan\n", "`tolerances.rtol` is nan"),
        ("rtol = 1e-3", "rtoll = 1e-3", "`tolerances.paths.grad.*.rtol` is missing"),
        ('devices = ["cpu"]', 'devices = ["abacus"]', '`devices` holds "abacus"'),
        ('devices = ["cpu"]', "devices = []", "`devices` must have at least 1 entries"),
        ('"x, scale"', '"x, ("', "`entry.scale_rows` is"),
        ('title = "Scale every row"', 'title = " "', "`title` must not be empty"),
        ('title = "Scale every row"', 'title = "', "is not valid TOML"),
        ("[limits]", "[budget]\ntime_ratio = 3.0\n[limits]", "`budget` is only for questions"),
        ("minutes = 10", 'minutes = 10\ncriteria = ["charm"]', '`criteria` holds "charm"'),
        ('kind = "code"', 'kind = "optimise"', "`budget` is missing"),
        ('kind = "code"', 'kind = "debug"', "`bugs` are missing"),
    ],
)
def test_a_mistake_in_question_toml_names_the_file_and_the_key(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    folder = write_question(tmp_path, "rows", changes={old: new})
    with pytest.raises(BankError, match=re.escape(sentence)) as raised:
        load_question(folder)
    assert str(raised.value).startswith("rows/question.toml")
    assert str(raised.value).endswith(".")


@pytest.mark.parametrize(
    "name",
    [
        "question.toml",
        "probe.py",
        "cases.py",
        "prompt.md",
        "hints.md",
        "editorial.md",
        "followups.toml",
        "starter.py",
        "reference.py",
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = write_question(tmp_path, "rows")
    (folder / name).unlink()
    with pytest.raises(BankError, match=re.escape(f"rows/{name} is missing.")):
        load_question(folder)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    folder = write_question(tmp_path, "rows")
    (folder / "prompt.md").write_bytes(b"caf\xe9")
    with pytest.raises(BankError, match=r"rows/prompt\.md is not UTF-8"):
        load_question(folder)


@pytest.mark.parametrize(
    ("hints", "sentence"),
    [
        ("## One\nText\n", "must have 3 sections"),
        ("Lost\n## A\nx\n## B\nx\n## C\nx\n", "text stands before the first"),
        ("## A\n\n## B\nx\n## C\nx\n", 'the section "A" is empty'),
    ],
)
def test_hints_must_be_three_sections(tmp_path: Path, hints: str, sentence: str) -> None:
    folder = write_question(tmp_path, "rows")
    (folder / "hints.md").write_text(hints)
    with pytest.raises(BankError, match=re.escape(sentence)):
        load_question(folder)


def test_a_planted_bug_must_stand_once_in_the_starter(tmp_path: Path) -> None:
    bug = '\n[[bugs]]\nname = "b"\ncase = "c"\nbroken = "nowhere"\nfixed = "x"\n'
    folder = write_question(
        tmp_path, "rows", changes={'kind = "code"': 'kind = "debug"', "# end\n": bug}
    )
    with pytest.raises(BankError, match=re.escape("`bugs[1].broken` must stand once")):
        load_question(folder)


def test_a_broken_question_can_be_left_out_of_a_bank(tmp_path: Path) -> None:
    write_question(tmp_path, "good")
    write_question(tmp_path, "bad", changes={"minutes = 10": ""})
    with pytest.raises(BankError):
        load_bank(tmp_path)
    told: list[str] = []
    bank = load_bank(tmp_path, on_broken=lambda error: told.append(str(error)))
    assert [question.slug for question in bank.questions] == ["good"]
    assert told == ["bad/question.toml: `minutes` is missing."]


def test_a_bank_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="There is no folder of questions"):
        load_bank(tmp_path / "nowhere")
