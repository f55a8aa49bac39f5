"""`torchroom judge` and `torchroom bench`: verdicts without a service."""

import json
from pathlib import Path
from typing import Annotated

import typer

from backend.bank import ANSWER_KINDS
from backend.cli.shared import (
    NOT_PASSED,
    NOT_READABLE,
    USAGE,
    Json,
    Questions,
    Slot,
    end,
    err,
    ours,
    out,
    read_question,
    read_settings,
    say,
)


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
    settings = read_settings(slot=slot, questions=questions)
    if mode not in ("submit", "run", "script"):
        end(USAGE, f'There is no mode "{mode}". Known are: submit, run, script.')
    question = read_question(settings, slug)
    if question.kind == "concept":
        end(USAGE, f"{slug} is talked about, and scored by a person; no file can be judged.")
    source = _source(file, settings.code_limit)
    from backend.answers import Expectations, judge_answers
    from backend.terminal import print_verdict
    from sandbox.judging import Sandbox

    with ours():
        # Talk only where somebody watches: a slot takes seconds to warm.
        if err.is_terminal:
            say("Warming a slot …")
        with Sandbox.open(kind=settings.slot, slots=1, progress=say) as sandbox:
            if question.kind in ANSWER_KINDS:
                verdict = judge_answers(sandbox, question, source, Expectations())
            else:
                verdict = sandbox.judge(question.folder, source, mode=mode)  # type: ignore[arg-type]
    if as_json:
        typer.echo(json.dumps(verdict.to_json(), indent=2))
    else:
        print_verdict(out, verdict)
    raise typer.Exit(0 if verdict.outcome == "passed" else NOT_PASSED)


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
    settings = read_settings(questions=questions, slot=slot)
    question = read_question(settings, slug)
    from backend.bench import print_result, run_bench

    with ours():
        result = run_bench(settings.questions, question.slug, settings.slot, count, say)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        print_result(result, out)


def _source(file: Path, limit: int) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        end(NOT_READABLE, f"{file} cannot be read: {error.strerror}.")
    if len(data) > limit:
        end(NOT_READABLE, f"{file} is too large: at most {limit} bytes are accepted.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        end(NOT_READABLE, f"{file} is not UTF-8: {error.reason} at byte {error.start}.")
