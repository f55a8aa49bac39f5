"""Does somebody ask for a hint in their own words?

A hint has its price, so this errs on the side of no: who is not understood presses the button.
"""

import re

# "May I have a hint?", "another clue, please", "Hint!"; but not "the hint said", "type hints".
_ASKING = re.compile(
    r"\b(?:a|any|another|next|more|some|one)\s+(?:(?:small|little|first|second|third|last)\s+)?"
    r"(?:hint|clue)s?\b(?!\s*[-:=])"
    r"|\b(?:give|need|want)\s+(?:me\s+)?(?:hint|clue)s?\b"
    r"|\b(?:hint|clue)s?\b[\s,]+please\b"
    r"|^\W*(?:please\W+)?(?:hint|clue)\W*$",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:no|not|don'?t|without|never)\b[^.?!]{0,30}\b(?:hint|clue)s?\b"
    r"|\b(?:had|got|was|used|read|took|type|after|instead)\b[^.?!]{0,20}\b(?:hint|clue)s?\b",
    re.IGNORECASE,
)


def speaks_of_a_hint(text: str) -> bool:
    return bool(_ASKING.search(text)) and not _NOT.search(text)
