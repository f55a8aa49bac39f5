"""What people say: answers against key points, and levels for criteria."""

import pytest

from backend.rubric import assess
from tests.backend.rubric.diary import Diary, case, facts


def test_an_answer_counts_as_the_share_of_its_key_points() -> None:
    diary = Diary("edges")
    event = diary.score("interviewer", question="edges", item=1, points=[True, False, True, True])
    (one,) = assess(diary.session(edges=facts(answers=2))).evidence
    assert (one.kind, one.criterion) == ("answer", "engineering-judgement")
    assert (one.value, one.weight) == (0.75, 2.0)
    assert one.text == (
        "“Why number 1?” of Soft edges: 3 of 4 key points, scored by the interviewer."
    )
    assert (one.link.question, one.link.item, one.link.seq) == ("edges", 1, event.seq)


def test_an_answer_that_no_person_scored_is_not_assessed() -> None:
    diary = Diary("edges")
    diary.add("candidate", "answered", question="edges", item=0)
    result = assess(diary.session(edges=facts(answers=1))).score
    assert result.criterion("engineering-judgement").level is None


def test_an_answer_scored_again_counts_as_it_was_scored_last() -> None:
    diary = Diary("edges")
    diary.score(question="edges", item=0, points=[True, True])
    diary.score(question="edges", item=0, points=[False, True])
    (one,) = assess(diary.session(edges=facts(answers=1))).evidence
    assert one.value == 0.5


def test_an_answer_may_be_given_a_level_instead() -> None:
    diary = Diary("edges")
    diary.score(question="edges", item=0, level="yes")
    (one,) = assess(diary.session(edges=facts(answers=1))).evidence
    assert one.value == 0.75
    assert one.text.endswith("yes, scored by the candidate.")


@pytest.mark.parametrize("points", [None, []])
def test_a_score_without_points_or_level_says_nothing(points: list[bool] | None) -> None:
    diary = Diary("edges")
    diary.score(question="edges", item=0, points=points)
    assert assess(diary.session(edges=facts(answers=1))).evidence == ()


def test_a_level_for_a_criterion_stands_in_place_of_the_machines() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", [case("values", "shape-awareness", "failed")])
    diary.score("interviewer", criterion="shape-awareness", level="yes", reason="Knew it aloud.")
    diary.score("interviewer", criterion="communication", level="strong-yes")
    result = assess(diary.session(edges=facts())).score
    shapes = result.criterion("shape-awareness")
    assert (shapes.machine, shapes.level) == ("strong-no", "yes")
    assert shapes.overruled is not None
    assert (shapes.overruled.reason, shapes.overruled.author) == ("Knew it aloud.", "interviewer")
    talk = result.criterion("communication")
    assert (talk.machine, talk.level) == (None, "strong-yes")


def test_a_level_that_was_taken_back_overrules_nothing() -> None:
    diary = Diary("edges")
    diary.score(criterion="communication", level="no")
    diary.score(criterion="communication", level=None)
    assessment = assess(diary.session(edges=facts()))
    assert assessment.overrules == ()
    assert assessment.score.criterion("communication").level is None


def test_a_level_for_a_criterion_in_one_question_is_evidence_beside_the_rest() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", [case("values", "debugging")])
    diary.score("interviewer", question="edges", criterion="debugging", level="no", reason="Slow")
    one = assess(diary.session(edges=facts())).score.criterion("debugging")
    assert one.overruled is None
    assert one.value == pytest.approx((1.0 + 2 * 0.525) / 3)
    assert one.terms[1].evidence.text == "The interviewer says no in Soft edges: Slow."


def test_nothing_but_a_person_speaks_about_communication() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", [case("values", "shape-awareness")])
    diary.add("candidate", "say", text="I think aloud.", why="chat")
    diary.score(question="edges", item=0, points=[True])
    result = assess(diary.session(edges=facts(answers=1))).score
    assert result.criterion("communication").terms == ()
