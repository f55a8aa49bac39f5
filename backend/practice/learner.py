"""Whose progress something counts for: a browser that is known again by a cookie.

There is no account. The cookie holds a random token and nothing else, no script can read it, and
only its SHA-256 is stored; a request of another site comes without it (SameSite), and one that
would change something is refused before (backend.guard).
"""

import hashlib
import re
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "torchroom_learner"
PATH = "/api"  # no page or file needs it
A_YEAR = 365 * 24 * 3600

_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Learner:
    """`hash` is what runs and rooms carry."""

    hash: str
    token: str
    is_secure: bool
    """Whether the request came over https, so that the cookie may insist on it."""

    def keep(self, response: Response) -> None:
        """Let the browser be known again, for a year from now."""
        response.set_cookie(
            COOKIE,
            self.token,
            max_age=A_YEAR,
            path=PATH,
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )


def learner_of(request: Request) -> Learner:
    """Who asks; somebody new where the request carries no token of ours."""
    token = _token(request) or secrets.token_urlsafe(32)
    return Learner(_hash(token), token, request.url.scheme == "https")


def known(request: Request) -> str | None:
    """The hash of a browser that was here before, None for any other."""
    token = _token(request)
    return _hash(token) if token else None


def forget(request: Request, response: Response) -> None:
    response.delete_cookie(
        COOKIE,
        path=PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def _token(request: Request) -> str | None:
    token = request.cookies.get(COOKIE, "")
    return token if _TOKEN.fullmatch(token) else None


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
