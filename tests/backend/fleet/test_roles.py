"""Roles of executors are made, made again and taken away; what they may do is in tests/attacks."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from backend.db import Database, connection_arguments
from backend.fleet import queries, roles
from tests.attacks.executor import House
from tests.backend.queues import claim, finish


@pytest.fixture
def name(at: House) -> Iterator[str]:
    """Roles belong to the whole server, so each test has its own."""
    name = f"n{secrets.token_hex(6)}"
    yield name
    if at.owner("SELECT 1 FROM pg_roles WHERE rolname = %s", roles.PREFIX + name):
        roles.remove(at.database, name)


def test_the_url_is_the_owners_with_another_user(at: House, name: str) -> None:
    url, owner = make_url(roles.add(at.database, name)), make_url(at.database.url)
    assert url.username == f"executor_{name}"
    assert len(url.password or "") == 32
    assert (url.host, url.database, url.query) == (owner.host, owner.database, owner.query)


@pytest.mark.parametrize(
    ("host", "there"),
    [("db.example", ("db.example", None)), ("[::1]:6543", ("::1", 6543)), ("h:5", ("h", 5))],
)
def test_the_host_is_as_the_executor_reaches_it(
    at: House, name: str, host: str, there: tuple[str, int | None]
) -> None:
    url = make_url(roles.add(at.database, name, host))
    assert (url.host, url.port) == there
    assert "host" not in url.query


@pytest.mark.parametrize("host", ["", "a/b", "me@db", "db:x", "a b/", "postgresql://db"])
def test_what_is_no_host_is_refused(at: House, name: str, host: str) -> None:
    with pytest.raises(roles.RoleError, match="is no address"):
        roles.add(at.database, name, host)
    assert not at.owner("SELECT 1 FROM pg_roles WHERE rolname = %s", roles.PREFIX + name)


@pytest.mark.parametrize("odd", ["", "A", "a-b", "_a", "x" * 41, "ä", 'a"; DROP TABLE runs', "a\n"])
def test_an_odd_name_is_refused(at: House, odd: str) -> None:
    for attempt in (roles.add, roles.remove):
        with pytest.raises(roles.RoleError, match="cannot be the name of a role"):
            attempt(at.database, odd)


def test_a_name_is_given_once(at: House, name: str) -> None:
    roles.add(at.database, name)
    with pytest.raises(roles.RoleError, match="already; remove it first"):
        roles.add(at.database, name)


def test_the_password_stands_in_no_log_of_the_server(
    at: House, name: str, postgres_server: Path
) -> None:
    base = make_url(at.database.url).database
    at.owner(f"ALTER DATABASE {base} SET log_statement = 'all'")
    talkative = Database(at.database.url)
    password = make_url(roles.add(talkative, name)).password
    talkative.close()
    said = (postgres_server / "server.log").read_text(errors="replace")
    line = next(line for line in said.splitlines() if f'CREATE ROLE "executor_{name}"' in line)
    assert "SCRAM-SHA-256$" in line
    assert password
    assert password not in said


def test_ensuring_makes_it_and_later_changes_its_password(at: House, name: str) -> None:
    url = make_url(at.database.url).set(username=f"executor_{name}", password="first")
    kept = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
    hashes = []
    for password in ("first", "second"):
        roles.ensure(at.database, url.set(password=password).render_as_string(hide_password=False))
        hashes.append(at.owner(kept, url.username))
    assert hashes[0] != hashes[1]
    with psycopg.connect(**connection_arguments(url.render_as_string(False))) as executor:
        joined = "SELECT torchroom_join('one', 'h', '0', 'cpu', 1, 30, false)"
        assert executor.execute(joined).fetchone()


def test_a_role_with_powers_is_made_no_executors(at: House, name: str) -> None:
    role = f"executor_{name}"
    at.owner(f"CREATE ROLE {role} LOGIN")
    url = make_url(at.database.url).set(username=role, password="p")
    for powers in ("SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"):
        at.owner(f"ALTER ROLE {role} {powers}")
        with pytest.raises(roles.RoleError, match="powers of its own"):
            roles.ensure(at.database, url.render_as_string(False))
        at.owner(f"ALTER ROLE {role} NO{powers}")
    at.owner(f"GRANT torchroom TO {role}")
    with pytest.raises(roles.RoleError, match="powers of its own"):
        roles.ensure(at.database, url.render_as_string(False))


@pytest.mark.parametrize(
    ("user", "sentence"),
    [("torchroom:p@", "owner's role"), ("", "needs a user"), ("x@", "needs a user and a password")],
)
def test_a_url_that_is_no_executors_is_refused(at: House, user: str, sentence: str) -> None:
    with pytest.raises(roles.RoleError, match=sentence):
        roles.ensure(at.database, f"postgresql://{user}db/torchroom")


def test_what_is_no_url_is_not_said_again(at: House) -> None:
    with pytest.raises(roles.RoleError, match="is none") as raised:
        roles.ensure(at.database, "hunter2")
    assert "hunter2" not in str(raised.value)


def test_removing_ends_it_and_what_it_works_on_is_handed_out_again(at: House, name: str) -> None:
    url = roles.add(at.database, name)
    at.engine.put("a")
    with psycopg.connect(**connection_arguments(url), autocommit=True) as executor:
        worker = executor.execute(
            "SELECT torchroom_join('gone', 'h', '0', 'cpu', 1, 30, false)"
        ).fetchone()
        assert worker
        token = "0" * 32
        executor.execute(
            "SELECT torchroom_claim(%s, ARRAY['cpu:submit'], %s, 30)", (worker[0], token)
        )
        assert at.engine.row("a").state == "running"
        role = roles.remove(at.database, name)
        with at.database.write() as session:
            queries.forget(session, role)
        with pytest.raises(psycopg.OperationalError):
            executor.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(**connection_arguments(url))
    assert at.owner("SELECT count(*) FROM executors") == 0
    assert at.owner("SELECT torchroom_sweep(2, 'lost', clock_timestamp() + interval '31 s')") == 1
    honest = at.engine.executor("honest")
    assert finish(honest, claim(honest), 1)
    with pytest.raises(roles.RoleError, match="There is no executor role"):
        roles.remove(at.database, name)


@pytest.fixture
def plain_owner(at: House) -> Iterator[str]:
    """Owns the database and all in it, and may make roles; a superuser it is not."""
    base = make_url(at.database.url).database
    role = f"owner_{secrets.token_hex(6)}"
    at.owner(f"CREATE ROLE {role} LOGIN CREATEROLE")
    at.owner(f"ALTER DATABASE {base} OWNER TO {role}")
    at.owner(f"ALTER SCHEMA public OWNER TO {role}")
    with psycopg.connect(**connection_arguments(at.database.url), autocommit=True) as connection:
        for kind, name in connection.execute(
            "SELECT CASE WHEN prokind = 'f' THEN 'FUNCTION' END, oid::regprocedure::text"
            " FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " UNION ALL SELECT CASE relkind WHEN 'r' THEN 'TABLE' ELSE 'SEQUENCE' END,"
            " oid::regclass::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall():
            connection.execute(f"ALTER {kind} {name} OWNER TO {role}".encode())
    yield make_url(at.database.url).set(username=role).render_as_string(False)
    at.owner(f"REASSIGN OWNED BY {role} TO torchroom")
    at.owner(f"DROP OWNED BY {role}")
    at.owner(f"DROP ROLE {role}")


def test_an_owner_that_is_no_superuser_will_do(at: House, plain_owner: str, name: str) -> None:
    owner = Database(plain_owner)
    url = roles.add(owner, name)
    roles.ensure(owner, url)
    with psycopg.connect(**connection_arguments(url), autocommit=True) as executor:
        worker = executor.execute(
            "SELECT torchroom_join('one', 'h', '0', 'cpu', 1, 30, false)"
        ).fetchone()
        assert worker
        executor.execute("SELECT torchroom_beat(%s, '{}', '{}', 30)", worker)
        for attempt in ("SELECT 1 FROM runs", "CREATE TEMP TABLE x ()", "CREATE TABLE x ()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                executor.execute(attempt.encode())
        roles.remove(owner, name)
        with pytest.raises(psycopg.OperationalError):
            executor.execute("SELECT 1")
    owner.close()


def test_one_that_may_not_make_roles_is_told_what_to_do(
    at: House, plain_owner: str, name: str
) -> None:
    role = make_url(plain_owner).username
    at.owner(f"ALTER ROLE {role} NOCREATEROLE")
    owner = Database(plain_owner)
    with pytest.raises(roles.RoleError, match=f"ALTER ROLE {role} CREATEROLE"):
        roles.add(owner, name)
    owner.close()


def test_a_schema_that_is_open_to_all_is_not_passed_over(
    at: House, plain_owner: str, name: str
) -> None:
    """Only who owns it can close it."""
    at.owner("ALTER SCHEMA public OWNER TO torchroom")
    at.owner("GRANT CREATE ON SCHEMA public TO PUBLIC")
    owner = Database(plain_owner)
    with pytest.raises(roles.RoleError, match="REVOKE CREATE ON SCHEMA"):
        roles.add(owner, name)
    assert not at.owner("SELECT 1 FROM pg_roles WHERE rolname = %s", roles.PREFIX + name)
    owner.close()
