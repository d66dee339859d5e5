"""The graph that a program makes by calling layers: symbolic tensors, and the calls that they come from.

As in Keras, a call of a layer computes nothing: it tells the shape that comes out, and is remembered. Which calls are
the network's is known when the model is: those on the way from its inputs to its outputs. They are then written down in
the order in which they were made.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.core.geometry.shapes import Shape
from service.core.layers.pointers import Pointer
from service.models.keras.distributing import ELEMENTWISE, JOINING, distributed
from service.models.keras.layers import LayerObject
from service.models.keras_library.state import state_of
from service.models.reading import Literal, NotUnderstood, Place
from service.models.recorder import Recorder, Tensor
from service.models.source.host import Run, Value

FUNCTIONS = ("keras.ops.", "getitem", "constant", "parameter", "buffer")
"""How the types of layers begin that are no layers of Keras."""
STEPS_OF_A_CALL = 50
"""Steps that a call of a layer counts as. Chosen: it takes some 50 microseconds."""
STEPS_OF_A_WRONG_CALL = 1000
"""Steps that a call counts as of which no shape is known. Measured: one that is refused takes some 2 milliseconds."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is called: a layer object, and where it and its parameters stand in the text."""

    found: LayerObject | None
    """None where the layer is not known."""
    name: str
    message: str = ""
    """What is not understood, where the layer is not known."""
    place: Place | None = None
    places: Mapping[Pointer, Place] = field(default_factory=dict)
    literals: Mapping[Pointer, Sequence[Literal]] = field(default_factory=dict)
    owner: Hashable = None
    """Whose weights it has, if any."""
    member: Value = None
    """The layer, or the layer or model of the program that calls it, where a model lists its layers."""
    shape: Shape | None = None
    """What comes out of a layer that is not known, where that is known."""


@dataclass(eq=False)
class Node:
    """One call."""

    said: Said
    taken: "Sequence[Output]"
    number: int
    step: int
    """The same for all calls that an outermost model or layer of the program makes while it is called once."""
    dtype: str = "float32"


@dataclass(eq=False)
class Output:
    """A tensor: an output of a call, or an input."""

    shape: Shape | None
    node: Node | None
    """None of an input."""
    index: int = 0
    dtype: str = "float32"
    name: str = ""
    """Of an input."""
    place: Place | None = None
    """Of an input."""
    literals: Mapping[int, Sequence[Literal]] = field(default_factory=dict)
    """Of the sizes of an input, by their axis."""


def new_node(run: Run, said: Said, taken: Sequence[Output], dtype: str | None = None) -> list[Output]:
    """What comes out of a call, which is remembered."""
    state = state_of(run)
    run.spend(STEPS_OF_A_CALL)
    if state.in_steps and said.found is not None:
        said = replace(said, found=_in_steps(said.found, len(taken)))
    step = state.nodes
    if state.members and state.members[0] is not None:
        said, step = replace(said, member=state.members[0]), state.first_node
    kind = dtype or (taken[0].dtype if taken else "float32")
    node = Node(said=said, taken=tuple(taken), number=state.nodes, step=step, dtype=kind)
    state.nodes += 1
    shapes = [said.shape] if said.found is None else _shapes(run, said.found, said.name, taken)
    if said.found is not None and None in shapes:
        run.spend(STEPS_OF_A_WRONG_CALL)
    return [Output(shape=shape, node=node, index=index, dtype=kind) for index, shape in enumerate(shapes)]


def _in_steps(found: LayerObject, count: int) -> LayerObject | None:
    """A layer that is called at each step of a sequence; None where that cannot be told."""
    axis = found.parameters.get("axis", -1)
    joins = found.type in ELEMENTWISE or (found.type == JOINING and isinstance(axis, int) and axis < 0)
    known = joins or (count == 1 and not found.type.startswith(FUNCTIONS))
    return distributed(found) if known else None


def _shapes(run: Run, found: LayerObject, name: str, taken: Sequence[Output]) -> Sequence[Shape | None]:
    """The shapes that come out, as the layer's rules have them."""
    return run.recorder.judge(_raw(found, name, taken), [output.shape for output in taken], {})


def _raw(found: LayerObject, name: str, taken: Sequence[Output]) -> dict[str, Any]:
    """The layer object as a network has it."""
    names = [f"input_{index}" for index in range(len(taken))]
    return {"name": name or "layer", "type": found.type, **found.parameters, "inputs": names}


def is_refused(run: Run, inputs: Sequence[Output], outputs: Sequence[Output]) -> bool:
    """Whether one of the calls that lead to some tensors is wrong, so that there are none in truth."""
    nodes, _ = nodes_between(inputs, outputs)
    run.spend(len(nodes) * STEPS_OF_A_CALL)
    return any(
        node.said.found is not None
        and run.recorder.judge.refuses(
            _raw(node.said.found, node.said.name, node.taken), [output.shape for output in node.taken]
        )
        for node in nodes
    )


def nodes_between(inputs: Sequence[Output], outputs: Sequence[Output]) -> tuple[list[Node], list[Output]]:
    """The calls that lead to some tensors, in the order in which they were made; and the inputs that are not given."""
    known = {id(output) for output in inputs}
    found: dict[int, Node] = {}
    missing: dict[int, Output] = {}
    waiting = [output for output in outputs if id(output) not in known]
    while waiting:
        output = waiting.pop()
        if output.node is None:
            missing[id(output)] = output
        elif id(output.node) not in found:
            found[id(output.node)] = output.node
            waiting += [taken for taken in output.node.taken if id(taken) not in known]
    return sorted(found.values(), key=lambda node: node.number), list(missing.values())


def called_again(
    run: Run, inputs: Sequence[Output], outputs: Sequence[Output], given: Sequence[Output]
) -> list[Output]:
    """What comes out of a part of the graph that is given other tensors: its calls are made once more."""
    prefix = state_of(run).prefix
    made: dict[tuple[int, int], Output] = {}
    replaced = {id(old): new for old, new in zip(inputs, given, strict=True)}

    def now(output: Output) -> Output:
        if id(output) in replaced:
            return replaced[id(output)]
        return output if output.node is None else made.get((id(output.node), output.index), output)

    nodes, _ = nodes_between(inputs, outputs)
    for node in nodes:
        if not node.taken:
            continue
        said = replace(node.said, name=prefix + node.said.name)
        for index, output in enumerate(new_node(run, said, [now(taken) for taken in node.taken])):
            made[id(node), index] = output
    return [now(output) for output in outputs]


def write_down(
    recorder: Recorder, inputs: Sequence[Output], tensors: Sequence[Tensor], outputs: Sequence[Output]
) -> list[Tensor]:
    """Write the calls between inputs and outputs down as layers; the inputs are those tensors of the network."""
    written: dict[tuple[int, int], Tensor] = {}
    given = {id(output): tensor for output, tensor in zip(inputs, tensors, strict=True)}

    def tensor_of(output: Output) -> Tensor:
        if id(output) in given:
            return given[id(output)]
        if output.node is None:
            parameters = {"output_shape": list(output.shape)} if output.shape else {}
            made = recorder.layer("opaque", parameters, [], name=output.name, place=output.place, dtype=output.dtype)
            return given.setdefault(id(output), made[0])
        known = written.get((id(output.node), output.index))
        first = written[id(output.node), 0]
        return known or replace(first, name=f"{first.name}:{output.index}", shape=None)

    nodes, _ = nodes_between(inputs, outputs)
    for node in nodes:
        taken = [tensor_of(output) for output in node.taken]
        for index, tensor in enumerate(_written(recorder, node, taken)):
            written[id(node), index] = tensor
    return [tensor_of(output) for output in outputs]


def _written(recorder: Recorder, node: Node, taken: Sequence[Tensor]) -> Sequence[Tensor]:
    said = node.said
    if said.found is None:
        if not said.message:
            parameters = {"output_shape": list(said.shape)} if said.shape else {}
            return recorder.layer("opaque", parameters, taken, name=said.name, place=said.place, dtype=node.dtype)
        return [recorder.unknown(said.message, taken, name=said.name, place=said.place, shape=said.shape)]
    for what in said.found.unclear:
        recorder.not_understood.append(NotUnderstood(message=what, place=said.place))
    return recorder.layer(
        said.found.type,
        said.found.parameters,
        taken,
        name=said.name,
        place=said.place,
        places=said.places,
        literals=said.literals,
        dtype=node.dtype,
        owner=said.owner,
    )
