"""Graphs in nodes: branches, loops and scans. Each is read once, and what comes out is what is certain of all runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from service.core.geometry.shapes import Shape
from service.models.onnx_graph.parts import Graph, Held, Node
from service.models.onnx_graph.step import Step
from service.models.onnx_graph.values import COMPUTED, Numbers, Scope, Value

if TYPE_CHECKING:
    from service.models.onnx_graph.graph_reader import GraphReader


def agreed(shapes: Sequence[Shape | None]) -> Shape | None:
    """What shapes have in common: None where they have other numbers of axes, unknown sizes where those differ."""
    known = [shape for shape in shapes if shape is not None]
    if len(known) < len(shapes) or len({len(shape) for shape in known}) != 1:
        return None
    return tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*known, strict=True))


def choose(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """`If`: the branch that a known condition takes, or what both make."""
    branches = [step.attribute(name) for name in ("then_branch", "else_branch")]
    condition, numbers = step.value(0), step.numbers(0)
    if not all(isinstance(branch, Graph) for branch in branches) or condition is None:
        return False
    if numbers is not None and numbers.values.size == 1 and numbers.known:
        branches = [branches[0 if numbers.values.ravel()[0] else 1]]
    made = [reader.read(branch, Scope(outer=scope)) for branch in branches]
    for place, name in enumerate(step.node.outputs):
        values = [outputs[place] for outputs in made if place < len(outputs)]
        if name and values:
            scope.values[name] = (
                values[0] if len(branches) == 1 else _joined(reader, step.node, name, values, condition)
            )
    return True


def _joined(reader: "GraphReader", node: Node, name: str, values: list[Value], condition: Value) -> Value:
    """One tensor that is either of two."""
    if any(value.items is not None for value in values):
        return Value(None, items=None)
    taken = [reader.tensor(value) for value in values]
    if condition.tensor is not None:
        taken.insert(0, condition.tensor)
    tensor = reader.opaque(name, agreed([value.shape for value in values]), taken, node)
    return Value(tensor.shape, tensor)


def _unknown_number() -> Value:
    """A number that changes from run to run."""
    return Value((), numbers=Numbers(np.array(0), np.array(True), np.array(COMPUTED)))


def _carried(value: Value) -> Value:
    """A tensor as the first run gets it: its numbers change from run to run."""
    return replace(value, numbers=None, constant=False, items=None) if value.numbers is not None else value


def loop(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """`Loop`: written out where it runs a few times, else the body as its first run has it.

    Then sizes that change from run to run are unknown.
    """
    body = step.attribute("body")
    if not isinstance(body, Graph) or len(body.inputs) < 2:
        return False
    initial = [value if value is not None else Value(None) for value in step.inputs[2:]]
    count = _runs(step, body, scope)
    if count is not None and 0 < count * max(len(body.nodes), 1) <= MOST_WRITTEN_OUT:
        _written_out(reader, step, body, scope, initial, count)
        return True
    first = [_unknown_number(), _unknown_number(), *map(_carried, initial)]
    made = _run(reader, body, Scope(outer=scope), first, step)[1:]
    for place, name in enumerate(step.node.outputs):
        if not name or place >= len(made):
            continue
        value = made[place]
        if place < len(initial):
            shape = agreed([initial[place].shape, value.shape])
        else:
            shape = None if value.shape is None else (count, *value.shape)
        scope.values[name] = _made(reader, step.node, name, shape, [value])
    return True


MOST_WRITTEN_OUT = 1000
"""Nodes that a loop runs in all, if it is written out run by run. Chosen: exporters' loops are far shorter."""


def _runs(step: Step, body: Graph, scope: Scope) -> int | None:
    """How often a loop runs; None where that is not known."""
    runs, condition = step.numbers(0), step.value(1)
    if runs is None or not runs.known or runs.values.size != 1 or not body.outputs:
        return None
    if condition is not None and not _is_true(condition):
        return None
    return int(runs.values.ravel()[0]) if _goes_on(body, condition, scope) else None


def _goes_on(body: Graph, condition: Value | None, scope: Scope) -> bool:
    """Whether the condition that a body gives is known to be true after each run, as the one before the first is."""
    makers = {name: node for node in body.nodes for name in node.outputs}
    name = body.outputs[0]
    while name in makers and makers[name].type == "Identity" and makers[name].inputs:
        name = makers.pop(name).inputs[0]
    maker = makers.get(name)
    held = body.held.get(name) if maker is None else maker.attributes.get("value")
    if isinstance(held, Held):
        constant = maker is None or maker.type == "Constant"
        return constant and held.array is not None and bool(held.array.all())
    if maker is not None:
        return False
    if name == body.inputs[1][0]:
        return True
    outside = scope.find(name)
    return outside is not None and _is_true(outside)


def _is_true(value: Value) -> bool:
    """Whether a condition is known, and true."""
    return value.numbers is not None and value.numbers.known and bool(value.numbers.values.all())


def _written_out(
    reader: "GraphReader", step: Step, body: Graph, scope: Scope, initial: Sequence[Value], count: int
) -> None:
    """Read the body once for each run, each with what the one before gives."""
    carried, gathered = list(initial), list[list[Value]]()
    for number in range(count):
        turn = Value((), numbers=Numbers.literal(np.array(number)), constant=True)
        going = Value((), numbers=Numbers.literal(np.array(True)), constant=True)
        made = _run(reader, body, Scope(outer=scope), [turn, going, *carried], step)[1:]
        carried, rest = made[: len(initial)], made[len(initial) :]
        gathered.append(rest)
    for name, value in zip(step.node.outputs, carried, strict=False):
        if name:
            scope.values[name] = value
    for name, values in zip(step.node.outputs[len(initial) :], zip(*gathered, strict=False), strict=False):
        shape = agreed([value.shape for value in values])
        if name:
            whole = None if shape is None else (count, *shape)
            scope.values[name] = _made(reader, step.node, name, whole, list(values))


def scan(reader: "GraphReader", step: Step, scope: Scope) -> bool:
    """`Scan`: the body for one position of each sequence."""
    body, count = step.attribute("body"), step.attribute("num_scan_inputs")
    if not isinstance(body, Graph) or not isinstance(count, int) or not 0 < count <= len(step.inputs) or step.opset < 9:
        return False
    states = len(step.inputs) - count
    axes = step.attribute("scan_input_axes") or [0] * count
    initial = [value if value is not None else Value(None) for value in step.inputs]
    steps = None
    first = [_carried(value) for value in initial[:states]]
    for value, axis in zip(initial[states:], axes, strict=False):
        shape = value.shape
        if not shape or not -len(shape) <= axis < len(shape):
            return False
        steps, axis = shape[axis], axis % len(shape)
        part = reader.opaque(f"{step.node.output}.step", (*shape[:axis], *shape[axis + 1 :]), [reader.tensor(value)],
                             step.node)  # fmt: skip
        first.append(Value(part.shape, part))
    made = _run(reader, body, Scope(outer=scope), first, step)
    outward = step.attribute("scan_output_axes") or [0] * max(len(made) - states, 0)
    for place, name in enumerate(step.node.outputs):
        if not name or place >= len(made):
            continue
        value = made[place]
        shape = value.shape if place >= states else agreed([initial[place].shape, value.shape])
        if place >= states and shape is not None:
            at = outward[place - states] % (len(shape) + 1) if place - states < len(outward) else 0
            shape = (*shape[:at], steps, *shape[at:])
        scope.values[name] = _made(reader, step.node, name, shape, [value])
    return True


def _run(reader: "GraphReader", body: Graph, inner: Scope, first: Sequence[Value], step: Step) -> list[Value]:
    """Read a body, with these values for its inputs."""
    for (name, _), value in zip(body.inputs, first, strict=False):
        inner.values[name] = value
    for name, declared in body.inputs[len(first) :]:
        shape = reader.shape_of(declared)
        inner.values.setdefault(name, Value(shape, reader.opaque(name, shape, [], step.node)))
    return reader.read(body, inner)


def _made(reader: "GraphReader", node: Node, name: str, shape: Shape | None, values: list[Value]) -> Value:
    """What a graph that ran several times gives."""
    taken = [reader.tensor(value) for value in values if value.items is None]
    tensor = reader.opaque(name, shape, taken, node)
    return Value(tensor.shape, tensor)
