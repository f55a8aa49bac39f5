"""The candidate's text beside the reference: which lines stand in one of them only, and which
words of lines that are alike."""

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import pairwise

from backend.report.document import DiffLine

CONTEXT = 3
"""So many equal lines are kept around a difference."""
ALIKE = 0.6
"""From this share of equal words on, two lines are two versions of one."""
MOST_TO_COMPARE = 1500
"""Pairs of lines in one stretch that are held against each other; beyond it is another text."""
MOST_LINES = 2000
"""Of a text that are shown and compared: one of sixty thousand empty lines made a page of 26 MB."""
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


def difference(own: str, reference: str) -> list[DiffLine]:
    """Empty where both are the same but for white space at the ends of lines."""
    whole, right = lines_of(own), lines_of(reference)
    left = whole[:MOST_LINES]
    blocks = SequenceMatcher(
        None, [line.rstrip() for line in left], [line.rstrip() for line in right], autojunk=False
    ).get_matching_blocks()
    found: list[DiffLine] = []
    at_own = at_reference = 0
    for block in blocks:
        found += _with_words(
            [DiffLine("own", left[at], at + 1, None, []) for at in range(at_own, block.a)],
            [
                DiffLine("reference", right[at], None, at + 1, [])
                for at in range(at_reference, block.b)
            ],
        )
        for step in range(block.size):
            own_at, reference_at = block.a + step, block.b + step
            found.append(DiffLine("both", left[own_at], own_at + 1, reference_at + 1, []))
        at_own, at_reference = block.a + block.size, block.b + block.size
    kept = _without_the_same(found)
    if len(whole) > len(left):
        rest = len(whole) - len(left)
        kept.append(DiffLine("gap", f"{rest} further lines are not compared", None, None, []))
    return kept


def _with_words(own: list[DiffLine], reference: list[DiffLine]) -> list[DiffLine]:
    """Lines of one stretch, those that resemble each other with the words that differ."""
    if len(own) * len(reference) > MOST_TO_COMPARE:
        return own + reference
    words = [_WORD.findall(line.text) for line in reference]
    begin = 0
    for here, line in enumerate(own):
        mine = _WORD.findall(line.text)
        matcher = SequenceMatcher(None, b=mine, autojunk=False)
        best, alike = -1, ALIKE
        for there in range(begin, len(reference)):
            matcher.set_seq1(words[there])
            if line.text.strip() and matcher.quick_ratio() >= alike and matcher.ratio() >= alike:
                best, alike = there, matcher.ratio()
        if best >= 0:
            matcher.set_seq1(words[best])
            steps = [step for step in matcher.get_opcodes() if step[0] != "equal"]
            theirs = [_range(words[best], step[1], step[2]) for step in steps if step[1] < step[2]]
            ours = [_range(mine, step[3], step[4]) for step in steps if step[3] < step[4]]
            own[here] = replace(line, changed=ours)
            reference[best] = replace(reference[best], changed=theirs)
            begin = best + 1
    return own + reference


def _range(words: Sequence[str], begin: int, end: int) -> tuple[int, int]:
    """Of words, in characters."""
    start = sum(len(word) for word in words[:begin])
    return start, start + sum(len(word) for word in words[begin:end])


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
    return DiffLine("gap", f"{count} equal line{'' if count == 1 else 's'}", None, None, [])
