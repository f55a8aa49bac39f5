"""The application image: what is in it, and what is not."""

from pathlib import Path

from docker import DockerClient

from tests.stack.stack import IMAGE

HELD = """
import importlib.util, os, pathlib, shutil
app = pathlib.Path('/opt/torchroom')
found = {path.name for path in app.iterdir()}
assert found == {'LICENSE', 'alembic.ini', 'backend', 'frontend', 'migrations', 'questions',
                 'sandbox', 'templates'}, found
assert {path.name for path in (app / 'frontend').iterdir()} == {'dist'}
assert (app / 'frontend/dist/index.html').is_file()
hidden = [p for p in app.rglob('.*') if p.is_relative_to(app / 'frontend/dist') is False]
assert not hidden, hidden
for name in ('torch', 'numpy', 'safetensors', 'pip', 'setuptools', 'pytest'):
    assert importlib.util.find_spec(name) is None, name
for name in ('node', 'npm', 'gcc', 'git', 'docker'):
    assert shutil.which(name) is None, name
assert not pathlib.Path('/build').exists() and not pathlib.Path('/etc/ssl/trusted.crt').exists()
for folder in ('backend', 'sandbox', 'migrations'):
    for path in (app / folder).rglob('*.py'):
        compiled = path.parent / '__pycache__' / (path.stem + '.cpython-311.pyc')
        assert compiled.is_file(), path
unreadable = [p for p in app.rglob('*') if not os.access(p, os.R_OK)]
assert not unreadable, unreadable
writable = [p for p in app.rglob('*') if os.access(p, os.W_OK)]
assert not writable, writable
import backend.app, backend.executor_process, sandbox.judging, sandbox.slots.docker
print(os.getuid(), os.getgid(), os.getgroups())
"""


def test_the_image_holds_the_application_and_nothing_of_its_build(
    docker_engine: DockerClient, built: Path
) -> None:
    said = docker_engine.containers.run(
        IMAGE,
        ["-c", HELD],
        entrypoint="python",
        network_mode="none",
        read_only=True,
        tmpfs={"/tmp": ""},
        remove=True,
    )
    assert said.decode().strip() == "10001 10001 [10001]"


def test_it_is_small(docker_engine: DockerClient, built: Path) -> None:
    assert docker_engine.images.get(IMAGE).attrs["Size"] < 300e6
