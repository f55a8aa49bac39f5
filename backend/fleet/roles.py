"""Roles by which executors connect: each may call the functions of one, and nothing else."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, errors, sql
from sqlalchemy import URL, make_url

from backend.db import Database

# migrations/sql/0003_executors.sql says what each does.
FUNCTIONS = ("join", "beat", "claim", "tell", "end", "give_back", "leave")
PREFIX = "executor_"
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")


class RoleError(Exception):
    """A role that cannot be made or taken away; the message says why and what to do."""


def add(database: Database, name: str, host: str | None = None) -> str:
    """Make a role for an executor, and give the URL by which it connects. It is shown this once:
    the database keeps the password as a hash."""
    role = _role(name)
    url = make_url(database.url).set(username=role, password=secrets.token_urlsafe(24))
    if host is not None:
        url = url.set(host=host)
    _grant(database, url, is_new=True)
    return url.render_as_string(hide_password=False)


def ensure(database: Database, executor_url: str) -> None:
    """See to it that the role of `executor_url` is there, with that password and these rights."""
    _grant(database, make_url(executor_url), is_new=False)


def remove(database: Database, name: str) -> str:
    """Take the role away; its connections end. Returns the role's name."""
    role = _role(name)
    with _driver(database) as driver:
        try:
            driver.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(role)))
            driver.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [role]
            )
            driver.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
            driver.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
        except errors.UndefinedObject:
            raise RoleError(f'There is no executor role "{name}".') from None
    return role


def _role(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise RoleError(
            f'"{name}" cannot be the name of a role: up to 40 small letters, digits and _.'
        )
    return PREFIX + name


def _grant(database: Database, url: URL, *, is_new: bool) -> None:
    role, password = url.username, url.password
    if not role or not password:
        raise RoleError("The executor's URL needs a user and a password.")
    if role == make_url(database.url).username:
        raise RoleError("The executor's URL names the owner's role; it must be another.")
    with _driver(database) as driver:
        # Encrypted here, so that the password stands in no log of the server.
        hashed = driver.pgconn.encrypt_password(password.encode(), role.encode()).decode()
        name = sql.Identifier(role)
        is_there = driver.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        if is_there and is_new:
            raise RoleError(f'There is an executor role "{role}" already; remove it first.')
        verb = sql.SQL("ALTER" if is_there else "CREATE")
        try:
            driver.execute(
                sql.SQL(
                    "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT "
                    "NOREPLICATION NOBYPASSRLS PASSWORD {}"
                ).format(verb, name, sql.Literal(hashed))
            )
        except errors.InsufficientPrivilege:
            raise RoleError(
                "The service's own role may not make roles: let a superuser run "
                f"ALTER ROLE {make_url(database.url).username} CREATEROLE."
            ) from None
        schema = sql.Identifier(_one(driver, "SELECT current_schema()"))
        base = sql.Identifier(_one(driver, "SELECT current_database()"))
        driver.execute(sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC").format(schema))
        driver.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(base))
        driver.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(base, name))
        driver.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, name))
        functions = sql.SQL(", ").join(sql.Identifier(f"torchroom_{one}") for one in FUNCTIONS)
        driver.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(functions, name))


@contextmanager
def _driver(database: Database) -> Iterator[Connection[tuple[object, ...]]]:
    """The driver's connection, in a transaction: names of roles cannot be parameters, and its SQL
    composes them safely."""
    with database.engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, Connection)
        yield driver


def _one(driver: Connection[tuple[object, ...]], question: str) -> str:
    row = driver.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])
