"""/api/v1/runs: send code, read how it went, listen while it goes."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from sqlalchemy.exc import IntegrityError

from backend.dependencies import Parts, Service
from backend.practice.learner import learner_of
from backend.runs import service, stream
from backend.runs.schemas import NewRun, RunView

router = APIRouter(prefix="/api/v1/runs", tags=["runs"])


@router.post("", status_code=202, response_model=RunView)
def create_run(
    parts: Service,
    request: Request,
    new: NewRun,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=200)] = None,
) -> Response:
    learner = learner_of(request)
    try:
        view = _submit(parts, new, learner.hash, idempotency_key)
    except IntegrityError:
        # The same request, sent twice at the same time: now the first one's run can be seen.
        view = _submit(parts, new, learner.hash, idempotency_key)
    parts.intake.wake()
    response = JSONResponse(view, 202, headers={"Location": f"/api/v1/runs/{view['id']}"})
    learner.keep(response)
    return response


def _submit(parts: Parts, new: NewRun, learner: str, idempotency_key: str | None) -> dict[str, Any]:
    with parts.database.write() as session:
        run = service.submit(
            session,
            parts.bank,
            parts.intake,
            parts.slots.status,
            new,
            idempotency_key=idempotency_key,
            code_limit=parts.settings.code_limit,
            queue_limit=parts.settings.queue_limit,
            learner=learner,
            now=parts.clock(),
        )
        return service.view(session, run)


@router.get("/{run_id}", response_model=RunView)
def read_run(parts: Service, run_id: str) -> Response:
    with parts.database.read() as session:
        view = service.view(session, service.find(session, run_id))
    return JSONResponse(view, headers={"Cache-Control": "no-store"})


_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "state, output, script, case; at the end finished, with the whole run",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    },
    204: {"description": "Everything was told before Last-Event-ID"},
}


@router.get("/{run_id}/events", response_class=StreamingResponse, responses=_EVENTS)
async def read_events(
    parts: Service,
    run_id: str,
    last_event_id: Annotated[int, Header(ge=0, le=2**53)] = 0,
) -> Response:
    events = stream.follow(parts.database, parts.live, run_id, last_event_id)
    # The first piece before the answer begins: that there is no such run, or that nothing is left
    # to tell (204, which tells a browser not to come again), must still be its status.
    first = await anext(events, None)
    if first is None:
        return Response(status_code=204)
    return StreamingResponse(
        _all(first, events), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


async def _all(first: str, rest: AsyncGenerator[str]) -> AsyncIterator[str]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece
