"""The bank reads quizzes, predictions and concepts, and refuses what would mislead."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.bank import BankError, KeyPoint, load_bank, load_question
from tests.backend.example_items import write_concept, write_predict, write_quiz
from tests.backend.example_question import write_question

WRITERS: dict[str, Callable[[Path], Path]] = {
    "quiz": write_quiz,
    "predict": write_predict,
    "concept": write_concept,
}


def test_a_quiz(tmp_path: Path) -> None:
    question = load_question(write_quiz(tmp_path / "numbers"))
    assert (question.kind, question.items, question.starter, question.hints) == ("quiz", 6, "", ())
    first, _, third, fourth, *_ = question.quiz
    assert [choice.right for choice in first.choices] == [False, True, False]
    assert (first.right, first.many) == ((1,), False)
    assert (third.right, third.many) == ((1, 2), True)
    assert (fourth.right, fourth.many) == ((2,), False)
    assert first.explanation == "Count, and you know."
    assert first.choices[0].why == "It is not."


def test_predictions(tmp_path: Path) -> None:
    question = load_question(write_predict(tmp_path / "shapes"))
    assert (question.kind, question.items) == ("predict", 4)
    assert question.predict.snippet.startswith("import torch")
    assert [ask.form for ask in question.predict.asks] == ["shape", "dtype", "value", "error"]
    assert [ask.digits for ask in question.predict.asks] == [4, 4, 1, 4]


def test_a_concept(tmp_path: Path) -> None:
    question = load_question(write_concept(tmp_path / "views"))
    assert (question.kind, question.items) == ("concept", 1)
    (item,) = question.concept
    assert item.criterion == "engineering-judgement"
    assert item.key_points[0] == KeyPoint("It shares storage.", ("share storage|memory",))
    assert item.further == "And when does reshape copy?"


def test_code_asks_for_no_answers(tmp_path: Path) -> None:
    question = load_question(write_question(tmp_path, "rows"))
    assert (question.items, question.quiz, question.concept) == (0, (), ())
    assert question.predict.asks == ()


def test_all_kinds_stand_in_one_bank(tmp_path: Path) -> None:
    for name, write in WRITERS.items():
        write(tmp_path / name)
    write_question(tmp_path, "rows")
    bank = load_bank(tmp_path)
    assert {question.kind for question in bank.questions} == {"code", *WRITERS}
    assert [question.slug for question in bank.search(kind="quiz")] == ["quiz"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("quiz", "quiz.toml"),
        ("quiz", "proof.py"),
        ("quiz", "prompt.md"),
        ("quiz", "editorial.md"),
        ("predict", "predict.toml"),
        ("predict", "snippet.py"),
        ("concept", "concept.toml"),
        ("concept", "proof.py"),
    ],
)
def test_a_missing_file_is_named(tmp_path: Path, kind: str, name: str) -> None:
    folder = WRITERS[kind](tmp_path / "one")
    (folder / name).unlink()
    with pytest.raises(BankError, match=re.escape(f"one/{name} is missing.")):
        load_question(folder)


@pytest.mark.parametrize(
    ("kind", "old", "new", "sentence"),
    [
        ("quiz", "right = true", "", "`item[1].choice` has no right one"),
        ("quiz", "right = true", "rigth = true", "`item[1].choice[2].rigth` is not a key"),
        ("quiz", "right = true", 'right = "yes"', "`item[1].choice[2].right` must be true or"),
        ("quiz", '"debugging"', '"charm"', '`item[1].criterion` is "charm"'),
        ("quiz", "explanation", "explains", "`item[1].explanation` is missing"),
        ("quiz", 'why = "It is not."', "", "`item[1].choice[1].why` is missing"),
        ("quiz", "criterion", "many = true\ncriterion", "`item[1].many` says otherwise"),
        ("predict", '"shape"\n', '"outline"\n', '`ask[1].form` is "outline"'),
        ("predict", '"x.t()"', '"x.t("', "`ask[1].expression` is not Python"),
        ("predict", '"x.t()"', '"y = x"', "`ask[1].expression` is not Python"),
        ("predict", "why", 'answer = "(3, 2)"\nwhy', "`ask[1].answer` is not a key"),
        ("predict", "digits = 1", "digits = -1", "`ask[3].digits` is -1"),
        ("concept", 'words = ["share storage|memory"]', "", "`item[1].key_point[1].words` is mis"),
        ("concept", 'words = ["stride"]', "words = []", "`item[1].key_point[2].words` must have"),
        ("concept", "strong", "model", "`item[1].strong` is missing"),
        ("concept", "further", 'criterion = "charm"\nfurther', "`item[1].criterion` must be one"),
    ],
)
def test_a_mistake_names_the_file_and_the_key(
    tmp_path: Path, kind: str, old: str, new: str, sentence: str
) -> None:
    folder = WRITERS[kind](tmp_path / "one")
    file = folder / f"{kind}.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(BankError, match=re.escape(f"one/{kind}.toml: {sentence}")):
        load_question(folder)


def test_a_quiz_needs_items_and_an_item_two_choices(tmp_path: Path) -> None:
    folder = write_quiz(tmp_path / "one")
    (folder / "quiz.toml").write_text("")
    with pytest.raises(BankError, match=re.escape("`item` must stand 1 to 50 times")):
        load_question(folder)
    (folder / "quiz.toml").write_text(
        '[[item]]\ntext = "?"\ncriterion = "debugging"\nexplanation = "!"\n'
        '[[item.choice]]\ntext = "a"\nright = true\nwhy = "b"\n'
    )
    with pytest.raises(BankError, match=re.escape("`item[1].choice` must stand at least 2")):
        load_question(folder)


def test_a_statement_may_be_asked_to_raise(tmp_path: Path) -> None:
    folder = write_predict(tmp_path / "one")
    text = (folder / "predict.toml").read_text()
    (folder / "predict.toml").write_text(text.replace('"x.view(4)"', '"x += 1\\ny = x"'))
    assert load_question(folder).predict.asks[3].expression == "x += 1\ny = x"


def test_key_points_of_follow_ups_may_be_long_or_short(tmp_path: Path) -> None:
    folder = write_question(tmp_path, "rows")
    file = folder / "followups.toml"
    text = file.read_text()
    long = '["Short", { text = "Long", words = ["long way"] }]'
    file.write_text(text.replace('["It broadcasts"]', long))
    (followup,) = load_question(folder).followups.items
    assert followup.key_points == (KeyPoint("Short"), KeyPoint("Long", ("long way",)))


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ("[]", "`followup[1].key_points` must have at least 1 entries"),
        ('["", "b"]', "`followup[1].key_points` must be a list of texts or tables"),
        ('"one"', "`followup[1].key_points` must be a list of texts or tables"),
        ('[{ text = "a" }]', "`followup[1].key_points[1].words` is missing"),
        ('[{ text = "a", words = ["b"], more = 1 }]', "`followup[1].key_points[1].more` is not"),
    ],
)
def test_key_points_that_cannot_be_read(tmp_path: Path, points: str, sentence: str) -> None:
    folder = write_question(tmp_path, "rows")
    file = folder / "followups.toml"
    file.write_text(file.read_text().replace('["It broadcasts"]', points))
    with pytest.raises(BankError, match=re.escape(sentence)):
        load_question(folder)
