"""`torchroom report`: what came of a room, as files."""

from pathlib import Path
from typing import Annotated

import typer

from backend.bank import BankError
from backend.cli.shared import (
    NO_SUCH_QUESTION,
    NOT_READABLE,
    OUR_FAILURE,
    USAGE,
    Data,
    Questions,
    end,
    read_settings,
)


def report_command(
    room: Annotated[str, typer.Argument(help="The room's id, or either of its links.")],
    html: Annotated[Path | None, typer.Option(help="Write it as one HTML file.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write it as JSON.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Print it to PDF, by Chromium.")] = None,
    data: Data = None,
    questions: Questions = None,
) -> None:
    """Write the report of a room, from the database, as an interviewer sees it.

    Exit 3: no such room, or it has not begun. 4: a file cannot be written. 5: no PDF can be made.
    """
    if html is None and as_json is None and pdf is None:
        end(USAGE, "Say what to write: --html FILE, --json FILE or --pdf FILE.")
    settings = read_settings(data=data, questions=questions)
    from backend.errors import Problem
    from backend.report import command, page
    from backend.report.writing import to_text

    try:
        report = command.read_report(settings, room)
        if html is not None:
            html.write_text(page.export(report), encoding="utf-8")
        if as_json is not None:
            as_json.write_text(to_text(report), encoding="utf-8")
        if pdf is not None:
            command.print_pdf(report, pdf)
    except (command.NoSuchRoom, Problem) as error:
        end(NO_SUCH_QUESTION, str(error))
    except OSError as error:
        end(NOT_READABLE, f"{error.filename} cannot be written: {error.strerror}.")
    except (command.NotPrinted, BankError) as error:
        end(OUR_FAILURE, str(error))
