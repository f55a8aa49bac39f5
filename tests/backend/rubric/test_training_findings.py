import pytest

from tests.backend.rubric.snippets import Snippet, name, snippets
from tests.backend.rubric.training_snippets import HITS, MISSES


@pytest.mark.parametrize("snippet", snippets(HITS), ids=name)
def test_it_is_found_in_exactly_these_lines(snippet: Snippet) -> None:
    assert snippet.marked, "a hit marks its lines"
    assert snippet.found == snippet.marked


@pytest.mark.parametrize("snippet", snippets(MISSES), ids=name)
def test_it_is_not_found_where_nothing_is_wrong(snippet: Snippet) -> None:
    compile(snippet.text, "miss.py", "exec")
    assert snippet.found == []
