"""The candidate's text beside the reference: which lines stand in one of them only."""

from difflib import SequenceMatcher
from itertools import pairwise

from backend.report.document import DiffLine

CONTEXT = 3
"""So many equal lines are kept around a difference."""


def difference(own: str, reference: str) -> list[DiffLine]:
    """Empty where both are the same but for white space at the ends of lines."""
    left, right = lines_of(own), lines_of(reference)
    blocks = SequenceMatcher(
        None, [line.rstrip() for line in left], [line.rstrip() for line in right], autojunk=False
    ).get_matching_blocks()
    found: list[DiffLine] = []
    at_own = at_reference = 0
    for block in blocks:
        for number in range(at_own, block.a):
            found.append(DiffLine("own", left[number], number + 1, None))
        for number in range(at_reference, block.b):
            found.append(DiffLine("reference", right[number], None, number + 1))
        for step in range(block.size):
            own_at, reference_at = block.a + step, block.b + step
            found.append(DiffLine("both", left[own_at], own_at + 1, reference_at + 1))
        at_own, at_reference = block.a + block.size, block.b + block.size
    return _without_the_same(found)


def lines_of(text: str) -> list[str]:
    """The lines as an editor numbers them: a line feed at the end begins no further line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" and len(lines) > 1 else lines


def _without_the_same(lines: list[DiffLine]) -> list[DiffLine]:
    changed = [at for at, line in enumerate(lines) if line.side != "both"]
    if not changed:
        return []
    near = sorted(
        {
            at
            for place in changed
            for at in range(place - CONTEXT, place + CONTEXT + 1)
            if 0 <= at < len(lines)
        }
    )
    kept = [lines[near[0]]] if near[0] == 0 else [_gap(near[0]), lines[near[0]]]
    for before, at in pairwise(near):
        if at > before + 1:
            kept.append(_gap(at - before - 1))
        kept.append(lines[at])
    if near[-1] < len(lines) - 1:
        kept.append(_gap(len(lines) - 1 - near[-1]))
    return kept


def _gap(count: int) -> DiffLine:
    return DiffLine("gap", f"{count} equal line{'' if count == 1 else 's'}", None, None)
