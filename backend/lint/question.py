"""One question, all its promises."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from backend.bank import CODE_KINDS, BankError, Question, load_question
from backend.lint import answers, budgets, bugs, folder, items
from backend.lint.report import Promise, Report
from backend.lint.trials import Answer, Bench
from sandbox.errors import BadQuestion
from sandbox.judging import Sandbox

COMPLETE = "The folder is complete and well-formed"
RUNS = "The question's own files run"


def lint_question(sandbox: Sandbox, path: Path, seeds: int) -> Report:
    """Try everything that the question in `path` promises. `OurFailure` for a fault of ours."""
    started = time.monotonic()
    promises: list[Promise] = []
    try:
        question = load_question(path)
        promises += [Promise(COMPLETE), folder.no_links(question)]
        if question.kind in CODE_KINDS:
            promises += [folder.tolerances_are_stated(question)]
            promises += items.promises_of_followups(question)
            promises += _judged(sandbox, question, seeds)
        else:
            promises += items.promises_of_items(sandbox, question)
    except BankError as error:
        promises.append(Promise(COMPLETE, complaints=(str(error),)))
    except BadQuestion as error:
        promises.append(Promise(RUNS, complaints=(str(error).strip(),)))
    return Report(path.name, tuple(promises), time.monotonic() - started)


def _judged(sandbox: Sandbox, question: Question, seeds: int) -> list[Promise]:
    cases = sandbox.judge_client.load(question.folder).cases
    accepted = folder.answers_in(question.folder / "accepted")
    wrong = folder.answers_in(question.folder / "wrong")
    promises = [
        folder.enough_answers(accepted, wrong, cases),
        folder.cases_are_told_apart(question, cases),
    ]
    # One more thread than slots: the judge makes the next inputs while every slot is busy.
    with ThreadPoolExecutor(sandbox.pool.size + 1) as pool:
        bench = Bench(sandbox, question.folder, cases, pool, seeds)
        promises += _tried(bench, question, accepted, wrong)
    return promises


def _tried(
    bench: Bench, question: Question, accepted: list[Answer], wrong: list[Answer]
) -> list[Promise]:
    starter = Answer("starter.py", question.starter)
    reference = Answer("reference.py", question.reference)
    right = [reference, *accepted]
    passing, tried = answers.right_answers_pass(bench, right)
    otherwise, strided = answers.reference_passes_otherwise(bench, question, reference)
    promises = [
        answers.starter_runs(bench, starter),
        answers.starter_fails(bench, starter),
        passing,
        *otherwise,
        answers.tolerances_have_room([*tried, *strided]),
        answers.wrong_answers_fail(bench, wrong),
    ]
    if question.bugs:
        promises += bugs.promises_of_bugs(bench, question)
    if question.budget is not None:
        promises += budgets.promises_of_budgets(bench, right, wrong)
    return promises
