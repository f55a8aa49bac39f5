"""What to do next follows from what went wrong."""

from dataclasses import replace

from tests.backend.report.interviews import whole_interview
from tests.backend.report.logbook import Logbook, case, stage
from tests.backend.report.small_bank import BANK, SCALE


def coding(outcome: str, bank: list = BANK) -> Logbook:  # type: ignore[type-arg]
    book = Logbook(bank, [stage("coding", "Code", SCALE.slug)])
    book.begin(0)
    message = "no" if outcome == "failed" else "yes"
    cases = [case(f"case-{number}", outcome, message) for number in range(4)]  # type: ignore[arg-type]
    book.wait(10).judge(SCALE.slug, cases)
    book.finish()
    return book


def test_what_did_not_pass_comes_first() -> None:
    first = whole_interview().report().study[0]
    assert (first.slug, first.why) == ("scale-rows", "2 of 5 cases did not pass.")


def test_then_what_works_on_the_weakest_criterion() -> None:
    slugs = [one.slug for one in coding("failed").report().study]
    # Both of its lesson's others; the quiz is about something else.
    assert slugs == ["scale-rows", "predict-views", "sum-columns"]
    why = coding("failed").report().study[1].why
    assert why == "Works on shape awareness, which was “strong no” here."


def test_what_was_passed_before_is_not_suggested() -> None:
    report = coding("failed").report(passed=frozenset({"predict-views"}))
    assert "predict-views" not in [one.slug for one in report.study]


def test_where_nothing_was_weak_the_same_lesson_goes_on() -> None:
    report = coding("passed").report(passed=frozenset({"scale-rows"}))
    assert [(one.slug, one.why) for one in report.study] == [
        ("predict-views", "More of tensor operations."),
        ("sum-columns", "More of tensor operations."),
    ]


def test_it_is_a_short_list() -> None:
    many = [replace(BANK[4], slug=f"more-{number}") for number in range(20)]
    assert len(coding("failed", [*BANK, *many]).report().study) == 5
