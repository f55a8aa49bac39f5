"""What can be said of the page without a browser: its types, and who talks to the service."""

import importlib.util
from types import ModuleType

from tests.support.needs import ROOT

FRONTEND = ROOT / "frontend"
GENERATE = FRONTEND / "api-types" / "generate.py"
STALE = "the API has changed: .venv/bin/python frontend/api-types/generate.py"


def load(name: str, file: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_types_are_those_of_the_service() -> None:
    generate = load("generate_api_types", str(GENERATE))
    document = generate.document()
    assert (FRONTEND / "api-types" / "openapi.json").read_text() == document, STALE
    assert (
        (FRONTEND / "src/api/schema.d.ts").read_text().startswith(generate.first_line(document))
    ), STALE


def test_only_one_file_talks_to_the_server() -> None:
    talking = [
        str(file.relative_to(FRONTEND))
        for file in sorted((FRONTEND / "src").rglob("*.ts*"))
        if any(word in file.read_text() for word in ("fetch(", "new EventSource", "XMLHttpRequest"))
    ]
    assert talking == ["src/api.ts"]


def test_only_one_file_has_the_line_to_a_room() -> None:
    talking = [
        str(file.relative_to(FRONTEND))
        for file in sorted((FRONTEND / "src").rglob("*.ts*"))
        if "new WebSocket" in file.read_text()
    ]
    assert talking == ["src/state/socket.ts"]
