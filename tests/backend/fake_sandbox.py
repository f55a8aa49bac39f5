"""A sandbox for tests of the service: it judges by looking for a word, and can be held or broken.

It speaks exactly as sandbox.judging.Sandbox does; what runs code for real is tested elsewhere.
"""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.verdict import CaseVerdict, Mode, Outcome, ScriptResult, Verdict

ANSWER = "return x * scale[:, None]\n"
WRONG = "return x\n"


@dataclass(frozen=True)
class FakeLayer:
    name: str
    holds: bool
    detail: str


class FakeSandbox:
    def __init__(self, kind: str = "process") -> None:
        self.kind = kind
        self.layers = [FakeLayer("network", False, "the host's own")]
        self.torch = "2.13.0"
        self.judged: list[tuple[str, str]] = []
        self.prepared: list[tuple[str, str]] = []
        self.started = threading.Semaphore(0)
        """Released once for each judgement that has begun."""
        self.may_go = threading.Event()
        """Clear it, and every judgement stops in the middle."""
        self.may_go.set()
        self.raises: list[Exception] = []
        """Raised by the judgements to come, one each."""
        self.opens_with: list[Exception] = []
        self.may_open = threading.Event()
        self.may_open.set()
        self.closed = False

    def __call__(self) -> Self:
        return self

    def __enter__(self) -> Self:
        self.may_open.wait()
        if self.opens_with:
            raise self.opens_with.pop(0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closed = True

    def prepare_ahead(self, question_dir: Path, mode: Mode = "submit") -> None:
        self.prepared.append((question_dir.name, mode))

    def judge(
        self,
        question_dir: Path,
        source: str,
        mode: Mode = "submit",
        on_event: Callable[[dict[str, Any]], None] | None = None,
    ) -> Verdict:
        tell = on_event or (lambda event: None)
        self.judged.append((mode, source))
        if mode == "run":
            tell({"type": "output", "stream": "stdout", "text": "hello\n"})
            tell(
                {
                    "type": "script",
                    "outcome": "passed",
                    "message": "The file ran.",
                    "traceback": None,
                    "seconds": 0.1,
                }
            )
        self.started.release()
        self.may_go.wait()
        if self.raises:
            raise self.raises.pop(0)
        outcome: Outcome = "passed" if "scale[:, None]" in source else "failed"
        case = CaseVerdict(
            name="three-rows",
            title="Three rows",
            visible=True,
            criterion="shape-awareness",
            outcome=outcome,
            message="As it should be." if outcome == "passed" else "`output` is wrong.",
            seconds=0.002,
        )
        tell({"type": "case", "case": asdict(case)})
        script = ScriptResult("passed", "The file ran.", 0.1, "hello\n", "", False)
        return Verdict(
            outcome=outcome,
            passed=int(outcome == "passed"),
            total=1,
            seconds=0.004,
            mode=mode,
            slot=self.kind,
            torch=self.torch,
            problem=None,
            script=script if mode == "run" else None,
            cases=[case],
        )
