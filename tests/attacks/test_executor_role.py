"""Whoever has an executor's password: what its role may do in the database is seven functions.

What no right can keep from it, for it may connect and compute: to load the server, to hold a lock
of its own choosing (also the advisory one of the migrations) or a transaction open, to call on any
channel and to hear what is called. So notices carry nothing that opens anything, what they say is
looked up, and `torchroom fleet remove` ends its connections with all that they hold.
"""

from __future__ import annotations

import hashlib

import psycopg
import pytest
from psycopg import errors

from backend.db import Database, connection_arguments
from backend.fleet import roles
from tests.attacks.executor import TOKEN, House, Thief
from tests.backend.queues import STATUS

DENIED = errors.InsufficientPrivilege
CATALOGUE = (
    "FROM pg_class WHERE relnamespace NOT IN"
    " ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
)
FUNCTIONS = """
    SELECT oid::regprocedure::text, proargtypes::oid[]::regtype[]::text[] FROM pg_proc
    WHERE proname ~ '^(procrastinate|torchroom)' AND NOT proname = ANY (%s) AND prorettype <> 'trigger'::regtype
"""


def rows(at: House, question: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(**connection_arguments(at.database.url)) as owner:
        return owner.execute(question.encode(), values or None).fetchall()


def test_it_can_do_the_work_of_an_executor(at: House, thief: Thief) -> None:
    for name in ("ended", "returned", "left"):
        at.engine.put(name)
    worker = thief.join("one")
    assert thief.ask("SELECT torchroom_beat(%s, '{}', '{}', 30)", worker) is False
    assert thief.claim(worker) == "ended"
    told = "ARRAY[ROW(1000001, 'state', '{}')::torchroom_told]"
    assert thief.ask(f"SELECT torchroom_tell('ended', '{TOKEN}', {told})")
    assert thief.ask(
        f"SELECT torchroom_end('ended', '{TOKEN}', %s, NULL, {told})", '{"outcome": "passed"}'
    )
    assert thief.claim(worker) == "returned"
    thief.ask(f"SELECT torchroom_give_back(ARRAY['{TOKEN}'])")
    assert at.engine.row("returned").state == "queued"
    assert {thief.claim(worker), thief.claim(worker, "f" * 32)} == {"returned", "left"}
    thief.ask("SELECT torchroom_leave(%s)", worker)
    states = [at.engine.row(name).state for name in ("ended", "returned", "left")]
    assert states == ["finished", "queued", "queued"]


def test_no_table_can_be_read_or_written(at: House, thief: Thief) -> None:
    relations = rows(at, f"SELECT oid::regclass::text, relkind {CATALOGUE}")
    tables = [str(name) for name, kind in relations if kind in ("r", "v", "m", "p", "f")]
    assert {"runs", "rooms", "events", "executors", "procrastinate_jobs"} <= set(tables)
    for table in tables:
        for attempt in (
            f"SELECT 1 FROM {table}",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"DO $$BEGIN LOCK TABLE {table} IN ACCESS SHARE MODE; END$$",
            f"COPY {table} TO STDOUT",
            f"CREATE INDEX ON {table} ((1))",
            f"DROP TABLE {table}",
        ):
            assert isinstance(thief.refused(attempt), DENIED), attempt
    may = "bool_or(has_table_privilege(%s, oid, one)) FROM pg_class, unnest(%s::text[]) AS one"
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    of_ours = f"SELECT {may} WHERE oid::regclass::text = ANY (%s) AND relkind = 'r'"
    assert at.owner(of_ours, thief.role, rights, tables) is False
    assert at.owner(of_ours, "torchroom", rights, tables) is True
    for name, kind in relations:
        if kind == "S":
            assert isinstance(thief.refused(f"SELECT nextval('{name}')"), DENIED)


def test_of_our_functions_it_may_call_seven(at: House, thief: Thief) -> None:
    ours = (
        "FROM pg_proc WHERE proname ~ '^torchroom' AND has_function_privilege(%s, oid, 'EXECUTE')"
    )
    found = {name for (name,) in rows(at, f"SELECT proname {ours}", thief.role)}
    assert found == {f"torchroom_{name}" for name in roles.FUNCTIONS}
    assert len(rows(at, f"SELECT proname {ours}", "torchroom")) > len(found)


def test_no_other_function_of_the_queue_has_an_effect(at: House, thief: Thief) -> None:
    at.engine.put("a")
    before = rows(at, "SELECT j::text FROM procrastinate_jobs AS j")
    functions = rows(at, FUNCTIONS, [f"torchroom_{name}" for name in roles.FUNCTIONS])
    assert len(functions) > 20
    for function, types in functions:
        assert isinstance(types, list)
        name = str(function).partition("(")[0]
        arguments = ", ".join(f"{_likely(str(one))}::{one}" for one in types)
        assert isinstance(thief.refused(f"SELECT {name}({arguments})"), DENIED), function
    assert rows(at, "SELECT j::text FROM procrastinate_jobs AS j") == before
    assert at.engine.row("a").state == "queued"


def _likely(kind: str) -> str:
    if kind.endswith("[]"):
        return "NULL"
    return "'1'" if kind in ("bigint", "integer", "double precision") else "NULL"


@pytest.mark.parametrize(
    "attempt",
    [
        "CREATE TABLE mine (a text)",
        "CREATE TEMPORARY TABLE runs (a text)",
        "CREATE TABLE pg_temp.runs (a text)",
        "CREATE FUNCTION now() RETURNS timestamptz LANGUAGE sql AS $$SELECT 'infinity'::timestamptz$$",
        "CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE OPERATOR = (leftarg = text, rightarg = varchar, function = texteq)",
        "CREATE TYPE torchroom_told_2 AS (a text)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "CREATE EXTENSION dblink",
        "ALTER FUNCTION torchroom_end SECURITY INVOKER",
        "ALTER FUNCTION torchroom_end RESET search_path",
        "GRANT torchroom TO CURRENT_USER",
        "SET ROLE torchroom",
        "SET SESSION AUTHORIZATION torchroom",
        "SET temp_file_limit = -1",
        "SET session_replication_role = 'replica'",
        "COPY (SELECT 1) TO PROGRAM 'id'",
        "COPY (SELECT 1) TO '/tmp/mine'",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_import('/etc/passwd')",
        "SELECT lo_create(0)",
        "SELECT lo_creat(-1)",
        "SELECT lo_from_bytea(0, 'x')",
        "SELECT query_to_xml('SELECT code FROM runs', true, false, '')",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'torchroom'",
        "SELECT * FROM pg_authid",
        "ALTER SYSTEM SET max_connections = 1",
    ],
)
def test_it_can_make_nothing_and_become_nobody(at: House, thief: Thief, attempt: str) -> None:
    with psycopg.connect(**connection_arguments(at.database.url)):  # somebody to be ended
        assert isinstance(thief.refused(attempt), DENIED)


def test_without_what_roles_take_away_it_could(at: House) -> None:
    """The control: rights that everybody has in a new database."""
    at.owner("CREATE ROLE torchroom_control LOGIN")
    try:
        plain = at.database.url.replace("torchroom@", "torchroom_control@")
        with psycopg.connect(**connection_arguments(plain), autocommit=True) as connection:
            connection.execute("CREATE TEMPORARY TABLE runs (a text)")
            connection.execute("SELECT lo_from_bytea(0, 'x')")
    finally:
        at.owner("DROP OWNED BY torchroom_control")
        at.owner("DROP ROLE torchroom_control")


def test_the_functions_look_only_where_ours_are(at: House, thief: Thief) -> None:
    """Whatever its own search path says."""
    at.engine.put("a")
    worker = thief.join("one")
    schema = at.owner("SELECT current_schema()")
    for path in ("pg_temp", "pg_catalog", f'pg_temp, "{schema}"', "information_schema"):
        thief.connection.execute(f"SET search_path = {path}".encode())
        assert thief.ask(f"SELECT {schema}.torchroom_beat(%s, '{{}}', '{{}}', 30)", worker) is False
    defined = rows(
        at,
        "SELECT proname, proconfig FROM pg_proc WHERE prosecdef"
        " AND pronamespace = current_schema()::regnamespace",
    )
    assert {name for name, _ in defined} == {f"torchroom_{name}" for name in roles.FUNCTIONS}
    assert {tuple(config) for _, config in defined if isinstance(config, list)} == {
        (f"search_path={schema}, pg_temp",)
    }


def test_what_is_called_out_opens_nothing(at: House, thief: Thief) -> None:
    """Every role may listen; whoever knows a run's id may read its verdict over HTTP."""
    at.engine.put("secret")
    thief.connection.execute("LISTEN torchroom_run")
    executor = at.engine.executor("honest")
    lease = executor.claim(at.engine.row("secret").created_at, ("submit",))
    assert lease is not None
    heard = [one.payload for one in thief.connection.notifies(timeout=2, stop_after=1)]
    assert heard == [hashlib.sha256(b"secret").hexdigest()]


def test_connections_are_counted_and_watched(at: House, thief: Thief) -> None:
    limit = at.owner("SELECT rolconnlimit FROM pg_roles WHERE rolname = %s", thief.role)
    assert limit == roles.CONNECTIONS
    for name in roles.WATCH:
        assert at.owner(
            "SELECT EXISTS (SELECT 1 FROM pg_db_role_setting, unnest(setconfig) AS one"
            " WHERE setrole = %s::regrole AND one LIKE %s)",
            thief.role,
            f"{name}=%",
        ), name
    assert thief.ask("SHOW idle_in_transaction_session_timeout") == "15s"
    assert thief.ask("SHOW temp_file_limit") == "256MB"


def test_who_holds_the_lock_of_the_migrations_is_put_out_by_removing_it(at: House) -> None:
    """Postgres lets everybody lock any number. It holds up a migration, and nothing else."""
    thief = at.thief()
    held = "SELECT pg_advisory_lock(hashtext('torchroom migrations'))"
    thief.connection.execute(held.encode())
    worker = thief.join("one")
    thief.connection.execute(b"BEGIN")
    thief.ask("SELECT torchroom_beat(%s, '{}', '{}', 30)", worker)
    at.engine.put("a")
    other = at.engine.executor("honest")
    assert other.beat(STATUS, [], at.engine.row("a").created_at) is False
    free = "SELECT pg_try_advisory_lock(hashtext('torchroom migrations'))"
    assert at.owner(free) is False
    roles.remove(at.database, thief.role.removeprefix(roles.PREFIX))
    at.thieves.remove(thief)
    assert at.owner(free) is True
    with pytest.raises(psycopg.OperationalError):
        thief.connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**connection_arguments(thief.url))


def test_another_database_of_the_server_is_no_way_round(at: House, thief: Thief) -> None:
    """It may connect to the others, as everybody may; there it has not one right of ours."""
    other = Database(thief.url.replace(at.database.engine.url.database or "?", "template1"))
    with psycopg.connect(**connection_arguments(other.url)) as connection:
        for table in ("runs", "executors"):
            with pytest.raises(errors.UndefinedTable):
                connection.execute(f"SELECT 1 FROM {table}".encode())
            connection.rollback()
    other.close()
