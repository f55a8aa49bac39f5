"""The `torchroom` command. stdout is data, stderr is talk; exit codes are in the help of each.

What a command needs is imported in the command: `torchroom question list` must not wait for a web
framework.
"""

from typing import Annotated

import typer

from backend import __version__
from backend.cli.judging import bench_command, judge_command
from backend.cli.questions import lint_command, list_command, show_command
from backend.cli.report import report_command
from backend.cli.serving import doctor_command, serve_command


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
question_app = typer.Typer(help="The question bank.", no_args_is_help=True)

app.callback()(main)
app.command("serve")(serve_command)
app.command("doctor")(doctor_command)
app.command("judge")(judge_command)
app.command("bench")(bench_command)
app.command("report")(report_command)
app.add_typer(question_app, name="question")
question_app.command("list")(list_command)
question_app.command("show")(show_command)
question_app.command("lint")(lint_command)
