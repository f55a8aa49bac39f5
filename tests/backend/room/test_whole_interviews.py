"""Each of our interviews, played in memory from the lobby to the end, with the bank as it is."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend.bank import CODE_KINDS, Bank, load_bank
from backend.interviews.plan import created_from_template
from backend.interviews.templates import Templates, load_templates
from backend.room import fold, views
from backend.room.events import code_document
from tests.backend.room.playing import BEGIN, Play

ROOT = Path(__file__).resolve().parents[3]
SLUGS = sorted(path.stem for path in (ROOT / "templates").glob("*.toml"))


@pytest.fixture(scope="module")
def ours() -> tuple[Bank, Templates]:
    bank = load_bank(ROOT / "questions")
    return bank, load_templates(ROOT / "templates", bank)


def begin(ours: tuple[Bank, Templates], slug: str) -> Play:
    bank, templates = ours
    template = templates.get(slug)
    assert template is not None
    room = Play(created_from_template(template, practice=True, candidate="Ada"), bank=bank)
    room.join()
    room.on()
    return room


def coded(room: Play) -> list[str]:
    found = [room.bank.get(slug) for stage in room.state.created.stages for slug in stage.questions]
    return list(dict.fromkeys(q.slug for q in found if q is not None and q.kind in CODE_KINDS))


@pytest.mark.parametrize("slug", SLUGS)
def test_left_alone_it_ends_on_time_with_everything_submitted(
    ours: tuple[Bank, Templates], slug: str
) -> None:
    room = begin(ours, slug)
    minutes = sum(stage.seconds or 0 for stage in room.state.created.stages) // 60
    for _ in range(minutes * 2 - 1):
        room.wait(seconds=30)
    assert room.state.phase == "wrap-up"
    room.wait(seconds=30)

    assert room.state.phase == "finished"
    assert room.state.clock.began == BEGIN + timedelta(minutes=minutes)
    submitted = {run.question for run in room.state.runs.values()}
    assert set(coded(room)) <= submitted
    assert len(room.said()) == len(set(room.said()))
    assert fold.fold(room.log) == room.state


@pytest.mark.parametrize("slug", SLUGS)
def test_a_candidate_who_does_it_all_hears_every_part_of_it(
    ours: tuple[Bank, Templates], slug: str
) -> None:
    room = begin(ours, slug)
    asked = 0
    while room.state.phase != "finished":
        room.wait(seconds=20)
        for question in room.state.current:
            if room.state.phase == "coding":
                room.type("import torch\n", code_document(question))
                room.send("candidate", "hint", question=question)
                if room.state.created.rules.run:
                    room.verdict(room.run("submit", question))
            elif (
                room.state.phase == "quick-checks"
                and not views.state_view(room.state, "candidate", room.now, room.bank)["asked"]
            ):
                room.verdict(room.run("submit", question))
        for _ in range(40):
            pending = [put for put in room.state.asked if put[:2] not in room.state.answered]
            if not pending:
                break
            question, item, _ = pending[0]
            room.type("It depends on how it is used.", f"answer/{question}/{item}")
            room.send("candidate", "answered", question=question, item=item)
            asked += 1
        room.on()

    assert asked or slug == "fundamentals-screen"
    for slug in coded(room):
        assert any(event.body["question"] == slug for event in room.events("hint"))
    assert len(room.said("opening")) >= 1
    assert len(room.said("closing")) >= 1
    assert len(room.said()) == len(set(room.said())), "nothing twice"
    assert room.state.answered == {put[:2] for put in room.state.asked}
