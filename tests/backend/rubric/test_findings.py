"""Each kind of finding is proved by code that shows it and by code that does not."""

import pytest

from backend.bank import CRITERIA
from backend.rubric.findings import KINDS, Kind
from backend.rubric.reading import SEVERITY_WEIGHTS
from backend.rubric.score import LEAST_WEIGHT
from tests.backend.rubric import (
    gradient_snippets,
    judgement_snippets,
    loss_snippets,
    module_snippets,
    shape_snippets,
    training_snippets,
)
from tests.backend.rubric.snippets import Snippet, name, snippets

TABLES = (
    gradient_snippets,
    judgement_snippets,
    loss_snippets,
    module_snippets,
    shape_snippets,
    training_snippets,
)


HITS = [hit for table in TABLES for hit in snippets(table.HITS)]
MISSES = [miss for table in TABLES for miss in snippets(table.MISSES)]


@pytest.mark.parametrize("hit", HITS, ids=name)
def test_it_is_found_in_exactly_these_lines(hit: Snippet) -> None:
    assert hit.marked, "a hit marks its lines"
    assert hit.found == hit.marked


@pytest.mark.parametrize("miss", MISSES, ids=name)
def test_it_is_not_found_where_nothing_is_wrong(miss: Snippet) -> None:
    compile(miss.text, "miss.py", "exec")
    assert miss.found == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_has_a_hit_and_several_misses(kind: str) -> None:
    assert any(hit.kind == kind for hit in HITS)
    assert sum(miss.kind == kind for miss in MISSES) >= 2


def test_there_are_more_than_twenty_faults_and_some_merits() -> None:
    assert sum(not kind.good for kind in KINDS.values()) >= 24
    assert sum(kind.good for kind in KINDS.values()) >= 5


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.id)
def test_a_kind_says_what_it_is_and_what_to_do(kind: Kind) -> None:
    assert kind.criterion in CRITERIA
    assert not kind.title.endswith(".")
    assert kind.advice.endswith(".")


def test_no_finding_assesses_a_criterion_by_itself() -> None:
    assert max(SEVERITY_WEIGHTS.values()) < LEAST_WEIGHT
    assert {kind.severity for kind in KINDS.values()} == set(SEVERITY_WEIGHTS)
