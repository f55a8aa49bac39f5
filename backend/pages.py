"""The built page: its files, and index.html for every address that the page itself understands."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOR_EVER = "public, max-age=31536000, immutable"  # names under assets/ carry a hash of the content
ALWAYS_ASK = "no-cache"

NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Torchroom</title>
<h1>The page is not built</h1>
<p>The service runs, but there is nothing to show: build the page with <code>make setup</code>
and load this again. The API answers at <a href="/api/v1/questions">/api/v1/questions</a>.</p>
"""


def pages(folder: Path) -> ASGIApp:
    """An ASGI app for all that no route knows."""
    root = folder.resolve()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404)
        await _answer(root, scope)(scope, receive, send)

    return serve


def _answer(root: Path, scope: Scope) -> Response:
    path: str = scope["path"]
    if path.startswith("/api/") or path == "/api" or scope["method"] not in ("GET", "HEAD"):
        raise HTTPException(404)
    name = path.lstrip("/")
    file = (root / name).resolve() if "\0" not in name else root
    if file != root and file.is_relative_to(root) and file.is_file():
        cached = FOR_EVER if name.startswith("assets/") else ALWAYS_ASK
        return FileResponse(file, headers={"Cache-Control": cached})
    # A file that is not there is missing; only addresses of the page itself get the page.
    if "." in name.rpartition("/")[2]:
        raise HTTPException(404)
    index = root / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, 503)
    return FileResponse(index, headers={"Cache-Control": ALWAYS_ASK})
