"""Settings: every one explained, every wrong value refused with a sentence."""

import dataclasses
from pathlib import Path

import pytest

from backend.settings import Settings, SettingsError, help_of, load_settings

NAMES = [field.name for field in dataclasses.fields(Settings)]


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_is_explained_in_a_sentence(name: str) -> None:
    sentence = help_of(name)
    assert len(sentence.split()) >= 4
    assert sentence[0].isupper()
    assert sentence.endswith(".")


def test_the_environment_is_read_and_the_command_line_wins() -> None:
    environment = {
        "TORCHROOM_PORT": "9000",
        "TORCHROOM_SLOTS": "4",
        "TORCHROOM_DATA": "/var/lib/torchroom",
        "TORCHROOM_ALLOWED_HOSTS": "room.example, other.example",
        "PATH": "/bin",
    }
    settings = load_settings(environment, port=9001, slots=None)
    assert settings.port == 9001
    assert settings.slots == 4
    assert settings.database_url == "sqlite:////var/lib/torchroom/torchroom.db"
    assert settings.host_names >= {"room.example", "other.example", "localhost", "127.0.0.1"}


def test_nothing_given_is_this_machine_only() -> None:
    settings = load_settings({})
    assert settings == Settings()
    assert not settings.listens_beyond_loopback
    assert settings.data.is_absolute()


def test_a_name_is_allowed_only_where_it_is_ours() -> None:
    assert "10.0.0.7" in Settings(host="10.0.0.7").host_names
    assert "0.0.0.0" not in Settings(host="0.0.0.0").host_names
    assert Settings(host="0.0.0.0").listens_beyond_loopback


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("TORCHROOM_PROT", "1", "TORCHROOM_PROT is not a setting"),
        ("TORCHROOM_PORT", "http", 'TORCHROOM_PORT must be a whole number, but is "http"'),
        ("TORCHROOM_PORT", "65536", "port is 65536, but must be at most 65535"),
        ("TORCHROOM_SLOTS", "0", "slots is 0, but must be at least 1"),
        ("TORCHROOM_SLOT", "jail", 'slot is "jail", but must be one of: auto, docker'),
        ("TORCHROOM_LOG_LEVEL", "loud", 'log_level is "loud"'),
    ],
)
def test_a_value_that_does_not_fit_is_refused(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load_settings({variable: value})
    assert str(raised.value).startswith(sentence)


def test_paths_are_paths() -> None:
    assert load_settings({"TORCHROOM_QUESTIONS": "/q"}).questions == Path("/q")


@pytest.mark.parametrize(("text", "value"), [("yes", True), ("0", False), ("TRUE", True)])
def test_a_switch_is_yes_or_no(text: str, value: bool) -> None:
    assert load_settings({"TORCHROOM_FRESH_SLOTS": text}).fresh_slots is value


def test_a_switch_is_nothing_else() -> None:
    with pytest.raises(SettingsError, match="must be yes or no"):
        load_settings({"TORCHROOM_FRESH_SLOTS": "perhaps"})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgres_is_written_as_people_write_it(scheme: str) -> None:
    settings = load_settings({"TORCHROOM_DATABASE": f"{scheme}://me:p@db/room?sslmode=require"})
    assert settings.database_url == "postgresql+psycopg://me:p@db/room?sslmode=require"
    assert settings.uses_postgres


@pytest.mark.parametrize("value", ["mysql://me:secret@db/room", "secret", "postgresql+asyncpg://x"])
def test_what_is_no_database_is_refused_and_not_said_again(value: str, tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text(value)
    for settings in (Settings(database=value), Settings(database_file=str(secret))):
        with pytest.raises(SettingsError, match="holds no database URL") as raised:
            _ = settings.database_url
        assert "secret" not in str(raised.value)
