"""Interviews that the tests of the report share: one that holds everything, one that is hostile."""

from tests.backend.report.logbook import Logbook, case, stage
from tests.backend.report.small_bank import BANK, SCALE

STAGES = [
    stage("introduction", "Introduction", seconds=120),
    stage("coding", "Scale every row", SCALE.slug),
    stage("follow-ups", "Follow-ups", SCALE.slug),
    stage("quick-checks", "Quick checks", "quiz-modes", "predict-views", "concept-graph"),
    stage("wrap-up", "Wrap-up", seconds=60),
]
CODE = "import torch\n\n\ndef scale_rows(x, scale):\n    return x * scale\n"
CASES = [
    case("three-rows"),
    case("square", message="As it should be.", visible=False),
    case("one-column", "failed", "`output` has shape (7, 7), expected (7, 1).", line=5),
    case("gradient", "passed", criterion="gradient-understanding"),
    case("gradient-of-scale", "failed", "Nothing reaches it.", criterion="gradient-understanding"),
]


def whole_interview(**about: object) -> Logbook:
    """Every kind of thing that a report shows, once."""
    book = Logbook(BANK, STAGES, **about)  # type: ignore[arg-type]
    book.begin(0)
    book.wait(60).begin(1)
    book.wait(60).write("code/scale-rows", CODE, pasted=40)
    book.wait(30).judge("scale-rows", CASES[:1], "run")
    book.wait(30).add("candidate", "hint", question="scale-rows", level=1)
    book.wait(10).add("candidate", "focus", away=True)
    book.wait(20).add("candidate", "focus", away=False)
    book.wait(10).fail("scale-rows", "The slot was lost twice.")
    book.wait(10).add("interviewer", "pause")
    book.wait(50).add("interviewer", "resume")
    book.add("interviewer", "extend", seconds=120, reason="our failure")
    book.wait(20).judge("scale-rows", CASES)
    book.wait(40).begin(2)
    book.wait(5).ask("scale-rows", 0, "It broadcasts.\nNothing else.")
    book.wait(20).ask("scale-rows", 0, "", further=True)
    book.wait(20).begin(3)
    book.add("candidate", "choice", question="quiz-modes", item=0, choices=[0])
    book.wait(20).judge("quiz-modes", [case("item-1", "failed", "No.", criterion="training-loop")])
    book.write("answer/predict-views/0", "(4, 3)")
    book.wait(20).judge("predict-views", [case("item-1", message="It is `(4, 3)`.")])
    book.write("answer/concept-graph/0", "Autograd records a graph.")
    book.wait(20).begin(4)
    book.wait(30).finish()
    return book
