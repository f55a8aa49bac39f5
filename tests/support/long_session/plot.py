"""The story: three questions from start to finish, with everything that a room's log can hold."""

import hashlib
import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from backend.clock import rfc3339
from backend.room.events import Event, Mode, answer_document, code_document
from tests.support.long_session import verdicts
from tests.support.long_session.desk import CLIENTS, Desk
from tests.support.long_session.verdicts import QUESTIONS

START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
CANDIDATE, INTERVIEWER, SCRIPT, SYSTEM = "candidate", "interviewer", "script", "system"
ASIDES = (
    "# hm, which axis is the channel? 🤔\n",
    "# TODO 👩🏽‍💻 ask about affine=False\n",
    "# x: [batch, heads, queries, keys]\n",
    "# naïve first, fast later 🚀\n",
)
SEPARATION = "\n\n# another way, from the start\n"


@dataclass(frozen=True, slots=True)
class Stage:
    phase: str
    title: str
    minutes: float
    question: str | None
    play: Callable[["Story", "Stage"], None]
    share: float = 0.0
    """Of all edits."""

    def planned(self, factor: float) -> dict[str, Any]:
        return {
            "phase": self.phase,
            "title": self.title,
            "seconds": round(self.minutes * 60 * factor),
            "questions": [self.question] if self.question else [],
        }


@dataclass(slots=True)
class Story:
    desk: Desk
    start: datetime
    name: str
    runs: int = 0

    def say(self, author: str, text: str, why: str = "chat", **where: Any) -> None:
        self.desk.tell(author, "say", text=text, why=why, **where)  # type: ignore[arg-type]

    def judge(self, question: str, mode: Mode, verdict: dict[str, Any], why: str = "asked") -> None:
        """A run and, a moment later, its verdict."""
        desk, document = self.desk, code_document(question)
        self.runs += 1
        run = "run_" + hashlib.sha256(f"{self.name} {self.runs}".encode()).hexdigest()[:24]
        text = desk.texts[document]
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        told: dict[str, Any] = {"run": run, "question": question, "mode": mode}
        version = desk.versions[document]
        author = CANDIDATE if why == "asked" else SYSTEM
        desk.tell(author, "run", **told, version=version, sha256=sha256, why=why)  # type: ignore[arg-type]
        desk.wait(0.4)
        desk.tell(SYSTEM, "verdict", **told, verdict=verdict)
        desk.think(4, 9)

    def hint(self, question: str, level: int) -> None:
        self.desk.tell(CANDIDATE, "hint", question=question, level=level)
        hints = (QUESTIONS / question / "hints.md").read_text().split("## ")[1:]
        self.say(
            SCRIPT, "**" + hints[level - 1].replace("\n", "**\n", 1), "hint", question=question
        )
        self.desk.think(15, 40)

    def away(self, seconds: float) -> None:
        self.desk.tell(CANDIDATE, "focus", away=True)
        self.desk.wait(seconds)
        self.desk.tell(CANDIDATE, "focus", away=False)

    def pause(self, seconds: float) -> None:
        self.desk.tell(INTERVIEWER, "pause")
        self.desk.wait(seconds)
        self.desk.tell(INTERVIEWER, "resume")

    def note(self, text: str) -> None:
        desk = self.desk
        desk.type(INTERVIEWER, "notes", len(desk.texts["notes"]), text + "\n")


def long_session(
    seed: int = 1,
    edits: int = 20_000,
    minutes: float = 90,
    start: datetime = START,
    shared: bool = True,
) -> list[Event]:
    """Deterministic: the same arguments give the same log."""
    desk = Desk(random.Random(seed))
    story = Story(desk, start, f"{seed} {edits} {minutes} {start}")
    factor = minutes / sum(stage.minutes for stage in STAGES)
    _lobby(story, factor)
    for number, stage in enumerate(STAGES):
        began, since = desk.now, len(desk.log)
        seconds = stage.minutes * 60 * factor
        _phase(story, stage.phase, number, seconds, "ready" if number == 0 else "moved-on")
        desk.most_edits = desk.edits + round(edits * stage.share)
        if number == len(STAGES) - 1:
            desk.most_edits = edits
        stage.play(story, stage)
        desk.fit(since, began, began + seconds)
    _phase(story, "finished", len(STAGES), None, "done")
    desk.wait(20)
    desk.tell(INTERVIEWER, "score", criterion="communication", level="yes", reason="Thinks aloud.")
    desk.wait(5)
    if shared:
        desk.tell(INTERVIEWER, "share")
    return desk.events(start)


def _lobby(story: Story, factor: float) -> None:
    desk = story.desk
    desk.tell(
        SYSTEM,
        "created",
        title="Layers from memory, in full",
        template=None,
        stages=[stage.planned(factor) for stage in STAGES],
        rules={},
        weights={"module-usage": 3.0, "shape-awareness": 3.0, "gradient-understanding": 3.0},
        practice=False,
        script=True,
        candidate="Ada",
        interviewer="Grace",
        extra_time=0,
    )
    _phase(story, "lobby", -1, None, "created")
    desk.open("scratch", "")
    desk.open("notes", "")
    desk.wait(4)
    desk.tell(CANDIDATE, "joined", role="candidate", client=CLIENTS["candidate"])
    desk.wait(9)
    desk.tell(INTERVIEWER, "joined", role="interviewer", client=CLIENTS["interviewer"])
    desk.wait(7)


def _phase(story: Story, phase: str, number: int, seconds: float | None, why: str) -> None:
    ends = None if seconds is None else story.start.timestamp() + story.desk.now + seconds
    deadline = None if ends is None else rfc3339(datetime.fromtimestamp(ends, UTC))
    whole = None if seconds is None else round(seconds)
    author = SYSTEM if why in ("created", "time", "done") else CANDIDATE
    told: dict[str, Any] = {"phase": phase, "stage": number, "seconds": whole}
    story.desk.tell(author, "phase", **told, deadline=deadline, why=why)  # type: ignore[arg-type]


def _introduce(story: Story, stage: Stage) -> None:
    desk = story.desk
    story.say(
        SCRIPT, "Welcome. Say aloud what you think; it is heard before it is judged.", "opening"
    )
    desk.think(20, 40)
    story.say(CANDIDATE, "Hello! I have written training code for two years, mostly vision. 👋")
    desk.think(15, 30)
    story.say(INTERVIEWER, "Good to meet you, Ada. Shall we sketch the plan in the scratch pad?")
    desk.type(
        CANDIDATE,
        "scratch",
        0,
        "Plan:\n  1. shapes first\n  2. then values\n  3. then gradients ✅\n",
    )
    desk.think(5, 9)
    desk.type(INTERVIEWER, "scratch", 0, "Agreed with Grace\n")
    desk.think(20, 60)


def _code(story: Story, stage: Stage) -> None:
    """Wrong ways first; what still is to be typed at the end is left room for."""
    desk, question = story.desk, stage.question
    assert question is not None
    folder, document = QUESTIONS / question, code_document(question)
    reference = (folder / "reference.py").read_text()
    followups = tomllib.loads((folder / "followups.toml").read_text())
    desk.open(document, (folder / "starter.py").read_text())
    story.say(SCRIPT, followups["opening"], "task", question=question)
    desk.think(15, 45)
    mistakes = sorted((folder / "wrong").glob("*.py"))
    desk.rng.shuffle(mistakes)
    end = desk.most_edits
    desk.most_edits = max(desk.edits, end - 2 * len(reference))
    level = 0
    while not desk.is_tired and mistakes:
        lines = mistakes.pop().read_text().splitlines(True)
        wrong = desk.rng.choice(ASIDES) + "".join(lines[2:])
        if desk.rng.random() < 0.5 and level:
            desk.erase(CANDIDATE, document, 0, len(desk.texts[document]))
        desk.turn_into(CANDIDATE, document, wrong)
        _try(story, question, level)
        level += 1
    desk.most_edits = end
    desk.turn_into(CANDIDATE, document, reference)
    story.judge(
        question, "run", verdicts.passed(question, "run", desk.rng, "all layers fused 🎉\n")
    )
    story.judge(question, "submit", verdicts.passed(question, "submit", desk.rng))
    story.say(SCRIPT, "All cases pass. Well done.", "reaction", question=question)
    while not desk.is_tired:  # polishing, as people do while there is time
        text = desk.texts[document]
        aside = desk.rng.choice(ASIDES)
        desk.type(CANDIDATE, document, len(text), aside)
        desk.think(1, 3)
        desk.erase(CANDIDATE, document, len(text), len(desk.texts[document]))


def _try(story: Story, question: str, level: int) -> None:
    """What happens between two attempts differs from one to the next."""
    desk, rng = story.desk, story.desk.rng
    document = code_document(question)
    mode: Mode = "submit" if level % 3 == 2 else "run"
    if level == 1:
        story.judge(question, mode, verdicts.unreadable(3, mode))
    else:
        story.judge(question, mode, verdicts.failed(question, mode, rng, bad=1 + level % 2))
    if level < 3:
        story.hint(question, level + 1)
    if level == 0:
        story.say(CANDIDATE, "The scale belongs to the output channels, I think.")
        story.note(f"{question}: starts with shapes, good")
    if level == 1:
        story.away(18)
        text = desk.texts[document]
        snippet = "# from my notes\nscale = (variance + eps).rsqrt()\n"
        desk.replace(CANDIDATE, document, len(text), len(text), snippet, pasted=len(snippet))
        desk.wait(3)
        desk.erase(CANDIDATE, document, len(text), len(desk.texts[document]))
    if level == 2:
        story.pause(45)
        desk.tell(INTERVIEWER, "extend", seconds=60, reason="The pause was ours.")
        story.say(
            SCRIPT, "The same case failed again. What does it tell you?", "nudge", question=question
        )
    if level == 3:
        desk.tell(INTERVIEWER, "take-over")
        story.say(INTERVIEWER, "Let me point at the line that I mean.")
        desk.point(INTERVIEWER, document, 60, anchor=4)
        desk.think(6, 12)
        desk.tell(INTERVIEWER, "hand-back")
    if level == 4:
        desk.tell(CANDIDATE, "left", role="candidate", client=CLIENTS["candidate"])
        desk.wait(6)
        desk.tell(CANDIDATE, "joined", role="candidate", client=CLIENTS["candidate"])
    desk.think(10, 50)


def _follow_up(story: Story, stage: Stage) -> None:
    desk, question = story.desk, stage.question
    assert question is not None
    followups = tomllib.loads((QUESTIONS / question / "followups.toml").read_text())["followup"]
    end = desk.most_edits
    for item, asked in enumerate(followups[:2]):
        desk.most_edits = desk.edits + (end - desk.edits) // (2 - item)
        document = answer_document(question, item)
        desk.tell(SYSTEM, "asked", question=question, item=item, further=False)
        desk.open(document, "")
        where = {"question": question, "item": item}
        story.say(SCRIPT, asked["question"], "follow-up", **where)
        desk.think(10, 30)
        points = [
            point if isinstance(point, str) else point["text"] for point in asked["key_points"]
        ]
        desk.type(CANDIDATE, document, 0, "\n".join(points) + "\n")
        desk.think(2, 8)
        desk.tell(CANDIDATE, "answered", question=question, item=item)
        story.say(SCRIPT, "Thank you, that is clear.", "reaction", **where)
        desk.think(3, 8)


def _wrap_up(story: Story, stage: Stage) -> None:
    desk = story.desk
    story.say(SCRIPT, "What would you like to ask?", "closing")
    story.say(CANDIDATE, "Which part of this do you meet at work? 🙂")
    story.say(INTERVIEWER, "The folding, every week.")
    while not desk.is_tired:
        story.note("Clear thinking, tests shapes before values; asks when stuck. 👍")
        desk.think(1, 4)


def _by_time(story: Story, stage: Stage) -> None:
    """The clock ends this one: the text is submitted as it stands."""
    desk, question = story.desk, stage.question
    assert question is not None
    _code(story, stage)
    story.judge(
        question, "submit", verdicts.failed(question, "submit", desk.rng, bad=2), why="time"
    )


STAGES = (
    Stage("introduction", "Introduction", 5, None, _introduce, 0.005),
    Stage("coding", "Fuse convolution and batch norm", 25, "fuse-conv-bn", _code, 0.32),
    Stage("follow-ups", "Follow-ups", 8, "fuse-conv-bn", _follow_up, 0.05),
    Stage("coding", "Layer normalisation", 22, "layer-norm", _code, 0.28),
    Stage("follow-ups", "Follow-ups", 7, "layer-norm", _follow_up, 0.05),
    Stage("coding", "Multi-head attention", 19, "multi-head-attention", _by_time, 0.25),
    Stage("wrap-up", "Wrap-up", 4, None, _wrap_up),
)
