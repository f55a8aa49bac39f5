"""How the report says things: one way for one meaning."""

from backend.outcomes import OUTCOMES

LEVELS = {
    "strong-no": "strong no",
    "no": "no",
    "yes": "yes",
    "strong-yes": "strong yes",
    None: "not assessed",
}


def count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def characters(number: int) -> str:
    return count(number, "character")


def outcome_words(outcome: str, passed: int, total: int, *, answers: bool = False) -> str:
    """All 14 cases passed; 12 of 14 cases passed; 2 of 9 answers right; refused."""
    if total == 0:
        return OUTCOMES[outcome]
    what, well = ("answer", "right") if answers else ("case", "passed")
    if passed == total and outcome == "passed":
        return f"all {count(total, what)} {well}" if total > 1 else f"the {what} {well}"
    words = f"{passed} of {count(total, what)} {well}"
    return words if outcome in ("passed", "failed") else f"{words}, {OUTCOMES[outcome]}"


def duration(seconds: float) -> str:
    """For reading: 40 s, 12 min, 1 h 5 min."""
    if 0 < seconds < 1:
        return "less than a second"
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min" + (f" {rest} s" if rest and minutes < 10 else "")
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h" + (f" {minutes} min" if minutes else "")


def clock(seconds: float) -> str:
    """A moment of the interview: 4:07, 1:04:07; before its beginning it is 0:00."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
