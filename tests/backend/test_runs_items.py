"""Quizzes, predictions and concepts over HTTP: shown without their answers, judged by them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from backend.app import create_app
from backend.runs.schemas import RunView
from backend.settings import Settings
from sandbox.verdict import Mode, ScriptResult, Verdict
from tests.backend.conftest import LOCAL
from tests.backend.example_items import write_concept, write_predict, write_quiz
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.talk import RUNS, finished, hear

QUESTIONS = "/api/v1/questions"
RIGHT = {"numbers": [[1], [1], [1, 2], [2], [1], [1, 2]], "shapes": ["3x2", "float", "2.5", None]}


class ScriptedSandbox(FakeSandbox):
    """Answers the questions about the snippet; `broken` has it raise instead."""

    broken = False

    def judge(
        self, question_dir: Path, source: str, mode: Mode = "submit", on_event: Any = None
    ) -> Verdict:
        self.judged.append((mode, question_dir.name))
        mark = source.rsplit("print(", 1)[1].split("'")[1]
        found = f"{mark}{json.dumps([[3, 2], 'float32', 2.5, 'RuntimeError'])}\n"
        outcome = "error" if self.broken else "passed"
        script = ScriptResult(outcome, "NameError", 0.1, found, "", False)
        return Verdict(outcome, 0, 0, 0.1, mode, "process", self.torch, None, script, [])


@pytest.fixture
def slots() -> ScriptedSandbox:
    return ScriptedSandbox()


@pytest.fixture
def client(tmp_path: Path, slots: ScriptedSandbox) -> Iterator[TestClient]:
    bank = tmp_path / "questions"
    write_quiz(bank / "numbers")
    write_predict(bank / "shapes")
    write_concept(bank / "views")
    settings = Settings(data=tmp_path / "data", questions=bank, frontend=tmp_path / "dist")
    with TestClient(
        create_app(settings, slots), base_url=LOCAL, raise_server_exceptions=False
    ) as client:
        yield client


def send(client: TestClient, question: str, code: Any, mode: str = "submit") -> Any:
    text = code if isinstance(code, str) else json.dumps({"answers": code})
    return client.post(RUNS, json={"question": question, "mode": mode, "code": text})


def ended(client: TestClient, question: str, code: Any) -> Any:
    answer = send(client, question, code)
    assert answer.status_code == 202, answer.text
    return finished(client, answer.json()["id"])


def test_a_quiz_is_judged_without_a_slot(client: TestClient, slots: ScriptedSandbox) -> None:
    run = ended(client, "numbers", RIGHT["numbers"])
    assert run["state"] == "finished"
    verdict = run["verdict"]
    assert (verdict["outcome"], verdict["passed"], verdict["slot"]) == ("passed", 6, "none")
    assert RunView.model_validate(run).model_dump(mode="json") == run
    assert slots.judged == slots.prepared == []


def test_cases_are_told_as_events(client: TestClient) -> None:
    run_id = send(client, "numbers", [[0]]).json()["id"]
    told = [one for one in hear(client, run_id) if one.event == "case"]
    assert [one.data["case"]["name"] for one in told] == [f"item-{n}" for n in range(1, 7)]
    assert told[0].data["case"]["outcome"] == "failed"
    assert "Right is: “Number 1”" in told[0].data["case"]["message"]


def test_predictions_are_judged_by_what_the_snippet_gives(
    client: TestClient, slots: ScriptedSandbox
) -> None:
    first = ended(client, "shapes", RIGHT["shapes"])
    again = ended(client, "shapes", ["(2, 3)"])
    assert [case["outcome"] for case in first["verdict"]["cases"]] == [*["passed"] * 3, "failed"]
    assert first["verdict"]["slot"] == "process"
    assert again["verdict"]["passed"] == 0
    assert slots.judged == [("script", "shapes")]
    assert slots.prepared == []


def test_a_snippet_that_raises_is_our_failure_and_not_kept(
    client: TestClient, slots: ScriptedSandbox
) -> None:
    slots.broken = True
    run = ended(client, "shapes", RIGHT["shapes"])
    assert (run["state"], run["verdict"]) == ("our_failure", None)
    assert "our failure" in run["failure"]["message"]
    slots.broken = False
    assert ended(client, "shapes", RIGHT["shapes"])["verdict"]["passed"] == 3


def test_nothing_of_the_snippet_is_told_while_it_runs(client: TestClient) -> None:
    run_id = send(client, "shapes", []).json()["id"]
    assert {one.event for one in hear(client, run_id)} <= {"state", "case", "finished"}


@pytest.mark.parametrize("code", ["print(1)", "{}", '{"answers": [[99]]}', '{"answers": 1}'])
def test_answers_that_cannot_be_read_are_refused_in_the_verdict(
    client: TestClient, code: str
) -> None:
    run = ended(client, "numbers", code)
    assert run["state"] == "finished"
    assert run["verdict"]["outcome"] == "refused"
    assert run["verdict"]["problem"]["title"] == "The answers cannot be read"


@pytest.mark.parametrize(
    ("question", "mode", "code"),
    [
        ("views", "submit", "not-judged"),
        ("views", "run", "not-judged"),
        ("numbers", "run", "nothing-to-run"),
        ("shapes", "run", "nothing-to-run"),
    ],
)
def test_what_cannot_be_judged_is_refused_at_the_door(
    client: TestClient, question: str, mode: str, code: str
) -> None:
    answer = send(client, question, [], mode)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_library_shows_the_task_and_none_of_the_answers(client: TestClient) -> None:
    listed = client.get(QUESTIONS).json()
    assert {kind["id"]: kind["title"] for kind in listed["kinds"]} == {
        "quiz": "Quiz",
        "predict": "Predict",
        "concept": "Explain",
    }
    for slug in ("numbers", "shapes", "views"):
        shown = client.get(f"{QUESTIONS}/{slug}")
        assert shown.status_code == 200
        assert shown.json()["prompt_html"]
        assert (shown.json()["starter"], shown.json()["hints"]) == ("", 0)
        for secret in ("Number 1", "It says so", "x.t()", "shares", "A transpose", "torch.ones(1)"):
            assert secret not in shown.text
        assert client.get(f"{QUESTIONS}/{slug}/hints/1").status_code == 404


def test_the_editorial_opens_when_all_is_right(client: TestClient) -> None:
    wrong, right = (ended(client, "numbers", one)["id"] for one in ([[0]], RIGHT["numbers"]))
    path = f"{QUESTIONS}/numbers/solution"
    assert client.get(path, params={"run": wrong}).status_code == 403
    opened = client.get(path, params={"run": right})
    assert opened.status_code == 200
    assert "Why it is so." in opened.json()["editorial_html"]
    assert opened.json()["reference"] == ""
