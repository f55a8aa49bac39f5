"""docs/hosting.md, followed from top to bottom: every command on it is carried out, and what the
page says of it holds.

What differs here is said where it is used: ports, names and addresses. A command that is new on
the page, or in another place, fails the test of its section until somebody says what it is for.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient
from docker.models.containers import Container

from backend.settings import Settings
from tests.stack.books import Books
from tests.stack.hosting import (
    Reader,
    blocks,
    commands,
    nginx,
    sections,
    settings_block,
    settle,
    status,
    terminal,
    two_free_ports,
)
from tests.stack.stack import SANDBOX_IMAGE, Stack, free_port, is_ours, wait_until
from tests.stack.visitor import ANSWER, finished, send, slow
from tests.support.needs import ROOT, compose_program

# Title of a section with commands -> the test that carries them out.
FOLLOWED = {
    "Start": "test_start",
    "One service, without Postgres": "test_one_service_alone",
    "A GPU": "test_a_gpu",
    "More executors": "test_more_executors",
    "Behind a proxy": "test_behind_a_proxy",
    "Stop, update, keep": "test_stop_update_keep",
}
NO_GPU = "could not select device driver"
READY_SECONDS = 60


def test_every_section_with_commands_is_followed() -> None:
    assert [title for title in sections() if commands(title)] == list(FOLLOWED)
    assert [name for name in FOLLOWED.values() if name not in globals()] == []


@pytest.fixture(scope="module")
def host(
    docker_engine: DockerClient, built: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """A machine with a copy of the repository, which may be written into, and a port in `.env`."""
    folder = tmp_path_factory.mktemp("host") / "torchroom"
    shutil.copytree(built, folder, copy_function=os.link)
    host = Stack(docker_engine, folder)
    settle(host, TORCHROOM_PORT=str(host.port))
    try:
        yield host
    finally:
        host.down()


def whole(host: Stack) -> None:
    host.up()
    host.wait_healthy()


def fleet(host: Stack) -> dict[str, dict[str, Any]]:
    """Role -> what `torchroom fleet --json` says of its executor."""
    said = json.loads(host.exec("web", "torchroom", "fleet", "--json"))
    return {one["role"]: one for one in said["executors"] if one["state"] != "lost"}


def test_start(host: Stack) -> None:
    page = Reader(host, "Start")
    with terminal(page.next("compose up"), host.folder, host.environment) as shown:
        shown.wait_for(f"Torchroom is ready: {host.url}", 90)
        assert host.get("/readyz") == {"status": "ok"}
        wait_until(lambda: host.get("/api/v1/system")["slot"]["state"] == "ready", READY_SECONDS)
        ready = f"Torchroom is ready: {host.url}"
        wait_until(lambda: last_words(host.container("web")) == ready, 10)
        shown.press_control_c()
        shown.wait(30)
    assert {host.state(name)["ExitCode"] for name in ("web", "executor", "db")} == {0}
    page.run("up --detach")
    host.wait_healthy()
    assert page.run(" ps").count("healthy") == 3
    assert host.url in page.run("logs web")
    page.end()


def table_of_settings() -> dict[str, str]:
    """Variable -> its default, as the page has them; those without one are not in a table cell."""
    text = sections()["Settings"]
    rows = re.findall(r"^\| (.*?) \| (.*?) ?\|", text, re.MULTILINE)[2:]
    found = dict.fromkeys(re.findall(r"`(TORCHROOM_\w+)`", text), "")
    for names, default in rows:
        for name in re.findall(r"`(TORCHROOM_\w+)`", names):
            found[name] = "".join(re.findall(r"`(.*?)`", default))
    return found


def config(folder: Path, **values: str) -> str:
    """What Compose makes of docker-compose.yml and `.env`."""
    shutil.copy(ROOT / "docker-compose.yml", folder)
    (folder / ".env").write_text("".join(f"{name}={text}\n" for name, text in values.items()))
    program = compose_program()
    assert program is not None
    command = [*program, "--profile", "gpu", "--profile", "sqlite", "config"]
    own = {name: text for name, text in os.environ.items() if not is_ours(name)}
    return subprocess.run(
        command, cwd=folder, env=own, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.stack
def test_every_setting_of_the_page_reaches_who_it_is_for(tmp_path: Path) -> None:
    values = {name: f"/wanted-{number:02}" for number, name in enumerate(table_of_settings())}
    values["TORCHROOM_PORT"] = "18000"
    found = config(tmp_path, **values)
    assert [name for name, value in values.items() if value not in found] == []
    # web, executor, executor-gpu and solo
    for name in ("TORCHROOM_LEASE_SECONDS", "TORCHROOM_LOG_LEVEL"):
        assert len(re.findall(f"{name}: {values[name]}", found)) == 4


@pytest.mark.stack
def test_defaults_are_those_of_the_page(tmp_path: Path) -> None:
    found = config(tmp_path)
    for name, default in table_of_settings().items():
        field = name.removeprefix("TORCHROOM_").lower()
        told = str(getattr(Settings(), field, ""))
        assert default in found or default == told, name
    # What is not set is not handed on as something empty. (The plugin leaves it out altogether.)
    assert set(re.findall(r"TORCHROOM_LEASE_SECONDS: (.*)", found)) <= {"null"}


def test_one_service_alone(host: Stack) -> None:
    whole(host)
    page = Reader(host, "One service, without Postgres")
    page.run("compose down")
    page.run("up --detach solo")
    host.wait_healthy("solo")
    assert finished(host, send(host, ANSWER))["verdict"]["outcome"] == "passed"
    assert host.containers("db") == []
    page.run("--profile sqlite down")
    page.run("up --detach")
    host.wait_healthy()
    page.end()


@pytest.mark.no_gpu
def test_a_gpu(host: Stack) -> None:
    whole(host)
    page = Reader(host, "A GPU")
    assert NO_GPU in page.run("docker run", code=125)
    # In place of the CUDA build: some gigabytes.
    host.client.images.get(SANDBOX_IMAGE).tag(f"{SANDBOX_IMAGE}-gpu")
    try:
        assert NO_GPU in page.run("--profile gpu up --detach", code=1)
        host.compose("--profile", "gpu", "rm", "--force", "--stop", "executor-gpu", "sandbox-gpu")
    finally:
        host.client.images.remove(f"{SANDBOX_IMAGE}-gpu", noprune=True)
    # The others do not mind.
    host.wait_healthy()
    page.end()


def set_up(folder: Path) -> None:
    """As `make setup` leaves it, but with this checkout's packages."""
    program = folder / ".venv" / "bin" / "torchroom"
    program.parent.mkdir(parents=True)
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(folder)!r})\n"
        "from backend.cli import app\nsys.exit(app())\n"
    )
    program.chmod(0o755)


@pytest.fixture
def override(host: Stack) -> Iterator[Path]:
    """A file in which a host adds to docker-compose.yml. Gone afterwards, however it went."""
    path = host.folder / "docker-compose.override.yml"
    yield path
    path.unlink(missing_ok=True)


@pytest.mark.timeout(400)
def test_more_executors(host: Stack, override: Path) -> None:
    whole(host)
    books = Books(host)
    port = free_port()
    address = f"127.0.0.1:{port}"
    # The other machine is a process here; it knows nothing but what the page says.
    alone = f"env -i PATH={os.environ['PATH']} TORCHROOM_DATABASE_FILE"
    page = Reader(host, "More executors", {"TORCHROOM_DATABASE_FILE": alone, "10.0.0.5": address})
    page.run("--scale executor=2")
    wait_until(lambda: host.get("/api/v1/system")["executors"] == 2, READY_SECONDS)

    [added] = blocks("More executors", "yaml")
    override.write_text(added.replace("10.0.0.5:5432", address))
    page.run("up --detach")
    host.wait_healthy()
    assert len(host.containers("executor")) == 1
    page.run("fleet add lab")
    url = (host.folder / "executor.url").read_text()
    assert re.fullmatch(rf"postgresql\S*://executor_lab:\S+@{address}/torchroom\s*", url)
    set_up(host.folder)
    with terminal(page.next("torchroom executor"), host.folder, host.environment) as lab:
        lab.wait_for("Slots are ready: 4", 180)
        wait_until(lambda: "executor_lab" in fleet(host), READY_SECONDS)
        wait_until(lambda: fleet(host)["executor_lab"]["state"] == "ready", READY_SECONDS)
        # Not by its role: one that was taken away while the database was too has left a row.
        ours = host.container("executor").attrs["Config"]["Hostname"]
        theirs = fleet(host)["executor_lab"]["name"]

        shown = page.run("torchroom fleet")
        assert ours in shown
        assert theirs in shown
        said = page.run("torchroom fleet --json")
        listed = json.loads(said[said.index("{") :])
        assert {ours, theirs} <= {one["name"] for one in listed["executors"]}

        page.instead["NAME"] = ours
        page.run(" drain ")
        wait_until(lambda: fleet(host)["executor"]["name"] == ours, READY_SECONDS)
        wait_until(lambda: fleet(host)["executor"]["state"] == "drained", READY_SECONDS)
        run_id = send(host, ANSWER)
        assert finished(host, run_id)["verdict"]["outcome"] == "passed"
        assert books.run(run_id)["executor"] == theirs
        under_way = send(host, slow(8))
        wait_until(lambda: books.run(under_way)["state"] == "running", READY_SECONDS)
        assert books.run(under_way)["executor"] == theirs
        page.run("undrain")
        page.run("fleet remove lab")
        assert lab.wait(30) == 2
    assert "The database turns this executor away" in lab.said
    assert finished(host, under_way)["verdict"]["outcome"] == "passed"
    assert books.run(under_way)["executor"] == ours
    assert set(fleet(host)) == {"executor"}
    books.check_all_ended()
    page.end()


@pytest.fixture
def as_before(host: Stack) -> Iterator[None]:
    """A test may write settings; those of `host` hold again afterwards."""
    yield
    settle(host, TORCHROOM_PORT=str(host.port))


@pytest.mark.nginx
@pytest.mark.usefixtures("as_before")
def test_behind_a_proxy(host: Stack, tmp_path: Path) -> None:
    first, tls = two_free_ports(), free_port()
    ports = {"8000": str(first), "8001": str(first + 1)}
    settle(host, **settings_block("Behind a proxy", ports))
    page = Reader(host, "Behind a proxy")
    page.run("--scale web=2")
    ready = "Torchroom is ready: https://torchroom.example.org"
    for web in host.containers("web"):
        # Not as its last words: Compose may start the database and the executor anew after it.
        wait_until(partial(has_said, web, ready), READY_SECONDS, lambda: whole_log(host))
    instead = {**ports, "443": str(tls)}
    with nginx(tmp_path / "nginx", "Behind a proxy", instead):
        url = f"https://localhost:{tls}/readyz"
        wait_until(lambda: status(url, "torchroom.example.org") == 200, 10)
        assert status(url, "elsewhere.example.org") == 421
    page.end()


def lines(container: Container) -> list[str]:
    return str(container.logs().decode()).splitlines()


def has_said(container: Container, line: str) -> bool:
    return line in lines(container)


def last_words(container: Container) -> str:
    return (lines(container) or [""])[-1]


def whole_log(host: Stack) -> str:
    return "\n".join(line for web in host.containers("web") for line in lines(web))


@pytest.mark.timeout(400)
def test_stop_update_keep(host: Stack) -> None:
    whole(host)
    page = Reader(host, "Stop, update, keep")
    before = finished(host, send(host, ANSWER))
    page.run("compose stop")
    page.run("up --detach --build")
    host.wait_healthy()
    # A role that will not be there when all this is brought back.
    host.exec("web", "torchroom", "fleet", "add", "gone")
    page.run("pg_dump")
    secret = host.exec("web", "cat", "/secrets/owner/password")
    page.run("down")
    assert host.client.volumes.list(filters={"name": host.project}) == []

    page.run("up --detach")
    host.wait_healthy()
    assert host.exec("web", "cat", "/secrets/owner/password") != secret
    with pytest.raises(urllib.error.HTTPError, match="404"):
        host.get(f"/api/v1/runs/{before['id']}")
    page.run("stop web executor")
    said = page.run("pg_restore", code=1)
    errors = re.findall("error: could not execute query: (.*)", said)
    assert errors
    assert {'ERROR:  role "executor_gone" does not exist'} == set(errors)
    page.run("up --detach")
    host.wait_healthy()
    assert host.get(f"/api/v1/runs/{before['id']}") == before
    assert finished(host, send(host, ANSWER))["verdict"]["outcome"] == "passed"
    assert functions_of_all(host) == []
    page.end()


def functions_of_all(host: Stack) -> list[str]:
    """Ours that everybody may call who can connect. A restore forgets that they may not, where it
    stumbles over a role that is not there."""
    [row] = Books(host).ask(
        "SELECT coalesce(json_agg(proname), '[]') AS names FROM pg_proc WHERE proname LIKE"
        " 'torchroom%' AND (proacl IS NULL OR EXISTS"
        " (SELECT 1 FROM aclexplode(proacl) WHERE grantee = 0))"
    )
    found: list[str] = row["names"]
    return found
