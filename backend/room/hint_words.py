"""Does somebody ask for a hint in their own words?"""

import re

# "May I have a hint", "can you give me a clue?", "I'm stuck, a pointer please" - but neither a
# "pointer" of C nor "type hints", of which one talks while one codes.
_ASKING = re.compile(
    r"(?<!type )(?<!type-)\bhint\b(?!s?\s+(?:for\s+types|type))|\bclue\b|\b(?:i'?m|i am)\s+stuck\b"
    r"|\b(?:give|have|get|need)\b[^.?!]{0,30}\bhints?\b",
    re.IGNORECASE,
)
_REFUSING = re.compile(
    r"\b(?:no|not|don'?t|without)\b[^.?!]{0,30}\b(?:hints?|clue|stuck)\b", re.IGNORECASE
)


def speaks_of_a_hint(text: str) -> bool:
    return bool(_ASKING.search(text)) and not _REFUSING.search(text)
