"""Which key points an answer touches, by its words alone: a suggestion, never a score.

A key point names ways to say it, and an answer touches it when one way occurs. Whoever reads
words cannot read meaning: "autograd does not keep a graph" touches a point about the graph as
much as its opposite does, and somebody who says a thing in words that the author did not think of
is not found. So a person scores, and is shown what was found and where.

One way, for example `shares|same memory|storage "no copy"`, is a list of terms that must all
occur near each other, in any order. `|` stands between spellings of one term, quotation marks
around words that must follow each other; what is joined by dots or underscores, as in zero_grad,
is such a phrase by itself.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from backend.bank import KeyPoint

WINDOW = 30
"""Within how many words the terms of one way must stand: about two sentences."""
LONGEST_TEXT = 20_000
LONGEST_PIECE = 160

_WORD = re.compile(r"[^\W_]+")
_TERM = re.compile(r'(?:"[^"]*"|[^\s|"]+)(?:\|(?:"[^"]*"|[^\s|"]+))*')
_SPELLING = re.compile(r'"[^"]*"|[^\s|"]+')


@dataclass(frozen=True, slots=True)
class Touch:
    """One key point and the pieces of the answer that seem to say it, as they were written."""

    point: KeyPoint
    found: tuple[str, ...]

    @property
    def touched(self) -> bool:
        return bool(self.found)

    @property
    def can_tell(self) -> bool:
        """False where the key point names no words: then nothing found means nothing."""
        return bool(self.point.words)


Phrase = tuple[str, ...]
Span = tuple[int, int]
"""The first and the last word of a stretch."""


class _Text:
    """An answer as words, and where each stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = list(_WORD.finditer(text))
        raw = [word.group().casefold() for word in self.words]
        self.stems = [stem(word) for word in raw]
        self.places: dict[str, list[int]] = {}
        self.pairs: dict[str, list[int]] = {}
        """Two neighbours written as one word: where somebody writes data loader for DataLoader."""
        for number, word in enumerate(self.stems):
            self.places.setdefault(word, []).append(number)
        for number, (one, other) in enumerate(pairwise(raw)):
            self.pairs.setdefault(stem(one + other), []).append(number)

    def piece(self, span: Span) -> str:
        piece = " ".join(self.text[self.words[span[0]].start() : self.words[span[1]].end()].split())
        return piece if len(piece) <= LONGEST_PIECE else piece[: LONGEST_PIECE - 1] + "…"


def touched(text: str, key_points: Sequence[KeyPoint]) -> tuple[Touch, ...]:
    """For each key point, in order, what in `text` touches it."""
    return _touched(text[:LONGEST_TEXT], tuple(key_points))


# A room's view is made after every event, and nearly all answers are then as they were before.
@lru_cache(maxsize=512)
def _touched(text: str, key_points: tuple[KeyPoint, ...]) -> tuple[Touch, ...]:
    answer = _Text(text)
    return tuple(Touch(point, tuple(_found(answer, point.words))) for point in key_points)


def stem(word: str) -> str:
    """A word without its commonest endings and differences of spelling; no dictionary."""
    word = word.casefold().replace("z", "s").replace("our", "or")
    if len(word) > 4 and word.endswith(("ies", "ied")):
        word = word[:-3] + "y"
    elif len(word) > 4 and word.endswith(("ses", "xes", "ches", "shes")):
        word = word[:-2]
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "as")):
        word = word[:-1]
    for ending, least in (("ing", 4), ("ation", 5), ("ion", 5), ("ed", 3), ("ly", 5)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            word = word[: -len(ending)]
            if word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]  # stopped, running
            break
    if word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if word.endswith("at") and len(word) > 6:
        word = word[:-2]  # accumulate, accumulation
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def _found(answer: _Text, ways: Iterable[str]) -> Iterable[str]:
    for way in ways:
        span = _shortest([_places(answer, term) for term in parse_way(way)])
        if span is not None:
            yield answer.piece(span)


@lru_cache(maxsize=4096)
def parse_way(way: str) -> tuple[tuple[Phrase, ...], ...]:
    """The terms of one way; each is its spellings, and a spelling is one or more words."""
    return tuple(
        tuple(
            phrase
            for spelling in _SPELLING.findall(term)
            if (phrase := tuple(word.casefold() for word in _WORD.findall(spelling)))
        )
        for term in _TERM.findall(way)
    )


def _places(answer: _Text, spellings: Iterable[Phrase]) -> list[Span]:
    """Where a term stands, in whichever spelling."""
    return sorted({span for phrase in spellings for span in _spans(answer, phrase)})


def _spans(answer: _Text, phrase: Phrase) -> Iterable[Span]:
    stems = [stem(word) for word in phrase]
    length = len(stems)
    for start in answer.places.get(stems[0], ()):
        if answer.stems[start : start + length] == stems:
            yield start, start + length - 1
    joined = stem("".join(phrase))
    if length > 1:
        yield from ((start, start) for start in answer.places.get(joined, ()))
    else:
        yield from ((start, start + 1) for start in answer.pairs.get(joined, ()))


def _shortest(terms: list[list[Span]]) -> Span | None:
    """The shortest stretch that holds one place of each term, if it is short enough."""
    if not terms or not all(terms):
        return None
    best: Span | None = None
    for first in sorted({start for spans in terms for start, _ in spans}):
        ends = []
        for spans in terms:
            # Places are in order, and those of one term hardly overlap: the next one ends first.
            after = bisect_left(spans, (first, 0))
            if after == len(spans):
                return best
            ends.append(spans[after][1])
        last = max(ends)
        if last - first < WINDOW and (best is None or last - first < best[1] - best[0]):
            best = (first, last)
    return best
