"""/api/v1/rooms/{id}/report: as JSON, as a piece of a page, as a file to keep."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from fastapi.responses import JSONResponse

from backend.dependencies import Parts, Service
from backend.report import page, service
from backend.report.document import Report
from backend.report.page import file_name
from backend.report.schemas import ReportPage
from backend.report.writing import to_json, to_text
from backend.room.service import member

router = APIRouter(prefix="/api/v1/rooms/{room_id}/report", tags=["report"])

Bearer = Annotated[str | None, Header(alias="Authorization", max_length=300)]
# What a report says changes with every event and with the reader.
_HEADERS = {"Cache-Control": "no-store", "Vary": "Authorization"}


@router.get("", response_model=Report)
def read_report(parts: Service, room_id: str, authorization: Bearer = None) -> Response:
    return JSONResponse(to_json(_report(parts, room_id, authorization)), headers=_HEADERS)


@router.get("/page", response_model=ReportPage)
def read_page(parts: Service, room_id: str, authorization: Bearer = None) -> Response:
    report = _report(parts, room_id, authorization)
    view = {"title": page.title(report), "html": page.article(report), "report": to_json(report)}
    return JSONResponse(view, headers=_HEADERS)


def _file(media_type: str, schema: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {"schema": schema}}}}


@router.get(
    "/export.html",
    response_class=Response,
    responses=_file("text/html", {"type": "string"}),
)
def export_html(parts: Service, room_id: str, authorization: Bearer = None) -> Response:
    report = _report(parts, room_id, authorization)
    return _download(page.export(report), "text/html; charset=utf-8", file_name(report, "html"))


@router.get("/export.json", response_model=Report)
def export_json(parts: Service, room_id: str, authorization: Bearer = None) -> Response:
    report = _report(parts, room_id, authorization)
    return _download(to_text(report), "application/json", file_name(report, "json"))


def _download(text: str, media_type: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    headers = {**_HEADERS, "Content-Disposition": disposition}
    return Response(text.encode(), headers=headers, media_type=media_type)


def _report(parts: Parts, room_id: str, authorization: str | None) -> Report:
    with parts.database.read() as session:
        found = member(session, room_id, authorization)
        return service.report(session, parts.bank, found.room, found.role)
