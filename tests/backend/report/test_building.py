"""What a report says is what the log says."""

from backend.report.building import INTEGRITY
from backend.report.document import Question, Report
from backend.report.writing import to_text
from tests.backend.report.interviews import CODE, whole_interview
from tests.backend.report.logbook import Logbook, case, stage
from tests.backend.report.small_bank import BANK, REFERENCE, SCALE


def question(report: Report, slug: str) -> Question:
    return next(one for one in report.questions if one.slug == slug)


def test_the_same_log_gives_the_same_report() -> None:
    book = whole_interview()
    assert to_text(book.report()) == to_text(book.report())
    assert to_text(whole_interview().report()) == to_text(book.report())


def test_it_says_who_and_when_and_for_how_long() -> None:
    report = whole_interview().report()
    assert (report.candidate, report.interviewer) == ("Ada", "Grace")
    assert report.began_at == "2026-03-14T09:30:00.000Z"
    assert report.ended_at is not None
    assert report.seconds == 519.6
    assert report.paused_seconds == 50
    assert report.finished


def test_the_code_is_the_text_that_was_judged() -> None:
    book = whole_interview()
    book.texts["code/scale-rows"] = "never judged"
    shown = question(book.report(), "scale-rows")
    assert (shown.code, shown.code_is) == (CODE, "submitted")
    assert shown.judged == shown.runs[-1].id


def test_cases_are_those_of_the_last_submit() -> None:
    shown = question(whole_interview().report(), "scale-rows")
    assert [one.outcome for one in shown.cases] == ["passed"] * 2 + ["failed", "passed", "failed"]
    assert shown.cases[2].line == 5
    assert not shown.cases[1].visible


def test_code_that_was_never_submitted_is_shown_as_it_stood() -> None:
    book = Logbook(BANK, [stage("coding", "Code", SCALE.slug)])
    book.begin(0)
    assert question(book.report(), SCALE.slug).code_is == "untouched"
    book.wait(10).write("code/scale-rows", "x = 1\n")
    shown = question(book.report(), SCALE.slug)
    assert (shown.code, shown.code_is, shown.cases) == ("x = 1\n", "as it stood", [])


def test_evidence_leads_to_its_case_and_to_its_moment() -> None:
    report = whole_interview().report()
    shapes = next(one for one in report.criteria if one.id == "shape-awareness")
    failed = next(one for one in shapes.evidence if one.case == "one-column")
    assert (failed.question, failed.value, failed.line) == ("scale-rows", 0.0, 5)
    submit = next(mark for mark in report.timeline.marks if mark.kind == "submit")
    assert failed.at is not None
    assert 0 <= failed.at - submit.at < 1


def test_every_sum_is_the_sum_of_its_evidence() -> None:
    for one in whole_interview().report().criteria:
        assert abs(one.total - sum(piece.value * piece.weight for piece in one.evidence)) < 1e-9
        assert abs(one.divisor - sum(piece.weight for piece in one.evidence)) < 1e-9
        if one.value is not None:
            assert abs(one.value - one.total / one.divisor) < 1e-9


def test_what_nothing_speaks_of_is_not_assessed() -> None:
    report = whole_interview().report()
    communication = next(one for one in report.criteria if one.id == "communication")
    assert communication.level is None
    assert communication.value is None
    assert report.outcome.assessed < 1


def test_a_person_overrules_and_the_machine_stays_visible() -> None:
    book = whole_interview()
    before = next(one for one in book.report().criteria if one.id == "shape-awareness")
    book.wait(60).add(
        "interviewer",
        "score",
        criterion="shape-awareness",
        level="strong-yes",
        reason="Talked well.",
    )
    after = next(one for one in book.report().criteria if one.id == "shape-awareness")
    assert after.level == "strong-yes"
    assert after.machine_level == before.machine_level != "strong-yes"
    assert after.overruled is not None
    assert (after.overruled.by, after.overruled.reason) == (
        "Grace (the interviewer)",
        "Talked well.",
    )


def test_our_failure_is_ours_and_costs_nothing() -> None:
    def without_the_failure(book: Logbook) -> None:
        ours = {event.body["run"] for event in book.events if event.kind == "failure"}
        book.events = [event for event in book.events if event.body.get("run") not in ours]

    book = whole_interview()
    report = book.report()
    assert [one.message for one in report.failures] == ["The slot was lost twice."]
    failed = next(run for run in question(report, "scale-rows").runs if run.failure)
    assert failed.outcome is None
    kinds = [mark.kind for mark in report.timeline.marks]
    assert kinds.count("our-failure") == 1
    without_the_failure(book)
    assert book.report().outcome == report.outcome


def test_a_verdict_that_is_still_to_come_is_told_of() -> None:
    book = whole_interview()
    assert "still being judged" not in book.report().outcome.sentence
    book.run("scale-rows", mode="run")
    assert "still being judged" not in book.report().outcome.sentence
    book.run("scale-rows")
    assert book.report().outcome.sentence.endswith(
        "One Submit is still being judged, so this may change."
    )
    book.run("scale-rows")
    assert "2 Submits are still being judged" in book.report().outcome.sentence


def test_the_timeline_holds_stages_pauses_and_marks_in_order() -> None:
    timeline = whole_interview().report().timeline
    stages = [span.title for span in timeline.spans if span.kind == "stage"]
    assert stages == ["Introduction", "Scale every row", "Follow-ups", "Quick checks", "Wrap-up"]
    [pause] = [span for span in timeline.spans if span.kind == "pause"]
    assert (round(pause.end - pause.begin, 3), pause.phase) == (50, "coding")
    ends = [span.end for span in timeline.spans if span.kind == "stage"]
    assert ends[-1] == timeline.seconds
    times = [mark.at for mark in timeline.marks]
    assert times == sorted(times)
    kinds = {mark.kind for mark in timeline.marks}
    assert kinds == {
        *("run", "submit", "our-failure", "hint", "question", "extension", "paste", "focus-lost")
    }


def test_pastes_and_focus_are_told_and_change_no_score() -> None:
    book = whole_interview()
    report = book.report()
    told = [mark.sentence for mark in report.timeline.marks if mark.kind in ("paste", "focus-lost")]
    assert told == [
        "40 characters pasted into the code of Scale every row",
        "The page was left for 20 s",
    ]
    assert report.integrity == INTEGRITY
    for event in book.events:
        if event.kind == "edit":
            event.body["pasted"] = 0  # type: ignore[index]
    book.events = [event for event in book.events if event.kind != "focus"]
    assert book.report().outcome == report.outcome


def test_what_happened_after_the_end_or_before_the_start_is_not_on_the_timeline() -> None:
    book = Logbook(BANK, [stage("coding", "Code", SCALE.slug)])
    book.at = -30
    book.add("candidate", "focus", away=True)
    book.add("candidate", "focus", away=False)
    book.at = 0
    book.begin(0)
    book.wait(100).finish()
    book.wait(50).add("candidate", "focus", away=True)
    assert book.report().timeline.marks == []
    assert book.report().seconds == 100


def test_answers_stand_beside_their_key_points() -> None:
    book = whole_interview()
    [answer] = question(book.report(), "scale-rows").answers
    assert answer.text == "It broadcasts.\nNothing else."
    assert answer.further == "And in memory?"
    broadcasts, no_copy = answer.points
    assert broadcasts.touched == ["broadcasts"]
    assert broadcasts.scored is None
    assert not no_copy.can_tell
    book.add("interviewer", "score", question="scale-rows", item=0, points=[True, False])
    [answer] = question(book.report(), "scale-rows").answers
    assert [point.scored for point in answer.points] == [True, False]
    assert answer.scored_by == "interviewer"


def test_what_was_said_in_the_talk_belongs_to_the_answer() -> None:
    book = Logbook(BANK, [stage("follow-ups", "Talk", SCALE.slug)])
    book.begin(0)
    book.ask("scale-rows", 0, "")
    book.add("candidate", "say", text="It broadcasts, I think.", why="chat")
    [answer] = question(book.report(), "scale-rows").answers
    assert answer.text == "It broadcasts, I think."
    assert answer.points[0].touched == ["broadcasts"]


def test_a_suggestion_is_no_evidence() -> None:
    report = whole_interview().report()
    judgement = next(one for one in report.criteria if one.id == "engineering-judgement")
    assert judgement.evidence == []


def test_a_quiz_shows_what_was_chosen_and_what_is_right() -> None:
    [item] = question(whole_interview().report(), "quiz-modes").items
    assert [(one.chosen, one.right) for one in item.choices] == [(True, False), (False, True)]
    assert item.outcome == "failed"


def test_a_prediction_shows_the_answer_that_was_computed() -> None:
    [item] = question(whole_interview().report(), "predict-views").items
    assert (item.given, item.outcome, item.message) == ("(4, 3)", "passed", "It is `(4, 3)`.")


def test_a_reader_who_may_not_see_solutions_is_shown_none() -> None:
    book = Logbook(BANK, [stage("coding", "All", *[one.slug for one in BANK[:4]])], practice=True)
    book.begin(0)
    book.wait(5).judge("scale-rows", [case("three-rows")])
    book.ask("scale-rows", 0, "It broadcasts.")
    report = book.report("candidate")
    text = to_text(report)
    for secret in ("scale[:, None]", 'It broadcasts"', "That is `no_grad`", "are recorded into"):
        assert secret not in text
    assert REFERENCE not in text
    assert question(report, "scale-rows").difference is None


def test_questions_that_the_bank_has_lost_are_still_reported() -> None:
    book = whole_interview()
    book.bank = [one for one in BANK if one.slug != "scale-rows"]
    shown = question(book.report(), "scale-rows")
    assert not shown.known
    assert shown.title == "scale-rows"
    assert shown.answers == []


def test_stages_that_were_not_reached_are_not_shown() -> None:
    book = Logbook(
        BANK, [stage("coding", "One", SCALE.slug), stage("quick-checks", "Two", "quiz-modes")]
    )
    book.begin(0)
    assert [one.slug for one in book.report().questions] == ["scale-rows"]


def test_a_room_that_has_not_begun_has_a_report() -> None:
    report = Logbook(BANK, [stage("coding", "One", SCALE.slug)]).report()
    assert report.began_at is None
    assert report.questions == []
    assert report.outcome.level is None
