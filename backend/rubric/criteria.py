"""What an interview is judged by: seven criteria, their weights, what speaks for and against each.

The first five are those that interviewers of deep-learning engineers publish; engineering
judgement and communication are what a talk adds to code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Importance = Literal["high", "medium"]

WEIGHTS: dict[Importance, float] = {"high": 3.0, "medium": 2.0}


@dataclass(frozen=True, slots=True)
class Criterion:
    id: str
    title: str
    importance: Importance
    description: str
    """One question that the criterion answers about a candidate."""
    green_flags: tuple[str, ...]
    red_flags: tuple[str, ...]

    @property
    def weight(self) -> float:
        return WEIGHTS[self.importance]


_ALL = (
    Criterion(
        "module-usage",
        "Module usage",
        "high",
        "Does the candidate build on nn.Module, so that saving, moving and training just work?",
        (
            "What is learned is an nn.Parameter, what is state but not learned is a buffer.",
            "__init__ makes the parts, forward only uses them.",
        ),
        ("Weights kept as plain tensors with requires_grad, which no optimiser is ever handed.",),
    ),
    Criterion(
        "shape-awareness",
        "Shape awareness",
        "high",
        "Does the candidate know the shape of every tensor without running the code?",
        (
            "Shapes are written beside the steps that change them.",
            "Edge sizes such as 1, 0 and non-multiples are thought of before they are tried.",
        ),
        ("Shapes are found by trial and error: run after run dies on a mismatch.",),
    ),
    Criterion(
        "gradient-understanding",
        "Gradient understanding",
        "high",
        "Does the candidate know where gradients flow, where they add up and where they must stop?",
        (
            "Gradients reach everything that should learn, and nothing else.",
            "Detaches targets and statistics on purpose, and can say why.",
        ),
        (
            "Gradients that are never zeroed, or targets that are trained along.",
            "Evaluation that records a graph.",
        ),
    ),
    Criterion(
        "training-loop",
        "Training loop",
        "medium",
        "Can the candidate write a loop that one would leave running over night?",
        (
            "Modes, zeroing, clipping, schedule and metrics each stand in their right place.",
            "What is needed to go on after a crash is saved.",
        ),
        ("No evaluation mode, no clipping, nothing saved.",),
    ),
    Criterion(
        "debugging",
        "Debugging",
        "medium",
        "Does the candidate find the cause of a fault, and not only a way around it?",
        ("Looks at shapes, dtypes, devices and gradients in an order that rules causes out.",),
        ("The usual faults stay unseen, or the same run is tried again in the hope of luck.",),
    ),
    Criterion(
        "engineering-judgement",
        "Engineering judgement",
        "medium",
        "Does the candidate weigh costs, limits and ways to fail when asked what comes next?",
        (
            "Names what a choice costs in memory, time and upkeep, and when it would be wrong.",
            "Tests and measures before claiming.",
        ),
        ("One answer for every situation, and no thought of what can break it.",),
    ),
    Criterion(
        "communication",
        "Communication",
        "medium",
        "Can one follow the candidate's thinking? Only a person scores this.",
        (
            "Asks about what is unclear before writing.",
            "Says what is being tried and what came of it.",
        ),
        ("Works in silence, or talks past the question.",),
    ),
)

CRITERIA: Mapping[str, Criterion] = {criterion.id: criterion for criterion in _ALL}


def weights_with(overrides: Mapping[str, float]) -> dict[str, float]:
    """The weight of every criterion; a template's own go before ours. Names of no criterion are
    passed over: templates are checked where they are read."""
    return {
        criterion.id: float(overrides.get(criterion.id, criterion.weight)) for criterion in _ALL
    }
