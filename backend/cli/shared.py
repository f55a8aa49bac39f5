"""What the commands have in common: how they speak and end, and what most of them read first."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from backend.bank import Bank, BankError, Question, load_bank, load_question
from backend.settings import LOG_LEVELS, Settings, SettingsError, help_of, load_settings

NOT_PASSED = 1
USAGE = 2
NO_SUCH_QUESTION = 3
NOT_READABLE = 4
OUR_FAILURE = 5
INTERRUPTED = 130

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

Json = Annotated[bool, typer.Option("--json", help="Print everything, as JSON.")]
Questions = Annotated[Path | None, typer.Option(help=help_of("questions"))]
Data = Annotated[Path | None, typer.Option(help=help_of("data"))]
LogLevel = Annotated[
    str | None, typer.Option(help=f"{help_of('log_level')} ({', '.join(LOG_LEVELS)})")
]
Slots = Annotated[int | None, typer.Option(help=help_of("slots"))]
Slot = Annotated[str | None, typer.Option(help=help_of("slot"), metavar="KIND")]


def say(sentence: str) -> None:
    err.print(escape(sentence), style="dim", soft_wrap=True)


def end(code: int, sentence: str) -> NoReturn:
    err.print(escape(sentence), style="red", soft_wrap=True)
    raise typer.Exit(code)


def read_settings(**overrides: Any) -> Settings:
    try:
        return load_settings(os.environ, **overrides)
    except SettingsError as error:
        end(USAGE, str(error))


def read_bank(settings: Settings) -> Bank:
    try:
        return load_bank(settings.questions, on_broken=lambda error: say(f"Left out: {error}"))
    except BankError as error:
        end(OUR_FAILURE, str(error))


def question_folder(settings: Settings, slug: str) -> Path:
    folder = settings.questions / slug
    if slug in ("", ".", "..") or "/" in slug or not folder.is_dir():
        end(
            NO_SUCH_QUESTION,
            f'There is no question "{slug}". `torchroom question list` names them all.',
        )
    return folder


def read_question(settings: Settings, slug: str) -> Question:
    # One question only: another one that is broken must not stand in the way.
    folder = question_folder(settings, slug)
    try:
        return load_question(folder)
    except BankError as error:
        end(OUR_FAILURE, str(error))


@contextmanager
def ours() -> Iterator[None]:
    """Failures of ours end with their own code, Ctrl-C with its own."""
    from sandbox.errors import OurFailure

    try:
        yield
    except SettingsError as error:
        end(USAGE, str(error))
    except OurFailure as error:
        end(OUR_FAILURE, f"This is our failure, not your code's: {error}")
    except KeyboardInterrupt:
        end(INTERRUPTED, "Interrupted.")
