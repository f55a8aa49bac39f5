"""The executor's side of the judge: loads questions, asks for inputs, hands over what came back."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import protocol
from sandbox.channel import Channel
from sandbox.errors import BadQuestion, JudgeGone, SlotGone
from sandbox.protocol import Kind

CALL_SECONDS = 120.0
FILES = ("question.toml", "cases.py", "probe.py", "reference.py")


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of a case before it runs. `seconds` overrides the question's limit."""

    name: str
    title: str
    visible: bool
    criterion: str
    seconds: float | None
    budget: bool


@dataclass(frozen=True, slots=True)
class LoadedQuestion:
    """A question that the judge holds under `digest`."""

    digest: str
    cases: dict[str, CaseFacts]


@dataclass(frozen=True, slots=True)
class Ticket:
    """Inputs of one run: `names[i]` is the case whose encoded inputs are `blobs[i]`.

    `judge` says which life of the judge issued it; another life does not know it.
    """

    number: int
    life: int
    names: list[str]
    blobs: list[bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    """An observation as it came: its input's number in the ticket, its bytes, its checksums."""

    index: int
    blob: bytes
    inputs: Any


class Judge:
    """One judge process, started on first use and again after it died. Safe to share by threads."""

    def __init__(self, start: Callable[[], Channel]) -> None:
        self._start = start
        self._lock = threading.RLock()
        self._channel: Channel | None = None
        self._loaded: dict[str, LoadedQuestion] = {}
        self.life = 0
        self.torch = ""

    def load(self, question_dir: Path) -> LoadedQuestion:
        """Make the judge hold this folder as it is now. `BadQuestion` if its files do not run."""
        files = read_files(question_dir)
        digest = digest_of(files)
        with self._lock:
            self._running()
            if digest not in self._loaded:
                reply, _ = self._call({"call": "load", "digest": digest, "files": files})
                cases = [CaseFacts(**facts) for facts in reply["cases"]]
                self._loaded[digest] = LoadedQuestion(digest, {case.name: case for case in cases})
            return self._loaded[digest]

    def prepare(
        self, question: LoadedQuestion, cases: list[str], seed: int, dtype: str | None = None
    ) -> Ticket:
        """Fresh inputs for the named cases. The judge goes on to compute what is expected."""
        request = {
            "call": "prepare",
            "digest": question.digest,
            "cases": cases,
            "seed": seed,
            "dtype": dtype,
        }
        with self._lock:
            reply, blobs = self._call(request)
            return Ticket(reply["ticket"], self.life, reply["cases"], blobs)

    def check(self, ticket: Ticket, answers: list[Answer]) -> list[dict[str, Any]]:
        """One {"passed", "failure", "message", "used"} for each answer."""
        described = [{"index": answer.index, "inputs": answer.inputs} for answer in answers]
        request = {"call": "check", "ticket": ticket.number, "answers": described}
        with self._lock:
            self._same_life(ticket)
            results, _ = self._call(request, *(answer.blob for answer in answers))
            return list(results)

    def drop(self, ticket: Ticket) -> None:
        """Let the judge forget a ticket."""
        with self._lock:
            if ticket.life == self.life and self._channel is not None:
                self._call({"call": "drop", "ticket": ticket.number})

    def start(self) -> None:
        """Start it now rather than on first use."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End the judge."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
                self._channel = None
                self._loaded.clear()

    def _same_life(self, ticket: Ticket) -> None:
        if ticket.life != self.life or self._channel is None:
            raise JudgeGone("the judge was started anew while this run was under way")

    def _running(self) -> Channel:
        if self._channel is None:
            channel = self._start()
            try:
                _, payload = channel.receive(CALL_SECONDS)
            except SlotGone as error:
                channel.close()
                raise JudgeGone(f"the judge did not start: {error}") from None
            self._channel = channel
            self._loaded.clear()
            self.life += 1
            self.torch = protocol.load_json(payload)["torch"]
        return self._channel

    def _call(self, request: dict[str, Any], *blobs: bytes) -> tuple[Any, list[bytes]]:
        channel = self._running()
        try:
            channel.send(protocol.frame(Kind.CALL, protocol.pack(request, *blobs)))
            _, payload = channel.receive(CALL_SECONDS)
        except SlotGone as error:
            self.close()
            raise JudgeGone(f"the judge is gone: {error}") from None
        reply, more = protocol.unpack(payload)
        if isinstance(reply, dict) and "fault" in reply:
            raise BadQuestion(reply["fault"])
        return reply, more


def read_files(question_dir: Path) -> dict[str, str]:
    """The files of a question that the judge needs, by name."""
    try:
        return {name: (question_dir / name).read_text(encoding="utf-8") for name in FILES}
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestion(f"{question_dir.name}: {error}") from None


def digest_of(files: dict[str, str]) -> str:
    """A name for exactly these contents."""
    return hashlib.sha256(protocol.dump_json(files)).hexdigest()
