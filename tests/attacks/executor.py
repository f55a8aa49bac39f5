"""An executor's role in the hands of somebody else: a connection, and short ways to its functions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from backend.db import Database, connection_arguments
from backend.fleet import roles
from tests.backend.queues import Engine, engine_on

TOKEN = "0123456789abcdef" * 2

Connection = psycopg.Connection[tuple[Any, ...]]


def first(answer: psycopg.Cursor[tuple[Any, ...]]) -> Any:
    """The first column of the first row, where there is one."""
    row = answer.fetchone() if answer.description else None
    return None if row is None else row[0]


@dataclass(frozen=True)
class Thief:
    """Who has the URL of an executor, and nothing else."""

    role: str
    url: str
    connection: Connection

    def ask(self, question: str, *values: Any) -> Any:
        """The first column of the first row."""
        return first(self.connection.execute(question.encode(), values or None))

    def refused(self, question: str, *values: Any) -> psycopg.Error:
        try:
            answer = self.ask(question, *values)
        except psycopg.Error as error:
            return error
        raise AssertionError(f"{question} was answered: {answer!r}")

    def join(self, name: str, seconds: float = 30, slots: int = 2, again: bool = False) -> int:
        joined = self.ask(
            "SELECT torchroom_join(%s, 'host', '0', 'cpu', %s, %s, %s)", name, slots, seconds, again
        )
        return int(joined)

    def claim(self, worker: int, token: str = TOKEN, seconds: float | None = 30) -> str | None:
        """The run's id."""
        queues = ["cpu:run", "cpu:submit"]
        return self.ask(
            "SELECT run_id FROM torchroom_claim(%s, %s, %s, %s)", worker, queues, token, seconds
        )


@dataclass
class House:
    """A migrated database with runs, and those who came by an executor's role."""

    database: Database
    engine: Engine
    thieves: list[Thief] = field(default_factory=list)

    def thief(self) -> Thief:
        name = f"x{secrets.token_hex(6)}"
        url = roles.add(self.database, name)
        connection = psycopg.connect(**connection_arguments(url), autocommit=True)
        self.thieves.append(Thief(roles.PREFIX + name, url, connection))
        return self.thieves[-1]

    def owner(self, question: str, *values: Any) -> Any:
        with psycopg.connect(**connection_arguments(self.database.url), autocommit=True) as owner:
            return first(owner.execute(question.encode(), values or None))


@contextmanager
def house(url: str) -> Iterator[House]:
    database = Database(url)
    with engine_on(database) as engine:
        found = House(database, engine)
        try:
            yield found
        finally:
            for thief in found.thieves:
                thief.connection.close()
                roles.remove(database, thief.role.removeprefix(roles.PREFIX))
    database.close()
