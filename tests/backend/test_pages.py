"""The built page is served, with addresses of its own and caching that never shows an old one."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from backend.settings import Settings


@pytest.fixture
def built(settings: Settings) -> Path:
    (settings.frontend / "assets").mkdir(parents=True)
    (settings.frontend / "index.html").write_text("<!doctype html><title>Room</title>")
    (settings.frontend / "assets" / "index-3f2a.js").write_text("export {}")
    (settings.frontend.parent / "secret.txt").write_text("the treasure")
    return settings.frontend


@pytest.mark.parametrize("path", ["/", "/questions/layer-norm", "/deep/er/address", "/index.html"])
def test_every_address_of_the_page_gives_the_page(
    built: Path, client: TestClient, path: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert "<title>Room</title>" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert client.head(path).status_code == 200


def test_assets_are_kept_for_ever(built: Path, client: TestClient) -> None:
    answer = client.get("/assets/index-3f2a.js")
    assert "javascript" in answer.headers["content-type"]
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/old-1111.js",
        "/favicon.ico",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%00.txt",
    ],
)
def test_what_is_not_there_is_not_found(built: Path, client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "treasure" not in answer.text


def test_a_page_that_is_not_built_says_so(client: TestClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 503
    assert "make setup" in answer.text
