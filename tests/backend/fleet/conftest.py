"""A fleet on a migrated Postgres."""

from collections.abc import Iterator

import pytest

from tests.attacks.executor import House, house
from tests.backend.queues import Engine


@pytest.fixture
def at(migrated_postgres_url: str) -> Iterator[House]:
    with house(migrated_postgres_url) as found:
        yield found


@pytest.fixture
def engine(at: House) -> Engine:
    return at.engine
