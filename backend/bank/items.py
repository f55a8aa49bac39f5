"""Items of questions that are answered without a program: quiz, predict, concept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyPoint:
    """Something that a strong answer says. `words` are ways to say it, see backend.room.points."""

    text: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    text: str
    right: bool
    why: str


@dataclass(frozen=True, slots=True)
class QuizItem:
    text: str
    choices: tuple[Choice, ...]
    criterion: str
    explanation: str

    @property
    def right(self) -> tuple[int, ...]:
        """Which choices are right, counted from 0."""
        return tuple(number for number, choice in enumerate(self.choices) if choice.right)

    @property
    def many(self) -> bool:
        """Whether more than one choice is right, which the candidate is told."""
        return len(self.right) > 1


@dataclass(frozen=True, slots=True)
class Ask:
    """What `expression` gives after the snippet has run; its answer is computed, never typed in.

    `form` is one of FORMS; `digits` after the point are compared where the answer is a number.
    """

    text: str
    expression: str
    form: str
    criterion: str
    why: str
    digits: int = 4


@dataclass(frozen=True, slots=True)
class Predict:
    snippet: str
    asks: tuple[Ask, ...]


NOTHING_TO_PREDICT = Predict("", ())


@dataclass(frozen=True, slots=True)
class ConceptItem:
    """A question to talk about. `strong` is an answer that touches every key point."""

    text: str
    key_points: tuple[KeyPoint, ...]
    green_flags: tuple[str, ...]
    red_flags: tuple[str, ...]
    further: str
    strong: str
    criterion: str
