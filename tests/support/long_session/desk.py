"""What lies open in a room while it is being written in, and the log that this makes."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any

from backend.room.events import BODIES, Author, Changes, Event

CLIENTS = {"candidate": "c-7f3a", "interviewer": "i-20bd"}
TYPOS = 0.03
KEY_SECONDS = 0.13
CURSOR_EVERY = 1.0  # seconds; the room logs cursors no more often
NEAR_ON_A_KEYBOARD = "etaoinshrdlucm"


def utf16(text: str) -> int:
    """Length as CodeMirror counts it."""
    return len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class Happened:
    at: float
    author: Author
    kind: str
    body: dict[str, Any]
    key: str | None


@dataclass(slots=True)
class Desk:
    """Everything typed here is a change set that CodeMirror would accept."""

    rng: random.Random
    now: float = 0.0
    edits: int = 0
    most_edits: int = 0
    """Typing stops here, wherever it is."""
    texts: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    log: list[Happened] = field(default_factory=list)
    _cursor_at: dict[str, float] = field(default_factory=dict)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def think(self, least: float, most: float) -> None:
        self.wait(self.rng.uniform(least, most))

    def tell(self, author: Author, kind: str, **body: Any) -> None:
        """Refused where the room itself would refuse the body."""
        checked = BODIES[kind].model_validate(body).model_dump()
        key = None
        if author in CLIENTS and kind not in ("edit", "cursor", "joined", "left"):
            key = f"{CLIENTS[author]}:{len(self.log)}"
        self.log.append(Happened(self.now, author, kind, checked, key))

    def open(self, document: str, text: str) -> None:
        self.texts[document] = text
        self.versions[document] = 0
        self.tell("system", "opened", document=document, text=text)

    @property
    def is_tired(self) -> bool:
        return self.edits >= self.most_edits

    def replace(
        self, author: Author, document: str, start: int, end: int, put: str, pasted: int = 0
    ) -> None:
        """One edit event: the text from start to end becomes `put`."""
        text = self.texts[document]
        if self.is_tired or (start == end and not put):
            return
        before, gone, after = utf16(text[:start]), utf16(text[start:end]), utf16(text[end:])
        section: list[int | str] = [gone, *put.split("\n")] if put else [gone]
        changes: Changes = [*([before] if before else []), section, *([after] if after else [])]
        self.tell(
            author,
            "edit",
            document=document,
            version=self.versions[document],
            client=CLIENTS[author],
            changes=[changes],
            pasted=pasted,
        )
        self.texts[document] = text[:start] + put + text[end:]
        self.versions[document] += 1
        self.edits += 1
        if self.now - self._cursor_at.get(author, -CURSOR_EVERY) >= CURSOR_EVERY:
            self.point(author, document, start + len(put))

    def point(self, author: Author, document: str, head: int, anchor: int | None = None) -> None:
        """The cursor, or with `anchor` a selection."""
        text = self.texts[document]
        self._cursor_at[author] = self.now
        self.tell(
            author,
            "cursor",
            document=document,
            client=CLIENTS[author],
            anchor=utf16(text[: head if anchor is None else anchor]),
            head=utf16(text[:head]),
        )

    def type(self, author: Author, document: str, at: int, text: str) -> int:
        """Key by key, with slips of the finger; an editor indents a new line by itself. Returns
        where the cursor stands."""
        while text and not self.is_tired:
            key = text[0]
            if key == "\n":
                key += " " * (len(text[1:]) - len(text[1:].lstrip(" ")))
                self.think(0.2, 1.6)
            elif self.rng.random() < TYPOS:
                self._key(author, document, at, at, self.rng.choice(NEAR_ON_A_KEYBOARD))
                self.wait(0.15)
                self._key(author, document, at, at + 1, "")
            self._key(author, document, at, at, key)
            at, text = at + len(key), text[len(key) :]
        return at

    def erase(self, author: Author, document: str, start: int, end: int) -> None:
        """Short things by backspace, long ones by selecting them."""
        if end - start > 16:
            self.wait(1.2)
            self.point(author, document, end, anchor=start)
            self.wait(0.5)
            self.replace(author, document, start, end, "")
            return
        while end > start and not self.is_tired:
            self._key(author, document, end - 1, end, "")
            end -= 1

    def turn_into(self, author: Author, document: str, wanted: str) -> None:
        """From the text as it stands to another, difference by difference, from top to bottom."""
        now, then = self.texts[document].splitlines(True), wanted.splitlines(True)
        at = 0
        for kind, a, b, c, d in SequenceMatcher(None, now, then, autojunk=False).get_opcodes():
            gone, put = "".join(now[a:b]), "".join(then[c:d])
            if kind != "equal" and not self.is_tired:
                self.think(1, 6)
                self._change(author, document, at, gone, put)
            at += len(gone) if kind == "equal" else len(put)

    def _change(self, author: Author, document: str, at: int, gone: str, put: str) -> None:
        """Only what lies between the common beginning and the common end is touched."""
        head = _common(gone, put)
        tail = _common(gone[head:][::-1], put[head:][::-1])
        self.erase(author, document, at + head, at + len(gone) - tail)
        self.type(author, document, at + head, put[head : len(put) - tail])

    def _key(self, author: Author, document: str, start: int, end: int, put: str) -> None:
        self.wait(KEY_SECONDS * self.rng.lognormvariate(0, 0.5))
        self.replace(author, document, start, end, put)

    def fit(self, since: int, began: float, ends: float) -> None:
        """Stretch or press the log from `since` on, so that now becomes `ends`."""
        factor = (ends - began) / max(self.now - began, 1e-9)
        for happened in self.log[since:]:
            happened.at = began + (happened.at - began) * factor
        self.now = ends

    def events(self, start: datetime) -> list[Event]:
        return [
            Event(
                seq=seq,
                at=start + timedelta(milliseconds=round(happened.at * 1000)),
                author=happened.author,
                kind=happened.kind,
                body=happened.body,
                key=happened.key,
            )
            for seq, happened in enumerate(self.log, start=1)
        ]


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
