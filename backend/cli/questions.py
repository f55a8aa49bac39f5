"""`torchroom question`: the bank, listed, shown and proved."""

import json
from typing import Annotated, Any

import typer
from rich.markup import escape

from backend.bank import KINDS, LESSONS, LEVELS, Question
from backend.cli.shared import (
    NO_SUCH_QUESTION,
    NOT_PASSED,
    USAGE,
    Json,
    Questions,
    Slot,
    end,
    ours,
    out,
    question_folder,
    read_bank,
    read_question,
    read_settings,
    say,
)
from backend.settings import Settings


def list_command(
    q: Annotated[str, typer.Argument(help="Words that must all occur.", show_default=False)] = "",
    kind: Annotated[str | None, typer.Option(help=", ".join(KINDS))] = None,
    lesson: Annotated[str | None, typer.Option(help=", ".join(LESSONS))] = None,
    level: Annotated[str | None, typer.Option(help=", ".join(LEVELS))] = None,
    questions: Questions = None,
    as_json: Json = False,
) -> None:
    """List the questions."""
    known = {"kind": (kind, KINDS), "lesson": (lesson, LESSONS), "level": (level, LEVELS)}
    for name, (value, values) in known.items():
        if value is not None and value not in values:
            end(USAGE, f'There is no {name} "{value}". Known are: {", ".join(values)}.')
    found = read_bank(read_settings(questions=questions)).search(q, kind, lesson, level)
    if as_json:
        typer.echo(json.dumps([_summary(question) for question in found], indent=2))
        return
    rows = [
        (one.slug, one.title, KINDS[one.kind], LEVELS[one.level], f"{one.minutes} min")
        for one in found
    ]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo(line.rstrip())


def show_command(slug: str, questions: Questions = None, as_json: Json = False) -> None:
    """Print a question: what it is, and the task. Exit 3: no such question."""
    question = read_question(read_settings(questions=questions), slug)
    if as_json:
        typer.echo(
            json.dumps(
                {
                    **_summary(question),
                    "entry": {one.name: one.parameters for one in question.entry},
                    "forbidden": {one.name: one.why for one in question.forbidden},
                    "prompt": question.prompt,
                    "starter": question.starter,
                },
                indent=2,
            )
        )
        return
    about = f"{KINDS[question.kind]} · {LESSONS[question.lesson]} · {LEVELS[question.level]}"
    out.print(escape(question.title), style="bold")
    out.print(escape(f"{about} · {question.minutes} min"), style="dim")
    out.print()
    from backend.terminal import items_as_markdown

    task = question.prompt + items_as_markdown(question)
    if out.is_terminal:
        from rich.markdown import Markdown

        out.print(Markdown(task))
    else:
        typer.echo(task)


def lint_command(
    slugs: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG…]", help="None: every question.")
    ] = None,
    seeds: Annotated[
        int, typer.Option(help="Fresh seeds on which right answers pass.", min=1)
    ] = 10,
    slots: Annotated[int, typer.Option(help="Judgements at a time.", min=1)] = 2,
    slot: Slot = None,
    questions: Questions = None,
    as_json: Json = False,
) -> None:
    """Prove that questions are sound: right answers pass, the starter and known mistakes fail.

    Exit 0: all are sound. 1: not all. 3: no such question. 5: our failure.
    """
    settings = read_settings(slot=slot, questions=questions)
    folders = [question_folder(settings, slug) for slug in slugs or _slugs(settings)]
    from backend.lint import lint_question, print_report
    from sandbox.judging import Sandbox

    reports = []
    with ours(), Sandbox.open(kind=settings.slot, slots=slots, progress=say) as sandbox:
        for folder in folders:
            reports.append(lint_question(sandbox, folder, seeds))
            if not as_json:
                print_report(out, reports[-1])
    if as_json:
        typer.echo(json.dumps([report.to_json() for report in reports], indent=2))
    raise typer.Exit(0 if all(report.sound for report in reports) else NOT_PASSED)


def _slugs(settings: Settings) -> list[str]:
    """Every folder of the bank, the broken ones too."""
    if not settings.questions.is_dir():
        end(NO_SUCH_QUESTION, f"There is no folder of questions at {settings.questions}.")
    folders = (path.name for path in settings.questions.iterdir() if path.is_dir())
    return sorted(name for name in folders if not name.startswith((".", "_")))


def _summary(question: Question) -> dict[str, Any]:
    return {
        "slug": question.slug,
        "title": question.title,
        "kind": question.kind,
        "lesson": question.lesson,
        "level": question.level,
        "minutes": question.minutes,
        "tags": list(question.tags),
        "asked_at": list(question.asked_at),
        "summary": question.summary,
    }
