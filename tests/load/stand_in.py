"""A service or an executor whose slots judge nothing: each job takes a fixed time, and passes.

`python -m tests.load.stand_in serve|executor` reads the settings as `torchroom` does, and runs the
same code but for the slots; so what is measured of it is the engine, and no torch. The job sleeps:
two cores then carry as many slots as the engine can feed.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from backend.executor_process import execute
from backend.logs import configure_logs
from backend.serve import serve
from backend.settings import load_settings
from backend.slots import Layer
from sandbox.verdict import CaseVerdict, Mode, ScriptResult, Verdict

CASES = 6  # as many as a question has
OUTPUT = "x has shape (3, 4)\n"


@dataclass(frozen=True, slots=True)
class StandIn:
    """backend.slots.SandboxLike. Opens at once, or when a line comes in at `gate`."""

    seconds: float
    gate: Callable[[], object] | None = None
    kind: str = "process"
    layers: tuple[Layer, ...] = ()
    torch: str = "none"

    def __enter__(self) -> Self:
        if self.gate is not None:
            self.gate()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def prepare_ahead(self, question_dir: Path, mode: Mode = "submit") -> None:
        pass

    def judge(
        self,
        question_dir: Path,
        source: str,
        mode: Mode = "submit",
        on_event: Callable[[dict[str, Any]], None] = lambda event: None,
    ) -> Verdict:
        """Tells as much as a real one does, so that the engine has as much to carry."""
        time.sleep(self.seconds)
        script = None
        if mode == "run":
            on_event({"type": "output", "stream": "stdout", "text": OUTPUT})
            script = ScriptResult("passed", "The file ran.", self.seconds, OUTPUT, "", False)
        cases = [_case(number) for number in range(CASES)]
        for case in cases:
            on_event({"type": "case", "case": asdict(case)})
        return Verdict(
            "passed", CASES, CASES, self.seconds, mode, self.kind, self.torch, None, script, cases
        )


def _case(number: int) -> CaseVerdict:
    return CaseVerdict(
        name=f"case-{number}",
        title=f"Case number {number} of a question",
        visible=number == 0,
        criterion="shape-awareness",
        outcome="passed",
        message="As it should be.",
        used=0.01,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=("serve", "executor"))
    parser.add_argument("--job", type=float, default=0.1, help="seconds that a job takes")
    parser.add_argument("--gate", action="store_true", help="open no slot before a line comes in")
    wanted = parser.parse_args()
    settings = load_settings(os.environ)
    configure_logs(settings.log_level, settings.log_format)
    sandbox = StandIn(wanted.job, sys.stdin.readline if wanted.gate else None)
    if wanted.what == "serve":
        code = serve(settings, _say, _announce, lambda: sandbox)
    else:
        code = execute(settings, _say, lambda: sandbox)
    os._exit(code)  # as the commands end


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _announce(address: str) -> None:
    print(address, flush=True)


if __name__ == "__main__":
    main()
