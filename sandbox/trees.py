"""Trees of tensors and plain values as bytes: tagged JSON for the shape, safetensors for the data.

The safetensors format (eight bytes of header length, a JSON header, the data) is written and read
here, so that every offset, shape and key is checked by us. Reading never executes anything: no
pickle, no `torch.load`. `encode` runs beside a candidate's code and may be lied to; `decode` runs
in the judge and believes nothing but values.
"""

from __future__ import annotations

import contextlib
import math
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from sandbox import protocol
from sandbox.text import clean

Tree = Any

MOST_NODES = 100_000
DEEPEST = 64
LONGEST_TEXT = 1 << 20
# Of a tree's JSON and of its tensors' header, in bytes: what is read takes thirty times as much.
LONGEST_JSON = 4 << 20
MOST_BITS = 10_000

_HEADER_LENGTH = struct.Struct("<Q")
_CODES: dict[torch.dtype, str] = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
_AS_THEY_LIE = frozenset({torch.float32, torch.float64, torch.int64})
_DTYPES = {code: dtype for dtype, code in _CODES.items()}
_AS_REAL = {torch.complex64: torch.float32, torch.complex128: torch.float64}
_NAMES = {dtype: str(dtype).removeprefix("torch.") for dtype in (*_CODES, *_AS_REAL)}
_BY_NAME = {name: dtype for dtype, name in _NAMES.items()}


class BadTree(Exception):
    """Bytes that are not a tree. The message is fit for the candidate's eyes."""


@dataclass(frozen=True, slots=True)
class Foreign:
    """Something that cannot cross the wall, by the name of its type. Equals nothing expected."""

    type: str


@dataclass(frozen=True, slots=True)
class Meta:
    """A tensor on the `meta` device: a shape and a dtype without data."""

    shape: tuple[int, ...]
    dtype: str


def encode(tree: Tree) -> bytes:
    """Bytes of `tree`; tensors are copied to the CPU. What cannot cross becomes `Foreign`."""
    tensors: list[torch.Tensor] = []
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        node = _encode(tree, tensors, 0)
        return protocol.pack(node, *_write_tensors(tensors))


def _write_tensors(tensors: list[torch.Tensor]) -> list[bytes]:
    if not tensors:
        return []
    header: dict[str, Any] = {}
    parts: list[bytes] = []
    end = 0
    for number, tensor in enumerate(tensors):
        data = _bytes_of(tensor)
        start, end = end, end + len(data)
        header[str(number)] = {
            "dtype": _CODES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
        parts.append(data)
    text = protocol.dump_json(header)
    return [b"".join((_HEADER_LENGTH.pack(len(text)), text, *parts))]


def _bytes_of(tensor: torch.Tensor) -> bytes:
    if not tensor.numel():
        return b""
    return _flat_bytes(tensor).numpy().tobytes()


def _encode(value: Tree, tensors: list[torch.Tensor], depth: int) -> Any:
    """Plain values stand for themselves; every JSON object is a tag: d, t, f, m or x."""
    kind = type(value)
    if value is None or kind is bool:
        return value
    if kind is str:
        return clean(value, LONGEST_TEXT)
    if kind is int:
        return value if value.bit_length() < MOST_BITS else {"x": "a giant int"}
    if kind is float:
        return value if math.isfinite(value) else {"f": repr(value)}
    if depth > DEEPEST:
        return {"x": f"something nested deeper than {DEEPEST} levels"}
    if isinstance(value, torch.Tensor):
        return _encode_tensor(value, tensors)
    if isinstance(value, dict):
        pairs = value.items()
        return {"d": {str(key): _encode(item, tensors, depth + 1) for key, item in pairs}}
    if isinstance(value, (list, tuple)):
        return [_encode(item, tensors, depth + 1) for item in value]
    if isinstance(value, (torch.dtype, torch.device)):
        return str(value)
    return {"x": f"{kind.__module__}.{kind.__qualname__}"}


def _encode_tensor(value: torch.Tensor, tensors: list[torch.Tensor]) -> dict[str, Any]:
    plain = value.detach()
    if type(plain) is not torch.Tensor:
        plain = plain.as_subclass(torch.Tensor)
    dtype = plain.dtype
    if plain.is_meta:
        return {"m": list(plain.shape), "dtype": _NAMES.get(dtype, str(dtype))}
    if plain.layout is not torch.strided or plain.is_quantized:
        return {"x": f"a tensor of layout {plain.layout}"}
    if dtype in _AS_REAL:
        plain = torch.view_as_real(plain.resolve_conj())
    elif dtype not in _CODES:
        return {"x": f"a tensor of {dtype}"}
    tensors.append(plain.resolve_neg().cpu().contiguous())
    return {"t": str(len(tensors) - 1), "dtype": _NAMES[dtype]}


def decode(data: bytes) -> Tree:
    """The tree in `data`, tensors on the CPU. Raises `BadTree`; never executes, never hangs."""
    try:
        node, blobs = protocol.unpack(data, LONGEST_JSON)
        stored = _read_tensors(blobs[0]) if blobs else {}
    except protocol.ProtocolError as error:
        raise BadTree(str(error)) from None
    return _Decoder(stored).decode(node, 0)


def _read_tensors(blob: bytes) -> dict[str, torch.Tensor]:
    size = _HEADER_LENGTH.size
    if len(blob) < size:
        raise BadTree("the tensors are cut short")
    (length,) = _HEADER_LENGTH.unpack_from(blob)
    if length > len(blob) - size:
        raise BadTree("the tensors' header is longer than the answer")
    if length > LONGEST_JSON:
        raise BadTree("the tensors' header is too long")
    header = protocol.load_json(blob[size : size + length])
    data = memoryview(blob)[size + length :]
    if not isinstance(header, dict):
        raise BadTree("the tensors' header is malformed")
    stored: dict[str, torch.Tensor] = {}
    left = len(data)
    for name, entry in header.items():
        stored[name] = _read_tensor(entry, data)
        left -= stored[name].nbytes
        if left < 0:
            # Each is a copy: a thousand names for the same bytes would be a thousand copies.
            raise BadTree("the tensors overlap")
    return stored


def _read_tensor(entry: Any, data: memoryview) -> torch.Tensor:
    try:
        dtype, shape, (start, end) = (
            _DTYPES.get(entry["dtype"]),
            entry["shape"],
            entry["data_offsets"],
        )
        is_whole = type(start) is int and type(end) is int and type(shape) is list
    except (KeyError, TypeError, ValueError):
        is_whole = False
    if not is_whole:
        raise BadTree("a tensor's entry is malformed")
    if dtype is None or not _is_shape(shape):
        raise BadTree("a tensor has a dtype or a shape that does not exist")
    if not 0 <= start <= end <= len(data) or end - start != math.prod(shape) * dtype.itemsize:
        raise BadTree("a tensor's data does not have the size of its shape")
    if start == end:
        # Of an empty tensor the other sizes are free, and their product may be past counting.
        if math.prod(n for n in shape if n) >= 1 << 60:
            raise BadTree("a tensor's shape is malformed")
        return torch.empty(shape, dtype=dtype)
    # Memory of its own, aligned; a bool is read as "not zero": torch trusts it to be 0 or 1.
    own = bytearray(data[start:end])
    if dtype is torch.bool:
        return (torch.frombuffer(own, dtype=torch.uint8) != 0).reshape(shape)
    return torch.frombuffer(own, dtype=dtype).reshape(shape)


def _is_shape(shape: list[Any]) -> bool:
    return len(shape) <= DEEPEST and all(type(n) is int and 0 <= n < 1 << 48 for n in shape)


class _Decoder:
    def __init__(self, stored: dict[str, torch.Tensor]) -> None:
        self.stored = stored
        self.nodes = 0

    def decode(self, node: Any, depth: int) -> Tree:
        self.nodes += 1
        if depth > DEEPEST + 1 or self.nodes > MOST_NODES:
            raise BadTree("the answer has too many parts")
        kind = type(node)
        if kind is str:
            return clean(node, LONGEST_TEXT)
        if kind is list:
            return [self.decode(item, depth + 1) for item in node]
        if kind is dict:
            return self._tagged(node, depth)
        return node

    def _tagged(self, node: dict[str, Any], depth: int) -> Tree:
        match node:
            case {"t": str(name), "dtype": str(dtype)} if name in self.stored:
                return _as_dtype(self.stored[name], dtype)
            case {"d": dict(pairs)}:
                decode = self.decode
                return {clean(key, 200): decode(item, depth + 1) for key, item in pairs.items()}
            case {"f": "nan" | "inf" | "-inf" as name}:
                return float(name)
            case {"m": list(shape), "dtype": str(dtype)} if _is_shape(shape):
                return Meta(tuple(shape), clean(dtype, 50))
            case {"x": str(name)}:
                return Foreign(clean(name, 200))
            case _:
                raise BadTree("the answer is not a tree of tensors and plain values")


def _as_dtype(tensor: torch.Tensor, name: str) -> torch.Tensor:
    dtype = _BY_NAME.get(name)
    if dtype in _AS_REAL:
        if tensor.dtype != _AS_REAL[dtype] or tensor.shape[-1:] != (2,):
            raise BadTree("a complex tensor is malformed")
        return torch.view_as_complex(tensor)
    if tensor.dtype != dtype:
        raise BadTree("a tensor's two dtypes disagree")
    return tensor


def _flat_bytes(tensor: torch.Tensor) -> torch.Tensor:
    """The bytes of a contiguous tensor. A single element is that with any stride; `view` is not."""
    return tensor.as_strided((tensor.numel(),), (1,)).view(torch.uint8)


def map_tensors(tree: Tree, change: Callable[[torch.Tensor], torch.Tensor]) -> Tree:
    """`tree` with `change` applied to each tensor."""
    if isinstance(tree, torch.Tensor):
        return change(tree)
    if isinstance(tree, dict):
        return {key: map_tensors(item, change) for key, item in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [map_tensors(item, change) for item in tree]
    return tree


def tensors_of(tree: Tree, path: str = "") -> list[tuple[str, torch.Tensor]]:
    """Every tensor in `tree` with its path, in order."""
    if isinstance(tree, torch.Tensor):
        return [(path, tree)]
    if isinstance(tree, dict):
        items = [(str(key), item) for key, item in tree.items()]
    elif isinstance(tree, (list, tuple)):
        items = [(str(index), item) for index, item in enumerate(tree)]
    else:
        return []
    return [
        found for key, item in items for found in tensors_of(item, f"{path}.{key}" if path else key)
    ]


def checksums(tree: Tree) -> list[int]:
    """A CRC of each tensor's values, in order: tells whether an input was changed."""
    with torch.no_grad(), torch._C.DisableTorchFunctionSubclass():
        return [_checksum(tensor) for _, tensor in tensors_of(tree)]


def _checksum(tensor: torch.Tensor) -> int:
    if not tensor.numel() or tensor.device.type == "meta":
        return 0
    if type(tensor) is torch.Tensor and tensor.dtype in _AS_THEY_LIE and not tensor.requires_grad:
        with contextlib.suppress(RuntimeError, BufferError, ValueError):
            return zlib.crc32(tensor.numpy().data)
    data = tensor.detach().cpu().resolve_conj().resolve_neg().contiguous()
    return zlib.crc32(_flat_bytes(data).numpy().data)


def strided(tensor: torch.Tensor) -> torch.Tensor:
    """The same values in a layout that is not contiguous, and that `view` cannot flatten."""
    if tensor.dim() == 0:
        return tensor
    wide = tensor.new_empty((*tensor.shape[:-1], tensor.shape[-1] * 2 + 1))
    wide[..., 1::2] = tensor
    return wide[..., 1::2]
