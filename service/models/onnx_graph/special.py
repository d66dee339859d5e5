"""Operators that are no layers: constants, other names of a tensor, graphs in nodes, and sequences of tensors."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from service.models.onnx_graph.parts import MOST_ELEMENTS, Held
from service.models.onnx_graph.step import Layer, Step
from service.models.onnx_graph.subgraphs import choose, loop, scan
from service.models.onnx_graph.values import Numbers, Scope, Value, of_held

if TYPE_CHECKING:
    from service.models.onnx_graph.graph_reader import GraphReader

Special = Callable[["GraphReader", Step, Scope], bool]
"""Reads a node, and returns whether it did; otherwise it is read as any other."""


def constant(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """A tensor in an attribute."""
    name, held = step.node.output, held_by(step.node.attributes)
    scope.values[name] = Value(None, constant=True, name=name) if held is None else of_held(held, name)
    return True


def held_by(attributes: Mapping[str, Any]) -> Held | None:
    """The tensor that a constant's attributes say; None where none of them does."""
    for name, value in attributes.items():
        if isinstance(value, Held):
            return value
        if name in NUMBER_TYPES and isinstance(value, int | float | list):
            array = np.array(value, NUMBER_TYPES[name])
            return Held(array.shape, array if array.size <= MOST_ELEMENTS else None, name.startswith("value_float"))
        if name in ("value_string", "value_strings"):
            return Held(() if isinstance(value, str) else (len(value),))
    return None


NUMBER_TYPES: Mapping[str, Any] = {
    "value_int": np.int64,
    "value_ints": np.int64,
    "value_float": np.float32,
    "value_floats": np.float32,
}


def identity(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """Another name for a constant, or for a sequence; a layer for other tensors."""
    value = step.value(0)
    if value is None or not (value.constant or value.items is not None):
        return False
    scope.values[step.node.output] = value
    return True


# --- sequences --------------------------------------------------------------------------------------------------------


def sequence_of(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """A sequence of the tensors that are given."""
    scope.values[step.node.output] = Value(None, items=list(step.given))
    return True


def inserted(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """A sequence with a tensor more."""
    sequence, tensor = step.value(0), step.value(1)
    at = None if step.value(2) is None else position(step.value(2))
    if sequence is None or sequence.items is None or tensor is None or (step.value(2) is not None and at is None):
        return False
    items = list(sequence.items)
    items.insert(len(items) if at is None else at, tensor)
    scope.values[step.node.output] = Value(None, items=items)
    return True


def taken(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """One tensor of a sequence."""
    sequence, at = step.value(0), position(step.value(1))
    if sequence is None or sequence.items is None or at is None or not -len(sequence.items) <= at < len(sequence.items):
        return False
    scope.values[step.node.output] = sequence.items[at]
    return True


def counted(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """How many tensors a sequence has."""
    sequence = step.value(0)
    if sequence is None or sequence.items is None:
        return False
    scope.values[step.node.output] = Value((), numbers=Numbers.literal(np.array(len(sequence.items))), constant=True)
    return True


def concatenated(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """The tensors of a sequence as one."""
    sequence = step.value(0)
    if sequence is None or not sequence.items:
        return False
    axis = step.attribute("axis", 0)
    layer = Layer("stack", {"dim": axis}, sequence.items) if step.attribute("new_axis", 0) else Layer(
        "Concat", {"axis": axis}, sequence.items
    )  # fmt: skip
    reader.write(step, layer, scope)
    return True


def split(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """A tensor as a sequence of its parts, each of the same size."""
    shape, axis = step.shape(), int(step.attribute("axis", 0))
    size = position(step.value(1)) if step.value(1) is not None else 1
    numbers = step.numbers(1)
    if not shape or size is None or size < 1 or (numbers is not None and numbers.values.ndim):
        return False
    length = shape[axis % len(shape)]
    if length is None or not 0 < length // size <= MOST_PARTS:
        return False
    sizes = [size] * (length // size) + [length % size] * (length % size > 0)
    names = [f"{step.node.output}.{index}" for index in range(len(sizes))]
    parts = replace(step, node=replace(step.node, outputs=names))
    reader.write(parts, Layer("Split", {"axis": axis, "split": sizes}, step.given[:1]), scope)
    items = [scope.values[name] for name in names]
    if step.value(1) is None and not step.attribute("keepdims", 1):
        for index, item in enumerate(items):
            one = replace(step, node=replace(step.node, outputs=[f"{names[index]}.squeezed"]))
            reader.write(one, Layer("Squeeze", {"axes": [axis]}, [item]), scope)
        items = [scope.values[f"{name}.squeezed"] for name in names]
    scope.values[step.node.output] = Value(None, items=items)
    return True


MOST_PARTS = 64
"""Tensors of a sequence that is split."""


def position(value: Value | None) -> int | None:
    """A number that is an index; None where it is not known."""
    numbers = None if value is None else value.numbers
    return (
        int(numbers.values.ravel()[0]) if numbers is not None and numbers.known and numbers.values.size == 1 else None
    )


SPECIAL: Mapping[str, Special] = {
    "Constant": constant,
    "Identity": identity,
    "If": choose,
    "Loop": loop,
    "Scan": scan,
    "SequenceEmpty": sequence_of,
    "SequenceConstruct": sequence_of,
    "SequenceInsert": inserted,
    "SequenceAt": taken,
    "SequenceLength": counted,
    "ConcatFromSequence": concatenated,
    "SplitToSequence": split,
}
"""By operator, how a node is read that is no layer."""
