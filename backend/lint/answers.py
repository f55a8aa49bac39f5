"""What the judge says of the starter, of right answers and of known mistakes."""

from backend.bank import Question
from backend.lint.folder import caught_by
from backend.lint.report import Promise
from backend.lint.trials import Answer, Bench, Trial, Tried, complaints_of, fresh_seeds, seeds_of
from sandbox.errors import BadQuestion

HEADROOM = 2.0


def starter_runs(bench: Bench, starter: Answer) -> Promise:
    tried = bench.judge(Trial(starter, seed=0, mode="script"))
    words = "The starter runs as a script"
    script, problem = tried.verdict.script, tried.verdict.problem
    if problem is not None:
        return Promise(words, complaints=(f"{problem.title}: {problem.message}",))
    if script is None or script.outcome != "passed":
        said = "it was not run" if script is None else f"{script.outcome}: {script.message}"
        return Promise(words, complaints=(f"starter.py {said}",))
    return Promise(words, f"in {script.seconds:.2f} s")


def starter_fails(bench: Bench, starter: Answer) -> Promise:
    """In a case at least; where the starter is right but slow, in one that is measured."""
    words = "The starter fails the cases"
    tried = bench.judge_all([Trial(starter, seed, bench.quick) for seed in fresh_seeds(bench.few)])
    problem = tried[0].verdict.problem
    if problem is not None:
        said = f"starter.py as a whole: {problem.title}: {problem.message}"
        return Promise(words, complaints=(said,))
    if not all(one.failed for one in tried):
        # Until one of them fails: a measured case takes seconds.
        for name, seed in zip(bench.measured, fresh_seeds(len(bench.measured)), strict=True):
            tried = [bench.judge(Trial(starter, seed, (name,)))]
            if tried[0].failed:
                break
    complaints = [
        f"starter.py passes with seed {one.trial.seed}" for one in tried if not one.failed
    ]
    detail = f"{len(tried[0].failed)} of {len(tried[0].verdict.cases)} cases"
    return Promise(words, detail, tuple(complaints))


def right_answers_pass(bench: Bench, right: list[Answer]) -> tuple[Promise, list[Tried]]:
    tried = bench.judge_all(
        seeds_of(bench.seeds, lambda seed: [Trial(answer, seed, bench.quick) for answer in right])
    )
    return Promise(
        "The reference and every accepted answer pass all cases, with fresh seeds",
        f"{len(right)} answers, {bench.seeds} seeds",
        complaints_of(tried),
    ), tried


def reference_passes_otherwise(
    bench: Bench, question: Question, reference: Answer
) -> tuple[list[Promise], list[Tried]]:
    """With inputs in another layout, and in each dtype that the question names."""
    strided = bench.judge_all(
        Trial(reference, seed, bench.quick, layout="strided") for seed in fresh_seeds(bench.few)
    )
    promises = [
        Promise(
            "The reference passes with inputs that are not contiguous",
            f"{bench.few} seeds",
            complaints_of(strided),
        )
    ]
    promises += [_passes_in(bench, dtype, reference) for dtype in question.options.dtypes]
    return promises, strided


def _passes_in(bench: Bench, dtype: str, reference: Answer) -> Promise:
    words = f"The reference passes with inputs in {dtype}"
    try:
        tried = bench.judge_all(
            Trial(reference, seed, bench.quick, dtype=dtype) for seed in fresh_seeds(bench.few)
        )
    except BadQuestion as error:
        return Promise(words, complaints=(str(error).strip(),))
    return Promise(words, f"{bench.few} seeds", complaints_of(tried))


def tolerances_have_room(tried: list[Tried]) -> Promise:
    """The largest error among right answers, as a share of what was allowed there."""
    measured = [
        (case.used, f"{one.trial.answer.name}, {case.name}")
        for one in tried
        for case in one.verdict.cases
        if case.used is not None
    ]
    share, where = max(measured, default=(0.0, ""))
    words = f"Right answers use less than 1/{HEADROOM:g} of the tolerance"
    if share == 0.0:
        return Promise(words, "they agree to the last bit")
    detail = f"{share:.2g} of it at most: {where}"
    too_much = share * HEADROOM > 1
    return Promise(words, detail, (f"{share:.2g} of it: {where}",) if too_much else ())


def wrong_answers_fail(bench: Bench, wrong: list[Answer]) -> Promise:
    """Each in the case that it names; those named after a measured case are for `budgets`."""
    named = [
        (answer, case)
        for answer in wrong
        if (case := caught_by(answer)) is not None and case in bench.quick
    ]
    tried = bench.judge_all(
        Trial(answer, seed, (case,)) for answer, case in named for seed in fresh_seeds(bench.few)
    )
    found: dict[str, str] = {}
    for one in tried:
        name, problem = one.trial.answer.name, one.verdict.problem
        if problem is not None and problem.outcome != "refused":
            found[name] = f"{name} cannot be judged at all: {problem.title}: {problem.message}"
        elif not one.failed:
            found[name] = f"{name} passes the case that it names (seed {one.trial.seed})"
    return Promise(
        "Every wrong answer fails in the case that it names",
        f"{len(named)} answers, {bench.few} seeds",
        tuple(found.values()),
    )
