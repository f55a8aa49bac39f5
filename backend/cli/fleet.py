"""`torchroom executor`, and what looks after executors: `fleet`, `drain`."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from backend.bank import BankError
from backend.cli.shared import (
    NO_SUCH_QUESTION,
    OUR_FAILURE,
    USAGE,
    Data,
    Json,
    LogLevel,
    Questions,
    Slot,
    Slots,
    end,
    ours,
    out,
    read_settings,
    say,
)
from backend.settings import SettingsError, help_of

if TYPE_CHECKING:
    from backend.db import Database

NO_SUCH_EXECUTOR = NO_SUCH_QUESTION
Name = Annotated[str, typer.Argument(help="The executor's name, as `torchroom fleet` shows it.")]


def executor_command(
    name: Annotated[str | None, typer.Option(help=help_of("executor_name"))] = None,
    questions: Questions = None,
    slot: Slot = None,
    slots: Slots = None,
    data: Data = None,
    log_level: LogLevel = None,
) -> None:
    """Judge runs of a service elsewhere, reached by its database alone: TORCHROOM_DATABASE, or
    TORCHROOM_DATABASE_FILE. Ctrl-C gives back what is under way.

    Exit 2: it cannot join like this. 5: our failure.
    """
    settings = read_settings(
        executor_name=name,
        questions=questions,
        slot=slot,
        slots=slots,
        data=data,
        log_level=log_level,
    )
    from backend.executor_process import CannotExecute, execute
    from backend.logs import configure_logs

    configure_logs(settings.log_level, settings.log_format)
    with ours():
        try:
            number = execute(settings, say)
        except (CannotExecute, BankError) as error:
            end(USAGE, str(error))
    sys.stdout.flush()
    sys.stderr.flush()
    # As `serve` ends: threads that wait for a slot are not waited for.
    os._exit(130 if number == 2 else 0)


def fleet_command(context: typer.Context, as_json: Json = False) -> None:
    """List executors: slots, device, torch, and what they do. Exit 5: no database answers."""
    if context.invoked_subcommand is not None:
        return
    from backend.fleet.listing import read_fleet, to_text

    with _database() as database, database.read() as session:
        fleet = read_fleet(session)
    if as_json:
        typer.echo(json.dumps(fleet.to_json(), indent=2))
    else:
        out.print(to_text(fleet))


def add_command(
    name: Annotated[str, typer.Argument(help="What to call it: small letters, digits, _.")],
    host: Annotated[
        str | None,
        typer.Option(help="Address of the database as the other machine reaches it."),
    ] = None,
) -> None:
    """Make a role for an executor elsewhere, and print the URL by which it joins, this once."""
    from backend.fleet import roles

    with _database() as database:
        try:
            url = roles.add(database, name, host)
        except roles.RoleError as error:
            end(USAGE, str(error))
    say("On the other machine: put this into a file, name it in TORCHROOM_DATABASE_FILE, and start")
    say("`torchroom executor`. It is not shown again.")
    typer.echo(url)


def remove_command(
    name: Annotated[str, typer.Argument(help="What it was called when it was added.")],
) -> None:
    """Take an executor's role away. What it works on is handed out again. Exit 3: no such role."""
    from backend.fleet import queries, roles

    with _database() as database:
        try:
            role = roles.remove(database, name)
        except roles.RoleError as error:
            end(NO_SUCH_EXECUTOR, str(error))
        with database.write() as session:
            queries.forget(session, role)
    say(f"The role {role} is gone; nobody can join by it any more.")


def drain_command(name: Name) -> None:
    """Let an executor finish what it has and take nothing new. Exit 3: no such executor."""
    _set_drain(name, True)
    say(f"{name} takes no more runs. `torchroom fleet` shows when it has finished.")


def undrain_command(name: Name) -> None:
    """Let an executor take runs again. Exit 3: no such executor."""
    _set_drain(name, False)
    say(f"{name} takes runs again.")


def _set_drain(name: str, wanted: bool) -> None:
    from backend.fleet import queries

    with _database() as database, database.write() as session:
        if not queries.set_drain(session, name, wanted):
            end(
                NO_SUCH_EXECUTOR,
                f'There is no executor "{name}". `torchroom fleet` names them all.',
            )


@contextmanager
def _database() -> Iterator["Database"]:
    settings = read_settings()
    try:
        url = settings.database_url
    except SettingsError as error:
        end(USAGE, str(error))
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from backend.db import Database

    if not settings.uses_postgres:
        end(
            USAGE,
            "Only a service on Postgres has executors elsewhere: name its database in "
            "TORCHROOM_DATABASE or TORCHROOM_DATABASE_FILE. With SQLite the service judges by "
            "itself.",
        )
    database = Database(url)
    try:
        yield database
    except OperationalError as error:
        end(OUR_FAILURE, f"The database does not answer: {str(error.orig).strip()}")
    except ProgrammingError as error:
        end(
            OUR_FAILURE,
            f"The database refuses ({str(error.orig).strip().partition(chr(10))[0]}). Is it "
            "migrated (`torchroom migrate`), and is this the owner's URL?",
        )
    finally:
        database.close()
