"""Who may do what, and when: the rules that a command meets before its body is looked at.

One place for the room's page (which shows only what may be done) and for the server (which
refuses the rest), so that the two cannot disagree.
"""

from backend.bank import ANSWER_KINDS, CODE_KINDS, Bank
from backend.errors import Problem
from backend.room.events import NOTES, SCRATCH, Mode, Role
from backend.room.state import State

_CANDIDATE = {
    *("edit", "cursor", "run", "next", "say", "hint", "choice", "answered", "focus"),
}
_ALONE = {"pause", "resume", "extend", "score"}
"""What a candidate may do as well who practises: they are their own interviewer."""
_INTERVIEWER = {
    *("edit", "cursor", "run", "next", "say", "hint", "asked", "score", "share"),
    *("pause", "resume", "extend", "take-over", "hand-back"),
}
_WHILE_PAUSED = {"say", "cursor", "edit", "score", "resume", "extend", "focus", "pause"}
"""What a candidate may still send while the clock stands still. Edits: of scratch only."""


def refusal(state: State, role: Role, kind: str) -> Problem | None:
    """Why `role` may not send a command of this kind now; None: it may."""
    practice = state.created.practice
    allowed = _INTERVIEWER if role == "interviewer" else _CANDIDATE
    still = _WHILE_PAUSED
    if role == "candidate" and practice:
        allowed, still = allowed | _ALONE, still | {"next"}
    if kind not in allowed:
        return not_allowed(f"The {role} may not send `{kind}` in this room.")
    if state.clock.paused and role == "candidate" and kind not in still:
        return paused()
    if state.phase == "finished" and kind not in ("edit", "cursor", "score", "share", "run"):
        return wrong_phase("The interview is over.")
    rule = _RULES.get(kind)
    return rule(state, role) if rule is not None else None


def _hint(state: State, role: Role) -> Problem | None:
    if state.phase != "coding":
        return wrong_phase("Hints are there while you write code.")
    if role == "candidate" and not state.created.rules.hints:
        return not_allowed("In this interview no hints are given.")
    if role == "candidate" and not state.script_speaks and not state.created.practice:
        return not_allowed("Your interviewer gives the hints: ask in the talk.")
    return None


def _answering(state: State, role: Role) -> Problem | None:
    if state.phase not in ("follow-ups", "quick-checks"):
        return wrong_phase("Questions are answered in the follow-ups and the quick checks.")
    return None


def _extend(state: State, role: Role) -> Problem | None:
    if not state.created.rules.extend:
        return not_allowed("In this interview no stage is extended.")
    if state.clock.seconds is None:
        return wrong_phase("This stage has no clock.")
    return None


def _pause(state: State, role: Role) -> Problem | None:
    if not state.created.rules.pause:
        return not_allowed("In this interview the clock is not paused.")
    if state.clock.seconds is None:
        return wrong_phase("This stage has no clock.")
    return wrong_phase("The clock stands still already.") if state.clock.paused else None


def _resume(state: State, role: Role) -> Problem | None:
    return None if state.clock.paused else wrong_phase("The clock is running.")


def _score(state: State, role: Role) -> Problem | None:
    return wrong_phase("The interview has not begun.") if state.phase == "lobby" else None


def _take_over(state: State, role: Role) -> Problem | None:
    return None if state.script_speaks else wrong_phase("A person leads this talk already.")


def _hand_back(state: State, role: Role) -> Problem | None:
    return wrong_phase("The script leads this talk already.") if state.script_speaks else None


def _share(state: State, role: Role) -> Problem | None:
    if state.phase != "finished":
        return wrong_phase("A report is shared when the interview is over.")
    return wrong_phase("The report is shared already.") if state.shared else None


_RULES = {
    "hint": _hint,
    "asked": _answering,
    "choice": _answering,
    "answered": _answering,
    "extend": _extend,
    "pause": _pause,
    "resume": _resume,
    "score": _score,
    "take-over": _take_over,
    "hand-back": _hand_back,
    "share": _share,
}


def sees(role: Role, document: str) -> bool:
    return role == "interviewer" or document != NOTES


def editable(state: State, role: Role, document: str) -> bool:
    """Whether `role` may change a document now. What is there but not seen is not editable."""
    if document not in state.documents or not sees(role, document):
        return False
    if state.phase == "finished":
        return document == NOTES
    if document in (NOTES, SCRATCH) or role == "interviewer":
        return True
    if state.clock.paused:
        return False
    return not _judged(state, document)


def _judged(state: State, document: str) -> bool:
    """Predictions whose verdict has said what is right stand as they were submitted. Items that
    were asked are answers of another kind: nothing but a person judges them."""
    kind, _, rest = document.partition("/")
    slug, _, item = rest.partition("/")
    if kind != "answer" or any(put[:2] == (slug, int(item)) for put in state.asked):
        return False
    return bool(state.submits(slug))


def modes(state: State, role: Role, slug: str, bank: Bank) -> frozenset[Mode]:
    """In which modes a question may be run now."""
    question = bank.get(slug)
    if question is None or slug not in state.reached:
        return frozenset()
    if state.clock.paused and role == "candidate":
        return frozenset()
    found: set[Mode] = set()
    here = slug in state.current
    if question.kind in CODE_KINDS and here and state.created.rules.run:
        if state.phase in ("coding", "follow-ups"):
            found.add("run")
        if state.phase == "coding":
            found.add("submit")
    checked = here and state.phase == "quick-checks"
    if question.kind in ANSWER_KINDS and checked and not state.submits(slug):
        found.add("submit")
    if _lost_by_us(state, slug):
        found.add("submit")
    return frozenset(found)


def _lost_by_us(state: State, slug: str) -> bool:
    """We failed to judge the last text submitted: it may be sent again, however late it is."""
    submits = [run for run in state.runs.values() if (run.question, run.mode) == (slug, "submit")]
    return bool(submits) and submits[-1].failed_by_us


def not_allowed(detail: str) -> Problem:
    return Problem(403, "not-allowed", "Not allowed", detail)


def wrong_phase(detail: str) -> Problem:
    return Problem(409, "wrong-phase", "Not at this point", detail)


def paused() -> Problem:
    return Problem(
        409,
        "paused",
        "The clock stands still",
        "The interview is paused; this goes on when the clock does. Scratch and talk stay open.",
    )
