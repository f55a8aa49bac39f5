"""docs/hosting.md as a person uses it: its commands, taken from the page, typed into a terminal."""

import contextlib
import os
import re
import shlex
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.stack.stack import Stack, free_port
from tests.support.needs import ROOT, compose_program

PAGE = ROOT / "docs" / "hosting.md"
_SECTION = re.compile(r"^## (.*)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def sections() -> dict[str, str]:
    """Title -> text."""
    _, *parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def blocks(section: str, language: str) -> list[str]:
    return [text for name, text in _BLOCK.findall(sections()[section]) if name == language]


def commands(section: str) -> list[str]:
    """One a line."""
    return [line for block in blocks(section, "sh") for line in block.splitlines() if line]


@dataclass
class Terminal:
    """A command in a terminal of its own. What it says is kept without its colours."""

    process: subprocess.Popen[bytes]
    said: str = ""

    def __post_init__(self) -> None:
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while piece := os.read(self.process.stdout.fileno(), 1 << 16):
            text = piece.decode(errors="replace").replace("\r", "")
            self.said += _COLOUR.sub("", text)

    def press_control_c(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\x03")
        self.process.stdin.flush()

    def wait(self, seconds: float) -> int:
        code = self.process.wait(seconds)
        self._reader.join(5)
        return code

    def wait_for(self, words: str, seconds: float) -> None:
        started = time.monotonic()
        while words not in self.said:
            late = time.monotonic() - started > seconds
            if late or self.process.poll() is not None:
                raise AssertionError(f'"{words}" was never said:\n{self.said}')
            time.sleep(0.1)


@contextmanager
def terminal(command: str, folder: Path, environment: dict[str, str]) -> Iterator[Terminal]:
    # `script` gives it a terminal, without which `docker compose exec` refuses.
    process = subprocess.Popen(
        ["script", "-qefc", f"stty cols 200; {command}", "/dev/null"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    shown = Terminal(process)
    try:
        yield shown
    finally:
        if process.poll() is None:
            process.terminate()
        shown.wait(30)
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


@dataclass
class Reader:
    """Somebody who follows one section of the page from top to bottom, on this machine."""

    stack: Stack
    section: str
    instead: dict[str, str] = field(default_factory=dict)
    """What stands on the page -> what it is here."""

    def __post_init__(self) -> None:
        self._left = commands(self.section)

    def next(self, words: str) -> str:
        """The next command, as it is typed here. It has to be the one with these words."""
        assert self._left, f"the page has no more commands in {self.section}"
        command = self._left.pop(0)
        assert words in command, f"next on the page is not {words}, but: {command}"
        program = compose_program()
        assert program is not None
        for there, here in {"docker compose": shlex.join(program), **self.instead}.items():
            command = command.replace(there, here)
        return command

    def run(self, words: str, *, seconds: float = 120, code: int = 0) -> str:
        """Carry the next command out. Returns what it said."""
        command = self.next(words)
        with terminal(command, self.stack.folder, self.stack.environment) as shown:
            ended = shown.wait(seconds)
        assert ended == code, f"{command}: {ended}\n{shown.said}"
        return shown.said

    def end(self) -> None:
        """Nothing on the page was left out."""
        assert self._left == []


def settle(stack: Stack, **values: str) -> None:
    """Write `.env`, which is where a host writes settings; the shell must not say otherwise."""
    for name in values:
        stack.environment.pop(name, None)
    lines = [f"{name}={value}\n" for name, value in values.items()]
    (stack.folder / ".env").write_text("".join(lines))


def settings_block(section: str, instead: dict[str, str]) -> dict[str, str]:
    """The settings that the page says to write into `.env`, as they are here."""
    [text] = blocks(section, "ini")
    return dict(line.split("=", 1) for line in replaced(text, instead).splitlines())


def replaced(text: str, instead: dict[str, str]) -> str:
    """Whole words of the page, each of which has to be there, by what they are here."""
    wanted = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in instead))
    assert set(wanted.findall(text)) == set(instead)
    return wanted.sub(lambda found: instead[found.group()], text)


@contextmanager
def nginx(folder: Path, section: str, instead: dict[str, str]) -> Iterator[None]:
    """Debian's, with the page's configuration and a certificate of its own making."""
    [text] = blocks(section, "nginx")
    folder.mkdir()
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    certificate += ["-subj", "/CN=localhost", "-keyout", "torchroom.key", "-out", "torchroom.pem"]
    subprocess.run(certificate, cwd=folder, check=True, capture_output=True)
    text = replaced(text, {**instead, "/etc/ssl": str(folder)})
    spool = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = f"worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/log;\n"
    around += f"events {{}}\nhttp {{\naccess_log off;\n{spool}{text}}}\n"
    (folder / "nginx.conf").write_text(around)
    command = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "log")]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
        print((folder / "log").read_text())


def status(url: str, name: str) -> int:
    """With which the proxy's certificate is not asked for: it is of our own making."""
    request = urllib.request.Request(url, headers={"Host": name})
    trusting = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(request, timeout=5, context=trusting) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def two_free_ports() -> int:
    """The first of two that follow each other."""
    while True:
        first = free_port()
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", first + 1))
            return first
