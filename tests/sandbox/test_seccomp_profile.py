"""Docker's profile: an allow-list that says why, and that lets nothing of our deny-list through."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from docker import DockerClient

from sandbox.image.denied import DENIED, NEWEST_KNOWN

PROFILE = Path(__file__).parents[2] / "sandbox" / "image" / "seccomp.json"
# Denied to a job by its own filter, which the zygote is not under: it kills, and it limits.
LEFT_TO_THE_JOBS_OWN_FILTER = {"ioctl", "kill", "prlimit64"}


@pytest.fixture(scope="module")
def profile() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(PROFILE.read_text())
    return loaded


def allowed(profile: dict[str, Any], *, whole: bool) -> set[str]:
    """Names allowed whatever their arguments, or only with some."""
    return {
        name
        for rule in profile["syscalls"]
        if rule["action"] == "SCMP_ACT_ALLOW" and bool(rule.get("args")) is not whole
        for name in rule["names"]
    }


def test_what_is_not_named_is_refused(profile: dict[str, Any]) -> None:
    assert profile["defaultAction"] == "SCMP_ACT_ERRNO"
    for rule in profile["syscalls"]:
        assert rule["action"] in ("SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO")
        assert rule["names"] == sorted(set(rule["names"]))
        assert len(rule["comment"]) > 8


def test_every_architecture_is_itself_alone(profile: dict[str, Any]) -> None:
    names = {entry["architecture"]: entry["subArchitectures"] for entry in profile["archMap"]}
    assert names == {"SCMP_ARCH_X86_64": [], "SCMP_ARCH_AARCH64": []}


# The engine itself starts the zygote with it; the zygote's children refuse it to themselves.
TO_START_THE_ZYGOTE = {"execve", "execveat"}


def test_nothing_of_the_deny_list_is_allowed(profile: dict[str, Any]) -> None:
    always = {denial.name for denial in DENIED if denial.when is None}
    sometimes = {denial.name for denial in DENIED if denial.when is not None}
    let_in = allowed(profile, whole=True) | allowed(profile, whole=False)
    assert always & let_in == TO_START_THE_ZYGOTE
    assert sometimes & allowed(profile, whole=True) == LEFT_TO_THE_JOBS_OWN_FILTER


def test_clone3_does_not_exist_so_that_c_libraries_take_clone(profile: dict[str, Any]) -> None:
    rules = [rule for rule in profile["syscalls"] if "clone3" in rule["names"]]
    assert [(rule["action"], rule["errnoRet"]) for rule in rules] == [("SCMP_ACT_ERRNO", 38)]


def test_every_name_is_a_system_call(profile: dict[str, Any]) -> None:
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if not header.exists():
        pytest.skip("no kernel headers here")
    known = set(re.findall(r"#define __NR_(\w+)", header.read_text()))
    # Younger than the headers of a stable distribution, and older than the deny-list's last entry.
    young = {
        "fchmodat2": 452,
        "map_shadow_stack": 453,
        "futex_wake": 454,
        "futex_wait": 455,
        "futex_requeue": 456,
        "mseal": 462,
    }
    assert max(young.values()) <= NEWEST_KNOWN
    assert allowed(profile, whole=True) - known - set(young) == set()


IN_CONTAINER = """
import errno, json, os, socket, warnings
import torch
from torch.utils.data import DataLoader
from sandbox.image import selftest
from sandbox.image.denied import DENIED

def answer(name):
    # Zeros do no harm, but one call would leave a queue behind.
    return errno.errorcode.get(-selftest._call(name, *((1, 0) if name == "msgget" else ())), "?")

warnings.simplefilter("ignore")
torch.set_num_threads(1)
machine = os.uname().machine
always = [denial for denial in DENIED if denial.when is None and denial.number(machine) is not None]
batches = DataLoader(list(range(40)), batch_size=4, num_workers=4)
x = torch.ones(7, 5, requires_grad=True)
(x @ torch.ones(5, 3)).sum().backward()
print(json.dumps({
    "answers": {denial.name: answer(denial.name) for denial in always},
    "loaded": sum(float(batch.sum()) for batch in batches),
    "gradient": float(x.grad.sum()),
    "layers": selftest.probe_layers(),
    "unix": socket.socket(socket.AF_UNIX).family,
}))
"""


@pytest.fixture(scope="module")
def inside(docker_engine: DockerClient, sandbox_image: str) -> dict[str, Any]:
    """What a container says that has this profile and nothing else of a slot's own filter."""
    said = docker_engine.containers.run(
        sandbox_image,
        ["-c", IN_CONTAINER],
        entrypoint="python",
        user="65533:65533",
        network_mode="none",
        read_only=True,
        cap_drop=["ALL"],
        security_opt=["no-new-privileges", f"seccomp={PROFILE.read_text()}"],
        tmpfs={"/tmp": "size=64m,mode=1777", "/dev/shm": "size=64m,mode=1777"},
        environment={"OMP_NUM_THREADS": "1"},
        remove=True,
    )
    facts: dict[str, Any] = json.loads(said)
    return facts


@pytest.mark.docker
def test_the_engine_enforces_it(inside: dict[str, Any]) -> None:
    let_through = {name for name, code in inside["answers"].items() if code != "EPERM"}
    assert let_through == {"clone3", *TO_START_THE_ZYGOTE}
    assert inside["answers"]["clone3"] == "ENOSYS"
    for name in ("system call filter", "no network sockets", "no namespaces", "no tracing"):
        assert inside["layers"][name]["holds"] is True, inside["layers"][name]


@pytest.mark.docker
def test_torch_and_its_workers_run_under_it(inside: dict[str, Any]) -> None:
    assert inside["loaded"] == sum(range(40))
    assert inside["gradient"] == 7 * 5 * 3
    assert inside["unix"] == 1
