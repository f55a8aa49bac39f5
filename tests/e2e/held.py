"""An interview held over HTTP, from the lobby to its end, for tests of what comes after it."""

import itertools
import json
import time
import urllib.error
import urllib.request
from typing import Any

from tests.e2e.room import wrong_answer
from tests.e2e.seats import new_room
from tests.e2e.service import Service

QUESTION = "multi-head-attention"
NAME = '<img src=x onerror="window.attacked=1">'
ANSWER = "</script><script>window.attacked=1</script> It needs memory for every pair of positions."
PATIENCE = 60  # seconds until a verdict; the first run of a service warms it up


class Held:
    """A room, and what its two links may do in it."""

    def __init__(self, service: Service, **plan: Any) -> None:
        links = new_room(service.url, **plan)
        self.url, self.id = service.url, links.id
        self.secrets = {
            "candidate": links.candidate.partition("#")[2],
            "interviewer": links.interviewer.partition("#")[2],
        }
        self._numbers = itertools.count(1)

    def address(self, part: str, role: str = "interviewer") -> str:
        return f"{self.url}/rooms/{self.id}/{part}#{self.secrets[role]}"

    def ask(self, path: str = "", role: str = "interviewer") -> Any:
        return self._send("GET", path, role, None)

    def do(self, role: str, kind: str, **body: Any) -> Any:
        key = f"test:{next(self._numbers)}"
        return self._send("POST", "/events", role, {"key": key, "kind": kind, "body": body})

    def state(self) -> Any:
        return self.ask()["state"]

    def write(self, document: str, text: str, pasted: int = 0) -> None:
        """As the first edit of a document that is still what it was when it was opened."""
        log = self.ask("/log")["events"]
        [opened] = [
            event["body"]["text"]
            for event in log
            if event["kind"] == "opened" and event["body"]["document"] == document
        ]
        change = [[len(opened), *text.split("\n")]] if opened else [[0, *text.split("\n")]]
        self.do(
            "candidate",
            "edit",
            document=document,
            version=0,
            client="test",
            changes=[change],
            pasted=pasted,
        )

    def judged(self, mode: str) -> None:
        self.do("candidate", "run", question=QUESTION, mode=mode)
        until = time.monotonic() + PATIENCE
        while any(run["state"] == "under-way" for run in self.state()["runs"]):
            assert time.monotonic() < until, "no verdict came"
            time.sleep(0.1)

    def go_on(self) -> Any:
        self.do("candidate", "next", stage=self.state()["stage"])
        return self.state()

    def _send(self, method: str, path: str, role: str, body: object) -> Any:
        request = urllib.request.Request(
            f"{self.url}/api/v1/rooms/{self.id}{path}",
            None if body is None else json.dumps(body).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.secrets[role]}",
            },
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.read().decode()}") from None


def hold(service: Service, **plan: Any) -> Held:
    """A template with one piece of code and its follow-ups; everything happens once."""
    held = Held(service, template="layers-from-memory", **{"candidate": NAME, **plan})
    held.do("candidate", "next", stage=-1)
    while (state := held.state())["phase"] != "finished":
        if state["phase"] == "coding":
            _code(held)
        elif state["phase"] == "follow-ups":
            _answer(held)
        held.go_on()
    return held


def _code(held: Held) -> None:
    hostile = "# </code></style><script>window.attacked=1</script>\n"
    held.write(f"code/{QUESTION}", hostile + wrong_answer(QUESTION, "heads_interleaved.py"), 30)
    held.judged("run")
    held.do("candidate", "hint", question=QUESTION)
    held.do("candidate", "focus", away=True)
    held.do("candidate", "focus", away=False)
    held.judged("submit")


def _answer(held: Held) -> None:
    first = next(one for one in held.state()["asked"] if not one["answered"])
    held.write(first["document"], ANSWER)
    held.do("candidate", "answered", question=QUESTION, item=first["item"])
