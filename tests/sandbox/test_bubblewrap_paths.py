"""What a bubblewrap slot sees of the host's Python."""

import sys
from pathlib import Path

import pytest

from sandbox.judging import Sandbox
from sandbox.slots import bubblewrap


@pytest.fixture
def under_tmp(monkeypatch: pytest.MonkeyPatch) -> str:
    """A clone somewhere in /tmp, as CI and the careful have it: in a slot /tmp is the jobs'."""
    monkeypatch.setattr(sys, "prefix", "/tmp/clone/.venv")
    monkeypatch.setattr(sys, "executable", "/tmp/clone/.venv/bin/python3")
    return "/tmp/clone/.venv"


def test_an_environment_under_tmp_is_seen_elsewhere(under_tmp: str) -> None:
    words = bubblewrap._read_only_root()
    place = words[words.index(under_tmp) + 1]
    assert not place.startswith("/tmp")
    assert bubblewrap._python() == f"{place}/bin/python3"


def test_a_python_without_environment_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert bubblewrap._python() == sys.executable


@pytest.mark.slow
@pytest.mark.bubblewrap
def test_what_torch_imports_only_when_it_is_used_can_be_imported_by_a_job(tmp_path: Path) -> None:
    """As root the jobs' uids are others, and the folders above the environment must let them in."""
    (tmp_path / "question.toml").write_text("")
    source = "import torch.utils.serialization\nimport io\nimport torch\n\nfile = io.BytesIO()\n"
    source += "torch.save(torch.ones(2), file)\nfile.seek(0)\nprint(torch.load(file))\n"
    with Sandbox.open(kind="bubblewrap") as sandbox:
        script = sandbox.judge(tmp_path, source, mode="script").script
    assert script is not None
    assert (script.outcome, script.stdout) == ("passed", "tensor([1., 1.])\n"), script.message
