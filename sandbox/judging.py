"""A sandbox: slots and a judge, and the way from a candidate's file to a verdict."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import budget, hosts
from sandbox.errors import BadQuestion, OurFailure
from sandbox.hosts import Layer
from sandbox.judge_client import CaseFacts, Judge, LoadedQuestion, Ticket
from sandbox.pool import Pool
from sandbox.rules import read_rules
from sandbox.run import FileProblem, Observation, OnEvent, Submitted, run_script
from sandbox.slot import Slot
from sandbox.slots import Host, SlotKind, SlotLimits
from sandbox.verdict import CaseVerdict, Mode, Problem, ScriptResult, Verdict

TRIES = 3
MOST_AHEAD = 8


@dataclass(slots=True)
class Progress:
    """What is known of a run so far. A second try says nothing twice."""

    on_event: OnEvent
    cases: dict[str, CaseVerdict] = field(default_factory=dict)
    script: ScriptResult | None = None

    def add_case(self, case: CaseVerdict) -> None:
        """Note a case's verdict and pass it on."""
        if case.name not in self.cases:
            self.cases[case.name] = case
            data = Verdict("passed", 0, 0, 0.0, "submit", "", "", None, None, [case]).to_json()
            self.on_event({"type": "case", "case": data["cases"][0]})

    def add_script(self, script: ScriptResult) -> None:
        """Note how the script ended and pass it on."""
        self.script = script
        self.on_event(
            {
                "type": "script",
                "outcome": script.outcome,
                "message": script.message,
                "traceback": script.traceback,
                "seconds": script.seconds,
            }
        )


class Sandbox:
    """Judges submissions in slots of one kind. Safe to share by threads; one run a slot."""

    def __init__(self, host: Host, limits: SlotLimits, slots: int, strict: bool = False) -> None:
        self.kind: SlotKind = host.kind
        self.layers: list[Layer] = []
        self.torch = ""
        self._host, self._limits = host, limits
        self.judge_client = Judge(lambda: host.start("judge", SlotLimits()))
        self.pool = Pool(self._start_slot, slots, strict=strict)
        self._ahead: OrderedDict[tuple[str, tuple[str, ...]], Ticket] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def open(
        cls,
        kind: str = "auto",
        slots: int = 1,
        *,
        strict: bool = False,
        limits: SlotLimits | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Sandbox:
        """Start a judge and `slots` slots. `SlotUnavailable` where this host cannot have the kind.

        `strict` gives every job a slot of its own, destroyed afterwards.
        """
        if kind not in ("auto", *hosts.KINDS):
            raise ValueError(f"no such kind of slot: {kind}")
        host = hosts.best_host(progress) if kind == "auto" else hosts.host_of(kind, progress)  # type: ignore[arg-type]
        sandbox = cls(host, limits or SlotLimits(), slots, strict)
        try:
            sandbox.pool.open()
            sandbox.judge_client.start()
        except BaseException:
            sandbox.close()
            raise
        return sandbox

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every slot and the judge."""
        closer = threading.Thread(target=self.judge_client.close)
        closer.start()
        self.pool.close()
        closer.join()
        self._host.close()

    def judge(
        self,
        question_dir: Path,
        source: str,
        mode: Mode = "submit",
        on_event: OnEvent = lambda _: None,
        *,
        seed: int | None = None,
        layout: str = "plain",
        dtype: str | None = None,
        cases: list[str] | None = None,
    ) -> Verdict:
        """Judge `source` on the question in `question_dir`; blocks until a slot is free.

        `submit` plays all cases (or those in `cases`), `run` the file as a script and then the
        visible ones, `script` only the script. Inputs come from a fresh secret seed unless `seed`
        is given. `OurFailure` after three tries that failed for reasons of ours.
        """
        progress = Progress(on_event)
        rules = read_rules(question_dir)
        for attempt in range(1, TRIES + 1):
            try:
                # A script meets no case, so its folder need not have any.
                scripted = mode == "script"
                question = (
                    LoadedQuestion("", {}) if scripted else self.judge_client.load(question_dir)
                )
                probe = "" if scripted else _read(question_dir / "probe.py")
                names = _names(question, mode, cases)
                wanted = _Wanted(question_dir, question, names, seed, dtype)
                submitted = Submitted(source.encode(), probe, rules, layout)
                return self._judge_once(wanted, submitted, mode, progress)
            except BadQuestion:
                raise
            except OurFailure as error:
                if attempt == TRIES:
                    message = f"Judging failed {TRIES} times, through no fault of the code: {error}"
                    raise OurFailure(message) from error
        raise AssertionError("unreachable")

    def _judge_once(
        self, wanted: _Wanted, submitted: Submitted, mode: Mode, progress: Progress
    ) -> Verdict:
        started = time.monotonic()
        problem: Problem | None = None
        ticket = self._take_ticket(wanted) if wanted.names else None
        with self.pool.lend() as slot:
            try:
                if mode in ("run", "script") and progress.script is None:
                    progress.add_script(run_script(slot, submitted, progress.on_event))
                if ticket is not None:
                    self._play_cases(slot, wanted, ticket, submitted, progress)
            except FileProblem as found:
                problem = found.problem
        facts = wanted.question.cases
        if problem is not None:
            for name in wanted.names:
                progress.add_case(_refused_case(facts[name], problem))
        verdict = _verdict(wanted, mode, progress, problem, self, time.monotonic() - started)
        if ticket is not None:
            self._drop(ticket)
        return verdict

    def _play_cases(
        self,
        slot: Slot,
        wanted: _Wanted,
        ticket: Ticket,
        submitted: Submitted,
        progress: Progress,
    ) -> None:
        facts = wanted.question.cases
        numbered = [(index, facts[name]) for index, name in enumerate(ticket.names)]
        plain = [pair for pair in numbered if not pair[1].budget]
        plain = [pair for pair in plain if pair[1].name not in progress.cases]
        Observation(slot, self.judge_client, ticket, submitted, progress.add_case).run(plain)
        for name in wanted.names:
            if facts[name].budget and name not in progress.cases:
                indexes = [index for index, case in numbered if case.name == name]
                reference = _read(wanted.question_dir / "reference.py").encode()
                progress.add_case(
                    budget.judge_budget(
                        slot,
                        self.judge_client,
                        ticket,
                        indexes,
                        facts[name],
                        submitted,
                        reference,
                    )
                )

    def prepare_ahead(self, question_dir: Path, mode: Mode = "submit") -> None:
        """Have the inputs of the next run ready, so that it need not wait for the judge."""
        question = self.judge_client.load(question_dir)
        names = _names(question, mode, None)
        key = (question.digest, tuple(names))
        with self._lock:
            if key in self._ahead or not names:
                return
        ticket = self.judge_client.prepare(question, names, secrets.randbits(62))
        with self._lock:
            self._ahead[key] = ticket
            surplus = [self._ahead.popitem(last=False)[1]] if len(self._ahead) > MOST_AHEAD else []
        for old in surplus:
            self._drop(old)

    def _take_ticket(self, wanted: _Wanted) -> Ticket:
        if wanted.seed is None and wanted.dtype is None:
            with self._lock:
                key = (wanted.question.digest, tuple(wanted.names))
                ticket = self._ahead.pop(key, None)
            if ticket is not None and ticket.life == self.judge_client.life:
                return ticket
        seed = secrets.randbits(62) if wanted.seed is None else wanted.seed
        return self.judge_client.prepare(wanted.question, wanted.names, seed, wanted.dtype)

    def _drop(self, ticket: Ticket) -> None:
        try:
            self.judge_client.drop(ticket)
        except OurFailure:
            return  # a judge that is gone has forgotten it too

    def _start_slot(self) -> Slot:
        slot, self.layers = hosts.start_slot(self._host, self._limits)
        self.torch = slot.torch
        return slot


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which cases of which question, on which inputs."""

    question_dir: Path
    question: LoadedQuestion
    names: list[str]
    seed: int | None
    dtype: str | None


def _names(question: LoadedQuestion, mode: Mode, cases: list[str] | None) -> list[str]:
    if mode == "script":
        return []
    if cases is not None:
        unknown = [name for name in cases if name not in question.cases]
        if unknown:
            raise BadQuestion(f"no such case: {', '.join(unknown)}")
        return cases
    return [case.name for case in question.cases.values() if mode == "submit" or case.visible]


def _refused_case(facts: CaseFacts, problem: Problem) -> CaseVerdict:
    return CaseVerdict(
        facts.name,
        facts.title,
        facts.visible,
        facts.criterion,
        problem.outcome,
        f"{problem.title}: {problem.message}",
        line=problem.line,
    )


def _verdict(
    wanted: _Wanted,
    mode: Mode,
    progress: Progress,
    problem: Problem | None,
    sandbox: Sandbox,
    seconds: float,
) -> Verdict:
    cases = [progress.cases[name] for name in wanted.names]
    outcomes = [case.outcome for case in cases]
    if mode == "script" and progress.script is not None:
        outcomes = [progress.script.outcome]
    if problem is not None:
        outcomes = [problem.outcome]
    return Verdict(
        next((outcome for outcome in outcomes if outcome != "passed"), "passed"),
        sum(case.outcome == "passed" for case in cases),
        len(cases),
        seconds,
        mode,
        sandbox.kind,
        sandbox.torch,
        problem,
        progress.script,
        cases,
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadQuestion(f"{path.name}: {error}") from None
