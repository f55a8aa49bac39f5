"""One run on one slot: plays the jobs, hands what comes back to the judge, and says how each case
ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sandbox import messages, protocol, text
from sandbox.errors import SlotGone
from sandbox.judge_client import Answer, CaseFacts, Judge, Ticket
from sandbox.protocol import Kind
from sandbox.rules import Rules
from sandbox.slot import Answered, Ended, Job, Output, Slot
from sandbox.verdict import (
    CaseVerdict,
    Described,
    Failure,
    FirstBad,
    Outcome,
    Problem,
    ScriptResult,
)

SETUP_SECONDS = 20.0
# Of a player's report, its JSON, in bytes. Nested lists, once read, take thirty times their text.
LONGEST_REPORT = 512 << 10
LOAD_SECONDS = 10.0
BATCH, BATCH_SECONDS = 6, 0.008
_SETUP, _LOAD = 0, 1

OnEvent = Callable[[dict[str, Any]], None]
OnCase = Callable[[CaseVerdict], None]


class FileProblem(Exception):
    """The file as a whole cannot be judged; carries the `Problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class Submitted:
    """What is judged, by which rules, on inputs in which layout."""

    source: bytes
    probe: str
    rules: Rules
    layout: str = "plain"


def setup_frame(submitted: Submitted, program: str, cases: int, device: str) -> bytes:
    """The first frame of a job: everything the player has to know, and nothing it must not."""
    limits = submitted.rules.limits
    setup = {
        "program": program,
        "probe": submitted.probe,
        "cases": cases,
        "entry": submitted.rules.entry,
        "forbidden": submitted.rules.forbidden,
        "layout": submitted.layout,
        "device": device,
        "limits": {
            "memory_mb": limits.memory_mb if device == "cpu" else None,
            "processes": limits.processes,
            "disk_mb": limits.disk_mb,
        },
    }
    return protocol.json_frame(Kind.SETUP, setup)


def read_report(payload: bytes) -> tuple[dict[str, Any], bytes | None]:
    """What a player says of a stage, and the observation. A forged one is a `ProtocolError`."""
    report, blobs = protocol.unpack(payload, LONGEST_REPORT)
    if not isinstance(report, dict) or not isinstance(report.get("status"), str):
        raise protocol.ProtocolError("a report without a status")
    return report, blobs[0] if blobs else None


def run_script(slot: Slot, submitted: Submitted, on_event: OnEvent) -> ScriptResult:
    """Execute the file as `__main__`; its output goes to `on_event` as it comes."""
    limits = submitted.rules.limits
    source = protocol.frame(Kind.SOURCE, submitted.source)
    job = Job(
        stages=[SETUP_SECONDS, limits.script_seconds],
        feed=[setup_frame(submitted, "script", 0, slot.device), _LOAD, source],
        output_bytes=limits.output_kb << 10,
    )
    printed = {"stdout": b"", "stderr": b""}
    decoders = {stream: text.Decoder() for stream in printed}
    for event in slot.play(job):
        match event:
            case Output(stream, data):
                printed[stream] += data
                piece = decoders[stream].feed(data)
                on_event({"type": "output", "stream": stream, "text": piece})
            case Answered(stage, seconds, payload) if stage == _LOAD:
                return _script_result(_report_of_code(payload), seconds, printed)
            case Ended():
                _not_in_setup(event)
                said = text.decode(printed["stderr"])
                outcome, message = messages.of_end(event, limits, limits.script_seconds, said)
                cut = event.reason == "output_limit"
                return _script(outcome, message, event.cpu_seconds, printed, cut=cut)
    raise SlotGone("the slot fell silent")


def _script_result(
    report: dict[str, Any], seconds: float, printed: dict[str, bytes]
) -> ScriptResult:
    if report.get("title"):
        raise FileProblem(problem_of(report))
    outcome, message = _outcome_of(report)
    trace, line = _text(report.get("traceback")), _line(report.get("line"))
    message = "It ran to its end." if outcome == "passed" else message
    return _script(outcome, message, seconds, printed, traceback=trace, line=line)


def _script(
    outcome: Outcome,
    message: str,
    seconds: float,
    printed: dict[str, bytes],
    *,
    cut: bool = False,
    traceback: str | None = None,
    line: int | None = None,
) -> ScriptResult:
    texts = {stream: text.decode(data) for stream, data in printed.items()}
    return ScriptResult(
        outcome, message, seconds, texts["stdout"], texts["stderr"], cut, traceback, line
    )


class Observation:
    """Runs cases in one child as long as it lives, the rest in the next one."""

    def __init__(
        self, slot: Slot, judge: Judge, ticket: Ticket, submitted: Submitted, on_case: OnCase
    ) -> None:
        self.slot, self.judge, self.ticket = slot, judge, ticket
        self.submitted, self.on_case = submitted, on_case
        self.limits = submitted.rules.limits
        self.waiting: list[tuple[CaseVerdict, Answer]] = []

    def run(self, cases: list[tuple[int, CaseFacts]]) -> None:
        """Judge each (number in the ticket, case). `FileProblem` where none can be."""
        left = list(cases)
        while left:
            left = left[self._play(left) :]

    def _play(self, cases: list[tuple[int, CaseFacts]]) -> int:
        """One job; how many cases it settled, at least one."""
        seconds = [case.seconds or self.limits.seconds for _, case in cases]
        stages = [SETUP_SECONDS, LOAD_SECONDS, *seconds]
        printed = b""
        for event in self.slot.play(self._job(cases, stages)):
            match event:
                case Output(_, data):
                    printed += data
                case Answered(stage, took, payload) if stage > _SETUP:
                    report = _report_of_code(payload)
                    if stage == _LOAD:
                        if report["status"] != "ok":
                            raise FileProblem(problem_of(report))
                        continue
                    index, facts = cases[stage - 2]
                    is_last = stage + 1 == len(stages)
                    self._settle(index, facts, payload, took, printed, is_last)
                    printed = b""
                    if is_last:
                        return len(cases)
                case Ended():
                    self._check()
                    _not_in_setup(event)
                    limit = stages[event.stage]
                    said = text.decode(printed)
                    outcome, message = messages.of_end(event, self.limits, limit, said)
                    if event.stage == _LOAD:
                        title = "The file could not be executed"
                        raise FileProblem(Problem(outcome, title, message))
                    facts = cases[event.stage - 2][1]
                    self.on_case(_verdict(facts, outcome, message, limit, printed))
                    return event.stage - 1
        raise SlotGone("the slot fell silent")

    def _job(self, cases: list[tuple[int, CaseFacts]], stages: list[float]) -> Job:
        # Each frame waits for the answer to the one before: what a case prints, and how long it
        # takes, is never put down to its neighbour, nor can it read the inputs of those after it.
        feed: list[bytes | int] = [
            setup_frame(self.submitted, "observe", len(cases), self.slot.device),
            _LOAD,
            protocol.frame(Kind.SOURCE, self.submitted.source),
        ]
        for stage, (index, _) in enumerate(cases, _LOAD + 1):
            feed += [stage, protocol.frame(Kind.CASE, self.ticket.blobs[index])]
        return Job(stages, feed, self.limits.output_kb << 10)

    def _settle(
        self,
        index: int,
        facts: CaseFacts,
        payload: bytes,
        seconds: float,
        printed: bytes,
        is_last: bool,
    ) -> None:
        verdict, answer = read_case(index, facts, payload, seconds, printed)
        if answer is None:
            self._check()
            self.on_case(verdict)
            return
        self.waiting.append((verdict, answer))
        # A round trip to the judge for every answer would cost as much as judging it.
        if is_last or len(self.waiting) >= BATCH or not self.slot.channel.has_frame(BATCH_SECONDS):
            self._check()

    def _check(self) -> None:
        waiting, self.waiting = self.waiting, []
        if waiting:
            answers = [answer for _, answer in waiting]
            results = self.judge.check(self.ticket, answers)
            for (verdict, _), result in zip(waiting, results, strict=True):
                self.on_case(judged(verdict, result))


def read_case(
    index: int, facts: CaseFacts, payload: bytes, seconds: float, printed: bytes
) -> tuple[CaseVerdict, Answer | None]:
    """A case's report as a verdict, and the observation where there is one to be judged."""
    try:
        report, blob = read_report(payload)
    except protocol.ProtocolError as error:
        message = f"What it sent is not an answer: {error}."
        return _verdict(facts, "failed", message, seconds, printed), None
    outcome, message = _outcome_of(report)
    if outcome == "passed" and blob is None:
        outcome, message = "error", "The code left by sys.exit() before it had answered."
    verdict = replace(
        _verdict(facts, outcome, message, seconds, printed),
        traceback=_text(report.get("traceback")),
        line=_line(report.get("line")),
    )
    if outcome != "passed" or blob is None:
        return verdict, None
    return verdict, Answer(index, blob, report.get("inputs"))


def judged(verdict: CaseVerdict, result: dict[str, Any]) -> CaseVerdict:
    """The verdict with the judge's word on its observation."""
    if result["passed"]:
        return replace(verdict, message="Passed.", used=result["used"])
    failure = None if result["failure"] is None else _failure(result["failure"])
    message = result["message"] or (messages.of_failure(failure) if failure else "It differs.")
    return replace(verdict, outcome="failed", message=message, failure=failure)


def _failure(data: dict[str, Any]) -> Failure:
    first = data["first_bad"]
    sides = {"expected": Described(**data["expected"]), "got": Described(**data["got"])}
    return Failure(**{**data, **sides, "first_bad": None if first is None else FirstBad(**first)})


def _verdict(
    facts: CaseFacts, outcome: Outcome, message: str, seconds: float, printed: bytes
) -> CaseVerdict:
    output = text.decode(printed) if printed and facts.visible else None
    return CaseVerdict(
        facts.name,
        facts.title,
        facts.visible,
        facts.criterion,
        outcome,
        message,
        seconds,
        output=output,
    )


def problem_of(report: dict[str, Any]) -> Problem:
    """A report on the file as a whole."""
    outcome, message = _outcome_of(report)
    return Problem(
        outcome if outcome != "passed" else "error",
        _text(report.get("title")) or "The file could not be executed",
        message,
        _line(report.get("line")),
        _text(report.get("traceback")),
    )


def _report_of_code(payload: bytes) -> dict[str, Any]:
    try:
        return read_report(payload)[0]
    except protocol.ProtocolError as error:
        return {"status": "error", "message": f"What it sent is not an answer: {error}."}


def _outcome_of(report: dict[str, Any]) -> tuple[Outcome, str]:
    message = _text(report.get("message")) or "It ended without a message."
    match report["status"]:
        case "ok":
            return "passed", "Passed."
        case "refused":
            return "refused", message
        case "out_of_memory":
            return "out_of_memory", message
        case _:
            return "error", message


def _text(value: Any) -> str | None:
    return text.clean(value) if isinstance(value, str) else None


def _line(value: Any) -> int | None:
    return value if type(value) is int and 0 < value < 1 << 31 else None


def _not_in_setup(ended: Ended) -> None:
    """Before the candidate's source is in the process, whatever goes wrong is ours."""
    if ended.stage == _SETUP:
        raise SlotGone(f"the player failed before the job began: {ended}")
