"""The `torchroom` command. stdout is data, stderr is talk; exit codes are in the help of each.

What a command needs is imported in the command: `torchroom question list` must not wait for a web
framework.
"""

from typing import Annotated

import typer

from backend import __version__
from backend.cli.fleet import (
    add_command,
    drain_command,
    executor_command,
    fleet_command,
    remove_command,
    undrain_command,
)
from backend.cli.judging import bench_command, judge_command
from backend.cli.questions import lint_command, list_command, show_command
from backend.cli.report import report_command
from backend.cli.serving import (
    doctor_command,
    health_command,
    migrate_command,
    serve_command,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


app = typer.Typer(
    help="A self-hosted simulator of PyTorch coding interviews.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
fleet_app = typer.Typer(
    help="The executors of a service on Postgres. Alone: list them.", invoke_without_command=True
)
question_app = typer.Typer(help="The question bank.", no_args_is_help=True)

app.callback()(main)
app.command("serve")(serve_command)
app.command("doctor")(doctor_command)
app.command("judge")(judge_command)
app.command("bench")(bench_command)
app.command("report")(report_command)
app.command("migrate")(migrate_command)
app.command("health")(health_command)
app.command("executor")(executor_command)
app.command("drain")(drain_command)
app.command("undrain")(undrain_command)
app.add_typer(fleet_app, name="fleet")
fleet_app.callback()(fleet_command)
fleet_app.command("add")(add_command)
fleet_app.command("remove")(remove_command)
app.add_typer(question_app, name="question")
question_app.command("list")(list_command)
question_app.command("show")(show_command)
question_app.command("lint")(lint_command)
