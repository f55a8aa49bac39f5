"""The library, one question, and what opens only step by step."""

import pytest
from fastapi.testclient import TestClient

from backend.questions.markdown import render
from tests.backend.fake_sandbox import ANSWER, WRONG
from tests.backend.talk import RUNS, finished, send_ok

QUESTIONS = "/api/v1/questions"


def test_the_library_lists_and_filters(client: TestClient) -> None:
    library = client.get(QUESTIONS).json()
    assert [item["slug"] for item in library["items"]] == ["other-rows", "scale-rows"]
    assert library["kinds"] == [{"id": "code", "title": "Implement", "count": 2}]
    assert library["lessons"] == [{"id": "fundamentals", "title": "Fundamentals", "count": 2}]
    assert library["levels"] == [{"id": "easy", "title": "Easy", "count": 2}]
    found = client.get(QUESTIONS, params={"q": "other-rows", "level": "easy", "kind": ""}).json()
    assert [item["slug"] for item in found["items"]] == ["other-rows"]
    assert found["kinds"] == library["kinds"]
    assert client.get(QUESTIONS, params={"lesson": "data"}).json()["items"] == []


def test_a_question_shows_the_task_and_hides_the_rest(client: TestClient) -> None:
    answer = client.get(f"{QUESTIONS}/scale-rows")
    question = answer.json()
    assert question["title"] == "Scale every row"
    assert question["entry"] == ["scale_rows(x, scale)"]
    assert question["hints"] == 3
    assert question["limits"]["memory_mb"] == 256
    assert question["tolerances"] == {"rtol": 1e-5, "atol": 1e-6}
    assert question["forbidden"][0]["name"] == "torch.einsum"
    assert question["starter"].startswith("import torch")
    assert '<span class="math">s_i</span>' in question["prompt_html"]
    assert '<div class="math">y_{ij} = s_i x_{ij}</div>' in question["prompt_html"]
    assert '<span class="k">def</span>' in question["prompt_html"]
    for secret in ("scale[:, None]", "Broadcasting does it", "dimension of"):
        assert secret not in answer.text


def test_hints_open_one_by_one(client: TestClient) -> None:
    third = client.get(f"{QUESTIONS}/scale-rows/hints/3").json()
    assert (third["number"], third["of"]) == (3, 3)
    assert "<strong>1</strong>" in third["html"]
    for number in (0, 4):
        missing = client.get(f"{QUESTIONS}/scale-rows/hints/{number}")
        assert (missing.status_code, missing.json()["code"]) == (404, "no-such-hint")


def test_the_solution_opens_for_a_passed_submit_of_this_question(client: TestClient) -> None:
    def solution(run_id: str, slug: str = "scale-rows") -> tuple[int, dict[str, object]]:
        answer = client.get(f"{QUESTIONS}/{slug}/solution", params={"run": run_id})
        return answer.status_code, answer.json()

    passed = send_ok(client, ANSWER)
    failed = send_ok(client, WRONG)
    only_run = send_ok(client, ANSWER, "run")
    for run_id in (passed, failed, only_run):
        assert finished(client, run_id)["state"] == "finished"
    status, opened = solution(passed)
    assert status == 200
    assert "scale[:, None]" in str(opened["reference"])
    assert "Broadcasting" in str(opened["editorial_html"])
    assert opened["followups"] == [
        {"question": "What does it cost?", "key_points": ["It broadcasts"]}
    ]
    for refused in (solution(failed), solution(only_run), solution("run_0")):
        assert refused[0] == 403
        assert refused[1]["code"] == "not-passed-yet"
    assert solution(passed, "other-rows")[0] == 403
    assert client.get(f"{RUNS}/{passed}").json()["question"] == "scale-rows"


@pytest.mark.parametrize("path", ["nowhere", "nowhere/hints/1", "nowhere/solution?run=x"])
def test_an_unknown_question(client: TestClient, path: str) -> None:
    answer = client.get(f"{QUESTIONS}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-question")


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "$<script>alert(1)</script>$",
        "$$\n<img src=x onerror=alert(1)>\n$$",
        "```<script>\nx\n```",
        '```python\n"<script>alert(1)</script>"\n```',
        "![x](javascript:alert(1))",
    ],
)
def test_markdown_carries_no_script(markdown: str) -> None:
    html = render(markdown)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_markdown_keeps_what_a_prompt_needs() -> None:
    html = render("| a | b |\n|--:|---|\n| 1 | `x` |\n\n1. one\n\nCosts $5 and $6.\n")
    assert '<td style="text-align:right">1</td>' in html
    assert "<code>x</code>" in html
    assert "<ol>" in html
    assert "math" not in html


def test_markdown_knows_definition_lists() -> None:
    html = render("A pair\n: is *two* layers.\n")
    assert "<dt>A pair</dt>" in html
    assert "<em>two</em>" in html
