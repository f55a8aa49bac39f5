"""A bank of one question of each kind, made in memory, with a secret word in all that is secret."""

from dataclasses import replace
from pathlib import Path

from backend.bank import (
    Ask,
    Bank,
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

STARTER = "def scale_rows(x, scale):\n    return x\n"


def _question(slug: str, kind: str) -> Question:
    return Question(
        slug=slug,
        folder=Path(slug),
        title=f"Title of {slug}",
        summary=f"Summary of {slug}.",
        kind=kind,
        lesson="fundamentals",
        level="easy",
        minutes=10,
        tags=(),
        asked_at=(),
        devices=("cpu",),
        sources=(),
        criteria=(),
        limits=Limits(5.0, 512, 8, 64, 64),
        prompt=f"SECRET-PROMPT {slug}",
        editorial=f"SECRET-EDITORIAL {slug}",
        digest="0" * 64,
    )


def _code(slug: str, kind: str = "code") -> Question:
    followups = tuple(
        Followup(
            question=f"Follow-up {item} of {slug}?",
            key_points=(
                KeyPoint(f"SECRET-POINT {slug} {item}a", ("graph",)),
                KeyPoint(f"SECRET-POINT {slug} {item}b", ("memory",)),
            ),
            green_flags=(f"SECRET-GREEN {slug}",),
            red_flags=(f"SECRET-RED {slug}",),
            further=f"Further {item} of {slug}?",
        )
        for item in range(2)
    )
    return replace(
        _question(slug, kind),
        hints=tuple(Hint(f"Hint {n} of {slug}", f"Text {n} of {slug}.") for n in (1, 2, 3)),
        followups=Followups(f"Opening of {slug}.", f"Closing of {slug}.", followups),
        starter=STARTER,
        reference=f"SECRET-REFERENCE {slug}",
    )


SCALE = _code("scale-rows")
BROKEN = _code("broken-loop", "debug")
QUIZ = replace(
    _question("quiz", "quiz"),
    quiz=(
        QuizItem(
            "One of these?",
            (Choice("yes", True, "SECRET-WHY"), Choice("no", False, "SECRET-WHY")),
            "module-usage",
            "SECRET-EXPLANATION",
        ),
        QuizItem(
            "Which of these?",
            (
                Choice("a", True, "SECRET-WHY"),
                Choice("b", True, "SECRET-WHY"),
                Choice("c", False, "SECRET-WHY"),
            ),
            "module-usage",
            "SECRET-EXPLANATION",
        ),
    ),
)
PREDICT = replace(
    _question("predict", "predict"),
    predict=Predict(
        "x = torch.ones(2, 3)",
        (
            Ask("Shape?", "x.shape", "shape", "shape-awareness", "SECRET-WHY"),
            Ask("Sum?", "x.sum()", "value", "shape-awareness", "SECRET-WHY"),
        ),
    ),
)
CONCEPT = replace(
    _question("concept", "concept"),
    concept=(
        ConceptItem(
            text="What does autograd keep?",
            key_points=(
                KeyPoint("SECRET-POINT concept a", ("graph",)),
                KeyPoint("SECRET-POINT concept b", ("memory",)),
            ),
            green_flags=("SECRET-GREEN concept",),
            red_flags=("SECRET-RED concept",),
            further="And when is it freed?",
            strong="SECRET-STRONG concept",
            criterion="gradient-understanding",
        ),
    ),
)
BANK = Bank(Path("questions"), (SCALE, BROKEN, QUIZ, PREDICT, CONCEPT))
