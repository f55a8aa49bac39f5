"""Bytes of strangers: frames, packs and JSON end in a value or in `ProtocolError`, nothing else."""

from __future__ import annotations

import contextlib
import struct
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox import protocol
from sandbox.protocol import HEADER, LARGEST, Kind, ProtocolError

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def from_bytes(data: bytes) -> tuple[Kind, bytes]:
    rest = memoryview(data)

    def exactly(size: int) -> bytes:
        nonlocal rest
        part, rest = bytes(rest[:size]), rest[size:]
        if len(part) < size:
            raise EOFError
        return part

    return protocol.read_frame(exactly)


@given(st.sampled_from([kind for kind in Kind if LARGEST[kind]]), st.binary(max_size=200))
def test_a_frame_comes_back_as_it_was(kind: Kind, payload: bytes) -> None:
    assert from_bytes(protocol.frame(kind, payload)) == (kind, payload)


@given(st.binary(max_size=100))
def test_noise_is_a_frame_or_an_error(data: bytes) -> None:
    with contextlib.suppress(ProtocolError, EOFError):
        kind, payload = from_bytes(data)
        assert len(payload) <= LARGEST[kind]


@pytest.mark.parametrize("kind", list(Kind))
def test_a_length_over_the_kinds_limit_is_refused_unread(kind: Kind) -> None:
    """Four gigabytes are promised; nothing may be set aside for them."""
    for length in (LARGEST[kind] + 1, 0xFFFFFFFF):
        with pytest.raises(ProtocolError, match="is over"):
            protocol.parse_header(HEADER.pack(kind, length))
    assert protocol.parse_header(HEADER.pack(kind, LARGEST[kind])) == (kind, LARGEST[kind])


def test_what_we_send_is_held_to_the_same_limits() -> None:
    with pytest.raises(ProtocolError, match="GATE"):
        protocol.frame(Kind.GATE, bytes(LARGEST[Kind.GATE] + 1))


@given(PLAIN, st.lists(st.binary(max_size=50), max_size=4))
def test_a_pack_comes_back_as_it_was(value: Any, blobs: list[bytes]) -> None:
    assert protocol.unpack(protocol.pack(value, *blobs)) == (value, blobs)


@given(st.binary(max_size=200))
def test_noise_is_no_pack(data: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        protocol.unpack(data)


@given(PLAIN, st.integers(0, 200), st.integers(0, 255))
def test_one_wrong_byte_is_a_pack_or_an_error(value: Any, place: int, byte: int) -> None:
    data = bytearray(protocol.pack(value, b"blob"))
    data[place % len(data)] = byte
    with contextlib.suppress(ProtocolError):
        protocol.unpack(bytes(data))


HOSTILE = {
    "nothing": b"",
    "a length cut short": b"\0\0",
    "four gigabytes promised": struct.pack(">I", 0xFFFFFFFF) + b"x",
    "NaN": b"NaN",
    "infinity": b"[-Infinity]",
    "a key twice": b'{"a":1,"a":2}',
    "a key twice, written differently": b'{"a":1,"\\u0061":2}',
    "a key twice, deep": b'[{"b":[{"a":1,"a":1}]}]',
    "bottomless lists": b"[" * 1_000_000,
    "bottomless objects": b'{"a":' * 1_000_000,
    "a giant number": b"9" * 1_000_000,
    "not UTF-8": b'"\xff"',
    "another encoding": '{"a": 1}'.encode("utf-16"),
    "two values": b"1 2",
    "a comment": b"1 // one",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_json_is_refused_at_once(name: str) -> None:
    started = time.monotonic()
    with pytest.raises(ProtocolError):
        protocol.load_json(HOSTILE[name])
    with pytest.raises(ProtocolError):
        protocol.unpack(HOSTILE[name])
    assert time.monotonic() - started < 2


def test_json_over_what_was_agreed_is_refused_unread() -> None:
    data = protocol.pack([[]] * 1000)
    assert protocol.unpack(data, 4096)[0] == [[]] * 1000
    with pytest.raises(ProtocolError, match="allowed"):
        protocol.unpack(data, 1000)


def test_we_never_write_what_we_would_not_read() -> None:
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            protocol.dump_json(value)
