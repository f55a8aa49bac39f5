"""One error type, one JSON shape: problem+json (RFC 9457) for everything that goes wrong."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from backend.trouble import Trouble, is_away, is_busy

log = structlog.get_logger(__name__)

DATABASE_RETRY_SECONDS = 2
BUSY_RETRY_SECONDS = 1
TOLD = 20
"""Of the fields that do not fit: a body may hold tens of thousands, and nobody reads so many."""


class Problem(Exception):
    """Something the caller should know: raised where it is known, told as problem+json.

    `code` is for programs, `title` names the kind of problem, `detail` is a sentence that says
    what to do; `extras` become further members of the object.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **extras: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})
        self.extras = extras

    def response(self) -> Response:
        body = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            **self.extras,
        }
        # ASCII, because a field's name may hold half a character, which UTF-8 cannot carry.
        return Response(
            json.dumps(body), self.status, self.headers, media_type="application/problem+json"
        )


def come_back(code: str, title: str, detail: str, seconds: int) -> Problem:
    """503 with the same waiting time in the header (for programs) and the body (for the page)."""
    return Problem(
        503, code, title, detail, headers={"Retry-After": str(seconds)}, retry_after=seconds
    )


def add_error_handlers(app: FastAPI) -> None:
    # That it is over is not known here; the rooms' clock, which always asks, says so.
    trouble = Trouble()
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(OperationalError, partial(_database_error, trouble))
    app.add_exception_handler(PoolTimeout, partial(_database_error, trouble))
    app.add_exception_handler(Exception, _unexpected)


def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return error.response()


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _not_fitting([_field_error(one) for one in error.errors()[:TOLD]]).response()


def invalid(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The same for what did not come in a request's body; `errors` as pydantic tells them."""
    told = errors[:TOLD]
    return _not_fitting([_field_error({**one, "loc": ("", *one["loc"])}) for one in told])


def _not_fitting(found: list[dict[str, str]]) -> Problem:
    sentences = " ".join(f"`{one['field']}` {one['message']}." for one in found)
    return Problem(422, "invalid-request", "The request does not fit", sentences, errors=found)


def _http(request: Request, error: Exception) -> Response:
    """What the framework itself raises: no such route, no such method, an unreadable body."""
    assert isinstance(error, HTTPException)
    path, method = request.url.path, request.method
    headers = dict(error.headers or {})
    if error.status_code == 404:
        problem = Problem(404, "not-found", "Not found", f"There is nothing at {path}.")
    elif error.status_code == 405:
        allowed = headers.get("Allow", "")
        problem = Problem(
            405,
            "method-not-allowed",
            "Method not allowed",
            f"{path} does not answer to {method}; it answers to {allowed}.",
            headers=headers,
        )
    else:
        title = HTTPStatus(error.status_code).phrase
        problem = Problem(
            error.status_code,
            title.lower().replace(" ", "-"),
            title,
            f"{method} {path} could not be read. Send a body of JSON in UTF-8.",
            headers=headers,
        )
    return problem.response()


def _database_error(trouble: Trouble, request: Request, error: Exception) -> Response:
    if is_busy(error):
        trouble.log(log, "the database is busy", error, path=request.url.path)
        return come_back(
            "database-busy",
            "The database is busy",
            "Others were at the same moment changing the same, so this was not carried out. Send "
            "it again.",
            BUSY_RETRY_SECONDS,
        ).response()
    if is_away(error):
        trouble.log(log, "the database does not answer", error, path=request.url.path)
        return come_back(
            "database-away",
            "The database does not answer",
            "Torchroom cannot reach its database at the moment, so this was not carried out. It "
            "tries again by itself; nothing that was stored is lost.",
            DATABASE_RETRY_SECONDS,
        ).response()
    return _unexpected(request, error)


def _unexpected(request: Request, error: Exception) -> Response:
    # The message says nothing of the error: it may hold paths, SQL or somebody's code.
    log.error("unexpected error", method=request.method, path=request.url.path, exc_info=error)
    return Problem(
        500,
        "our-error",
        "Our error",
        "Something went wrong on our side; it is in the server's log. Nothing you typed is lost.",
    ).response()


_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "is not a field that is known here",
    "string_unicode": "holds characters that are not valid Unicode",
    "string_type": "must be text",
    "int_parsing": "must be a whole number",
}


def _field_error(error: Mapping[str, Any]) -> dict[str, str]:
    kind, where = error["type"], error["loc"]
    if kind == "json_invalid":
        return {"field": "body", "message": f"is not JSON: {error['ctx']['error']}"}
    if kind == "literal_error":
        return {"field": _name(where), "message": f"must be {error['ctx']['expected']}"}
    if kind == "value_error":
        return {"field": _name(where), "message": str(error["ctx"]["error"])}
    if kind in ("model_attributes_type", "dict_type", "model_type"):
        return {"field": "body", "message": "must be a JSON object, sent as application/json"}
    message = _MESSAGES.get(kind)
    if message is None:
        text = str(error["msg"]).removesuffix(".")
        message = text[:1].lower() + text[1:]
        message = message.replace("input should", "must").replace("string should", "must")
    return {"field": _name(where), "message": message}


def _name(where: Sequence[Any]) -> str:
    return ".".join(str(part) for part in where[1:]) or "body"
