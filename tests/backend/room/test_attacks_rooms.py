"""What somebody tries before there is a room: names that deceive, and rooms without number."""

import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from backend.app import create_app
from backend.errors import Problem
from backend.logs import configure_logs
from backend.questions.markdown import render
from backend.room.pace import Paces
from backend.room.speech import name as spoken
from backend.settings import Settings
from tests.backend.conftest import LOCAL
from tests.backend.fake_sandbox import FakeSandbox
from tests.backend.room.playing import CODING, Play, plan
from tests.backend.room.room_talk import ROOMS, make_room, one_service, page

client = one_service


@pytest.mark.parametrize(
    "name",
    [
        "Ada\nLovelace",
        "Ada\r",
        "\x1b[31mAda",
        "\u202eadA",
        "\u2066Ada",
        "Ada\u2028Lovelace",
        "A\u200bda",
        "Ada\x7f",
        "Ada\x00",
        "\ufeffAda",
        "\ue000Ada",
    ],
)
@pytest.mark.parametrize("field", ["candidate", "interviewer"])
def test_a_name_can_be_seen(client: TestClient, field: str, name: str) -> None:
    answer = client.post(ROOMS, json={"question": "scale-rows", field: name})
    assert answer.status_code == 422
    assert name not in answer.text


@pytest.mark.parametrize(
    "name", ["Zoë Brontë-O’Neill", "李小龍", "محمد", "👩\u200d🔬 Ada", "  Ada "]
)
def test_names_of_people_are_taken(client: TestClient, name: str) -> None:
    links = make_room(client, candidate=name)
    headers = links.headers("interviewer")
    people = client.get(f"{ROOMS}/{links.id}", headers=headers).json()["state"]["people"]
    assert people["candidate"]["name"] == name.strip()


def test_a_name_is_text_and_no_markdown_in_what_the_script_says() -> None:
    name = "[Ada](https://evil.example) **x** <b>`y`</b> &copy; $z$"
    room = Play(plan(CODING, candidate=name))
    shown = render("Hello" + spoken(room.state))
    assert "https://evil.example" in shown
    for made in ("<a", "<strong>", "<code>", 'class="math"', "©"):
        assert made not in shown


def test_rooms_are_opened_at_a_pace(tmp_path: Path, settings: Settings) -> None:
    few = Settings(
        data=tmp_path / "few", questions=settings.questions, frontend=tmp_path, rooms_per_hour=3
    )
    with TestClient(create_app(few, FakeSandbox()), base_url=LOCAL) as client:
        answers = [client.post(ROOMS, json={"question": "scale-rows"}) for _ in range(4)]
        assert [one.status_code for one in answers] == [201, 201, 201, 429]
        assert answers[3].json()["code"] == "too-many-rooms"
        assert answers[3].headers["Retry-After"] == "1200"


def test_every_address_has_its_own_pace_and_a_network_of_ipv6_only_one() -> None:
    paces = Paces(1)
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1", "somewhere"):
        paces.check(address)
    for address in ("192.0.2.1", "2001:db8::ffff:2", "somewhere"):
        with pytest.raises(Problem):
            paces.check(address)
    paces.check("2001:db8:0:1::1")


def test_addresses_are_not_remembered_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Paces, "MOST", 10)
    paces = Paces(1)
    for number in range(100):
        paces.check(f"192.0.2.{number}")
    assert len(paces._paces) == 10


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, logs_as_before: None) -> io.StringIO:
    """All that the service logs, as `torchroom serve` has it logged."""
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    configure_logs("debug", "console")
    return stream


def test_no_secret_and_nothing_typed_is_logged(settings: Settings, logged: io.StringIO) -> None:
    """Also where the database fails in the middle of it: its errors tell what they were given."""
    app = create_app(settings, FakeSandbox())
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        links = make_room(client)
        with page(client, links) as candidate:
            candidate.do("next", stage=-1)
            with app.state.parts.database.write() as session:
                session.execute(text("ALTER TABLE events RENAME TO gone"))
            candidate.refused("say", text="TYPED-WORDS")
            client.get(f"{ROOMS}/{links.id}/log", headers=links.headers("interviewer"))
            client.get(f"{ROOMS}/{links.id}/report", headers={"Authorization": "Bearer WRONG-ONE"})
    assert "could not be stored" in logged.getvalue()
    for kept in ("TYPED-WORDS", links.candidate, links.interviewer, "WRONG-ONE"):
        assert kept not in logged.getvalue()
