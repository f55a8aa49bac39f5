"""A verdict as a person reads it in a terminal."""

import io

from rich.console import Console

from backend.terminal import print_verdict
from sandbox.verdict import (
    Budget,
    CaseVerdict,
    Described,
    Failure,
    FirstBad,
    Outcome,
    Problem,
    ScriptResult,
    Verdict,
)


def shown(verdict: Verdict) -> str:
    stream = io.StringIO()
    print_verdict(Console(file=stream, width=200), verdict)
    return stream.getvalue()


def verdict(
    outcome: Outcome,
    cases: list[CaseVerdict],
    problem: Problem | None = None,
    script: ScriptResult | None = None,
) -> Verdict:
    passed = sum(case.outcome == "passed" for case in cases)
    total = len(cases)
    return Verdict(
        outcome, passed, total, 0.1, "submit", "process", "2.13.0", problem, script, cases
    )


def case(outcome: Outcome, **more: object) -> CaseVerdict:
    return CaseVerdict(
        "c",
        "A case",
        True,
        "debugging",
        outcome,
        "The sentence.",
        0.003,
        **more,  # type: ignore[arg-type]
    )


def test_a_wrong_gradient_is_explained() -> None:
    failure = Failure(
        path="grad.weight",
        label="gradient of weight",
        what="value",
        expected=Described("tensor", [3, 5], "float32"),
        got=Described("tensor", [3, 5], "float32"),
        max_abs=0.25,
        max_rel=1.5,
        mismatched=4,
        elements=15,
        first_bad=FirstBad([1, 2], "0.5", "0.25"),
        rtol=1e-4,
        atol=1e-5,
    )
    text = shown(verdict("failed", [case("passed"), case("failed", failure=failure, line=7)]))
    assert "✓ A case  3 ms" in text
    assert "✗ A case (failed)  3 ms" in text
    assert "The sentence. (line 7)" in text
    assert "gradient of weight: expected float32 of shape (3, 5)" in text
    assert "largest error 0.25, relative 1.5 (allowed: atol 1e-05, rtol 0.0001)" in text
    assert "4 of 15 elements differ" in text
    assert "first at [1, 2]: expected 0.5, got 0.25" in text
    assert "1 of 2 cases passed in 0.10 s (process slot, torch 2.13.0)" in text


def test_a_budget_is_shown_with_what_was_allowed() -> None:
    budget = Budget(0.3, 0.1, 3.04, 3.0, 20, 10, 2.0, 2.0)
    text = shown(verdict("failed", [case("failed", budget=budget)]))
    assert "3.04 × the reference's time (3 × allowed), 2.00 × its memory (2 × allowed)" in text


def test_a_file_that_cannot_be_judged_says_why_once() -> None:
    problem = Problem("error", "Syntax error", "'(' was never closed", 3, "  line 3\n    f(")
    text = shown(verdict("error", [case("error"), case("error")], problem))
    assert text.count("✗") == 1
    assert "'(' was never closed" in text
    assert "0 of 2 cases passed" in text


def test_what_a_candidate_prints_does_not_steer_the_terminal() -> None:
    script = ScriptResult("passed", "The file ran.", 0.1, "a\x1b[31mred\x07[bold]b\n", "", True)
    text = shown(verdict("passed", [], script=script))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "a␛[31mred␇[bold]b" in text
    assert "the rest is cut off" in text
