"""ONNX files without the numbers of their weights, in one pass over the fields of the file.

A file is a protobuf message: fields, each a tag (`number << 3 | wire type`) and a value. Messages in messages are
fields with a length. The pass copies everything but the numbers of large tensors, wherever they are: in a graph, in the
graph of a branch, in a function, in an attribute. Their shapes stay. No package is needed, and nothing is parsed.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""Wire types."""
FIXED_BYTES = {FIXED64: 8, FIXED32: 4}
LONGEST_VARINT = 10
"""Bytes of an integer of 64 bits."""
SHAPES = frozenset({6, 7, 9, 12, 13})
"""Types of tensors that sizes are computed from: int32, int64, bool, uint32, uint64."""
MOST_OF_SHAPES, MOST_OF_WEIGHTS = 4096, 64
"""Bytes of numbers that stay in a tensor of these types, and of any other. The service reads no more of the first; of
the second sizes depend on a few only, such as the factors of a resize: one an axis."""
MESSAGES: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
}
"""Messages of `onnx.proto` that may hold weights, and what is in them, by the numbers of their fields."""
TRAINING = ("model", 20)
"""Graphs that train a model; no question is about them."""
TYPE_OF_TENSOR = 2
NUMBERS_OF_TENSOR = frozenset({4, 5, 6, 7, 9, 10, 11})
"""`float_data`, `int32_data`, ..., `raw_data`, ..."""
NAME_OF_ATTRIBUTE, FLOATS_OF_ATTRIBUTE = 1, 7


class MalformedError(ValueError):
    """The bytes are no fields, or end in the middle of one."""


class Field(NamedTuple):
    """A field: its number, where it begins, its value if that is an integer, and where its value begins and ends."""

    number: int
    kind: int
    start: int
    integer: int
    value: int
    end: int


def without_numbers(data: bytes) -> bytes:
    """A file without the numbers of its large tensors.

    Raises:
        MalformedError: it is no ONNX model.
    """
    return b"".join(_message("model", memoryview(data)))


def _message(name: str, data: memoryview) -> Iterator[memoryview | bytes]:
    """The parts of a message that stay."""
    if name == "tensor":
        yield from _tensor(data)
        return
    fields = list(_fields(data))
    floats = [field for field in fields if name == "attribute" and field.number == FLOATS_OF_ATTRIBUTE]
    if _bytes_of(floats) > MOST_OF_WEIGHTS:
        yield from _attribute(data, fields, floats)
        return
    for field in fields:
        inner = MESSAGES[name].get(field.number)
        if (name, field.number) == TRAINING:
            continue
        if field.kind != LENGTH or inner is None or field.end - field.value <= MOST_OF_WEIGHTS:
            yield data[field.start : field.end]
        else:
            yield _with_length(field.number, b"".join(_message(inner, data[field.value : field.end])))


def _tensor(data: memoryview) -> Iterator[memoryview]:
    """A tensor, without its numbers where they are many."""
    fields = list(_fields(data))
    kind = next((field.integer for field in fields if field.number == TYPE_OF_TENSOR), 0)
    numbers = [field for field in fields if field.number in NUMBERS_OF_TENSOR]
    large = _bytes_of(numbers) > (MOST_OF_SHAPES if kind in SHAPES else MOST_OF_WEIGHTS)
    return (data[field.start : field.end] for field in fields if not large or field.number not in NUMBERS_OF_TENSOR)


def _attribute(data: memoryview, fields: list[Field], floats: list[Field]) -> Iterator[bytes]:
    """A constant's long list as a tensor of its length without numbers; any other long list is no setting."""
    name = b"".join(data[field.value : field.end] for field in fields if field.number == NAME_OF_ATTRIBUTE)
    if name == b"value_floats":
        count = sum((field.end - field.value) // FIXED_BYTES[FIXED32] for field in floats)
        yield _with_length(1, b"value") + _with_length(5, b"\x08" + _varint_of(count) + b"\x10\x01") + b"\xa0\x01\x04"
    else:
        yield _with_length(NAME_OF_ATTRIBUTE, name)


def _bytes_of(fields: list[Field]) -> int:
    return sum(field.end - field.value for field in fields)


def _fields(data: memoryview) -> Iterator[Field]:
    at = 0
    while at < len(data):
        start, integer = at, 0
        tag, at = _varint(data, at)
        number, kind = tag >> 3, tag & 7
        value = at
        if kind == LENGTH:
            length, value = _varint(data, at)
            at = value + length
        elif kind == VARINT:
            integer, at = _varint(data, at)
        elif kind in FIXED_BYTES:
            at += FIXED_BYTES[kind]
        else:
            raise _malformed(start)
        if at > len(data) or not number:
            raise _malformed(start)
        yield Field(number, kind, start, integer, value, at)


def _malformed(at: int) -> MalformedError:
    return MalformedError(f"the field at byte {at} is malformed or ends too late")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """An integer of 7 bits a byte, the lowest first, and where it ends."""
    value = 0
    for place in range(at, min(at + LONGEST_VARINT, len(data))):
        value |= (data[place] & 127) << 7 * (place - at)
        if data[place] < 128:
            return value, place + 1
    raise _malformed(at)


def _varint_of(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def _with_length(number: int, value: bytes) -> bytes:
    return _varint_of(number << 3 | LENGTH) + _varint_of(len(value)) + value
