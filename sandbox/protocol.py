"""What crosses the wall: length-prefixed frames. Standard library only.

A frame is one byte of kind, four bytes of length (big-endian) and that many bytes of payload. Every
kind has a largest length; a longer one is a `ProtocolError` before a byte of it is read.

    executor -> zygote   JOB, then FEED and GATE in any number, then END
    zygote -> executor   OUT, ERR, RESULT followed by STAGE, at last ENDED and FREE
    zygote -> child      SETUP, SOURCE, CASE: carried inside FEED, unread by the zygote
    child -> zygote      RESULT, one for each stage of the job
    executor <-> judge   CALL and REPLY

A RESULT counts only once its STAGE has followed: the zygote pads what a dying child left unsent.
"""

from __future__ import annotations

import enum
import json
import struct
from collections.abc import Callable
from typing import Any

MIB = 1 << 20
HEADER = struct.Struct(">BI")
_LENGTH = struct.Struct(">I")


class Kind(enum.IntEnum):
    """What a frame carries."""

    JOB = 1
    FEED = 2
    GATE = 3
    END = 4
    SETUP = 8
    SOURCE = 9
    CASE = 10
    OUT = 16
    ERR = 17
    RESULT = 18
    STAGE = 19
    ENDED = 20
    FREE = 21
    CALL = 32
    REPLY = 33


LARGEST: dict[int, int] = {
    Kind.JOB: 64 << 10,
    Kind.FEED: 256 * MIB,
    Kind.GATE: 1 << 10,
    Kind.END: 0,
    Kind.SETUP: MIB,
    Kind.SOURCE: MIB,
    Kind.CASE: 256 * MIB,
    Kind.OUT: MIB,
    Kind.ERR: MIB,
    Kind.RESULT: 64 * MIB,
    Kind.STAGE: 64 << 10,
    Kind.ENDED: 64 << 10,
    Kind.FREE: 64 << 10,
    Kind.CALL: 256 * MIB,
    Kind.REPLY: 256 * MIB,
}


class ProtocolError(Exception):
    """Bytes that are not what the protocol allows."""


def frame(kind: Kind, payload: bytes = b"") -> bytes:
    """One frame, ready to send."""
    if len(payload) > LARGEST[kind]:
        raise ProtocolError(f"{kind.name} of {len(payload)} bytes is over {LARGEST[kind]}")
    return HEADER.pack(kind, len(payload)) + payload


def json_frame(kind: Kind, value: object) -> bytes:
    """One frame whose payload is JSON."""
    return frame(kind, dump_json(value))


def parse_header(header: bytes) -> tuple[Kind, int]:
    """Kind and length of the frame that `header` (5 bytes) opens."""
    number, length = HEADER.unpack(header)
    if number not in LARGEST:
        raise ProtocolError(f"unknown kind of frame: {number}")
    kind = Kind(number)
    if length > LARGEST[kind]:
        raise ProtocolError(f"{kind.name} of {length} bytes is over {LARGEST[kind]}")
    return kind, length


def read_frame(read_exactly: Callable[[int], bytes]) -> tuple[Kind, bytes]:
    """The next frame of a blocking stream."""
    kind, length = parse_header(read_exactly(HEADER.size))
    return kind, read_exactly(length) if length else b""


def pack(value: object, *blobs: bytes) -> bytes:
    """JSON followed by byte strings, each with its length before it."""
    parts: list[bytes] = []
    for blob in (dump_json(value), *blobs):
        parts += (_LENGTH.pack(len(blob)), blob)
    return b"".join(parts)


def unpack(payload: bytes, longest_json: int | None = None) -> tuple[Any, list[bytes]]:
    """The inverse of `pack`. Anything odd is a ProtocolError, and JSON over `longest_json` too."""
    blobs: list[bytes] = []
    at = 0
    while at < len(payload):
        if at + _LENGTH.size > len(payload):
            raise ProtocolError("a length is cut short")
        (length,) = _LENGTH.unpack_from(payload, at)
        at += _LENGTH.size
        if length > len(payload) - at:
            raise ProtocolError(f"{length} bytes are promised, {len(payload) - at} are there")
        blobs.append(payload[at : at + length])
        at += length
    if not blobs:
        raise ProtocolError("the payload is empty")
    if longest_json is not None and len(blobs[0]) > longest_json:
        raise ProtocolError(f"{len(blobs[0])} bytes of JSON, {longest_json} are allowed")
    return load_json(blobs[0]), blobs[1:]


def dump_json(value: object) -> bytes:
    """Compact JSON without NaN or infinity."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def load_json(data: bytes) -> Any:
    """JSON of a stranger: no duplicate keys, no NaN, no bottomless nesting, UTF-8 only."""
    try:
        return json.loads(
            data.decode(), object_pairs_hook=_unique_keys, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"not the JSON that was agreed on: {error}") from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ProtocolError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> None:
    raise ProtocolError(f"{name} is not JSON")
