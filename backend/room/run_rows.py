"""From a room's `run` event to the queue: the row, in the transaction of the event."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.bank import Bank
from backend.queue.contract import Intake
from backend.room.writer import Batch, RoomRunRequest
from backend.runs import service
from backend.slots import HasStatus


@dataclass(frozen=True, slots=True)
class RoomRunRows:
    bank: Bank
    intake: Intake
    slots: HasStatus
    queue_limit: int

    def submit(self, session: Session, batch: Batch, run: RoomRunRequest) -> None:
        # What is submitted because time is up waits its turn, however long the queue is.
        if run.command is not None:
            service.check_queue(session, self.slots.status, self.queue_limit)
        service.enqueue(
            session,
            self.bank,
            self.intake,
            run.question,
            run.mode,
            run.code,
            now=batch.events[-1].at,
            run_id=run.run,
            room_id=batch.room_id,
            learner=batch.learner,
        )

    def wake(self) -> None:
        self.intake.wake()
