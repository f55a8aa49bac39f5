"""A run from the request to the verdict, and every way a request can be wrong."""

import hashlib

import pytest
from fastapi.testclient import TestClient

from backend.runs.schemas import RunView
from sandbox.errors import OurFailure
from tests.backend.fake_sandbox import ANSWER, WRONG, FakeSandbox
from tests.backend.talk import RUNS, finished, hear, send, send_ok


def test_a_submit_is_accepted_judged_and_kept(client: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.may_go.clear()
    accepted = send(client)
    run = accepted.json()
    assert accepted.status_code == 202
    assert accepted.headers["location"] == f"{RUNS}/{run['id']}"
    assert run["question"] == "scale-rows"
    assert run["mode"] == "submit"
    assert run["state"] in ("queued", "running")
    assert run["verdict"] is None
    assert run["code_sha256"] == hashlib.sha256(ANSWER.encode()).hexdigest()
    sandbox.may_go.set()
    ended = finished(client, run["id"])
    assert ended["state"] == "finished"
    assert ended["verdict"]["outcome"] == "passed"
    assert ended["failure"] is None
    assert ended["position"] is None
    assert ended["created_at"] <= ended["started_at"] <= ended["finished_at"]
    assert ended["finished_at"].endswith("Z")
    assert client.get(f"{RUNS}/{run['id']}").json() == ended
    assert sandbox.judged == [("submit", ANSWER)]


def test_a_run_as_answered_is_what_the_schema_says(client: TestClient) -> None:
    for mode in ("run", "submit"):
        run = finished(client, send_ok(client, WRONG, mode))
        shown = RunView.model_validate(run).model_dump(mode="json")
        assert shown == run


def test_every_event_is_told_in_order_and_again_to_a_later_reader(client: TestClient) -> None:
    run_id = send_ok(client, WRONG, "run")
    first = hear(client, run_id)
    told = [event for event in first if event.data.get("state") != "queued"]
    assert [event.event for event in told] == ["state", "output", "script", "case", "finished"]
    assert told[0].data["state"] == "running"
    assert told[1].data == {"stream": "stdout", "text": "hello\n"}
    assert told[3].data["case"]["name"] == "three-rows"
    assert told[4].data["verdict"]["outcome"] == "failed"
    assert [event.id for event in told] == sorted({event.id for event in told})
    assert hear(client, run_id) == told


def test_a_reader_that_comes_back_hears_only_what_it_has_missed(client: TestClient) -> None:
    run_id = send_ok(client, mode="run")
    told = hear(client, run_id)
    assert hear(client, run_id, after=told[-3].id) == told[-2:]
    nothing_new = client.get(f"{RUNS}/{run_id}/events", headers={"Last-Event-ID": str(told[-1].id)})
    assert nothing_new.status_code == 204


def test_the_place_in_the_queue_is_told(client: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.may_go.clear()
    send_ok(client)
    assert sandbox.started.acquire(timeout=5)
    second, third = send_ok(client), send_ok(client)
    assert client.get(f"{RUNS}/{second}").json()["position"] == 1
    assert client.get(f"{RUNS}/{third}").json()["position"] == 2
    overtaking = send_ok(client, mode="run")
    assert client.get(f"{RUNS}/{overtaking}").json()["position"] == 1
    sandbox.may_go.set()
    assert finished(client, third)["state"] == "finished"
    assert [mode for mode, _ in sandbox.judged] == ["submit", "run", "submit", "submit"]


def test_our_failure_is_reported_as_ours(client: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.raises = [OurFailure("the slot did not answer"), ValueError("secret path /etc")]
    run = finished(client, send_ok(client))
    assert run["state"] == "our_failure"
    assert run["verdict"] is None
    assert "the slot did not answer" in run["failure"]["message"]
    assert "our failure, not your code's" in run["failure"]["message"]
    unexpected = finished(client, send_ok(client))
    assert unexpected["state"] == "our_failure"
    assert "secret" not in unexpected["failure"]["message"]
    assert finished(client, send_ok(client))["state"] == "finished"


def test_the_same_key_and_request_give_the_same_run(client: TestClient) -> None:
    first = send(client, **{"Idempotency-Key": "k1"})
    again = send(client, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["id"] == again.json()["id"]
    assert send(client, **{"Idempotency-Key": "k2"}).json()["id"] != first.json()["id"]


@pytest.mark.parametrize("change", [{"code": WRONG}, {"mode": "run"}])
def test_the_same_key_with_another_request_is_refused(
    client: TestClient, change: dict[str, str]
) -> None:
    send(client, **{"Idempotency-Key": "k1"})
    other = send(client, **{"code": ANSWER, "mode": "submit", **change, "Idempotency-Key": "k1"})
    assert other.status_code == 409
    assert other.json()["code"] == "idempotency-key-reused"


def test_code_too_large_is_refused(client: TestClient) -> None:
    fits = "#" * (65536 - 1) + "\n"
    assert send(client, fits).status_code == 202
    for code in (fits + "#", "é" * 32769, "#" * 3_000_000):
        refused = send(client, code)
        assert refused.status_code == 413
        assert refused.json()["code"] == "code-too-large"
        assert "65536" in refused.json()["detail"]


def test_a_body_without_a_length_is_not_read_beyond_the_limit(client: TestClient) -> None:
    taken = 0

    def endless() -> object:
        nonlocal taken
        while taken < 10_000_000:
            taken += 65536
            yield b"#" * 65536

    refused = client.post(RUNS, content=endless())
    assert refused.status_code == 413


def test_code_that_json_inflates_still_fits(client: TestClient) -> None:
    body = '{"question": "scale-rows", "mode": "submit", "code": "' + r"\u0023" * 65536 + '"}'
    sent = client.post(RUNS, content=body, headers={"Content-Type": "application/json"})
    assert sent.status_code == 202


def test_a_body_that_is_not_utf8_is_refused(client: TestClient) -> None:
    body = b'{"question": "scale-rows", "mode": "submit", "code": "caf\xe9"}'
    refused = client.post(RUNS, content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 400
    assert refused.json()["code"] == "not-utf-8"
    assert "byte 57" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ('{"mode": "submit", "code": "x"}', "question", "is missing"),
        (
            '{"question": "scale-rows", "mode": "jog", "code": "x"}',
            "mode",
            "must be 'run' or 'submit'",
        ),
        (
            '{"question": "scale-rows", "mode": "run", "code": "x", "colour": 1}',
            "colour",
            "is not a field that is known here",
        ),
        ('{"question": "scale-rows", "mode": "run", "code": " \\n"}', "code", "is empty"),
        ('{"question": "scale-rows", "mode": "run", "code": "a\\u0000"}', "code", "NUL"),
        ('{"question": "scale-rows", "mode": "run", "code": 7}', "code", "must be text"),
        (
            '{"question": "scale-rows", "mode": "run", "code": "\\ud800"}',
            "code",
            "not valid Unicode",
        ),
        (
            '{"question": "scale-rows", "mode": "run", "code": "x", "\\ud800": 1}',
            "body",
            "",
        ),
        ('{"question": ', "body", "is not JSON"),
        ("[]", "body", "must be a JSON object"),
        ("", "body", "is missing"),
    ],
)
def test_a_request_that_does_not_fit_names_the_field(
    client: TestClient, body: str, field: str, message: str
) -> None:
    refused = client.post(RUNS, content=body, headers={"Content-Type": "application/json"})
    assert refused.status_code == 422
    problem = refused.json()
    assert problem["code"] == "invalid-request"
    (error,) = problem["errors"]
    assert error["field"] == field
    assert message in error["message"]
    assert f"`{field}` " in problem["detail"]


def test_an_unknown_question_or_run_is_said_to_be_unknown(client: TestClient) -> None:
    body = {"question": "nowhere", "mode": "run", "code": "x"}
    refused = client.post(RUNS, json=body)
    assert (refused.status_code, refused.json()["code"]) == (404, "no-such-question")
    for path in (f"{RUNS}/run_0", f"{RUNS}/run_0/events"):
        missing = client.get(path)
        assert (missing.status_code, missing.json()["code"]) == (404, "no-such-run")


def test_a_full_queue_says_when_to_come_back(client: TestClient, sandbox: FakeSandbox) -> None:
    sandbox.may_go.clear()
    send_ok(client)
    assert sandbox.started.acquire(timeout=5)
    waiting = [send_ok(client) for _ in range(3)]
    refused = send(client)
    assert refused.status_code == 503
    assert refused.json()["code"] == "queue-full"
    assert int(refused.headers["retry-after"]) == refused.json()["retry_after"] > 0
    sandbox.may_go.set()
    for run_id in waiting:
        assert finished(client, run_id)["state"] == "finished"
    assert send(client).status_code == 202


def test_a_repeated_request_finds_its_run_also_when_the_queue_is_full(
    client: TestClient, sandbox: FakeSandbox
) -> None:
    sandbox.may_go.clear()
    send_ok(client)
    assert sandbox.started.acquire(timeout=5)
    first = send(client, **{"Idempotency-Key": "k"})
    send_ok(client)
    send_ok(client)
    assert send(client).status_code == 503
    assert send(client, **{"Idempotency-Key": "k"}).json()["id"] == first.json()["id"]
