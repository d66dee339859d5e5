"""ONNX files without their weights: one bounded pass over the fields of the file, before anything is parsed.

A file is a protobuf message: fields, each a tag (`number << 3 | wire type`) and a value. Messages in messages are
fields with a length. The pass copies all but the numbers of large tensors, long lists in attributes, and texts for
people. It goes only into messages that are long enough to hold such things; what is left is as small as the graph.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from service.models.posted import Data, PostedModel, ReadingLimits
from service.models.reading import ModelLimitError, UnreadableModelError

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""Wire types; 3 and 4 are groups, which ONNX does not have."""
FIXED_BYTES = {FIXED64: 8, FIXED32: 4}
LONGEST_VARINT = 10
"""Bytes of an integer of 64 bits."""
SHORT = 4096
"""Bytes of a message that is copied as it stands. Chosen: it holds 512 integers of 64 bits, enough for any shape."""
LONGEST_LIST = 65536
"""Bytes of an attribute that is kept. Chosen: longer ones are tables of numbers, such as trees, not settings."""
DEEPEST = 90
"""Messages in messages. The parser takes 100."""


class Field(NamedTuple):
    """A field: its number, its wire type, where it begins, and where its value begins and ends."""

    number: int
    kind: int
    start: int
    value: int
    end: int


def truncated(at: int) -> UnreadableModelError:
    """The refusal of a file that ends in the middle of a field, or whose bytes are no fields."""
    return UnreadableModelError(
        f"the file is no ONNX model: the field at byte {at} is malformed or ends beyond the file",
        "post the whole file as it was exported",
        member="data",
    )


def varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    """An integer of 7 bits a byte, the lowest first, and where it ends.

    Raises:
        UnreadableModelError: It does not end.
    """
    value = 0
    for place in range(at, min(at + LONGEST_VARINT, end)):
        byte = data[place]
        value |= (byte & 127) << 7 * (place - at)
        if byte < 128:
            return value, place + 1
    raise truncated(at)


def fields(data: memoryview, start: int, end: int) -> Iterator[Field]:
    """The fields of a message.

    Raises:
        UnreadableModelError: The message is malformed.
    """
    at = start
    while at < end:
        begin = at
        tag = data[at]
        if tag < 128:
            at += 1
        else:
            tag, at = varint(data, at, end)
        kind = tag & 7
        if kind == LENGTH:
            if at < end and data[at] < 128:
                length, value = data[at], at + 1
            else:
                length, value = varint(data, at, end)
            at = value + length
        elif kind == VARINT:
            value = at
            _, at = varint(data, at, end)
        elif kind in FIXED_BYTES:
            value = at
            at += FIXED_BYTES[kind]
        else:
            raise truncated(begin)
        if at > end or not tag >> 3:
            raise truncated(begin)
        yield Field(tag >> 3, kind, begin, value, at)


@dataclass(frozen=True, slots=True)
class Message:
    """What a kind of message holds, by the numbers of its fields."""

    inner: Mapping[int, str] = field(default_factory=dict)
    """Messages in it, by kind."""
    dropped: frozenset[int] = frozenset()
    """Fields that are left out where they are long: numbers of a tensor, texts for people."""
    counted: Mapping[int, str] = field(default_factory=dict)
    """What is counted, with the name of the limit."""
    longest: int | None = None
    """Bytes above which the whole is left out, unless it holds other messages."""


NUMBERS_OF_A_TENSOR = frozenset({4, 5, 6, 7, 9, 10, 11, 12, 13})
"""`float_data`, `int32_data`, ..., `raw_data`, the notes, and where external data lies."""
MESSAGES: Mapping[str, Message] = {
    "model": Message(inner={7: "graph", 25: "function"}, dropped=frozenset({6, 14, 20})),
    "graph": Message(
        inner={1: "node", 5: "tensor", 15: "sparse"},
        dropped=frozenset({10, 14, 16}),
        counted={1: "nodes", 5: "tensors", 11: "tensors", 12: "tensors", 13: "tensors", 15: "tensors"},
    ),
    "function": Message(inner={7: "node", 11: "attribute"}, dropped=frozenset({8, 14}), counted={7: "nodes"}),
    "node": Message(inner={5: "attribute"}, dropped=frozenset({6})),
    "attribute": Message(
        inner={5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
        dropped=frozenset({13}),
        longest=LONGEST_LIST,
    ),
    "tensor": Message(dropped=NUMBERS_OF_A_TENSOR),
    "sparse": Message(inner={1: "tensor", 2: "tensor"}),
}
"""The messages of `onnx.proto` that may be long."""


class Stripper:
    """Copies a model without what is left out, and counts what it meets."""

    def __init__(self, data: Data, limits: ReadingLimits) -> None:
        self.data = memoryview(data)
        self.limits = limits
        self.counts = {"nodes": 0, "tensors": 0}
        self.bounds = {"nodes": limits.max_model_nodes, "tensors": limits.max_model_tensors}
        self.kept = 0
        self.visited = 0
        """Fields looked at."""

    def strip(self) -> bytes:
        """The model without its weights.

        Raises:
            UnreadableModelError: It is malformed.
            ModelLimitError: It is too large, or too deep.
        """
        return b"".join(self._message("model", 0, len(self.data), 0))

    def _message(self, name: str, start: int, end: int, depth: int) -> list[memoryview | bytes]:
        if depth > min(DEEPEST, self.limits.max_model_depth):
            deepest = min(DEEPEST, self.limits.max_model_depth)
            raise ModelLimitError(f"graphs nest more than {deepest} messages deep", "max_model_depth", "nest fewer")
        form, parts = MESSAGES[name], list[memoryview | bytes]()
        begin = start
        for number, kind, at, value, stop in fields(self.data, start, end):
            self.visited += 1
            if self.visited > self.limits.max_model_steps:
                most = self.limits.max_model_steps
                raise ModelLimitError(
                    f"the file has more than {most} fields", "max_model_steps", "post a smaller model"
                )
            if number in form.counted:
                self._count(form.counted[number])
            if stop - value <= SHORT:
                continue
            inner = form.inner.get(number)
            if kind != LENGTH or (inner is None and number not in form.dropped):
                continue
            self._keep(parts, begin, at)
            begin = stop
            if inner is not None:
                self._inside(parts, inner, number, value, stop, depth)
        self._keep(parts, begin, end)
        return parts

    def _inside(
        self, parts: list[memoryview | bytes], name: str, number: int, start: int, end: int, depth: int
    ) -> None:
        """Add a message in a message, with the length that is left of it."""
        inner = self._message(name, start, end, depth + 1)
        length = sum(map(len, inner))
        longest = MESSAGES[name].longest
        if longest is not None and length > longest and not self._holds_messages(name, start, end):
            self.kept -= length
            return
        parts.append(_encoded(number << 3 | LENGTH) + _encoded(length))
        parts += inner

    def _holds_messages(self, name: str, start: int, end: int) -> bool:
        return any(number in MESSAGES[name].inner for number, *_ in fields(self.data, start, end))

    def _keep(self, parts: list[memoryview | bytes], start: int, end: int) -> None:
        if end > start:
            parts.append(self.data[start:end])
            self.kept += end - start
            if self.kept > self.limits.max_unpacked_bytes:
                most = self.limits.max_unpacked_bytes
                raise ModelLimitError(
                    f"the model has more than {most} bytes beside its weights",
                    "max_unpacked_bytes",
                    "post a smaller model",
                )

    def _count(self, what: str) -> None:
        self.counts[what] += 1
        if self.counts[what] > self.bounds[what]:
            limit = f"max_model_{what}"
            raise ModelLimitError(f"the model has more than {self.bounds[what]} {what}", limit, "post a smaller model")


def _encoded(value: int) -> bytes:
    """An integer as a varint."""
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def stripped(data: Data, limits: ReadingLimits) -> bytes:
    """A model file without its weights.

    Raises:
        UnreadableModelError: It is malformed.
        ModelLimitError: It is too large, or too deep.
    """
    return Stripper(data, limits).strip()


MODEL_FIELDS = {1: VARINT, 2: LENGTH, 3: LENGTH, 4: LENGTH, 5: VARINT, 6: LENGTH, 7: LENGTH, 8: LENGTH, 14: LENGTH,
                20: LENGTH, 25: LENGTH, 26: LENGTH}  # fmt: skip
"""The fields of a model, with their wire types."""
MOST_FIELDS_LOOKED_AT = 1000


def looks_like_onnx(model: PostedModel) -> bool:
    """Whether the bytes begin as an ONNX model does."""
    return model.data is not None and looks_like_a_model(model.data)


def looks_like_a_model(data: Data) -> bool:
    """Whether the fields at the top are those of an ONNX model, a graph among them. Never raises."""
    seen = set()
    try:
        for count, found in enumerate(fields(memoryview(data), 0, len(data))):
            if MODEL_FIELDS.get(found.number) != found.kind:
                return False
            seen.add(found.number)
            if count >= MOST_FIELDS_LOOKED_AT:
                break
    except UnreadableModelError:
        return 1 in seen and data[:1] == b"\x08" and len(seen) > 1
    return 7 in seen
