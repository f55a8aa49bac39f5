"""Code that never comes back to Python, or ends the process in its own way."""

from __future__ import annotations

import pytest

from tests.attacks.arena import Arena

ENDLESS = {
    "regular expression": "import re; re.match(r'(a+)+$', 'a' * 64 + 'b')",
    "power": "pow(3, 10**9)",
    "list of a range": "sum(range(10**15))",
    "matmul": "a = torch.randn(700, 700)\nwhile True:\n    a = a @ a",
    "one torch operation": "torch.arange(3000000).reshape(-1, 3).to(torch.float64)\ntorch.cdist(torch.ones(3000, 1200), torch.ones(3000, 1200), p=1.5).sum()\ntime.sleep(9)",
    "signals blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
    "sleep in C": "ctypes.CDLL(None).sleep(100)",
    "a lock held for ever": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "reading what nobody writes": "os.read(os.pipe()[0], 1)",
    "holding the GIL": "ctypes.PyDLL(None).sleep(100)",
}


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_work_runs_out_of_time(arena: Arena, name: str) -> None:
    case = arena.strike(ENDLESS[name], "timed_out")
    assert case.seconds == 1
    assert "1 s" in case.message
    arena.heal()


ENDINGS = {
    "os._exit(0)": ("os._exit(0)", "status 0"),
    "exit in C": ("ctypes.CDLL(None).exit(0)", "status 0"),
    "exit with a status": ("os._exit(77)", "status 77"),
    "exit by system call": (
        "ctypes.CDLL(None).syscall({'x86_64': 231, 'aarch64': 94}[os.uname().machine], 5)",
        "status 5",
    ),
    "null pointer": ("ctypes.string_at(0)", "SIGSEGV"),
    "stack overflow": (
        "sys.setrecursionlimit(10**9)\ndef down(n):\n    return [down(n + 1) for _ in 'x']\n"
        "import threading\nf = lambda x: map(f, x)\nit = []\nfor _ in range(500000): it = iter(map(str, it))\nnext(it, None)\n"
        "ctypes.string_at(0)",
        "SIGSEGV",
    ),
    "abort": ("os.abort()", "SIGABRT"),
    "C++ terminate": ("ctypes.CDLL('libstdc++.so.6')._ZSt9terminatev()", "SIGABRT"),
    "illegal instruction": ("os.kill(os.getpid(), signal.SIGILL)", "SIGILL"),
    "an unknown signal": ("os.kill(os.getpid(), 63)", "63"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_an_end_without_an_answer_is_a_crash(arena: Arena, name: str) -> None:
    attack, said = ENDINGS[name]
    case = arena.strike(attack, "crashed")
    assert said in case.message
    arena.heal()


def test_sys_exit_is_an_error_of_the_code(arena: Arena) -> None:
    case = arena.strike("sys.exit(0)", "error")
    assert "sys.exit()" in case.message
    arena.heal()


def test_an_exit_while_the_file_is_loaded_costs_all_cases_and_says_why(arena: Arena) -> None:
    verdict = arena.judge("import os\nos._exit(0)\ndef solve(x):\n    return x + 1\n")
    assert verdict.problem is not None
    assert verdict.problem.outcome == "crashed"
    assert {case.outcome for case in verdict.cases} == {"crashed"}
    arena.heal()
