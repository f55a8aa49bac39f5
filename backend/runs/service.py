"""What may be done with runs, and when it may not. Never commits: its caller does."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.bank import ANSWER_KINDS, Bank, Question
from backend.clock import rfc3339
from backend.errors import Problem, come_back
from backend.models import FINISHED, OUR_FAILURE, QUEUED, Run
from backend.queue.contract import Intake
from backend.queue.lease import rank
from backend.runs import queries
from backend.runs.schemas import NewRun
from backend.slots import SlotStatus
from backend.verdicts import UNREADABLE, is_verdict

RETRY_SECONDS = 2
NO_SLOT_RETRY_SECONDS = 15


def submit(
    session: Session,
    bank: Bank,
    intake: Intake,
    slots: SlotStatus,
    new: NewRun,
    *,
    idempotency_key: str | None,
    code_limit: int,
    queue_limit: int,
    now: datetime,
    learner: str | None = None,
) -> Run:
    """Queue a run, or give the one that the same request has queued before."""
    code = new.code.encode()
    if len(code) > code_limit:
        raise Problem(
            413,
            "code-too-large",
            "The code is too large",
            f"The code is {len(code)} bytes; at most {code_limit} are accepted. Shorten it.",
            limit=code_limit,
        )
    question = bank.get(new.question)
    if question is None:
        raise Problem(
            404,
            "no-such-question",
            "No such question",
            f'There is no question "{new.question}" in the bank.',
        )
    _can_be_judged(question, new.mode)
    sha256 = hashlib.sha256(code).hexdigest()
    if idempotency_key is not None:
        earlier = queries.run_by_idempotency_key(session, idempotency_key)
        if earlier is not None:
            if (earlier.question, earlier.mode, earlier.code_sha256) != (
                new.question,
                new.mode,
                sha256,
            ):
                raise Problem(
                    409,
                    "idempotency-key-reused",
                    "The key was used for something else",
                    "This Idempotency-Key came before with another question, mode or code. "
                    "Send a new key with a new request.",
                )
            return earlier
    check_queue(session, slots, queue_limit)
    return enqueue(
        session,
        bank,
        intake,
        new.question,
        new.mode,
        new.code,
        now=now,
        idempotency_key=idempotency_key,
        learner=learner,
    )


def check_queue(session: Session, slots: SlotStatus, queue_limit: int) -> None:
    """Raise the problem that is there where one more run cannot be taken now."""
    if slots.state == "failed":
        raise come_back(
            "no-slot",
            "No slot to run code in",
            f"Code cannot be run here at the moment: {slots.problem} Your text is safe.",
            NO_SLOT_RETRY_SECONDS,
        )
    if queries.count_queued(session) >= queue_limit:
        raise come_back(
            "queue-full",
            "The queue is full",
            f"{queue_limit} runs are waiting already. Send this again in {RETRY_SECONDS} seconds; "
            "your text is safe.",
            RETRY_SECONDS,
        )


def enqueue(
    session: Session,
    bank: Bank,
    intake: Intake,
    question: str,
    mode: str,
    code: str,
    *,
    now: datetime,
    run_id: str | None = None,
    idempotency_key: str | None = None,
    room_id: str | None = None,
    learner: str | None = None,
) -> Run:
    """Queue a run against which nothing speaks."""
    found = bank.get(question)
    run = Run(
        id=run_id or f"run_{secrets.token_hex(12)}",
        question=question,
        mode=mode,
        state=QUEUED,
        code=code,
        code_sha256=hashlib.sha256(code.encode()).hexdigest(),
        created_at=now,
        rank=rank(mode, now),
        idempotency_key=idempotency_key,
        room_id=room_id,
        learner=learner,
        device=_device(found),
        question_digest=found.digest if found else None,
    )
    intake.put(session, run)
    return run


def _device(question: Question | None) -> str:
    """Where it may be judged."""
    if question is None or "cuda" not in question.devices:
        return "cpu"
    return "any" if "cpu" in question.devices else "gpu"


def _can_be_judged(question: Question, mode: str) -> None:
    if question.kind == "concept":
        raise Problem(
            422,
            "not-judged",
            "A person judges this",
            f'"{question.title}" is talked about, and scored by a person; it cannot be submitted.',
        )
    if question.kind in ANSWER_KINDS and mode == "run":
        raise Problem(
            422,
            "nothing-to-run",
            "There is nothing to run",
            f'"{question.title}" asks for answers, not for a program: send them with mode submit.',
        )


def find(session: Session, run_id: str) -> Run:
    # Postgres takes a NUL for an error of ours.
    run = None if "\0" in run_id else queries.get_run(session, run_id)
    if run is None:
        raise Problem(404, "no-such-run", "No such run", f'There is no run "{run_id}".')
    return run


def view(session: Session, run: Run) -> dict[str, Any]:
    """The run as the API shows it; schemas.RunView says the same as a type."""
    state, failure = run.state, run.failure
    if run.verdict is not None and not is_verdict(run.verdict):
        state, failure = OUR_FAILURE, UNREADABLE
    return {
        "id": run.id,
        "question": run.question,
        "mode": run.mode,
        "state": state,
        "code_sha256": run.code_sha256,
        "created_at": rfc3339(run.created_at),
        "started_at": rfc3339(run.started_at) if run.started_at else None,
        "finished_at": rfc3339(run.finished_at) if run.finished_at else None,
        "position": queries.queue_position(session, run),
        "losses": run.losses,
        "verdict": run.verdict if state == FINISHED else None,
        "failure": {"message": failure} if failure else None,
    }
