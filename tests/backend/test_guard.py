"""Pages of other sites cannot use a service on loopback; every answer carries security headers."""

import pytest
from fastapi.testclient import TestClient

from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.talk import RUNS, send


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "[::2]:8000"]
)
@pytest.mark.parametrize("path", ["/", "/api/v1/questions", "/healthz"])
def test_a_name_that_is_not_ours_is_refused(client: TestClient, host: str, path: str) -> None:
    """DNS rebinding: the foreign name resolves to 127.0.0.1, but the browser still says it."""
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "unknown-host"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:9", "[::1]:8000"])
def test_loopback_names_are_ours(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "http://localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_post_from_another_page_does_nothing(
    client: TestClient, sandbox: FakeSandbox, headers: dict[str, str]
) -> None:
    refused = send(client, **headers)
    assert refused.status_code == 403
    assert refused.json()["code"] == "foreign-origin"
    assert sandbox.judged == []


@pytest.mark.parametrize(
    "headers", [{"Origin": LOCAL}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}]
)
def test_our_own_page_may_post(client: TestClient, headers: dict[str, str]) -> None:
    assert send(client, **headers).status_code == 202


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_of_another_site_cannot_pass_for_json(client: TestClient, content_type: str) -> None:
    """These content types need no preflight; a body under them is not taken for JSON."""
    body = '{"question": "scale-rows", "mode": "submit", "code": "x"}'
    refused = client.post(RUNS, content=body, headers={"Content-Type": content_type})
    assert refused.status_code == 422


@pytest.mark.parametrize("path", ["/", "/api/v1/questions", "/nowhere.js", "/api/v1/nowhere"])
def test_security_headers_are_everywhere(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    refused = client.get(path, headers={"Host": "evil.example"}).headers
    assert refused["content-security-policy"] == policy
