"""What the bank holds up as right, the findings do not call wrong."""

from pathlib import Path

import pytest

from backend.rubric.findings import KINDS, find

QUESTIONS = Path(__file__).parents[3] / "questions"
RIGHT = sorted([*QUESTIONS.glob("*/reference.py"), *QUESTIONS.glob("*/accepted/*.py")])
DEBUG = QUESTIONS / "debug-training-script"


@pytest.mark.parametrize("path", RIGHT, ids=lambda path: str(path.relative_to(QUESTIONS)))
def test_right_solutions_show_no_fault(path: Path) -> None:
    faults = [one for one in find(path.read_text(encoding="utf-8")) if not one.good]
    assert faults == []


def test_planted_bugs_are_seen_in_the_script_to_debug() -> None:
    found = find((DEBUG / "starter.py").read_text(encoding="utf-8"))
    assert {one.id for one in found if not one.good} == {
        "raw-parameter",
        "softmax-before-cross-entropy",
        "no-zero-grad",
        "loss-kept-with-graph",
        "eval-without-eval-mode",
    }


@pytest.mark.parametrize(
    ("solution", "kind"),
    [
        ("debug-training-script/wrong/zeroed_between_backward_and_step.py", "zeroed-before-step"),
        ("debug-training-script/wrong/never_back_to_training_mode.py", "stays-in-eval-mode"),
        ("multi-head-attention/wrong/projections_in_a_list.py", "modules-in-list"),
        ("multi-head-attention/wrong/dropout_in_evaluation_too.py", "functional-dropout"),
    ],
)
def test_known_mistakes_are_seen(solution: str, kind: str) -> None:
    found = find((QUESTIONS / solution).read_text(encoding="utf-8"))
    assert kind in {one.id for one in found}
    assert not KINDS[kind].good
