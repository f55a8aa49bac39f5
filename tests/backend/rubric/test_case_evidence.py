"""What verdicts say: the cases of the last submit that was judged, and what hints cost."""

import pytest

from backend.rubric import assess
from tests.backend.rubric.diary import Diary, case, facts

TWO = [case("values", "shape-awareness"), case("gradient", "gradient-understanding", "failed")]
GOOD = [case("values", "shape-awareness"), case("gradient", "gradient-understanding")]


def test_each_case_is_one_piece_with_the_way_back_to_it() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", TWO)
    evidence = assess(diary.session(edges=facts())).evidence
    assert [(one.id, one.criterion, one.value, one.weight) for one in evidence] == [
        ("case:edges:gradient", "gradient-understanding", 0.0, 1.0),
        ("case:edges:values", "shape-awareness", 1.0, 1.0),
    ]
    link = evidence[0].link
    assert (link.question, link.run, link.case, link.seq) == ("edges", "r1", "gradient", 3)
    assert evidence[0].text == (
        "Case “Gradient” of Soft edges did not pass: Output differs in 3 of 4 values."
    )


def test_the_submit_begun_last_counts_also_when_its_verdict_comes_first() -> None:
    diary = Diary("edges")
    diary.run("r1", "edges")
    diary.run("r2", "edges")
    diary.judged("r2", "edges", GOOD)
    diary.judged("r1", "edges", TWO)
    assessment = assess(diary.session(edges=facts()))
    assert assessment.judged["edges"].run == "r2"
    assert {one.value for one in assessment.evidence} == {1.0}


def test_runs_that_were_not_submitted_do_not_count() -> None:
    diary = Diary("edges")
    diary.run("r1", "edges", "run")
    diary.judged("r1", "edges", TWO, mode="run")
    assert assess(diary.session(edges=facts())).score.level is None


def test_what_we_failed_to_judge_counts_for_nothing() -> None:
    diary = Diary("edges")
    diary.run("r1", "edges")
    diary.failed_by_us("r1", "edges")
    assert assess(diary.session(edges=facts())).evidence == ()

    diary.submit("r2", "edges", GOOD)
    before = assess(diary.session(edges=facts())).score
    diary.run("r3", "edges")
    diary.failed_by_us("r3", "edges")
    after = assess(diary.session(edges=facts()))
    assert after.judged["edges"].run == "r2"
    assert after.score == before


def test_hidden_cases_count_as_much_as_visible_ones() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", [case("odd", "debugging", "failed", visible=False)])
    (one,) = assess(diary.session(edges=facts())).evidence
    assert one.weight == 1.0
    assert one.text.startswith("Hidden case “Odd”")


def test_every_hint_before_the_submit_takes_its_share_of_what_passed() -> None:
    diary = Diary("edges", hint_cost=0.1)
    diary.hint("edges", 1)
    diary.hint("other", 1)
    diary.hint("edges", 2)
    diary.submit("r1", "edges", TWO)
    diary.hint("edges", 3)
    failed, passed = assess(diary.session(edges=facts())).evidence
    assert passed.value == pytest.approx(0.8)
    assert (passed.before_hints, passed.hints, passed.hint_cost) == (1.0, 2, 0.1)
    assert passed.text.endswith("passed after 2 hints, which leaves 80%.")
    assert (failed.value, failed.before_hints) == (0.0, None)


def test_hints_may_cost_nothing_and_never_more_than_all() -> None:
    for cost, left in ((0.0, 1.0), (0.7, 0.0)):
        diary = Diary("edges", hint_cost=cost)
        diary.hint("edges", 1)
        diary.hint("edges", 2)
        diary.submit("r1", "edges", GOOD)
        assert {one.value for one in assess(diary.session(edges=facts())).evidence} == {left}


def test_many_small_cases_weigh_no_more_than_four() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", [case(f"c{n}", "debugging") for n in range(16)])
    one = assess(diary.session(edges=facts())).score.criterion("debugging")
    assert one.divisor == 4.0
    assert {term.evidence.weight for term in one.terms} == {0.25}


def test_answers_of_a_quiz_weigh_less_than_cases_of_code() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", [case(f"item-{n}", "debugging") for n in range(4)])
    one = assess(diary.session(edges=facts("quiz"))).score.criterion("debugging")
    assert one.divisor == 2.0
    assert one.terms[0].evidence.text.startswith("Answer “Item 0”")


def test_cases_of_a_script_to_debug_also_speak_about_debugging() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", [*TWO, case("seen", "debugging")])
    result = assess(diary.session(edges=facts("debug"))).score
    assert [term.evidence.id for term in result.criterion("debugging").terms] == [
        "case:edges:gradient:debugging",
        "case:edges:seen",
        "case:edges:values:debugging",
    ]
    assert result.criterion("shape-awareness").level == "strong-yes"


def test_a_file_that_could_not_be_run_fails_every_case() -> None:
    diary = Diary("edges")
    cases = [case(one["name"], one["criterion"], "error", message="Syntax.") for one in TWO]
    about = {"outcome": "error", "title": "Not Python", "message": "Line 1."}
    diary.submit("r1", "edges", cases, problem=about)
    result = assess(diary.session(edges=facts())).score
    assert result.criterion("shape-awareness").level == "strong-no"


def test_a_question_that_has_left_the_bank_is_passed_over() -> None:
    diary = Diary("gone")
    diary.submit("r1", "gone", TWO)
    diary.score(question="gone", item=0, points=[True])
    assessment = assess(diary.session())
    assert assessment.evidence == ()
    assert assessment.judged == {}
