"""From a room's `run` event to the queue: the row, in the transaction of the event."""

from sqlalchemy.orm import Session

from backend.executor import Executor
from backend.queue.embedded import EmbeddedQueue
from backend.room.writer import Batch, RoomRunRequest
from backend.runs import service


class RoomRunRows:
    def __init__(self, queue: EmbeddedQueue, executor: Executor, queue_limit: int) -> None:
        self._queue = queue
        self._executor = executor
        self._queue_limit = queue_limit

    def submit(self, session: Session, batch: Batch, run: RoomRunRequest) -> None:
        # What is submitted because time is up waits its turn, however long the queue is.
        if run.command is not None:
            service.check_queue(session, self._executor.status, self._queue_limit)
        service.enqueue(
            session,
            run.question,
            run.mode,
            run.code,
            now=batch.events[-1].at,
            run_id=run.run,
            room_id=batch.room_id,
            learner=batch.learner,
        )

    def wake(self) -> None:
        self._queue.wake()
