"""The slot's image: its tag follows its content, and nothing of the build stays in it."""

import io
import shutil
import tarfile
from pathlib import Path

import pytest
from docker import DockerClient

from sandbox.errors import OurFailure
from sandbox.image import base, build


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sandbox package that a test may change, on a host with no settings."""
    copy = tmp_path / "sandbox"
    shutil.copytree(build.PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(build, "PACKAGE", copy)
    for setting in (*build.SETTINGS.values(), "TORCHROOM_WHEELS"):
        monkeypatch.delenv(setting, raising=False)
    return copy


def context() -> dict[str, bytes]:
    stream = io.BytesIO()
    build.write_context(stream)
    stream.seek(0)
    with tarfile.open(fileobj=stream) as tar:
        found = {entry.name: tar.extractfile(entry) for entry in tar}
        return {name: file.read() for name, file in found.items() if file is not None}


@pytest.mark.parametrize("name", ["image/zygote.py", "trees.py", "image/Dockerfile"])
def test_the_tag_follows_what_goes_in(package: Path, name: str) -> None:
    before = build.image_tag()
    assert build.image_tag() == before
    with (package / name).open("a") as file:
        file.write("# changed\n")
    assert build.image_tag() != before


def test_the_tag_follows_the_settings(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = build.image_tag()
    monkeypatch.setenv("TORCHROOM_TORCH_BACKEND", "cu128")
    assert build.image_tag() != before


def test_the_tag_does_not_follow_what_stays_on_the_host(package: Path) -> None:
    before = build.image_tag()
    for name in ("image/build.py", "slots/docker.py"):
        with (package / name).open("a") as file:
            file.write("# changed\n")
    assert build.image_tag() == before


def test_the_context_is_the_runner_and_what_this_host_adds(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.crt"
    bundle.write_text("certificates")
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "torch-2.13.0-cp311-cp311-linux_x86_64.whl").write_text("wheel")
    (wheels / "notes.txt").write_text("not a wheel")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    monkeypatch.setenv("TORCHROOM_WHEELS", str(wheels))
    sent = context()
    assert {"sandbox/image/Dockerfile", "sandbox/image/zygote.py", "sandbox/trees.py"} <= set(sent)
    assert {name for name in sent if name.startswith("extras/")} == {
        "extras/ca.crt",
        "extras/wheels/torch-2.13.0-cp311-cp311-linux_x86_64.whl",
    }
    assert not [name for name in sent if "build.py" in name or "__pycache__" in name]
    assert not [name for name in sent if name.startswith("sandbox/slots")]


def test_the_context_stands_on_its_own(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
        monkeypatch.delenv(setting, raising=False)
    monkeypatch.setattr(build, "_find_links", list)
    assert not [name for name in context() if name.startswith("extras/")]


def test_a_base_that_cannot_be_had_is_told_in_words(docker_engine: DockerClient) -> None:
    with pytest.raises(OurFailure, match="TORCHROOM_SANDBOX_BASE"):
        base.ensure(docker_engine, "torchroom.invalid/no-such-image:1", lambda line: None)


LEFT_BEHIND = """
import importlib.util, pathlib, sys
import numpy, safetensors.torch, torch
assert torch.ones(2, 2).matmul(torch.ones(2, 2)).sum() == 8
assert importlib.util.find_spec('pip') is None and importlib.util.find_spec('uv') is None
assert not list(pathlib.Path('/').glob('build*')) and not pathlib.Path('/extras').exists()
assert not list(pathlib.Path('/opt').rglob('*.whl'))
runner = pathlib.Path('/opt/torchroom/sandbox/image')
uncompiled = [p for p in runner.glob('*.py')
              if not list((runner / '__pycache__').glob(p.stem + '.*.pyc'))]
assert not uncompiled, uncompiled
print(torch.__version__)
"""


def test_the_image_holds_torch_and_the_runner_and_nothing_of_the_build(
    docker_engine: DockerClient, sandbox_image: str
) -> None:
    said = docker_engine.containers.run(
        sandbox_image,
        ["-c", LEFT_BEHIND],
        entrypoint="python",
        network_mode="none",
        read_only=True,
        remove=True,
    )
    assert said.decode().startswith("2.13")


def test_an_image_that_others_build_is_taken_as_it_is(
    docker_engine: DockerClient, sandbox_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker_engine.images.get(sandbox_image).tag("torchroom-sandbox", "test-of-others")
    monkeypatch.setenv("TORCHROOM_SANDBOX_IMAGE", "torchroom-sandbox:test-of-others")
    said: list[str] = []
    try:
        assert build.ensure_image(docker_engine, said.append) == "torchroom-sandbox:test-of-others"
    finally:
        docker_engine.images.remove("torchroom-sandbox:test-of-others")
    assert said == []


def test_one_that_is_missing_is_not_built_instead(
    docker_engine: DockerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHROOM_SANDBOX_IMAGE", "torchroom-sandbox:never-built")
    with pytest.raises(OurFailure, match=r"has no image torchroom-sandbox:never-built.*up --build"):
        build.ensure_image(docker_engine, lambda line: None)


def test_one_of_another_version_is_refused(
    docker_engine: DockerClient,
    sandbox_image: str,
    package: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TORCHROOM_SANDBOX_IMAGE", sandbox_image)
    assert build.ensure_image(docker_engine, lambda line: None) == sandbox_image
    with (package / "protocol.py").open("a") as file:
        file.write("# a later version\n")
    with pytest.raises(OurFailure, match="another version"):
        build.ensure_image(docker_engine, lambda line: None)


def test_what_has_no_runner_is_refused(
    docker_engine: DockerClient, sandbox_image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHROOM_SANDBOX_IMAGE", base.DEFAULT)
    with pytest.raises(OurFailure, match="another version"):
        build.ensure_image(docker_engine, lambda line: None)
