"""A session as a whole: the same log gives the same score, and what must not count does not."""

import dataclasses
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.rubric import Assessment, assess
from backend.rubric.score import Score
from tests.backend.rubric.diary import Diary, case, facts

STARTER = """\
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = torch.ones(3, requires_grad=True)
"""
FAULTY = (
    STARTER
    + """\

    def forward(self, x):
        return (self.gain * x).detach()
"""
)
CASES = [
    case("values", "shape-awareness"),
    case("gradient", "gradient-understanding", "failed"),
    case("kept", "module-usage"),
]


def session_of(kind: str, code: str = FAULTY, starter: str = STARTER) -> Assessment:
    diary = Diary("edges")
    diary.submit("r1", "edges", CASES)
    diary.codes["r1"] = code
    return assess(diary.session(edges=facts(kind, starter)))


def test_findings_become_small_evidence_with_their_line() -> None:
    assessment = session_of("code", starter="")
    ids = [one.id for one in assessment.judged["edges"].findings]
    assert ids == ["raw-parameter", "detached-output"]
    pieces = {one.id: one for one in assessment.evidence if one.kind == "finding"}
    one = pieces["finding:edges:detached-output"]
    assert (one.value, one.weight, one.link.line, one.link.run) == (0.0, 0.6, 11, "r1")
    assert one.text == "forward returns a detached tensor in Soft edges, line 11."


def test_what_stood_in_the_starter_is_not_the_candidates() -> None:
    assert [one.id for one in session_of("code").judged["edges"].findings] == ["detached-output"]


def test_faults_of_a_script_to_debug_are_there_to_be_found() -> None:
    ids = [one.id for one in session_of("debug").judged["edges"].findings]
    assert ids == ["raw-parameter", "detached-output"]


def test_merits_of_a_starter_are_nobodys() -> None:
    good = STARTER.replace("torch.ones(3, requires_grad=True)", "nn.Parameter(torch.ones(3))")
    assert session_of("debug", good, good).judged["edges"].findings == ()
    assert session_of("code", good, "").judged["edges"].findings[0].good


def test_a_run_whose_text_is_not_known_has_no_findings() -> None:
    diary = Diary("edges")
    diary.submit("r1", "edges", CASES)
    assert assess(diary.session(edges=facts())).judged["edges"].findings == ()


def test_the_same_fault_in_many_places_counts_once() -> None:
    lines = "\n".join(f"b{n} = torch.autograd.Variable(a)" for n in range(7))
    code = f"import torch\n{lines}\n"
    (one,) = [one for one in session_of("code", code).evidence if one.kind == "finding"]
    assert one.text.endswith("lines 2, 3, 4, 5, 6 and 2 more.")


def test_the_templates_weights_count() -> None:
    diary = Diary("edges", weights={"gradient-understanding": 0.0})
    diary.submit("r1", "edges", CASES)
    assessment = assess(diary.session(edges=facts()))
    assert assessment.score.value == 1.0
    assert assessment.weights["gradient-understanding"] == 0.0


def test_an_empty_log_is_not_assessed() -> None:
    assessment = assess(dataclasses.replace(Diary().session(), events=()))
    assert assessment.score.level is None


OUTCOMES = st.sampled_from(["passed", "failed", "error", "timed_out"])
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("hint"), st.sampled_from(["edges", "rows"])),
        st.tuples(st.just("run"), st.sampled_from(["edges", "rows"]), OUTCOMES, OUTCOMES),
        st.tuples(st.just("submit"), st.sampled_from(["edges", "rows"]), OUTCOMES, OUTCOMES),
        st.tuples(st.just("ours"), st.sampled_from(["edges", "rows"])),
        st.tuples(st.just("answer"), st.sampled_from(["edges", "rows"]), st.booleans()),
        st.tuples(st.just("level"), st.sampled_from(["debugging", "communication"])),
    ),
    max_size=12,
)
# What annotates a timeline: pastes (an edit that says so), focus lost and regained.
NOISE = st.lists(
    st.one_of(st.integers(1, 900).map(lambda n: ("paste", n)), st.just(("away",))), max_size=12
)


def play(diary: Diary, number: int, action: tuple[Any, ...]) -> None:
    run = f"r{number}"
    match action:
        case ("hint", question):
            diary.hint(question)
        case ("run" | "submit" as mode, question, first, second):
            diary.run(run, question, mode)
            cases = [
                case("values", "shape-awareness", first),
                case("kept", "module-usage", second),
            ]
            diary.judged(run, question, cases, mode=mode)
            diary.codes[run] = FAULTY
        case ("ours", question):
            diary.run(run, question)
            diary.failed_by_us(run, question)
        case ("answer", question, right):
            diary.score(question=question, item=0, points=[right, True])
        case ("level", criterion):
            diary.score(criterion=criterion, level="no")
        case ("paste", length):
            diary.edit("code/edges", [[0, "x" * length]], pasted=length)
        case ("away",):
            diary.add("candidate", "focus", away=True)


def played(actions: list[tuple[Any, ...]]) -> Diary:
    diary = Diary("edges", "rows")
    for stage in (0, 1):
        diary.phase(stage)
    for number, action in enumerate(actions):
        diary.at += 5
        play(diary, number, action)
    return diary


def numbers(score: Score) -> Any:
    """Everything about a score but the events that it points at."""
    return [
        (
            one.criterion,
            one.level,
            one.machine,
            one.value,
            one.total,
            one.divisor,
            [(term.evidence.id, term.evidence.text, term.product) for term in one.terms],
        )
        for one in score.criteria
    ] + [score.value, score.level, score.assessed, score.verdict]


def test_the_fields_of_a_score_that_numbers_leaves_out_are_known() -> None:
    """A new field of Score must be looked at by the tests below."""
    assert {field.name for field in dataclasses.fields(Score)} == {
        *("criteria", "total", "divisor", "value", "level", "threshold", "assessed", "verdict")
    }


@given(ACTIONS)
@settings(max_examples=40, deadline=None)
def test_the_same_log_gives_the_same_assessment(actions: list[tuple[Any, ...]]) -> None:
    session = played(actions).session(edges=facts(answers=1), rows=facts("debug", answers=1))
    again = dataclasses.replace(session, questions=dict(reversed(session.questions.items())))
    assert assess(session) == assess(session) == assess(again)


@given(ACTIONS, NOISE, st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_pastes_and_lost_focus_never_change_a_score(
    actions: list[tuple[Any, ...]], noise: list[tuple[Any, ...]], random: Any
) -> None:
    mixed: list[tuple[Any, ...]] = [*actions]
    for one in noise:
        mixed.insert(random.randint(0, len(mixed)), one)
    questions = {"edges": facts(answers=1), "rows": facts("debug", answers=1)}
    quiet = assess(played(actions).session(**questions))
    noisy = assess(played(mixed).session(**questions))
    assert numbers(noisy.score) == numbers(quiet.score)
    assert (noisy.signals.pasted > 0) == any(one[0] == "paste" for one in noise)


@given(ACTIONS)
@settings(max_examples=40, deadline=None)
def test_every_prefix_of_a_log_can_be_assessed(actions: list[tuple[Any, ...]]) -> None:
    session = played(actions).session(edges=facts(answers=1), rows=facts("debug", answers=1))
    for end in range(len(session.events) + 1):
        part = dataclasses.replace(session, events=session.events[:end])
        for one in assess(part).score.criteria:
            assert one.value is None or 0 <= one.value <= 1


@given(ACTIONS)
@settings(max_examples=40, deadline=None)
def test_our_failures_never_change_a_score(actions: list[tuple[Any, ...]]) -> None:
    questions = {"edges": facts(answers=1), "rows": facts("debug", answers=1)}
    ours = assess(played(actions).session(**questions))
    without = assess(played([one for one in actions if one[0] != "ours"]).session(**questions))
    assert numbers(ours.score) == numbers(without.score)
