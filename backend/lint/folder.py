"""What can be seen without running anything: texts, files, first lines."""

import ast
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from backend.bank import CODE_KINDS, CRITERIA, Question
from backend.lint.report import Promise
from backend.lint.trials import Answer
from sandbox.judge_client import CaseFacts

LEAST_ACCEPTED = 2
LEAST_WRONG = 8
VISIBLE = range(2, 5)
CASES = range(6, 15)
TEXTS = {
    "code": ("hints.md", "followups.toml", "starter.py"),
    "quiz": ("quiz.toml", "proof.py"),
    "predict": ("predict.toml", "snippet.py"),
    "concept": ("concept.toml", "proof.py"),
}
TEXTS_OF_ALL = ("question.toml", "prompt.md", "editorial.md")

_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_TOLERANCE = re.compile(r"\b([ra]tol)\s*=\s*(\d+(?:\.\d+)?(?:e-?\d+)?)")
_CAUGHT_BY = re.compile(r"# caught by: (\S+)")


def answers_in(folder: Path) -> list[Answer]:
    """The Python files of `accepted/` or `wrong/`, by name."""
    return [
        Answer(f"{folder.name}/{path.name}", path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.py"))
    ]


def caught_by(answer: Answer) -> str | None:
    """The case that a wrong answer names in its first line."""
    found = _CAUGHT_BY.fullmatch(answer.source.partition("\n")[0].rstrip())
    return found.group(1) if found else None


def no_links(question: Question) -> Promise:
    kind = "code" if question.kind in CODE_KINDS else question.kind
    complaints = [
        f"{name}:{number}: {link}"
        for name in (*TEXTS_OF_ALL, *TEXTS[kind])
        for number, line in enumerate(
            (question.folder / name).read_text("utf-8").splitlines(), start=1
        )
        for link in _LINK.findall(line)
    ]
    return Promise("No text links to anything outside", complaints=tuple(complaints))


def tolerances_are_stated(question: Question) -> Promise:
    """The prompt says `rtol=1e-4`, in whatever notation, with the numbers of question.toml."""
    said = {(name, float(number)) for name, number in _TOLERANCE.findall(question.prompt)}
    tolerances = question.tolerances
    complaints = [
        f"prompt.md does not say {name}={value:g}"
        for name, value in (("rtol", tolerances.rtol), ("atol", tolerances.atol))
        if (name, value) not in said
    ]
    return Promise("The prompt states the tolerances", complaints=tuple(complaints))


def enough_answers(
    accepted: list[Answer], wrong: list[Answer], cases: Mapping[str, CaseFacts]
) -> Promise:
    complaints = []
    if len(accepted) < LEAST_ACCEPTED:
        complaints.append(f"accepted/ has {len(accepted)} answers, and needs {LEAST_ACCEPTED}")
    if len(wrong) < LEAST_WRONG:
        complaints.append(f"wrong/ has {len(wrong)} answers, and needs {LEAST_WRONG}")
    for answer in wrong:
        named = caught_by(answer)
        if named is None:
            complaints.append(f"{answer.name}:1: must read `# caught by: the-name-of-a-case`")
        elif named not in cases:
            complaints.append(f'{answer.name}:1: there is no case "{named}"')
        second = [*answer.source.splitlines(), "", ""][1]
        if not re.fullmatch(r"# \S.*", second):
            complaints.append(f"{answer.name}:2: must say in a comment why it is wrong")
    return Promise(
        f"At least {LEAST_ACCEPTED} accepted answers and {LEAST_WRONG} wrong ones, which say why",
        f"{len(accepted)} accepted, {len(wrong)} wrong",
        tuple(complaints),
    )


def cases_are_told_apart(question: Question, cases: Mapping[str, CaseFacts]) -> Promise:
    visible = sum(case.visible for case in cases.values())
    complaints = [
        f'two cases are called "{name}", and only the later one is played'
        for name in _declared_twice((question.folder / "cases.py").read_text("utf-8"))
    ]
    if visible not in VISIBLE:
        complaints.append(f"{visible} cases are visible")
    if len(cases) not in CASES:
        complaints.append(f"there are {len(cases)} cases, not {CASES.start} to {CASES.stop - 1}")
    titles = Counter(case.title.strip() for case in cases.values())
    complaints += [
        f'{count} cases have the title "{t}"' for t, count in titles.items() if count > 1
    ]
    for name, case in cases.items():
        if not case.title.strip():
            complaints.append(f'the case "{name}" has no title')
        if case.criterion not in CRITERIA:
            complaints.append(f'the case "{name}" has an unknown criterion: {case.criterion}')
        if case.budget and question.budget is None:
            complaints.append(f'the case "{name}" has a budget, and question.toml has none')
    if question.budget is not None and not any(case.budget for case in cases.values()):
        complaints.append("question.toml has a [budget], and no case is measured by it")
    return Promise(
        "Cases can be told apart, and two to four are visible",
        f"{len(cases)} cases, {visible} visible",
        tuple(complaints),
    )


def _declared_twice(source: str) -> list[str]:
    """Functions under `@case` of one name: the second silently takes the place of the first."""
    names = Counter(
        node.name.replace("_", "-")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and any(map(_is_case, node.decorator_list))
    )
    return [name for name, count in names.items() if count > 1]


def _is_case(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (isinstance(called, ast.Name) and called.id == "case") or (
        isinstance(called, ast.Attribute) and called.attr == "case"
    )
