"""The report over HTTP: who gets it, when, and in which forms."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

from tests.backend.fake_sandbox import ANSWER, WRONG, FakeSandbox
from tests.backend.room.room_talk import ROOMS, Links, make_room, page
from tools.report_schema import FILE, text

FORMS = ["", "/page", "/export.html", "/export.json"]


def get(client: TestClient, links: Links, form: str = "", role: str = "candidate") -> Any:
    return client.get(f"{ROOMS}/{links.id}/report{form}", headers=links.headers(role))


def send(client: TestClient, links: Links, role: str, number: int, kind: str, **body: Any) -> Any:
    return client.post(
        f"{ROOMS}/{links.id}/events",
        headers=links.headers(role),
        json={"key": f"{role}:{number}", "kind": kind, "body": body},
    )


def held(client: TestClient, code: str = WRONG, **fields: Any) -> Links:
    """A room in which something was submitted, and that is over."""
    links = make_room(client, candidate="Ada", **fields)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        with page(client, links, name="looking") as looking:
            starter = looking.welcome["documents"]["code/scale-rows"]["text"]
        candidate.edit(0, [[len(starter), *code.split("\n")]])
        candidate.do("run", question="scale-rows", mode="submit")
        candidate.hear_event("verdict")
        state = client.get(f"{ROOMS}/{links.id}", headers=links.headers("candidate")).json()[
            "state"
        ]
        for stage in range(len(state["stages"])):
            candidate.do("next", stage=stage)
    return links


def test_practice_is_reported_when_it_is_over(client: TestClient) -> None:
    links = held(client, practice=True)
    report = get(client, links).json()
    assert (report["candidate"], report["finished"], report["reader"]) == ("Ada", True, "candidate")
    [question] = report["questions"]
    assert question["code"] == WRONG
    assert [case["outcome"] for case in question["cases"]] == ["failed"]
    assert [line["text"] for line in question["difference"] if line["side"] == "reference"]


def test_a_candidate_waits_until_it_is_over_and_shared(client: TestClient) -> None:
    links = make_room(client)
    for form in FORMS:
        answer = get(client, links, form)
        assert (answer.status_code, answer.json()["code"]) == (403, "interview-not-finished")
    links = held(client)
    for form in FORMS:
        answer = get(client, links, form)
        assert (answer.status_code, answer.json()["code"]) == (403, "report-not-shared")
        assert get(client, links, form, "interviewer").status_code == 200
    assert send(client, links, "interviewer", 1, "share").status_code == 201
    for form in FORMS:
        assert get(client, links, form).status_code == 200


def test_an_interviewer_may_look_in_the_middle_but_not_before(client: TestClient) -> None:
    links = make_room(client)
    answer = get(client, links, role="interviewer")
    assert (answer.status_code, answer.json()["code"]) == (403, "interview-not-begun")
    send(client, links, "interviewer", 1, "next", stage=-1)
    report = get(client, links, role="interviewer").json()
    assert (report["finished"], report["phase"]) == (False, "coding")


@pytest.mark.parametrize("form", FORMS)
def test_without_this_room_s_link_there_is_no_such_room(client: TestClient, form: str) -> None:
    links, other = held(client, practice=True), make_room(client)
    path = f"{ROOMS}/{links.id}/report{form}"
    for headers in (
        {},
        other.headers("interviewer"),
        {"Authorization": f"Basic {links.candidate}"},
    ):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-room")


def test_a_score_changes_the_report(client: TestClient) -> None:
    links = held(client)
    score = {"criterion": "communication", "level": "yes", "reason": "Clear."}
    assert send(client, links, "interviewer", 1, "score", **score).status_code == 201
    report = get(client, links, role="interviewer").json()
    [talk] = [one for one in report["criteria"] if one["id"] == "communication"]
    assert (talk["level"], talk["machine_level"]) == ("yes", None)
    assert talk["overruled"]["reason"] == "Clear."


def test_what_we_failed_to_judge_is_ours(client: TestClient, sandbox: FakeSandbox) -> None:
    from sandbox.errors import OurFailure

    links = make_room(client, practice=True)
    sandbox.raises = [OurFailure("The slot was lost.")]
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        candidate.do("run", question="scale-rows", mode="submit")
        candidate.hear_event("failure")
    report = get(client, links, role="interviewer").json()
    assert len(report["failures"]) == 1
    assert all(one["level"] is None for one in report["criteria"])


def test_the_schema_in_the_docs_is_that_of_the_report() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), (
        "docs/report.schema.json is old: .venv/bin/python tools/report_schema.py"
    )


def test_the_export_keeps_to_the_schema(client: TestClient) -> None:
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    report = get(client, held(client, ANSWER, practice=True), "/export.json").json()
    assert list(validator.iter_errors(report)) == []
    assert list(validator.iter_errors({**report, "more": 1}))
    assert list(validator.iter_errors({**report, "criteria": [{}]}))


def test_files_have_names_and_are_kept_by_nobody(client: TestClient) -> None:
    links = held(client, practice=True)
    for form, kind in (("html", "text/html; charset=utf-8"), ("json", "application/json")):
        answer = get(client, links, f"/export.{form}")
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Cache-Control"] == "no-store"
        disposition = answer.headers["Content-Disposition"]
        assert re.fullmatch(
            rf'attachment; filename="torchroom-[a-z0-9-]+-\d{{4}}-\d\d-\d\d\.{form}"', disposition
        )


def test_the_page_has_a_title_and_the_whole_article(client: TestClient) -> None:
    view = get(client, held(client, practice=True), "/page").json()
    assert view["title"].endswith(": Ada")
    assert view["html"].lstrip().startswith("<style>")
    assert '<article class="report">' in view["html"]
    assert "<script" not in view["html"]
    assert view["report"]["format"] == "torchroom-report/1"


def test_the_command_writes_what_the_service_shows(client: TestClient, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from backend.cli import app

    links = held(client, practice=True)
    shown = get(client, links, "/export.json", "interviewer").json()
    folders = ["--data", str(tmp_path / "data"), "--questions", str(tmp_path / "questions")]
    html, data = tmp_path / "report.html", tmp_path / "report.json"
    link = f"http://127.0.0.1:8000/rooms/{links.id}#{links.candidate}"
    done = CliRunner().invoke(
        app, ["report", link, "--html", str(html), "--json", str(data), *folders]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(data.read_text()) == shown
    assert html.read_text().startswith("<!doctype html>")
    missing = CliRunner().invoke(app, ["report", "no-room", "--html", str(html), *folders])
    assert missing.exit_code == 3
    nothing = CliRunner().invoke(app, ["report", links.id, *folders])
    assert nothing.exit_code == 2


def test_a_pdf_needs_a_browser_and_says_so(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from backend.cli import app

    links = held(client, practice=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TORCHROOM_CHROMIUM", raising=False)
    folders = ["--data", str(tmp_path / "data"), "--questions", str(tmp_path / "questions")]
    done = CliRunner().invoke(app, ["report", links.id, "--pdf", str(tmp_path / "r.pdf"), *folders])
    assert done.exit_code == 5
    assert "Install chromium" in done.output
    assert not (tmp_path / "r.pdf").exists()


def test_the_docs_name_fields_and_addresses_that_exist(client: TestClient) -> None:
    page_text = (FILE.parent / "report.md").read_text(encoding="utf-8")
    links = held(client, practice=True)
    for form in set(re.findall(r"GET /api/v1/rooms/<id>/report(\S*)`", page_text)):
        assert get(client, links, form).status_code == 200, form
    schema = FILE.read_text(encoding="utf-8")
    for field in re.findall(r"`([a-z_]+(?:\[\]\.[a-z_\[\].]+)?)`", page_text):
        for part in re.findall(r"[a-z_]+", field):
            assert f'"{part}"' in schema, field
