"""One clear sentence for each way in which a case can end."""

from __future__ import annotations

from sandbox.rules import Limits
from sandbox.slot import Ended
from sandbox.verdict import Budget, Failure, Outcome

_NO_MEMORY = ("bad_alloc", "Cannot allocate memory", "can't allocate memory")


def of_failure(failure: Failure) -> str:
    """What differs, and by how much."""
    label = failure.label[:1].upper() + failure.label[1:]
    expected, got = failure.expected, failure.got
    match failure.what:
        case "shape":
            return f"{label} has shape {_shape(got.shape)}; {_shape(expected.shape)} was expected."
        case "dtype":
            return f"{label} has dtype {got.dtype}; {expected.dtype} was expected."
        case "input_changed":
            return f"{label} was changed by the code; inputs have to stay as they are."
        case "structure":
            return f"{label} is {_noun(got.type)}; {_noun(expected.type)} was expected."
        case _:
            return f"{label} {_value_difference(failure)}"


def _value_difference(failure: Failure) -> str:
    if failure.elements is None or (failure.elements == 1 and failure.first_bad is None):
        return f"is {failure.got.value}; {failure.expected.value} was expected."
    count = f"differs in {failure.mismatched} of {failure.elements} values"
    if failure.elements == 1 and failure.first_bad:
        return f"is {failure.first_bad.got}; {failure.first_bad.expected} was expected."
    if failure.max_abs is None:
        return f"{count}; some are not finite."
    return f"{count}; the largest error is {failure.max_abs:.3g}."


def _shape(shape: list[int] | None) -> str:
    return "(" + ", ".join(map(str, shape or [])) + ("," if len(shape or []) == 1 else "") + ")"


def _noun(type_name: str) -> str:
    if type_name in ("None", "nothing") or " " in type_name:
        return {"nothing": "missing"}.get(type_name, type_name)
    return f"{'an' if type_name[0] in 'aeiou' else 'a'} {type_name}"


def of_end(ended: Ended, limits: Limits, seconds: float, printed: str) -> tuple[Outcome, str]:
    """Outcome and sentence for a case whose process did not answer."""
    match ended.reason:
        case "timed_out":
            return "timed_out", f"No answer within {seconds:g} s, the limit for this case."
        case "output_limit":
            return "output_limit", f"It printed more than the {limits.output_kb} KiB allowed."
        case "answer_limit":
            return "output_limit", "What it returned is larger than the 32 MiB allowed."
        case "garbage":
            return "crashed", "It closed or overwrote the pipe on which its answer leaves."
    if ended.out_of_memory or (ended.exit != 0 and any(sign in printed for sign in _NO_MEMORY)):
        return "out_of_memory", f"It needed more than the {limits.memory_mb} MiB allowed."
    if ended.signal:
        return "crashed", f"The process was ended by {ended.signal}."
    return "crashed", f"The process exited with status {ended.exit} before it had answered."


def of_budget(budget: Budget) -> str | None:
    """What is over the budget, or None."""
    found: list[str] = []
    if budget.time_ratio > budget.time_allowed:
        found.append(
            f"It takes {budget.time_ratio:.1f} times the reference's time "
            f"({_ms(budget.seconds)} against {_ms(budget.reference_seconds)}); "
            f"{budget.time_allowed:g} times is allowed."
        )
    if budget.memory_ratio > budget.memory_allowed:
        found.append(
            f"Its memory peaks at {budget.peak_mb:.0f} MiB, the reference's at "
            f"{budget.reference_peak_mb:.0f} MiB; {budget.memory_allowed:g} times is allowed."
        )
    return " ".join(found) or None


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
