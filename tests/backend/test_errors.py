"""Every error is problem+json of one shape, and none tells what is inside."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

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
