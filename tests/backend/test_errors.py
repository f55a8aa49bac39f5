"""Every error is problem+json of one shape, and none tells what is inside."""

import sqlite3
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from tests.backend.talk import RUNS


def assert_problem(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{code}"
    assert problem["code"] == code
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"].endswith(".")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/api/", "/api/v2/runs", "/x/lost.js"])
def test_an_unknown_address(client: TestClient, path: str) -> None:
    assert_problem(client.get(path), 404, "not-found")


def test_a_method_that_an_address_does_not_know(client: TestClient) -> None:
    answer = client.delete(f"{RUNS}/run_1")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"
    assert_problem(client.get(RUNS), 405, "method-not-allowed")
    assert_problem(client.post("/somewhere"), 404, "not-found")


def test_a_refused_field(client: TestClient) -> None:
    assert_problem(client.post(RUNS, json={}), 422, "invalid-request")
    path = "/api/v1/questions/scale-rows/hints/one"
    assert_problem(client.get(path), 422, "invalid-request")


def test_an_error_of_ours_says_nothing_of_what_it_was(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)

    def fail() -> None:
        raise RuntimeError("secret: /var/lib/torchroom")

    app.add_api_route("/fail", fail)
    answer = client.get("/fail")
    assert_problem(answer, 500, "our-error")
    assert "secret" not in answer.text


def failing(client: TestClient, error: Exception) -> None:
    app = client.app
    assert isinstance(app, FastAPI)

    def fail() -> None:
        raise OperationalError("SELECT secret", {}, error)

    app.add_api_route("/fail", fail)


def test_a_database_that_is_away_is_told_to_each_page_and_once_to_the_log(
    client: TestClient,
) -> None:
    failing(client, psycopg.OperationalError("connection refused"))
    with capture_logs() as logs:
        for _ in range(30):
            answer = client.get("/fail")
            assert_problem(answer, 503, "database-away")
            assert answer.headers["Retry-After"] == "2"
    [line] = [one for one in logs if one["event"] == "the database does not answer"]
    assert (line["problem"], line["path"]) == ("connection refused", "/fail")
    assert "SELECT" not in str(line)


@pytest.mark.parametrize(
    "error", [psycopg.errors.DeadlockDetected("x"), psycopg.errors.LockNotAvailable("x")]
)
def test_a_database_that_is_busy_is_not_said_to_be_away(
    client: TestClient, error: Exception
) -> None:
    failing(client, error)
    answer = client.get("/fail")
    assert_problem(answer, 503, "database-busy")
    assert answer.headers["Retry-After"] == "1" == str(answer.json()["retry_after"])


def test_a_file_that_fails_is_our_error_and_has_its_traceback(client: TestClient) -> None:
    failing(client, sqlite3.OperationalError("disk I/O error"))
    with capture_logs() as logs:
        assert_problem(client.get("/fail"), 500, "our-error")
    [line] = [one for one in logs if one["event"] == "unexpected error"]
    assert isinstance(line["exc_info"], OperationalError)
