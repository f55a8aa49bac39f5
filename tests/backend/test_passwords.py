"""The database's passwords: made once, random, and kept."""

import re
import stat
from pathlib import Path

import pytest

from backend.container.passwords import write_missing


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    owner, executor = tmp_path / "owner", tmp_path / "executor"
    owner.mkdir()
    executor.mkdir()
    return owner, executor


def contents(folders: tuple[Path, Path]) -> dict[str, str]:
    return {
        f"{folder.name}/{path.name}": path.read_text()
        for folder in folders
        for path in folder.iterdir()
    }


def test_the_first_start_makes_all_of_them(folders: tuple[Path, Path]) -> None:
    assert len(write_missing(*folders)) == 3
    made = contents(folders)
    assert set(made) == {"owner/password", "owner/url", "executor/url"}
    secret = made["owner/password"]
    assert re.fullmatch(r"[0-9a-f]{48}", secret)
    assert made["owner/url"] == f"postgresql+psycopg://torchroom:{secret}@db:5432/torchroom"
    found = re.fullmatch(
        r"postgresql\+psycopg://executor:([0-9a-f]{48})@db:5432/torchroom", made["executor/url"]
    )
    assert found is not None
    assert found[1] != secret


def test_only_their_group_may_read_them(folders: tuple[Path, Path]) -> None:
    for path in write_missing(*folders):
        assert stat.S_IMODE(path.stat().st_mode) == 0o440


def test_what_is_there_is_kept(folders: tuple[Path, Path]) -> None:
    write_missing(*folders)
    before = contents(folders)
    assert write_missing(*folders) == []
    assert contents(folders) == before


def test_a_start_that_was_cut_short_is_made_whole(folders: tuple[Path, Path]) -> None:
    write_missing(*folders)
    before = contents(folders)
    (folders[0] / "url").unlink()
    (folders[0] / "url.unfinished").write_text("postgresql+psy")
    assert write_missing(*folders) == [folders[0] / "url"]
    assert contents(folders) == before


def test_no_two_are_the_same(folders: tuple[Path, Path], tmp_path: Path) -> None:
    write_missing(*folders)
    others = (tmp_path / "other" / "owner", tmp_path / "other" / "executor")
    for folder in others:
        folder.mkdir(parents=True)
    write_missing(*others)
    assert not set(contents(folders).values()) & set(contents(others).values())
