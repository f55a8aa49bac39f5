"""/api/v1/rooms: make a room, look into it, act in it. What a link may not see is not there."""

import gzip
import json
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.routing import WebSocketRoute

from backend.clock import rfc3339
from backend.dependencies import Parts, Service
from backend.practice.learner import learner_of
from backend.room import log as room_log
from backend.room import messages, pace, reading, service
from backend.room.events import Role
from backend.room.live import LiveRoom
from backend.room.log_text import written
from backend.room.questions import question_view
from backend.room.schemas import (
    LogView,
    MadeEvents,
    NewEvent,
    NewRoom,
    RoomLinks,
    RoomQuestionView,
    RoomView,
)
from backend.room.socket import room_socket
from backend.room.views import state_view

PREFIX = "/api/v1/rooms"
ZIP_LEVEL = 4

router = APIRouter(prefix=PREFIX, tags=["rooms"])
router.routes.append(WebSocketRoute(f"{PREFIX}/{{room_id}}/socket", room_socket))

Bearer = Annotated[str | None, Header(alias="Authorization", max_length=300)]


@router.post("", status_code=201, response_model=RoomLinks)
async def create_room(parts: Service, request: Request, new: NewRoom) -> Response:
    parts.new_rooms.check(request.client.host if request.client else "")
    reading.check_text(new.model_dump())
    learner = learner_of(request) if new.practice else None
    created = service.plan(parts.bank, parts.templates, new)

    def create() -> RoomLinks:
        with parts.database.write() as session:
            hashed = learner.hash if learner else None
            return service.create(session, created, parts.clock(), hashed)

    links = await run_in_threadpool(create)
    room = await parts.rooms.open(links.id)
    assert room is not None
    await room.settle()
    response = JSONResponse(links.model_dump(), 201, {"Location": f"{PREFIX}/{links.id}"})
    response.headers["Cache-Control"] = "no-store"
    if learner is not None:
        learner.keep(response)
    return response


@router.get("/{room_id}", response_model=RoomView)
async def read_room(parts: Service, room_id: str, authorization: Bearer = None) -> Response:
    role, room = await _enter(parts, room_id, authorization)
    view = {
        "id": room.id,
        "role": role,
        "title": room.state.created.title,
        "created_at": rfc3339(room.created_at),
        "state": state_view(room.state, role, parts.clock(), parts.bank),
    }
    return JSONResponse(view, headers={"Cache-Control": "no-store"})


@router.get("/{room_id}/log", response_model=LogView)
async def read_log(
    parts: Service,
    room_id: str,
    authorization: Bearer = None,
    accept_encoding: Annotated[str, Header()] = "",
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
) -> Response:
    role, room = await _enter(parts, room_id, authorization)
    state = room.state
    if role == "candidate" and not service.log_is_open(state):
        raise service.not_yet("log")
    is_zipped = "gzip" in accept_encoding

    def write() -> bytes:
        with parts.database.read() as session:
            stored = room_log.stored(session, room_id, after)
        texts = written(stored, role, state)
        head = stored[-1][0] if stored else max(after, state.seq)
        finished = json.dumps(state.phase == "finished")
        body = f'{{"events":[{",".join(texts)}],"head":{head},"finished":{finished}}}'.encode()
        return gzip.compress(body, ZIP_LEVEL) if is_zipped else body

    body = await run_in_threadpool(write)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if is_zipped:
        headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)


@router.get("/{room_id}/questions/{slug}", response_model=RoomQuestionView)
async def read_question(
    parts: Service, room_id: str, slug: str, authorization: Bearer = None
) -> Response:
    role, room = await _enter(parts, room_id, authorization)
    view = question_view(room.state, role, slug, parts.bank)
    return JSONResponse(view, headers={"Cache-Control": "no-store"})


@router.post("/{room_id}/events", status_code=201, response_model=MadeEvents)
async def create_event(
    parts: Service, room_id: str, new: NewEvent, authorization: Bearer = None
) -> Response:
    role, room = await _enter(parts, room_id, authorization)
    pace.check(room.paces[role])
    reading.check_text(new.body)
    client = new.key.partition(":")[0]
    command = reading.command(role, client, new.kind, new.body, new.key)
    room.paces[role].left -= pace.cost_of_body(command.body)
    made = await room.carry_out(command)
    texts = [text for _, text in messages.seen(made, role, room.state)]
    body = f'{{"events":[{",".join(texts)}]}}'
    return Response(body, 201, {"Cache-Control": "no-store"}, media_type="application/json")


async def _enter(parts: Parts, room_id: str, authorization: str | None) -> tuple[Role, LiveRoom]:
    def admit() -> Role:
        with parts.database.read() as session:
            return service.member(session, room_id, authorization).role

    role = await run_in_threadpool(admit)
    room = await parts.rooms.open(room_id)
    if room is None:
        raise service.no_such_room()
    return role, room
