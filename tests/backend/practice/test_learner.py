"""A browser is known again by a cookie, of which the service keeps only the hash."""

import hashlib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from backend.db import Database
from backend.models import Run
from backend.practice.learner import COOKIE
from backend.settings import Settings
from tests.backend.talk import RUNS, finished, send, send_ok


def stored(settings: Settings) -> list[str | None]:
    database = Database(settings.database_url)
    with database.read() as session:
        found = list(session.scalars(select(Run.learner).order_by(Run.created_at, Run.id)))
    database.close()
    return found


def test_the_first_run_gives_a_cookie_that_no_script_and_no_other_site_can_use(
    client: TestClient,
) -> None:
    cookie = send(client).headers["set-cookie"].lower()
    assert cookie.startswith(f"{COOKIE}=")
    for part in ("httponly", "samesite=lax", "path=/api", "max-age=31536000"):
        assert part in cookie.split("; ")
    assert "secure" not in cookie


def test_over_https_the_cookie_insists_on_https(client: TestClient) -> None:
    client.base_url = "https://127.0.0.1:8000"
    assert "secure" in send(client).headers["set-cookie"].lower().split("; ")


def test_all_that_a_browser_sends_is_stored_under_the_hash_of_its_cookie(
    client: TestClient, settings: Settings
) -> None:
    send_ok(client)
    token = client.cookies[COOKIE]
    finished(client, send_ok(client))
    assert client.cookies[COOKIE] == token
    assert stored(settings) == [hashlib.sha256(token.encode()).hexdigest()] * 2


def test_the_token_itself_is_kept_nowhere(client: TestClient, settings: Settings) -> None:
    finished(client, send_ok(client))
    token = client.cookies[COOKIE].encode()
    for file in Path(settings.data).rglob("*"):
        assert not file.is_file() or token not in file.read_bytes()


@pytest.mark.parametrize("token", ["", "short", "x" * 44, "ä" * 43, "'; DROP TABLE runs; --"])
def test_a_cookie_that_is_not_ours_is_replaced(client: TestClient, token: str) -> None:
    value = f"{COOKIE}={token}".encode()
    body = {"question": "scale-rows", "mode": "submit", "code": "x = 1\n"}
    answer = client.post(RUNS, json=body, headers={b"cookie": value})
    assert answer.status_code == 202
    assert answer.cookies[COOKIE] not in ("", token)


def test_another_site_gets_no_cookie_and_runs_nothing(client: TestClient) -> None:
    refused = send(client, origin="https://elsewhere.example")
    assert refused.status_code == 403
    assert "set-cookie" not in refused.headers
