"""The `torchroom` command. stdout is data, stderr is talk; exit codes are in the help of each.

What a command needs is imported in the command: `torchroom question list` must not wait for a web
framework.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from backend import __version__
from backend.bank import (
    ANSWER_KINDS,
    KINDS,
    LESSONS,
    LEVELS,
    Bank,
    BankError,
    Question,
    load_bank,
    load_question,
)
from backend.settings import LOG_LEVELS, Settings, SettingsError, help_of, load_settings

NOT_PASSED = 1
USAGE = 2
NO_SUCH_QUESTION = 3
NOT_READABLE = 4
OUR_FAILURE = 5
INTERRUPTED = 130

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

app = typer.Typer(
    help="A self-hosted simulator of PyTorch coding interviews.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
question_app = typer.Typer(help="The question bank.", no_args_is_help=True)
app.add_typer(question_app, name="question")

Json = Annotated[bool, typer.Option("--json", help="Print everything, as JSON.")]
Questions = Annotated[Path | None, typer.Option(help=help_of("questions"))]
Slot = Annotated[str | None, typer.Option(help=help_of("slot"), metavar="KIND")]


def _say(sentence: str) -> None:
    err.print(escape(sentence), style="dim", soft_wrap=True)


def _end(code: int, sentence: str) -> NoReturn:
    err.print(escape(sentence), style="red", soft_wrap=True)
    raise typer.Exit(code)


def _settings(**overrides: Any) -> Settings:
    try:
        return load_settings(os.environ, **overrides)
    except SettingsError as error:
        _end(USAGE, str(error))


def _bank(settings: Settings) -> Bank:
    try:
        return load_bank(settings.questions, on_broken=lambda error: _say(f"Left out: {error}"))
    except BankError as error:
        _end(OUR_FAILURE, str(error))


def _folder(settings: Settings, slug: str) -> Path:
    folder = settings.questions / slug
    if slug in ("", ".", "..") or "/" in slug or not folder.is_dir():
        _end(
            NO_SUCH_QUESTION,
            f'There is no question "{slug}". `torchroom question list` names them all.',
        )
    return folder


def _slugs(settings: Settings) -> list[str]:
    """Every folder of the bank, the broken ones too."""
    if not settings.questions.is_dir():
        _end(NO_SUCH_QUESTION, f"There is no folder of questions at {settings.questions}.")
    folders = (path.name for path in settings.questions.iterdir() if path.is_dir())
    return sorted(name for name in folders if not name.startswith((".", "_")))


def _question(settings: Settings, slug: str) -> Question:
    # One question only: another one that is broken must not stand in the way.
    folder = _folder(settings, slug)
    try:
        return load_question(folder)
    except BankError as error:
        _end(OUR_FAILURE, str(error))


@contextmanager
def _ours() -> Iterator[None]:
    """Failures of ours end with their own code, Ctrl-C with its own."""
    from sandbox.errors import OurFailure

    try:
        yield
    except OurFailure as error:
        _end(OUR_FAILURE, f"This is our failure, not your code's: {error}")
    except KeyboardInterrupt:
        _end(INTERRUPTED, "Interrupted.")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


@app.command("serve")
def serve_command(
    host: Annotated[str | None, typer.Option(help=help_of("host"))] = None,
    port: Annotated[int | None, typer.Option(help=help_of("port"))] = None,
    data: Annotated[Path | None, typer.Option(help=help_of("data"))] = None,
    questions: Questions = None,
    slot: Slot = None,
    slots: Annotated[int | None, typer.Option(help=help_of("slots"))] = None,
    log_level: Annotated[
        str | None, typer.Option(help=f"{help_of('log_level')} ({', '.join(LOG_LEVELS)})")
    ] = None,
) -> None:
    """Serve the page and the API; print the address once it answers. Ctrl-C ends it.

    Every setting can also be given as a variable TORCHROOM_….
    """
    settings = _settings(
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
    with _ours():
        try:
            code = serve(settings, _say, typer.echo)
        except (CannotServe, BankError, TemplateError) as error:
            _end(USAGE, str(error))
    # All is closed and said. Taking the interpreter down with threads in it that wait for a slot
    # has been measured to cost more than a second on a busy machine.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


@app.command("doctor")
def doctor_command(as_json: Json = False) -> None:
    """Say which layers of isolation hold here, and what to install for more."""
    from backend.doctor import examine

    with _ours():
        reports = examine(_say)
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


@question_app.command("list")
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
            _end(USAGE, f'There is no {name} "{value}". Known are: {", ".join(values)}.')
    found = _bank(_settings(questions=questions)).search(q, kind, lesson, level)
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


@question_app.command("show")
def show_command(slug: str, questions: Questions = None, as_json: Json = False) -> None:
    """Print a question: what it is, and the task. Exit 3: no such question."""
    question = _question(_settings(questions=questions), slug)
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


@question_app.command("lint")
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
    settings = _settings(slot=slot, questions=questions)
    folders = [_folder(settings, slug) for slug in slugs or _slugs(settings)]
    from backend.lint import lint_question, print_report
    from sandbox.judging import Sandbox

    reports = []
    with _ours(), Sandbox.open(kind=settings.slot, slots=slots, progress=_say) as sandbox:
        for folder in folders:
            reports.append(lint_question(sandbox, folder, seeds))
            if not as_json:
                print_report(out, reports[-1])
    if as_json:
        typer.echo(json.dumps([report.to_json() for report in reports], indent=2))
    raise typer.Exit(0 if all(report.sound for report in reports) else NOT_PASSED)


@app.command("judge")
def judge_command(
    slug: str,
    file: Path,
    mode: Annotated[
        str, typer.Option(help="submit: all cases; run: as a script, then the visible ones; script")
    ] = "submit",
    slot: Slot = None,
    questions: Questions = None,
    as_json: Json = False,
) -> None:
    """Judge FILE as an answer to the question SLUG.

    For a quiz or predictions FILE holds JSON: {"answers": […]}, one entry an item.
    Exit 0: all passed. 1: not all. 3: no such question. 4: FILE cannot be read. 5: our failure.
    """
    settings = _settings(slot=slot, questions=questions)
    if mode not in ("submit", "run", "script"):
        _end(USAGE, f'There is no mode "{mode}". Known are: submit, run, script.')
    question = _question(settings, slug)
    if question.kind == "concept":
        _end(USAGE, f"{slug} is talked about, and scored by a person; no file can be judged.")
    source = _source(file, settings.code_limit)
    from backend.answers import Expectations, judge_answers
    from backend.terminal import print_verdict
    from sandbox.judging import Sandbox

    with _ours():
        # Talk only where somebody watches: a slot takes seconds to warm.
        if err.is_terminal:
            _say("Warming a slot …")
        with Sandbox.open(kind=settings.slot, slots=1, progress=_say) as sandbox:
            if question.kind in ANSWER_KINDS:
                verdict = judge_answers(sandbox, question, source, Expectations())
            else:
                verdict = sandbox.judge(question.folder, source, mode=mode)  # type: ignore[arg-type]
    if as_json:
        typer.echo(json.dumps(verdict.to_json(), indent=2))
    else:
        print_verdict(out, verdict)
    raise typer.Exit(0 if verdict.outcome == "passed" else NOT_PASSED)


@app.command("bench")
def bench_command(
    slug: Annotated[str, typer.Argument(help="The question whose reference is judged.")] = (
        "fuse-conv-bn"
    ),
    count: Annotated[int, typer.Option(help="Verdicts to time, for each way.", min=4)] = 120,
    questions: Questions = None,
    slot: Slot = None,
    as_json: Json = False,
) -> None:
    """Measure how long a verdict takes, beside two other ways, in one run.

    The other ways are a container started for each submission and no isolation at all.
    """
    settings = _settings(questions=questions, slot=slot)
    question = _question(settings, slug)
    from backend.bench import print_result, run_bench

    with _ours():
        result = run_bench(settings.questions, question.slug, settings.slot, count, _say)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        print_result(result, out)


@app.command("report")
def report_command(
    room: Annotated[str, typer.Argument(help="The room's id, or either of its links.")],
    html: Annotated[Path | None, typer.Option(help="Write it as one HTML file.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write it as JSON.")] = None,
    pdf: Annotated[Path | None, typer.Option(help="Print it to PDF, by Chromium.")] = None,
    data: Annotated[Path | None, typer.Option(help=help_of("data"))] = None,
    questions: Questions = None,
) -> None:
    """Write the report of a room, from the database, as an interviewer sees it.

    Exit 3: no such room, or it has not begun. 4: a file cannot be written. 5: no PDF can be made.
    """
    if html is None and as_json is None and pdf is None:
        _end(USAGE, "Say what to write: --html FILE, --json FILE or --pdf FILE.")
    settings = _settings(data=data, questions=questions)
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
        _end(NO_SUCH_QUESTION, str(error))
    except OSError as error:
        _end(NOT_READABLE, f"{error.filename} cannot be written: {error.strerror}.")
    except (command.NotPrinted, BankError) as error:
        _end(OUR_FAILURE, str(error))


def _source(file: Path, limit: int) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        _end(NOT_READABLE, f"{file} cannot be read: {error.strerror}.")
    if len(data) > limit:
        _end(NOT_READABLE, f"{file} is too large: at most {limit} bytes are accepted.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        _end(NOT_READABLE, f"{file} is not UTF-8: {error.reason} at byte {error.start}.")


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


if __name__ == "__main__":
    sys.exit(app())
