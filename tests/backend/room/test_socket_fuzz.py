"""Whatever a client sends, it is answered, and the room goes on."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.room.events import COMMANDS
from tests.backend.room.room_talk import CODE, make_room, one_service, page, typed

client = one_service

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from([10**9, 2**53, 2**63, -(2**63), 10**40, 0.5, 1e308])
    | st.text(max_size=8)
    | st.sampled_from(
        [CODE, "notes", "scratch", "page1", "scale-rows", "run", "😀", "\ud800", "\0"]
    )
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = sorted({name for body in COMMANDS.values() for name in body.model_fields})
BODIES = st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5)
EDITS = st.fixed_dictionaries(
    {
        "document": st.sampled_from([CODE, "scratch", "notes", "code/none"]),
        "version": st.integers(-1, 3) | JSON,
        "client": st.sampled_from(["page1", "page2"]) | JSON,
        "changes": st.lists(
            st.lists(
                st.integers(-2, 8) | st.lists(st.integers(-2, 8) | st.text("a😀\n", max_size=3)),
                max_size=4,
            ),
            max_size=3,
        )
        | JSON,
    }
)
# Commands that move the room on are left out: it is to stay where code is written.
KINDS = [*sorted(set(COMMANDS) - {"next", "run"}), "joined", "verdict", "created", "x"]


@st.composite
def messages(draw: st.DrawFn) -> Any:
    kind = draw(st.sampled_from(["edit", *KINDS]))
    body = draw(EDITS if kind == "edit" else BODIES | JSON)
    whole = {"type": "command", "id": 7, "kind": kind, "body": body}
    return draw(st.just(whole) | st.just(whole | {"author": "system"}) | JSON)


def test_every_message_is_answered(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.room.pace.Pace.allows", lambda *_: True)
    monkeypatch.setattr("backend.room.socket.PATIENCE", 10**9)
    links = make_room(client)
    with page(client, links) as candidate:
        candidate.do("next", stage=-1)
        numbers = iter(range(1000, 10**6))

        @settings(
            max_examples=100,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        )
        @given(messages())
        def send(message: Any) -> None:
            if isinstance(message, dict) and message.get("id") == 7:
                message["id"] = next(numbers)
            candidate.say(json.dumps(message))
            ping = next(numbers)
            candidate.say({"type": "ping", "id": ping})
            while (answer := candidate.hear("pong", "refused"))["type"] == "refused":
                assert answer["code"] != "our-error", message
            assert answer["id"] == ping

        send()
        # The room has not been harmed by any of it, and neither has the log.
        version = candidate.refused(
            "edit", document=CODE, version=0, client="page1", changes=[[10**6]]
        ).get("version", 0)
        text = typed(client, links)
        with page(client, links, name="page9") as other:
            shown = other.welcome["documents"][CODE]
            assert (shown["text"], shown["version"]) == (text, version)
            units = len(text.encode("utf-16-le")) // 2
            other.edit(version, [part for part in (units, [0, "end"]) if part != 0])
        assert typed(client, links) == f"{text}end"
