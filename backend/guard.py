"""What is refused before any endpoint sees it: foreign hosts, foreign pages, bodies too large.

A service on loopback is reachable by every page that its user's browser has open. The Host check
ends DNS rebinding (a foreign name that resolves to 127.0.0.1), the Origin check ends cross-site
posts, and both together leave a foreign page nothing but requests it may not read.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.errors import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# JSON may spend six bytes (\u00e9) on what is one or two in the file; then there is the rest.
JSON_INFLATION = 6
ENVELOPE = 4096


class Guard:
    """ASGI middleware, outermost but for the headers."""

    def __init__(self, app: ASGIApp, host_names: Iterable[str], code_limit: int) -> None:
        self._app = app
        self._host_names = frozenset(host_names)
        self._code_limit = code_limit
        self._body_limit = code_limit * JSON_INFLATION + ENVELOPE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            headers = Headers(scope=scope)
            self._check_host(headers)
            if scope["type"] == "websocket":
                self._check_socket(headers)
            elif scope["method"] not in SAFE_METHODS:
                self._check_origin(headers)
                receive = await self._read_body(headers, receive)
        except Problem as problem:
            await problem.response()(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _check_host(self, headers: Headers) -> None:
        host = _without_port(headers.get("host", ""))
        if host.lower() not in self._host_names:
            raise Problem(
                421,
                "unknown-host",
                "Unknown host",
                f'This server does not go by the name "{host}". If it should, add the name to '
                "TORCHROOM_ALLOWED_HOSTS.",
            )

    def _check_origin(self, headers: Headers) -> None:
        origin = headers.get("origin")
        if origin is not None:
            foreign = origin.partition("://")[2].lower() != headers.get("host", "").lower()
        else:
            # No browser, or one that says so in its own way.
            foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        if foreign:
            raise Problem(
                403,
                "foreign-origin",
                "Request from another site",
                "This request was started by a page of another site, so it was not carried out.",
            )

    def _check_socket(self, headers: Headers) -> None:
        # Browsers let any page open a socket to anywhere, but always say which page it was.
        if headers.get("origin") is None:
            raise Problem(
                403,
                "no-origin",
                "Without an origin",
                "A socket is opened by a page of this site, and this request names none. Programs "
                "send the header Origin with the address of this server.",
            )
        self._check_origin(headers)

    async def _read_body(self, headers: Headers, receive: Receive) -> Receive:
        """Read the whole body, never more than the limit, and hand it on as one piece."""
        declared = headers.get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._body_limit:
            raise self._too_large()
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return _replay(message, receive)
            body += message.get("body", b"")
            if len(body) > self._body_limit:
                raise self._too_large()
            more = message.get("more_body", False)
        try:
            body.decode()
        except UnicodeDecodeError as error:
            raise Problem(
                400,
                "not-utf-8",
                "Not UTF-8",
                f"The body is not UTF-8: {error.reason} at byte {error.start}. "
                "Save the file as UTF-8 and send it again.",
            ) from None
        return _replay({"type": "http.request", "body": bytes(body), "more_body": False}, receive)

    def _too_large(self) -> Problem:
        return Problem(
            413,
            "code-too-large",
            "The code is too large",
            f"The request is too large: code may have at most {self._code_limit} bytes. "
            "Shorten it.",
            # What is left of the body is not read, so the connection cannot be used again.
            headers={"Connection": "close"},
            limit=self._code_limit,
        )


def _without_port(host: str) -> str:
    """`localhost:8000` -> `localhost`, `[::1]:8000` -> `::1`."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _replay(first: Message, receive: Receive) -> Receive:
    """Give `first`, then whatever comes (a disconnect, for instance)."""
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return first

    return replayed
