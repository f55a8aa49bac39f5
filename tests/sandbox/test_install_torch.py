"""Which torch gets installed: a wheel that lies ready comes before any network."""

import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from sandbox.image import install_torch


def write_wheel(folder: Path, version: str) -> None:
    """The smallest thing that pip takes for a wheel of torch."""
    name = f"torch-{version}"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
        info = f"{name}.dist-info"
        wheel.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder that pip looks into."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What pip would be told to install."""
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(install_torch, "pip", lambda *arguments: told.append(arguments))
    return told


def test_a_wheel_that_lies_ready_is_taken_exactly(only: Path, asked: list[tuple[str, ...]]) -> None:
    write_wheel(only, "2.12.9")
    write_wheel(only, "2.13.0+cpu")
    install_torch.install("torch>=2.13,<2.14", backend="cpu", index="")
    assert asked == [("torch==2.13.0+cpu",)]


def test_an_index_that_is_named_comes_first(only: Path, asked: list[tuple[str, ...]]) -> None:
    write_wheel(only, "2.13.0+cpu")
    install_torch.install("torch==2.13.0", backend="cpu", index="https://mirror.example/cpu")
    [arguments] = asked
    assert arguments[:2] == ("--index-url", "https://mirror.example/cpu")
    assert arguments[-1] == "torch==2.13.0"


def test_default_leaves_the_choice_to_pip(only: Path, asked: list[tuple[str, ...]]) -> None:
    install_torch.install("torch==2.13.0", backend="default", index="")
    assert asked == [("torch==2.13.0",)]


def test_without_a_wheel_uv_is_asked_and_a_failure_says_what_to_do(
    only: Path, asked: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install_torch.sys, "platform", "linux")
    ran: list[list[str]] = []

    def fail(command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 1, stdout="", stderr="")

    monkeypatch.setattr(install_torch.subprocess, "run", fail)
    with pytest.raises(SystemExit, match="TORCHROOM_TORCH_INDEX"):
        install_torch.install("torch==2.13.0", backend="cpu", index="")
    assert ran[-1][-3:] == ["--torch-backend", "cpu", "torch==2.13.0"]
