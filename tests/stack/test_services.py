"""What docker-compose.yml promises of each service, looked at from inside and from outside."""

import json
import re
import socket

import pytest

from tests.stack.stack import SERVICES, Stack

SOCKET = "/var/run/docker.sock"
OURS = ("web", "executor")


def status(stack: Stack, service: str) -> dict[str, str]:
    """Of process 1: what is executed beside it may be more than it is."""
    said = stack.exec(service, "cat", "/proc/1/status")
    return dict(re.findall(r"^(\w+):\s*(.*?)\s*$", said, re.MULTILINE))


def mounts(stack: Stack, service: str) -> dict[str, bool]:
    """Where something is mounted, and whether it may be written."""
    return {one["Destination"]: one["RW"] for one in stack.container(service).attrs["Mounts"]}


def test_it_answers_at_the_address_that_it_says(stack: Stack) -> None:
    assert stack.get("/readyz") == {"status": "ok"}
    assert stack.url in stack.logs("web")


@pytest.mark.parametrize("service", SERVICES)
def test_process_one_has_no_privilege_and_no_way_to_one(stack: Stack, service: str) -> None:
    found = status(stack, service)
    sets = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
    assert {name: int(found[name], 16) for name in sets} == dict.fromkeys(sets, 0)
    assert found["NoNewPrivs"] == "1"
    assert found["Seccomp"] == "2"
    assert "0" not in found["Uid"].split()
    assert "0" not in found["Gid"].split()


@pytest.mark.parametrize("service", OURS)
def test_ours_run_as_one_user(stack: Stack, service: str) -> None:
    assert status(stack, service)["Uid"].split() == ["10001"] * 4


def test_the_executor_is_in_the_group_of_the_socket_and_in_no_other(stack: Stack) -> None:
    group = stack.exec("executor", "stat", "--format=%g", SOCKET).strip()
    assert status(stack, "executor")["Groups"] == group


@pytest.mark.parametrize("service", [*SERVICES, "secrets", "migrate", "sandbox"])
def test_the_root_is_read_only_and_all_capabilities_are_dropped(stack: Stack, service: str) -> None:
    host = stack.container(service).attrs["HostConfig"]
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    # Until it has stepped down, and in nobody else's hands.
    added = {"SETUID", "SETGID", "SETPCAP"} if service == "executor" else set()
    assert {name.removeprefix("CAP_") for name in host["CapAdd"] or []} == added
    assert [text for text in host["SecurityOpt"] if text.startswith("no-new-privileges")]
    assert host["Privileged"] is False
    assert host["PidMode"] == ""
    assert host["PidsLimit"] > 0
    assert host["Memory"] > 0


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_can_be_written_into_the_root(stack: Stack, service: str) -> None:
    tried = "! touch /opt/x /etc/x /usr/x && touch /tmp/x && rm /tmp/x"
    stack.exec(service, "sh", "-c", f"{tried} 2>/dev/null")


def test_only_the_executor_has_the_engines_socket(stack: Stack) -> None:
    having = set()
    for service in [*SERVICES, "secrets", "migrate", "sandbox"]:
        sources = [one.get("Source", "") for one in stack.container(service).attrs["Mounts"]]
        if any(source.endswith("docker.sock") for source in sources):
            having.add(service)
    assert having == {"executor"}


def test_each_knows_the_secrets_that_it_needs(stack: Stack) -> None:
    known = {
        service: {path for path in mounts(stack, service) if path.startswith("/secrets/")}
        for service in [*SERVICES, "secrets", "migrate", "sandbox"]
    }
    owner, executor = "/secrets/owner", "/secrets/executor"
    assert known == {
        "db": {owner},
        "web": {owner},
        "executor": {executor},
        "migrate": {owner, executor},
        "secrets": {owner, executor},
        "sandbox": set(),
    }
    for service in (*SERVICES, "migrate"):
        assert not any(mounts(stack, service)[path] for path in known[service]), service


def test_no_secret_is_seen_by_inspecting(stack: Stack) -> None:
    password = stack.exec("web", "cat", "/secrets/owner/password")
    executors = stack.exec("executor", "cat", "/secrets/executor/url", user="10001")
    [executors_password] = re.findall(r":([0-9a-f]{48})@", executors)
    assert re.fullmatch("[0-9a-f]{48}", password)
    for service in [*SERVICES, "secrets", "migrate", "sandbox"]:
        shown = json.dumps(stack.container(service).attrs) + stack.logs(service)
        assert password not in shown
        assert executors_password not in shown


def test_another_project_has_other_secrets(stack: Stack) -> None:
    other = Stack(stack.client, stack.folder)
    read = ["run", "--rm", "-T", "--entrypoint", "cat", "secrets"]
    try:
        other.up("secrets")
        made = other.compose(*read, "/secrets/owner/password", "/secrets/executor/url").stdout
    finally:
        other.down()
    theirs = set(re.findall(r"[0-9a-f]{48}", made))
    assert len(theirs) == 2
    assert stack.exec("web", "cat", "/secrets/owner/password") not in theirs


def test_only_the_page_is_published_and_only_on_loopback(stack: Stack) -> None:
    for service in SERVICES:
        published = stack.container(service).attrs["HostConfig"]["PortBindings"] or {}
        wanted = {"8000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(stack.port)}]}
        assert published == (wanted if service == "web" else {})


def members(stack: Stack, network: str) -> tuple[set[str], bool]:
    """Services in a network of this project, and whether it has no way out."""
    found = stack.client.networks.get(f"{stack.project}_{network}")
    inside = {
        container.labels["com.docker.compose.service"]
        for container in stack.client.containers.list(filters={"network": found.id})
    }
    return inside, found.attrs["Internal"]


def test_who_may_speak_with_whom(stack: Stack) -> None:
    assert members(stack, "outside") == ({"web"}, False)
    assert members(stack, "store") == ({"web", "db"}, True)
    assert members(stack, "executors") == ({"executor", "db"}, True)


def test_the_database_is_not_at_a_port_of_the_host(stack: Stack) -> None:
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", 5432), 2)
