"""Five small questions of different kinds, made in memory: reports read only what they hold."""

from dataclasses import replace
from pathlib import Path

from backend.bank import (
    Ask,
    Choice,
    ConceptItem,
    Followup,
    Followups,
    Hint,
    KeyPoint,
    Limits,
    Predict,
    Question,
    QuizItem,
)

_LIMITS = Limits(seconds=5, memory_mb=256, processes=4, output_kb=64, disk_mb=64)


def _question(slug: str, title: str, kind: str, lesson: str, level: str = "easy") -> Question:
    return Question(
        slug=slug,
        folder=Path("nowhere") / slug,
        title=title,
        summary=f"What {title.lower()} is about.",
        kind=kind,
        lesson=lesson,
        level=level,
        minutes=10,
        tags=(),
        asked_at=(),
        devices=("cpu",),
        sources=(),
        criteria=(),
        limits=_LIMITS,
        prompt="",
        editorial="",
        digest="0" * 64,
    )


STARTER = "def scale_rows(x, scale):\n    return x\n"
REFERENCE = "def scale_rows(x, scale):\n    return x * scale[:, None]  # (rows, columns)\n"

SCALE = replace(
    _question("scale-rows", "Scale every row", "code", "tensor-operations"),
    starter=STARTER,
    reference=REFERENCE,
    hints=(Hint("Look at shapes", ""), Hint("Broadcast", ""), Hint("Nearly there", "")),
    followups=Followups(
        "",
        "",
        (
            Followup(
                "What does it *cost*?",
                (KeyPoint("It broadcasts", ("broadcast|broadcasts",)), KeyPoint("No copy")),
                (),
                (),
                "And in memory?",
            ),
            Followup("And on a GPU?", (KeyPoint("The same"),), (), (), ""),
        ),
    ),
)
QUIZ = replace(
    _question("quiz-modes", "Modes", "quiz", "patterns"),
    quiz=(
        QuizItem(
            "What does `eval()` change?",
            (
                Choice("Gradients", False, "That is `no_grad`."),
                Choice("How layers behave", True, "Dropout and norms look at it."),
            ),
            "training-loop",
            "Modes are about layers.",
        ),
    ),
)
PREDICT = replace(
    _question("predict-views", "Views", "predict", "tensor-operations"),
    predict=Predict(
        "x = torch.zeros(3, 4)\ny = x.t()\n",
        (Ask("The shape of y?", "y.shape", "shape", "shape-awareness", "Transposed."),),
    ),
)
CONCEPT = replace(
    _question("concept-graph", "The graph", "concept", "fundamentals"),
    concept=(
        ConceptItem(
            "How do gradients come about?",
            (KeyPoint("A graph is recorded", ("records|recorded graph",)),),
            (),
            (),
            "When is it freed?",
            "Operations are recorded into a graph.",
            "gradient-understanding",
        ),
    ),
)
OTHER = _question("sum-columns", "Sum every column", "code", "tensor-operations", "hard")

BANK = [SCALE, QUIZ, PREDICT, CONCEPT, OTHER]
