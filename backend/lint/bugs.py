"""A debug question's planted bugs: each has a case of its own, and each can be mended alone."""

from collections import Counter
from collections.abc import Iterable

from backend.bank import Bug, Question
from backend.lint.report import Promise
from backend.lint.trials import Answer, Bench, Trial, complaints_of, fresh_seeds


class Overlap(Exception):
    """Two bugs stand in each other's text, so that one cannot be mended without the other."""


def promises_of_bugs(bench: Bench, question: Question) -> list[Promise]:
    separate = _separate(bench, question)
    if not separate.kept:
        return [separate]
    return [
        separate,
        _all_mended(bench, question),
        _each_alone(bench, question),
        _all_but_one(bench, question),
    ]


def mended(question: Question, bugs: Iterable[Bug]) -> str:
    """The starter with these bugs mended."""
    source = question.starter
    for bug in bugs:
        if source.count(bug.broken) != 1:
            raise Overlap(f"once others are mended, `broken` of {bug.name} stands no longer once")
        source = source.replace(bug.broken, bug.fixed)
    return source


def _separate(bench: Bench, question: Question) -> Promise:
    counted = Counter(bug.case for bug in question.bugs)
    complaints = [f'{n} bugs name the case "{case}"' for case, n in counted.items() if n > 1]
    complaints += [
        f'{bug.name}: there is no case "{bug.case}"'
        for bug in question.bugs
        if bug.case not in bench.cases
    ]
    try:
        mended(question, question.bugs)
        mended(question, reversed(question.bugs))
    except Overlap as overlap:
        complaints.append(str(overlap))
    words = "Each planted bug has a case and a text of its own"
    return Promise(words, f"{len(question.bugs)} bugs", tuple(complaints))


def _all_mended(bench: Bench, question: Question) -> Promise:
    answer = Answer("all mended", mended(question, question.bugs))
    tried = bench.judge_all(Trial(answer, seed, bench.quick) for seed in fresh_seeds(bench.few))
    return Promise("With all bugs mended, every case passes", complaints=complaints_of(tried))


def _each_alone(bench: Bench, question: Question) -> Promise:
    trials = [
        Trial(Answer(f"only {bug.name} mended", mended(question, [bug])), seed, (bug.case,))
        for bug in question.bugs
        for seed in fresh_seeds(bench.few)
    ]
    words = "Each bug mended alone turns its case green"
    return Promise(words, complaints=complaints_of(bench.judge_all(trials)))


def _all_but_one(bench: Bench, question: Question) -> Promise:
    complaints: dict[str, str] = {}
    trials, left = [], []
    for bug in question.bugs:
        others = [other for other in question.bugs if other is not bug]
        answer = Answer(f"all but {bug.name} mended", mended(question, others))
        for seed in fresh_seeds(bench.few):
            trials.append(Trial(answer, seed, bench.quick))
            left.append(bug)
    for bug, tried in zip(left, bench.judge_all(trials), strict=True):
        failed = [case.name for case in tried.failed]
        if failed != [bug.case]:
            said = ", ".join(failed) or "nothing"
            complaints[bug.name] = (
                f"{tried.trial.answer.name} fails {said}, not just {bug.case} "
                f"(seed {tried.trial.seed})"
            )
    words = "Each bug left alone fails its case and no other"
    return Promise(words, complaints=tuple(complaints.values()))
