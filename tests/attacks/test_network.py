"""The network: there is none, by three walls: no socket of any family but AF_UNIX, no interface, no route."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from tests.attacks.arena import Arena

ATTEMPTS = """
import json, os, socket
def attempt(act):
    try:
        for made in [act()]:
            for it in made if isinstance(made, tuple) else [made]:
                getattr(it, "close", int)()
        return "done"
    except OSError as error:
        return type(error).__name__
def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", ("127.0.0.1", PORT))
def connect6():
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as stream:
        stream.connect(("::1", PORT))
print(json.dumps({
    "tcp": attempt(lambda: socket.create_connection(("127.0.0.1", PORT), 1)),
    "tcp6": attempt(connect6),
    "udp": attempt(send),
    "listen": attempt(lambda: socket.create_server(("127.0.0.1", 0))),
    "raw": attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)),
    "packet": attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),
    "netlink": attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)),
    "dns": attempt(lambda: socket.getaddrinfo("localhost.example.", 80)),
    "vsock": attempt(lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)),
    "algorithms": attempt(lambda: socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)),
    "pair": attempt(lambda: socket.socketpair(socket.AF_UNIX)),
}))
"""


@pytest.fixture
def port() -> int:
    """Of a server on this host that would answer."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(30)
    number: int = server.getsockname()[1]

    def serve() -> None:
        with server:
            try:
                while True:
                    server.accept()[0].close()
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    return number


def test_no_packet_leaves_by_any_family(arena: Arena, port: int) -> None:
    verdict = arena.judge(ATTEMPTS.replace("PORT", str(port)), mode="script")
    assert verdict.script is not None
    tried = json.loads(verdict.script.stdout)
    assert (
        tried.pop("pair") == "done"
    )  # DataLoader workers hand over their file descriptors this way
    assert set(tried.values()) <= {"PermissionError", "gaierror", "OSError"}, tried
    assert tried["tcp"] == tried["udp"] == "PermissionError"
    arena.heal()


def test_without_the_walls_it_would(port: int) -> None:
    """The control: in an ordinary process the same lines connect, send and listen."""
    said: list[str] = []
    exec(ATTEMPTS.replace("PORT", str(port)), {"print": said.append})
    tried = json.loads(said[0])
    assert tried["tcp"] == tried["udp"] == tried["listen"] == tried["netlink"] == "done"


def test_an_abstract_socket_of_the_host_is_out_of_reach(arena: Arena) -> None:
    """Abstract names belong to a network namespace, no file stands before them, and AF_UNIX is allowed."""
    name = "\0torchroom-attack"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(name)  # the control: from the host's own namespace it answers
        case = arena.strike(
            f"""
            import socket
            try:
                socket.socket(socket.AF_UNIX).connect({name!r})
                print("connected")
            except ConnectionRefusedError:
                print("nobody there")
            return x + 1
            """,
            "passed",
        )
    assert case.output == "nobody there\n"
    arena.heal()


def test_a_socket_left_listening_does_not_meet_the_next_job(arena: Arena) -> None:
    arena.strike(
        """
        import socket
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                server = socket.socket(socket.AF_UNIX)
                server.bind(f"\\0left-{os.getpid()}")
                server.listen()
                signal.pause()
        time.sleep(0.1)
        return x + 1
        """,
        "passed",
    )
    arena.heal()
