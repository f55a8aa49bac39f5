"""The state of a room is a fold over its log, and over nothing else."""

import hashlib
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.errors import Problem
from backend.room import fold
from backend.room.events import COMMANDS, Draft, Rules
from tests.backend.room.playing import BEGIN, WHOLE, Play, coding, plan, stage

ROLES = st.sampled_from(["candidate", "interviewer"])
SLUGS = st.sampled_from(["scale-rows", "broken-loop", "quiz", "predict", "concept", "nothing"])
DOCUMENTS = st.sampled_from(
    ["code/scale-rows", "scratch", "notes", "answer/scale-rows/0", "answer/predict/1", "code/no"]
)
LINE = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\n\r\0"), max_size=5)
ITEMS = st.integers(0, 3)
BODIES = {
    "next": st.builds(dict, stage=st.integers(-1, 5)),
    "run": st.builds(dict, question=SLUGS, mode=st.sampled_from(["run", "submit"])),
    "say": st.builds(dict, text=st.sampled_from(["Hello", "May I have a hint?", "graph", " "])),
    "hint": st.builds(dict, question=SLUGS),
    "asked": st.builds(dict, question=SLUGS, item=ITEMS, further=st.booleans()),
    "choice": st.builds(
        dict, question=SLUGS, item=ITEMS, choices=st.lists(st.integers(-1, 3), max_size=3)
    ),
    "answered": st.builds(dict, question=SLUGS, item=ITEMS),
    "score": st.one_of(
        st.builds(dict, question=SLUGS, item=ITEMS, points=st.lists(st.booleans(), max_size=3)),
        st.builds(
            dict,
            criterion=st.sampled_from(["debugging", "charm"]),
            level=st.sampled_from(["no", "yes", None]),
        ),
    ),
    "extend": st.builds(dict, seconds=st.integers(1, 900)),
    "cursor": st.builds(
        dict, document=DOCUMENTS, client=st.just("c"), anchor=st.just(0), head=st.just(1)
    ),
    "focus": st.builds(dict, away=st.booleans()),
    **{kind: st.just({}) for kind in ("pause", "resume", "take-over", "hand-back", "share")},
}
COMMAND = st.sampled_from(sorted(BODIES)).flatmap(
    lambda kind: st.tuples(st.just("command"), ROLES, st.just(kind), BODIES[kind])
)
EDIT = st.tuples(st.just("edit"), ROLES, DOCUMENTS, LINE, st.floats(0, 1))
STEP = st.one_of(
    COMMAND,
    EDIT,
    st.tuples(st.just("type"), LINE),
    st.tuples(st.just("run"), st.sampled_from(["run", "submit"])),
    st.tuples(st.just("answer"), st.sampled_from(["", "graph", "graph memory"])),
    st.tuples(st.just("on")),
    st.tuples(st.just("wait"), st.sampled_from([1, 30, 200, 700, 4000])),
    st.tuples(st.just("end"), st.sampled_from(["passed", "failed", "lost"])),
)
PLANS = st.builds(
    plan,
    *(st.just(one) for one in (*WHOLE[:3], stage("coding", None, "broken-loop"), *WHOLE[3:])),
    practice=st.booleans(),
    script=st.booleans(),
    rules=st.builds(
        Rules, run=st.booleans(), hints=st.booleans(), pause=st.booleans(), extend=st.booleans()
    ),
)


def play(created, begin, steps) -> Play:  # type: ignore[no-untyped-def]
    """Whatever people do, in whatever order: nothing but a Problem is ever raised."""
    room = Play(created)
    room.join()
    for _ in range(begin):
        room.on()
    for step in steps:
        try:
            _do(room, *step)
        except Problem:
            continue
    return room


def _do(room: Play, what: str, *rest) -> None:  # type: ignore[no-untyped-def]
    if what == "command":
        role, kind, body = rest
        room.send(role, kind, **body)
    elif what == "on":
        room.on()
    elif what == "wait":
        room.wait(seconds=rest[0])
    elif what == "type":
        current = [name for name in room.state.documents if name.startswith("code/")]
        room.type(f"# {rest[0]}", current[-1] if current else "scratch")
    elif what == "run":
        for slug in room.state.current:
            room.run(rest[0], slug)
    elif what == "answer":
        for slug, item, _ in room.state.asked:
            if (slug, item) not in room.state.answered:
                room.type(rest[0], f"answer/{slug}/{item}")
                room.send("candidate", "answered", question=slug, item=item)
                return
    elif what == "end":
        under_way = [run.run for run in room.state.runs.values() if run.under_way]
        if under_way and rest[0] == "lost":
            room.fail(under_way[0])
        elif under_way:
            room.verdict(under_way[0], [("shape", "shape")] if rest[0] == "failed" else ())
    else:
        role, document, line, where = rest
        old = room.state.documents.get(document)
        text = "" if old is None else old.text
        at = int(where * len(text))
        before, after = (len(part.encode("utf-16-le")) // 2 for part in (text[:at], text[at:]))
        changes = [part for part in (before, [0, line], after) if part != 0]
        version = 0 if old is None else old.version
        room.send(role, "edit", document=document, version=version, client="c", changes=[changes])


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(PLANS, st.integers(0, 6), st.lists(STEP, min_size=10, max_size=30))
def test_whatever_people_do_the_log_is_one_that_folds(created, begin, steps) -> None:  # type: ignore[no-untyped-def]
    room = play(created, begin, steps)

    assert fold.fold(room.log) == room.state == fold.fold(room.log)
    for length in range(1, len(room.log), 7):
        assert fold.fold(room.log[:length]) == room.states[length - 1], "any prefix folds"
    assert [event.seq for event in room.log] == list(range(1, len(room.log) + 1))
    stages = [event.body["stage"] for event in room.events("phase")]
    assert stages == list(range(-1, len(stages) - 1)), "stages come one after the other"
    said = [text for text in room.said() if text]
    assert len(said) == len(set(said)), "the script says nothing twice"
    assert all(
        event.body["document"] != "notes"
        for event in room.events("edit")
        if event.author == "candidate"
    )
    _what_was_judged_is_what_was_typed(room)


def _what_was_judged_is_what_was_typed(room: Play) -> None:
    """Replayed by other means than the fold's: on a list of UTF-16 units."""
    texts: dict[str, bytes] = {}
    versions: dict[str, int] = {}
    for event in room.log:
        body = event.body
        if event.kind == "opened":
            texts[body["document"]] = body["text"].encode("utf-16-le")
            versions[body["document"]] = 0
        elif event.kind == "edit":
            for changes in body["changes"]:
                texts[body["document"]] = _replay(texts[body["document"]], changes)
                versions[body["document"]] += 1
        elif event.kind == "run" and body["version"] >= 0:
            document = f"code/{body['question']}"
            judged = texts[document].decode("utf-16-le").encode()
            assert body["sha256"] == hashlib.sha256(judged).hexdigest()
            assert body["version"] == versions[document]


def _replay(units: bytes, changes) -> bytes:  # type: ignore[no-untyped-def]
    new, at = b"", 0
    for part in changes:
        kept, lines = (part, None) if isinstance(part, int) else (part[0], part[1:])
        new += units[at : at + 2 * kept] if lines is None else "\n".join(lines).encode("utf-16-le")
        at += 2 * kept
    assert at == len(units)
    return new


def test_every_command_is_played_above() -> None:
    assert {*BODIES, "edit"} == set(COMMANDS)


def test_the_lobby_has_scratch_and_notes_and_no_clock() -> None:
    state = Play(plan(*WHOLE)).state

    assert (state.phase, state.stage, state.clock.deadline) == ("lobby", -1, None)
    assert list(state.documents) == ["scratch", "notes"]


def test_an_edit_counts_versions_by_change_sets() -> None:
    room = coding()
    room.send(
        "candidate", "edit", document="scratch", version=0, client="c",
        changes=[[[0, "a"]], [1, [0, "😀"]], [3, [0, "b"]]],
    )  # fmt: skip

    assert room.state.documents["scratch"].text == "a😀b"
    assert room.state.documents["scratch"].version == 3


def test_a_verdict_tells_which_case_failed_first_and_in_what() -> None:
    room = coding()
    run = room.run()
    assert room.state.runs[run].under_way
    room.verdict(run, [("one-column", "dtype"), ("later", "value")], total=4)

    found = room.state.runs[run]
    assert (found.outcome, found.passed, found.total) == ("failed", 2, 4)
    assert (found.failed_case, found.failed_title, found.failed_what) == (
        "one-column",
        "Case one-column",
        "dtype",
    )


@pytest.mark.parametrize(
    "verdict",
    [
        {},
        {"outcome": 7},
        {"outcome": "passed", "passed": None},
        {"outcome": "failed", "cases": [{}]},
        {"outcome": "failed", "cases": 7},
        {"outcome": "failed", "problem": "x"},
    ],
)
def test_what_is_no_verdict_counts_as_a_failure_of_ours(verdict: object) -> None:
    room = coding()
    run = room.run("submit")
    body = {"run": run, "question": "scale-rows", "mode": "submit", "verdict": verdict}
    room.append([Draft("system", "verdict", body)])

    assert room.state.runs[run].failed_by_us
    assert room.state.runs[run].outcome is None
    assert not room.state.passed


def test_a_second_end_of_the_same_run_changes_nothing() -> None:
    room = coding()
    run = room.run()
    room.fail(run)
    room.verdict(run)

    assert room.state.runs[run].failed_by_us
    assert room.state.runs[run].outcome is None


def test_pauses_and_extensions_move_the_deadline() -> None:
    room = coding()
    room.wait(minutes=4)
    room.send("interviewer", "pause")
    room.wait(minutes=30)
    assert room.state.clock.deadline is None
    assert room.state.clock.remaining(room.now) == 6 * 60
    room.send("interviewer", "extend", seconds=90)
    room.send("interviewer", "resume")

    assert room.state.clock.deadline == BEGIN + timedelta(minutes=10 + 30, seconds=90)
    assert room.state.clock.remaining(room.now) == 7.5 * 60


def test_pages_come_and_go() -> None:
    room = coding()
    room.join("interviewer")
    assert room.state.here == {"page-candidate": "candidate", "page-interviewer": "interviewer"}
    left = room.events("joined")[0]
    gone = fold.step(room.state, left.__class__(99, room.now, "candidate", "left", left.body))

    assert gone.here == {"page-interviewer": "interviewer"}


def test_silence_is_the_candidates_own() -> None:
    room = coding()
    room.wait(minutes=1)
    room.send("interviewer", "say", text="Take your time.")
    assert room.state.active_at is None
    room.send("candidate", "say", text="Thanks.")
    assert room.state.active_at == room.now


def test_a_kind_that_folds_to_nothing_still_counts() -> None:
    room = coding()
    before = room.state
    room.send("candidate", "focus", away=True)

    assert (room.state.seq, room.state.documents) == (before.seq + 1, before.documents)
