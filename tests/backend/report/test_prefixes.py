"""A room may be looked at, or end, at any moment: every beginning of a log has a report."""

import json

import jsonschema
import pytest

from backend.report.page import article, export
from backend.report.writing import to_json
from tests.backend.report.interviews import whole_interview
from tests.backend.report.logbook import Logbook
from tests.backend.report.test_page import Reader, hostile_interview
from tools.report_schema import FILE

VOID = {"meta", "col", "link", "br", "img", "hr"}


@pytest.mark.parametrize("held", [whole_interview, hostile_interview])
@pytest.mark.parametrize("reader", ["candidate", "interviewer"])
def test_every_beginning_of_a_log_has_a_report(held, reader) -> None:  # type: ignore[no-untyped-def]
    validator = jsonschema.Draft202012Validator(json.loads(FILE.read_text(encoding="utf-8")))
    book: Logbook = held()
    events = book.events
    for length in range(1, len(events) + 1, 3):
        book.events = events[:length]
        report = book.report(reader)
        assert list(validator.iter_errors(json.loads(json.dumps(to_json(report))))) == []
        assert Balanced(article(report)).left_open == []


def test_a_finished_file_closes_all_that_it_opens() -> None:
    for held in (whole_interview, hostile_interview):
        assert Balanced(export(held().report())).left_open == []


class Balanced(Reader):
    """Every element is closed, in order: what a person wrote has ended none of ours."""

    def __init__(self, html: str) -> None:
        self.left_open: list[str] = []
        super().__init__(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attributes)
        if tag not in VOID:
            self.left_open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        assert self.left_open, f"</{tag}> closes nothing"
        assert self.left_open.pop() == tag
