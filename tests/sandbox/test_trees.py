"""Observations cross the wall as they are; hostile ones end in `BadTree`, soon and small."""

from __future__ import annotations

import contextlib
import math
import struct
import time
import tracemalloc
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from sandbox import protocol, trees
from sandbox.trees import BadTree, Foreign, Meta

DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32,
    torch.int16, torch.int8, torch.uint8, torch.bool, torch.complex64, torch.complex128,
]  # fmt: skip
TENSORS = st.builds(
    lambda shape, dtype: (torch.arange(math.prod(shape)) % 2).reshape(shape).to(dtype),
    st.lists(st.integers(0, 4), max_size=3),
    st.sampled_from(DTYPES),
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | TENSORS
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3)
    ),
    max_leaves=10,
)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return isinstance(b, torch.Tensor) and a.dtype == b.dtype and torch.equal(a, b)
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return type(a) is type(b) and a == b


@given(TREES)
def test_a_tree_comes_back_as_it_was(tree: Any) -> None:
    assert same(tree, trees.decode(trees.encode(tree)))


@given(st.binary(max_size=300))
def test_noise_is_a_bad_tree(data: bytes) -> None:
    with contextlib.suppress(BadTree):
        trees.decode(data)


@given(TREES, st.integers(0, 10**6), st.integers(0, 255))
def test_one_wrong_byte_is_a_tree_or_a_bad_tree(tree: Any, place: int, byte: int) -> None:
    data = bytearray(trees.encode(tree))
    data[place % len(data)] = byte
    with contextlib.suppress(BadTree):
        trees.decode(bytes(data))


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["t", "d", "f", "m", "x", "dtype", "shape", "data_offsets", "0"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(JSON, st.none() | JSON, st.binary(max_size=40))
def test_any_json_and_any_header_are_a_tree_or_a_bad_tree(
    node: Any, header: Any, data: bytes
) -> None:
    blobs = [] if header is None else [with_header(header, data)]
    with contextlib.suppress(BadTree):
        trees.decode(protocol.pack(node, *blobs))


SIZES = (
    st.integers()
    | st.integers(0, 1 << 49)
    | st.just("1")
    | st.floats(allow_nan=False, allow_infinity=False)
)


@given(
    st.lists(SIZES, max_size=70),
    st.sampled_from(["F32", "BOOL", "I64", "F4", ""]),
    st.lists(SIZES, max_size=3),
    st.sampled_from(["float32", "bool", "complex64", "int64", "nothing"]),
)
def test_any_entry_of_a_tensor_is_a_tree_or_a_bad_tree(
    shape: list[Any], code: str, span: list[Any], dtype: str
) -> None:
    header = {"0": {"dtype": code, "shape": shape, "data_offsets": span}}
    with contextlib.suppress(BadTree):
        trees.decode(protocol.pack({"t": "0", "dtype": dtype}, with_header(header, bytes(64))))
    with contextlib.suppress(BadTree):
        trees.decode(protocol.pack({"m": shape, "dtype": dtype}))


def with_header(header: object, data: bytes = b"") -> bytes:
    text = protocol.dump_json(header)
    return struct.pack("<Q", len(text)) + text + data


def entry(shape: list[int], start: int, end: int, dtype: str = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


T0 = {"t": "0", "dtype": "float32"}
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94.",
    "four gigabytes": b"\xff\xff\xff\xff",
    "a header of 2^63 bytes": protocol.pack(T0, struct.pack("<Q", 1 << 63) + b"{}"),
    "a header that is a list": protocol.pack(T0, with_header([])),
    "a tensor that is not there": protocol.pack(T0),
    "data outside the answer": protocol.pack(
        T0, with_header({"0": entry([4], 1 << 40, (1 << 40) + 16)}, bytes(16))
    ),
    "data before the answer": protocol.pack(T0, with_header({"0": entry([4], -16, 0)}, bytes(16))),
    "less data than the shape": protocol.pack(
        T0, with_header({"0": entry([1 << 40], 0, 16)}, bytes(16))
    ),
    "a shape below zero": protocol.pack(T0, with_header({"0": entry([-4, -1], 0, 16)}, bytes(16))),
    "an empty shape past counting": protocol.pack(
        T0, with_header({"0": entry([0, 1 << 47, 1 << 47], 0, 0)})
    ),
    "a hundred dimensions": protocol.pack(T0, with_header({"0": entry([1] * 100, 0, 4)}, bytes(4))),
    "a size that is true": protocol.pack(
        T0, with_header({"0": {**entry([1], 0, 4), "shape": [True]}}, bytes(4))
    ),
    "two dtypes": protocol.pack(
        {"t": "0", "dtype": "int32"}, with_header({"0": entry([1], 0, 4)}, bytes(4))
    ),
    "a dtype by another name": protocol.pack(
        {"t": "0", "dtype": "Tensor"}, with_header({"0": entry([1], 0, 4)}, bytes(4))
    ),
    "complex of three": protocol.pack(
        {"t": "0", "dtype": "complex64"}, with_header({"0": entry([3], 0, 12)}, bytes(12))
    ),
    "deep": protocol.pack(
        [[[[]]]] and __import__("functools").reduce(lambda inner, _: [inner], range(200), 0)
    ),
    "wide": protocol.pack([0] * (trees.MOST_NODES + 1)),
    "an unknown tag": protocol.pack({"pickle": "x"}),
    "a float by another name": protocol.pack({"f": "1e400"}),
    "a shape of text on meta": protocol.pack({"m": ["1"], "dtype": "float32"}),
    "a shape without end on meta": protocol.pack({"m": [1 << 4000] * 1000, "dtype": "float32"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_a_bad_tree(name: str) -> None:
    with pytest.raises(BadTree):
        trees.decode(HOSTILE[name])


FLOODS: dict[str, bytes] = {
    "lists in lists": b"[" + b"[]," * 10_000_000 + b"[]]",
    "a thousand names for the same bytes": b"",
    "a long header": b"",
}


@pytest.mark.parametrize("name", FLOODS)
def test_an_answer_does_not_grow_while_it_is_read(name: str) -> None:
    """32 MiB may be sent. As nested lists they would be a gigabyte; as 1000 tensors over the same
    bytes 28."""
    if name == "lists in lists":
        text = FLOODS[name]
        data = struct.pack(">I", len(text)) + text
    elif name == "a long header":
        data = protocol.pack(
            T0, with_header({str(n): entry([1], 0, 4) for n in range(200_000)}, bytes(4))
        )
    else:
        size = 28 << 20
        header = {str(n): entry([size], 0, size, "I8") for n in range(1000)}
        data = protocol.pack({"t": "0", "dtype": "int8"}, with_header(header, bytes(size)))
    tracemalloc.start()
    started = time.monotonic()
    try:
        with pytest.raises(BadTree):
            trees.decode(data)
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()
    assert time.monotonic() - started < 5


def test_what_cannot_cross_says_what_it_is() -> None:
    assert trees.decode(trees.encode({"a": object(), "b": {1, 2}})) == {
        "a": Foreign("builtins.object"),
        "b": Foreign("builtins.set"),
    }
    assert trees.decode(trees.encode(torch.empty(2, 3, device="meta"))) == Meta((2, 3), "float32")
    assert isinstance(trees.decode(trees.encode(torch.ones(2).to_sparse())), Foreign)


def test_a_bool_that_is_neither_true_nor_false_is_made_one() -> None:
    """torch trusts the byte to be 0 or 1 and computes nonsense otherwise."""
    header = {"0": entry([4], 0, 4, "BOOL")}
    data = protocol.pack({"t": "0", "dtype": "bool"}, with_header(header, b"\x00\x01\x02\xff"))
    assert trees.decode(data).tolist() == [False, True, True, True]


class Equal(torch.Tensor):
    """Equals everything, prints as anything, and claims any shape."""

    @classmethod
    def __torch_function__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return True


def test_a_subclass_crosses_as_its_plain_values() -> None:
    crossed = trees.decode(trees.encode(torch.arange(3.0).as_subclass(Equal)))
    assert type(crossed) is torch.Tensor
    assert crossed.tolist() == [0.0, 1.0, 2.0]
