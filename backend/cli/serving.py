"""`torchroom serve`, and `torchroom doctor`, which says what it would run on."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from backend.bank import BankError
from backend.cli.shared import (
    NOT_PASSED,
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
from backend.settings import help_of


def serve_command(
    host: Annotated[str | None, typer.Option(help=help_of("host"))] = None,
    port: Annotated[int | None, typer.Option(help=help_of("port"))] = None,
    data: Data = None,
    questions: Questions = None,
    slot: Slot = None,
    slots: Slots = None,
    log_level: LogLevel = None,
) -> None:
    """Serve the page and the API; print the address once it answers. Ctrl-C ends it.

    Every setting can also be given as a variable TORCHROOM_….
    """
    settings = read_settings(
        host=host,
        port=port,
        data=data,
        questions=questions,
        slot=slot,
        slots=slots,
        log_level=log_level,
    )
    from backend.interviews.templates import TemplateError
    from backend.logs import configure_logs
    from backend.serve import CannotServe, serve

    configure_logs(settings.log_level, settings.log_format)
    with ours():
        try:
            code = serve(settings, say, typer.echo)
        except (CannotServe, BankError, TemplateError) as error:
            end(USAGE, str(error))
    # All is closed and said. Taking the interpreter down with threads in it that wait for a slot
    # has been measured to cost more than a second on a busy machine.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def migrate_command(
    executor_url: Annotated[
        Path | None,
        typer.Option(
            help="File with the database URL of an executor: its role is made, or given this "
            "password, and may call the functions of an executor and nothing else."
        ),
    ] = None,
) -> None:
    """Bring the database to this version, which `serve` does by itself when it starts.

    Exit 2: it cannot be done like this. 5: the database does not answer.
    """
    settings = read_settings()
    from sqlalchemy.exc import OperationalError

    from backend.db import Database
    from backend.fleet import roles
    from backend.settings import SettingsError, read_secret

    try:
        database = Database(settings.database_url)
    except SettingsError as error:
        end(USAGE, str(error))
    try:
        database.migrate()
        if executor_url is not None:
            if not database.is_postgres:
                end(USAGE, "Only Postgres has roles: with SQLite no executor can join.")
            roles.ensure(database, read_secret("executor-url", executor_url))
    except (roles.RoleError, SettingsError) as error:
        end(USAGE, str(error))
    except OperationalError as error:
        end(OUR_FAILURE, f"The database does not answer: {str(error.orig).strip()}")
    finally:
        database.close()
    say("The database is at this version.")


def health_command(
    executor: Annotated[
        bool, typer.Option("--executor", help="Ask about the executor of this host.")
    ] = False,
) -> None:
    """Say whether the service on this host is ready, or its executor. Exit 1: it is not."""
    settings = read_settings()
    from backend.health import executor_problem, service_problem

    problem = executor_problem(settings) if executor else service_problem(settings)
    if problem is not None:
        end(NOT_PASSED, problem)


def doctor_command(as_json: Json = False) -> None:
    """Say which layers of isolation hold here, and what to install for more."""
    from backend.doctor import examine

    with ours():
        reports = examine(say)
    if as_json:
        typer.echo(json.dumps([report.to_json() for report in reports], indent=2))
        return
    best = next((report.kind for report in reports if report.problem is None), None)
    for report in reports:
        if report.problem is not None:
            out.print(f"[bold red]✗[/] [bold]{report.kind}[/]: {escape(report.problem)}")
            if report.install:
                out.print(f"  To have it: {escape(report.install)}.")
            continue
        taken = "  (taken by default)" if report.kind == best else ""
        out.print(f"[bold green]✓[/] [bold]{report.kind}[/], torch {report.torch}{taken}")
        for layer in report.layers:
            mark = "[green]✓[/]" if layer.holds else "[red]✗[/]"
            out.print(
                f"  {mark} {escape(layer.name)} [dim]{escape(layer.detail)}[/]", soft_wrap=True
            )
    if best == "process":
        out.print("Only process slots: they isolate nothing. Run only code that you trust.")
