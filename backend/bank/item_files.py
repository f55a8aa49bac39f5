"""quiz.toml, predict.toml and concept.toml, and the key points that follow-ups have too."""

import ast
from pathlib import Path

from backend.bank.items import Ask, Choice, ConceptItem, KeyPoint, Predict, QuizItem
from backend.bank.vocabulary import CRITERIA, FORMS
from backend.strict_toml import Table, TomlError

LEAST_CHOICES = 2
MOST_ITEMS = 50


def read_quiz(folder: Path) -> tuple[QuizItem, ...]:
    return tuple(_quiz_item(table) for table in _tables(folder, "quiz.toml", "item"))


def read_predict(folder: Path, snippet: str) -> Predict:
    return Predict(snippet, tuple(_ask(table) for table in _tables(folder, "predict.toml", "ask")))


def read_concept(folder: Path) -> tuple[ConceptItem, ...]:
    return tuple(_concept_item(table) for table in _tables(folder, "concept.toml", "item"))


def read_key_points(table: Table) -> tuple[KeyPoint, ...]:
    """Each is a text, or a table of a text and the words by which one knows it."""
    points = tuple(
        KeyPoint(one) if isinstance(one, str) else _key_point(one)
        for one in table.texts_or_tables("key_points")
    )
    if not points:
        raise table.complaint("key_points", "must have at least 1 entries, but has 0")
    return points


def _tables(folder: Path, name: str, key: str) -> list[Table]:
    file = f"{folder.name}/{name}"
    if not (folder / name).is_file():
        raise TomlError(f"{file} is missing.")
    whole = Table.read(folder / name, file)
    tables = whole.tables(key)
    whole.done()
    if not 1 <= len(tables) <= MOST_ITEMS:
        raise whole.complaint(
            key, f"must stand 1 to {MOST_ITEMS} times as [[{key}]], but stands {len(tables)} times"
        )
    return tables


def _quiz_item(table: Table) -> QuizItem:
    item = QuizItem(
        text=table.text("text"),
        choices=tuple(_choice(one) for one in table.tables("choice")),
        criterion=table.choice("criterion", CRITERIA),
        explanation=table.text("explanation"),
    )
    if len(item.choices) < LEAST_CHOICES:
        raise table.complaint(
            "choice", f"must stand at least {LEAST_CHOICES} times, but stands {len(item.choices)}"
        )
    if not item.right:
        raise table.complaint("choice", "has no right one: give `right = true` to at least one")
    if table.has("many") and table.flag("many", False) != item.many:
        raise table.complaint("many", f"says otherwise than the choices: {len(item.right)} right")
    table.done()
    return item


def _choice(table: Table) -> Choice:
    choice = Choice(table.text("text"), table.flag("right", False), table.text("why"))
    table.done()
    return choice


def _ask(table: Table) -> Ask:
    ask = Ask(
        text=table.text("text"),
        expression=table.text("expression"),
        form=table.choice("form", FORMS),
        criterion=table.choice("criterion", CRITERIA),
        why=table.text("why"),
        digits=table.integer("digits", 4, least=0),
    )
    try:
        # What is asked to raise may be a statement: an assignment through a view, a `with`.
        ast.parse(ask.expression, mode="exec" if ask.form == "error" else "eval")
    except SyntaxError as error:
        raise table.complaint("expression", f"is not Python: {error.msg}") from None
    table.done()
    return ask


def _concept_item(table: Table) -> ConceptItem:
    item = ConceptItem(
        text=table.text("text"),
        key_points=tuple(_key_point(one) for one in table.tables("key_point")),
        green_flags=table.texts("green_flags", ()),
        red_flags=table.texts("red_flags", ()),
        further=table.text("further"),
        strong=table.text("strong"),
        criterion=table.text("criterion", "engineering-judgement"),
    )
    if not item.key_points:
        raise table.complaint("key_point", "is missing: there must be at least one")
    if item.criterion not in CRITERIA:
        raise table.complaint("criterion", f"must be one of: {', '.join(CRITERIA)}")
    table.done()
    return item


def _key_point(table: Table) -> KeyPoint:
    point = KeyPoint(table.text("text"), table.texts("words", least=1))
    table.done()
    return point
