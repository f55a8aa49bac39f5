"""Interview templates: read strictly, held against the bank, planned, and listed."""

import dataclasses
import tomllib
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from backend.app import create_app
from backend.bank import Bank, load_bank
from backend.cli import app as command
from backend.interviews.plan import created_from_question, created_from_template
from backend.interviews.templates import TemplateError, Templates, load_template, load_templates
from backend.room.events import Created
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.room.small_bank import BANK, CONCEPT, QUIZ, SCALE

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = """\
title = "A short one"
summary = "Some code and some talk."
tips = ["Think aloud."]

[rules]
run = false
hint_cost = 0.1

[weights]
debugging = 4

[[stage]]
phase = "introduction"
title = "Hello"
minutes = 2

[[stage]]
phase = "coding"
title = "Some code"
minutes = 15
questions = ["scale-rows"]

[[stage]]
phase = "follow-ups"
title = "Talk"
minutes = 3
questions = ["scale-rows"]
"""


def write(folder: Path, changes: tuple[str, str] = ("", ""), name: str = "short.toml") -> Path:
    folder.mkdir(exist_ok=True)
    old, new = changes
    assert old in TEMPLATE
    path = folder / name
    path.write_text(TEMPLATE.replace(old, new, 1) if old else TEMPLATE, encoding="utf-8")
    return path


def test_a_template_is_read_as_it_stands(tmp_path: Path) -> None:
    template = load_template(write(tmp_path), BANK)
    assert (template.slug, template.title, template.minutes) == ("short", "A short one", 20)
    assert [stage.phase for stage in template.stages] == ["introduction", "coding", "follow-ups"]
    assert template.stages[1].questions == ("scale-rows",)
    assert (template.rules.run, template.rules.hints, template.rules.hint_cost) == (
        False,
        True,
        0.1,
    )
    assert template.weights == {"debugging": 4.0}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"scale-rows"]', '"scale-row"]', 'names "scale-row", but there is no such question'),
        ('phase = "coding"', 'phase = "lunch"', '`stage[2].phase` is "lunch"'),
        ('"scale-rows"]', '"quiz"]', 'holds "quiz", which is of kind "quiz"'),
        ('phase = "coding"', 'phase = "quick-checks"', "it belongs to coding"),
        ('"scale-rows"]', '"scale-rows", "scale-rows"]', "a second time"),
        ('questions = ["scale-rows"]', "", "`stage[2].questions` is missing"),
        ("minutes = 2", 'minutes = 2\nquestions = ["quiz"]', "is talk only"),
        ("minutes = 2", "minutes = 0", "`stage[1].minutes` is 0"),
        ("debugging = 4", "charm = 4", "`weights.charm` is not a criterion"),
        ("hint_cost = 0.1", "hint_cost = 2", "at most 1"),
        ("hint_cost = 0.1", "hints_cost = 0.1", "`rules.hints_cost` is not a key"),
        ('summary = "Some', 'sumary = "Some', "`summary` is missing"),
        ('title = "Hello"', "", "`stage[1].title` is missing"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    folder = tmp_path / "templates"
    with pytest.raises(TemplateError) as refused:
        load_template(write(folder, (old, new)), BANK)
    assert str(refused.value).startswith("templates/short.toml: ")
    assert words in str(refused.value)


def test_follow_ups_come_after_the_work(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="which no coding stage before it holds"):
        load_template(write(tmp_path, ('phase = "coding"', 'phase = "follow-ups"')), BANK)


def test_a_template_needs_a_stage_and_a_proper_name(tmp_path: Path) -> None:
    (tmp_path / "empty.toml").write_text('title = "T"\nsummary = "S"\n')
    with pytest.raises(TemplateError, match="at least one"):
        load_template(tmp_path / "empty.toml", BANK)
    with pytest.raises(TemplateError, match="small letters"):
        load_template(write(tmp_path, name="Not_this.toml"), BANK)


def test_a_folder_that_is_not_there_holds_no_templates(tmp_path: Path) -> None:
    assert load_templates(tmp_path / "nowhere", BANK) == Templates()


# Plans


def test_a_plan_has_the_templates_stages_rules_and_weights(tmp_path: Path) -> None:
    template = load_template(write(tmp_path), BANK)
    created = created_from_template(template, candidate="Ada", interviewer="Grace")
    assert [stage.seconds for stage in created.stages] == [120, 900, 180]
    assert (created.template, created.tips, created.rules.run) == (
        "short",
        ["Think aloud."],
        False,
    )
    assert created.weights["debugging"] == 4
    assert len(created.weights) == 7
    assert Created.model_validate(created.model_dump()) == created


def test_extra_time_lengthens_every_stage_and_is_rounded_up(tmp_path: Path) -> None:
    template = load_template(write(tmp_path), BANK)
    created = created_from_template(template, extra_time=33)
    assert [stage.seconds for stage in created.stages] == [160, 1197, 240]
    assert created.extra_time == 33


def test_one_question_alone_is_worked_on_and_talked_about() -> None:
    created = created_from_question(SCALE, extra_time=50)
    assert [(stage.phase, stage.seconds) for stage in created.stages] == [
        ("coding", 900),
        ("follow-ups", 540),
    ]
    assert created.practice


def test_who_is_invited_does_not_read_the_question_in_the_lobby() -> None:
    created = created_from_question(SCALE, practice=False)
    assert SCALE.title not in created.model_dump_json()
    assert created.title == "Interview: fundamentals"
    assert created_from_question(SCALE, practice=True).title == SCALE.title


def test_without_a_clock_no_stage_ends() -> None:
    created = created_from_question(SCALE, clock=False, extra_time=50)
    assert [stage.seconds for stage in created.stages] == [None, None]


@pytest.mark.parametrize("question", [QUIZ, CONCEPT], ids=["quiz", "concept"])
def test_questions_without_a_program_are_quick_checks(question) -> None:  # type: ignore[no-untyped-def]
    assert [stage.phase for stage in created_from_question(question).stages] == ["quick-checks"]


# The service


@pytest.fixture
def with_template(settings: Settings) -> Settings:
    write(settings.template_folder)
    return settings


def test_templates_lie_beside_the_bank_unless_the_settings_say_otherwise(
    settings: Settings, tmp_path: Path
) -> None:
    assert settings.template_folder == tmp_path / "templates"
    other = dataclasses.replace(settings, templates="/srv/interviews")
    assert other.template_folder == Path("/srv/interviews")


def test_templates_are_listed_with_their_stages(
    with_template: Settings, sandbox: FakeSandbox
) -> None:
    with TestClient(create_app(with_template, sandbox), base_url=LOCAL) as client:
        (item,) = client.get("/api/v1/interviews").json()["items"]
        assert client.get("/api/v1/interviews/short").json() == item
        missing = client.get("/api/v1/interviews/long")
    assert (item["slug"], item["minutes"]) == ("short", 20)
    assert item["stages"][1] == {
        "phase": "coding",
        "title": "Some code",
        "minutes": 15,
        "questions": [
            {"slug": "scale-rows", "title": "Scale every row", "kind": "code", "minutes": 10}
        ],
    }
    assert item["rules"]["run"] is False
    assert item["weights"]["debugging"] == 4
    assert (missing.status_code, missing.json()["code"]) == (404, "no-such-template")


def test_a_template_that_names_a_missing_question_is_refused_at_start(
    settings: Settings, sandbox: FakeSandbox
) -> None:
    write(settings.template_folder, ('"scale-rows"]', '"gone"]'))
    with pytest.raises(TemplateError) as refused:
        create_app(settings, sandbox)
    assert str(refused.value) == (
        'templates/short.toml: `stage[2].questions` names "gone", but there is no such question '
        f"in {settings.questions}."
    )


def test_a_question_that_is_broken_takes_only_its_templates_away(
    settings: Settings, sandbox: FakeSandbox
) -> None:
    write(settings.template_folder)
    path = write(settings.template_folder, name="broken.toml")
    path.write_text(path.read_text().replace("scale-rows", "other-rows"))
    (settings.questions / "other-rows" / "prompt.md").unlink()
    with TestClient(create_app(settings, sandbox), base_url=LOCAL) as client:
        listed = client.get("/api/v1/interviews").json()["items"]
    assert [item["slug"] for item in listed] == ["short"]


def test_the_command_line_says_so_and_ends(settings: Settings, logs_as_before: None) -> None:
    write(settings.template_folder, ('"scale-rows"]', '"gone"]'))
    given = {
        "TORCHROOM_QUESTIONS": str(settings.questions),
        "TORCHROOM_DATA": str(settings.data),
        "TORCHROOM_SLOT": "process",
        "TORCHROOM_PORT": "0",
    }
    ended = CliRunner().invoke(command, ["serve"], env=given)
    assert ended.exit_code == 2
    assert 'templates/short.toml: `stage[2].questions` names "gone"' in ended.stderr


# The eight of the bank


@pytest.fixture(scope="module")
def ours() -> tuple[Bank, Templates]:
    bank = load_bank(ROOT / "questions")
    return bank, load_templates(ROOT / "templates", bank)


def test_the_eight_are_there_and_take_as_long_as_they_say(ours: tuple[Bank, Templates]) -> None:
    assert {template.slug: template.minutes for template in ours[1].all} == {
        "model-acceleration": 45,
        "layers-from-memory": 45,
        "training-infrastructure": 60,
        "debugging": 45,
        "losses-and-data": 60,
        "fundamentals-screen": 30,
        "whiteboard": 30,
        "full-loop": 90,
    }


def test_stages_name_no_question_before_they_begin(ours: tuple[Bank, Templates]) -> None:
    bank, templates = ours
    titles = {question.title.casefold() for question in bank.questions}
    for template in templates.all:
        for stage in template.stages:
            assert stage.title.casefold() not in titles


def test_only_the_whiteboard_runs_nothing(ours: tuple[Bank, Templates]) -> None:
    assert [one.slug for one in ours[1].all if not one.rules.run] == ["whiteboard"]


def test_each_begins_with_advice_and_ends_with_a_wrap_up(ours: tuple[Bank, Templates]) -> None:
    for template in ours[1].all:
        assert template.tips
        assert (template.stages[0].phase, template.stages[-1].phase) == (
            "introduction",
            "wrap-up",
        )


def test_the_example_for_authors_is_a_template(tmp_path: Path) -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, rest = page.partition("`templates/tensors-in-half-an-hour.toml`\n```toml\n")
    example = rest.partition("```")[0]
    path = tmp_path / "tensors-in-half-an-hour.toml"
    path.write_text(example, encoding="utf-8")
    assert load_template(path, load_bank(ROOT / "questions")).minutes == 30
    assert tomllib.loads(example)["title"] == "Tensors in half an hour"
