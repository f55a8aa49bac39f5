"""Roles by which executors connect: each may call the functions of one, and nothing else.

What no right can keep from whoever may connect is listed in tests/attacks/test_executor_role.py.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from psycopg import Connection, errors, sql
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from backend.db import Database

log = structlog.get_logger(__name__)

# migrations/sql/0003_executors.sql says what each does.
FUNCTIONS = ("join", "beat", "claim", "tell", "end", "give_back", "leave")
PREFIX = "executor_"
# More than executors of one role need, and less than Postgres has for all (100 by default).
CONNECTIONS = 64
# What the server does about an executor that it hears no more of: else a host that is switched off
# in the middle of a transaction holds its run, and the room that is told of it, for hours.
WATCH = {
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
}
# Everybody may make large objects, until it is taken away.
_LARGE_OBJECTS = ("lo_creat(integer)", "lo_create(oid)", "lo_from_bytea(oid, bytea)")
_MOST_TEMPORARY = "256MB"
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")

Driver = Connection[tuple[object, ...]]


class RoleError(Exception):
    """A role that cannot be made or taken away; the message says why and what to do."""


def add(database: Database, name: str, host: str | None = None) -> str:
    """Make a role for an executor, and give the URL by which it connects. It is shown this once:
    the database keeps the password as a hash. `host`: HOST or HOST:PORT, as the executor has it."""
    role = _role(name)
    url = make_url(database.url).set(username=role, password=secrets.token_urlsafe(24))
    if host is not None:
        url = _at(url, host)
    _grant(database, url, is_new=True)
    return url.render_as_string(hide_password=False)


def ensure(database: Database, executor_url: str) -> None:
    """See to it that the role of `executor_url` is there, with that password and these rights."""
    try:
        url = make_url(executor_url)
    except ArgumentError:
        raise RoleError(
            "The executor's URL is none: postgresql://USER:PASSWORD@HOST/NAME."
        ) from None
    _grant(database, url, is_new=False)


def remove(database: Database, name: str) -> str:
    """Take the role away; its connections end. Returns the role's name."""
    role = _role(name)
    identifier = sql.Identifier(role)
    with _driver(database) as driver:
        if not _exists(driver, role):
            raise RoleError(f'There is no executor role "{name}".')
        # Committed before its connections end, for it would only connect again.
        driver.execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(identifier))
        if not _is_superuser(driver):
            # Who made a role is not by that allowed to end what it does, or to drop what it owns.
            driver.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(identifier))
    with _driver(database) as driver:
        driver.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
            [role],
        )
    with _driver(database) as driver:
        driver.execute(sql.SQL("DROP OWNED BY {}").format(identifier))
        try:
            driver.execute(sql.SQL("DROP ROLE {}").format(identifier))
        except errors.DependentObjectsStillExist as error:
            raise RoleError(
                f"{role} can log in no more, but cannot be dropped: it has rights in another "
                f"database of this server ({error.diag.message_detail})."
            ) from None
    return role


def _role(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise RoleError(
            f'"{name}" cannot be the name of a role: up to 40 small letters, digits and _.'
        )
    return PREFIX + name


def _at(url: URL, host: str) -> URL:
    try:
        there = make_url(f"postgresql+psycopg://{host}/")
    except (ArgumentError, ValueError):
        there = make_url("postgresql+psycopg://")
    if not there.host or there.username or there.database:
        raise RoleError(f'"{host}" is no address: HOST or HOST:PORT.')
    # The owner may be using a socket, which stands among the options.
    url = url.difference_update_query(["host", "port"])
    return url.set(host=there.host, port=there.port or url.port)


def _grant(database: Database, url: URL, *, is_new: bool) -> None:
    role, password = url.username, url.password
    if not role or not password:
        raise RoleError("The executor's URL needs a user and a password.")
    with _driver(database) as driver:
        owner = _one(driver, "SELECT current_user")
        if role == owner:
            raise RoleError("The executor's URL names the owner's role; it must be another.")
        is_there = _exists(driver, role)
        if is_there and is_new:
            raise RoleError(f'There is an executor role "{role}" already; remove it first.')
        if is_there and _has_powers(driver, role):
            raise RoleError(
                f'"{role}" is a role with powers of its own; an executor needs one without any.'
            )
        # Encrypted here, so that the password stands in no log of the server.
        hashed = driver.pgconn.encrypt_password(password.encode(), role.encode()).decode()
        name = sql.Identifier(role)
        try:
            driver.execute(
                sql.SQL(
                    "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT "
                    "NOREPLICATION NOBYPASSRLS CONNECTION LIMIT {} PASSWORD {}"
                    if _is_superuser(driver)
                    # Others may not even say no to what only a superuser gives.
                    else "{} ROLE {} LOGIN NOCREATEDB NOCREATEROLE NOINHERIT "
                    "CONNECTION LIMIT {} PASSWORD {}"
                ).format(
                    sql.SQL("ALTER" if is_there else "CREATE"),
                    name,
                    sql.Literal(CONNECTIONS),
                    sql.Literal(hashed),
                )
            )
        except errors.InsufficientPrivilege:
            raise RoleError(
                "The service's own role may not make roles: let a superuser run "
                f"ALTER ROLE {owner} CREATEROLE."
            ) from None
        schema = _one(driver, "SELECT current_schema()")
        base = _one(driver, "SELECT current_database()")
        _give(driver, name, schema, base)
        _take_from_all(driver, role, schema, base)
        _watch(driver, name, schema, base)


def _give(driver: Driver, role: sql.Identifier, schema: str, base: str) -> None:
    functions = sql.SQL(", ").join(sql.Identifier(f"torchroom_{one}") for one in FUNCTIONS)
    # As the migration has it; a backup that was restored without one of the roles has lost it.
    driver.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(functions))
    for right, thing in (
        ("CONNECT ON DATABASE", sql.Identifier(base)),
        ("USAGE ON SCHEMA", sql.Identifier(schema)),
        ("EXECUTE ON FUNCTION", functions),
    ):
        driver.execute(sql.SQL("GRANT {} {} TO {}").format(sql.SQL(right), thing, role))


def _take_from_all(driver: Driver, role: str, schema: str, base: str) -> None:
    """What everybody may do who can connect. Only who owns a thing can take rights to it away, so
    it is looked whether that helped. Raises RoleError."""
    driver.execute(sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC").format(sql.Identifier(schema)))
    driver.execute(
        sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(base))
    )
    for function in _LARGE_OBJECTS:
        driver.execute(f"REVOKE EXECUTE ON FUNCTION pg_catalog.{function} FROM PUBLIC")
    left = driver.execute(
        "SELECT has_schema_privilege(%(role)s, %(schema)s, 'CREATE'),"
        " has_database_privilege(%(role)s, %(base)s, 'TEMPORARY'),"
        " has_function_privilege(%(role)s, 'pg_catalog.lo_create(oid)', 'EXECUTE')",
        {"role": role, "schema": schema, "base": base},
    ).fetchone()
    assert left is not None
    if left[0] or left[1]:
        raise RoleError(
            "An executor's role would be able to make tables of its own: let a superuser run "
            f'REVOKE CREATE ON SCHEMA "{schema}" FROM PUBLIC; '
            f'REVOKE TEMPORARY ON DATABASE "{base}" FROM PUBLIC.'
        )
    if left[2]:
        log.warning(
            "executors could fill the database with large objects: let a superuser revoke it",
            statement="; ".join(
                f"REVOKE EXECUTE ON FUNCTION {one} FROM PUBLIC" for one in _LARGE_OBJECTS
            ),
        )


def _watch(driver: Driver, role: sql.Identifier, schema: str, base: str) -> None:
    of_role = sql.SQL("ALTER ROLE {} IN DATABASE {} SET ").format(role, sql.Identifier(base))
    driver.execute(of_role + sql.SQL("search_path = {}").format(sql.Identifier(schema)))
    for name, value in WATCH.items():
        driver.execute(
            of_role + sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
        )
    if _is_superuser(driver):
        # This one it cannot take back.
        limit = sql.SQL("temp_file_limit = {}").format(sql.Literal(_MOST_TEMPORARY))
        driver.execute(of_role + limit)


def _has_powers(driver: Driver, role: str) -> bool:
    return _is_true(
        driver,
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " OR EXISTS (SELECT 1 FROM pg_auth_members WHERE member = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = %s",
        role,
    )


def _exists(driver: Driver, role: str) -> bool:
    return _is_true(driver, "SELECT count(*) > 0 FROM pg_roles WHERE rolname = %s", role)


def _is_superuser(driver: Driver) -> bool:
    return _one(driver, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "True"


def _is_true(driver: Driver, question: str, value: str) -> bool:
    row = driver.execute(question.encode(), [value]).fetchone()
    return row is not None and bool(row[0])


@contextmanager
def _driver(database: Database) -> Iterator[Driver]:
    """The driver's connection, in a transaction: names of roles cannot be parameters, and its SQL
    composes them safely."""
    with database.engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, Connection)
        yield driver


def _one(driver: Driver, question: str) -> str:
    row = driver.execute(question.encode()).fetchone()
    assert row is not None
    return str(row[0])
