"""Verdicts, and what a question asks, for people who read them in a terminal."""

from rich.console import Console
from rich.text import Text

from backend.bank import FORMS, Question
from backend.outcomes import OUTCOMES
from sandbox.verdict import Budget, CaseVerdict, Described, Failure, ScriptResult, Verdict

_VISIBLE = {code: 0x2400 + code for code in range(32) if chr(code) not in "\n\t"}
_VISIBLE |= dict.fromkeys(range(127, 160), 65533)


def print_verdict(console: Console, verdict: Verdict) -> None:
    if verdict.script is not None:
        _print_script(console, verdict.script)
    if verdict.problem is not None:
        console.print(_line("✗", "red", verdict.problem.title))
        _indent(console, verdict.problem.message)
        if verdict.problem.traceback:
            _indent(console, verdict.problem.traceback, style="dim")
    for case in verdict.cases if verdict.problem is None else []:
        _print_case(console, case)
    style = "green" if verdict.outcome == "passed" else "red"
    last = Text()
    if verdict.total:
        last.append(f"{verdict.passed} of {verdict.total} cases passed", style=f"bold {style}")
        last.append(f" in {verdict.seconds:.2f} s ")
    last.append(f"({verdict.slot} slot, torch {verdict.torch})", style="dim")
    console.print(last)


def _print_script(console: Console, script: ScriptResult) -> None:
    mark, style = ("✓", "green") if script.outcome == "passed" else ("✗", "red")
    console.print(_line(mark, style, "The file as a script", script.seconds))
    _indent(console, script.message)
    for name, text in (("stdout", script.stdout), ("stderr", script.stderr)):
        if text:
            _indent(console, f"{name}:", style="dim")
            _indent(console, text, by=4)
    if script.cut:
        _indent(console, "There was more output; the rest is cut off.", style="dim")
    if script.traceback:
        _indent(console, script.traceback, style="dim")


def _print_case(console: Console, case: CaseVerdict) -> None:
    if case.outcome == "passed":
        console.print(_line("✓", "green", case.title, case.seconds))
        if case.budget is not None:
            _indent(console, budget_sentence(case.budget), style="dim")
        return
    title = f"{case.title} ({OUTCOMES[case.outcome]})"
    console.print(_line("✗", "red", title, case.seconds))
    where = f" (line {case.line})" if case.line is not None else ""
    _indent(console, case.message + where)
    if case.failure is not None:
        for sentence in failure_sentences(case.failure):
            _indent(console, sentence)
    if case.budget is not None:
        _indent(console, budget_sentence(case.budget))
    if case.traceback:
        _indent(console, case.traceback, style="dim")
    if case.output:
        _indent(console, "printed:", style="dim")
        _indent(console, case.output, by=4)


def failure_sentences(failure: Failure) -> list[str]:
    """What differs: shapes, types, how far off, and where first."""
    lines = []
    if failure.what in ("value", "shape", "dtype"):
        expected, got = _described(failure.expected), _described(failure.got)
        lines.append(f"{failure.label}: expected {expected}, got {got}")
    if failure.max_abs is not None:
        relative = f", relative {failure.max_rel:.3g}" if failure.max_rel is not None else ""
        allowed = (
            f" (allowed: atol {failure.atol:g}, rtol {failure.rtol:g})"
            if failure.atol is not None and failure.rtol is not None
            else ""
        )
        lines.append(f"largest error {failure.max_abs:.3g}{relative}{allowed}")
    if failure.mismatched is not None and failure.elements is not None:
        lines.append(f"{failure.mismatched} of {failure.elements} elements differ")
    if failure.first_bad is not None:
        first = failure.first_bad
        lines.append(f"first at {first.index}: expected {first.expected}, got {first.got}")
    return lines


def budget_sentence(budget: Budget) -> str:
    return (
        f"{budget.time_ratio:.2f} × the reference's time ({budget.time_allowed:g} × allowed), "
        f"{budget.memory_ratio:.2f} × its memory ({budget.memory_allowed:g} × allowed)"
    )


def _described(side: Described) -> str:
    parts = [side.dtype or side.type]
    if side.shape is not None:
        parts.append(f"of shape {tuple(side.shape)}")
    elif side.value is not None:
        parts.append(side.value)
    return " ".join(parts)


def _line(mark: str, style: str, title: str, seconds: float | None = None) -> Text:
    line = Text.assemble((mark, f"bold {style}"), " ", printable(title))
    if seconds is not None:
        line.append(f"  {seconds * 1000:.0f} ms", style="dim")
    return line


def _indent(console: Console, text: str, *, by: int = 2, style: str = "") -> None:
    for line in printable(text.rstrip("\n")).split("\n"):
        console.print(Text(" " * by + line, style=style), soft_wrap=True)


def printable(text: str) -> str:
    """Control characters made visible: what a candidate prints must not steer the terminal."""
    return text.translate(_VISIBLE)


def items_as_markdown(question: Question) -> str:
    """What a question asks besides its prompt, item by item, without an answer to any."""
    blocks = []
    for item in question.quiz:
        many = " (more than one is right)" if item.many else ""
        choices = "\n".join(f"- {number}: {one.text}" for number, one in enumerate(item.choices))
        blocks.append(f"{item.text.strip()}{many}\n\n{choices}")
    blocks += [f"{ask.text.strip()}\n\nAnswer: {FORMS[ask.form]}" for ask in question.predict.asks]
    blocks += [item.text.strip() for item in question.concept]
    return "".join(
        f"\n\n## {number} of {len(blocks)}\n\n{block}"
        for number, block in enumerate(blocks, start=1)
    )
