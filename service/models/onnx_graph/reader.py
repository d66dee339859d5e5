"""ONNX files: a graph as a network in ONNX's words, each node a layer after its first output."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from service.core.frameworks import FRAMEWORKS
from service.core.geometry.shapes import LARGEST, Shape
from service.models.onnx_graph.graph_reader import GraphReader
from service.models.onnx_graph.parts import LONGEST_TEXT, MOST_ELEMENTS, DeclaredShape, Graph, Model, parsed
from service.models.onnx_graph.step import MOST_AXES
from service.models.onnx_graph.values import Numbers, Scope, Value
from service.models.onnx_graph.wire import stripped
from service.models.posted import PostedModel
from service.models.reading import ModelLimitError, ModelReading, NodePlace, UnreadableModelError
from service.models.recorder import JudgeLayer, Recorder

FRAMEWORK = "onnx"
OPSETS = FRAMEWORKS[FRAMEWORK].opsets or (1, 1)
"""The oldest and the newest operator set that is known."""
UNNAMED_SIZES = frozenset({"", "?"})
"""Names of sizes that say nothing: two of them need not be one size."""
ONLY_SHAPE = "input"
"""The name under which a request gives the shape of the only input."""


def read_onnx(model: PostedModel, judge: JudgeLayer) -> ModelReading:
    """The network that an ONNX file is.

    Raises:
        UnreadableModelError: It is no ONNX model, or nothing can be made of it.
        ModelLimitError: It exceeds a limit.
    """
    data = model.data
    if data is None:
        raise UnreadableModelError("an ONNX model is a binary file", "post it as base64 in `data`, or in a form")
    limits = model.limits
    if len(data) > limits.max_model_bytes:
        raise ModelLimitError(
            f"the model has {len(data)} bytes, more than {limits.max_model_bytes}",
            "max_model_bytes",
            "post it without its weights: save them as external data",
        )
    file = parsed(stripped(data, limits), limits)
    opset = known_opset(file)
    recorder = Recorder(judge.at(opset), limits)
    shapes = model.shapes_of([name for name, _ in own_inputs(file.graph)])
    reader = GraphReader(file, recorder, sizes_by_name(file.graph, shapes))
    scope = Scope()
    write_inputs(reader, file.graph, scope, shapes, model)
    outputs = [reader.tensor(value) for value in reader.read(file.graph, scope)]
    if not outputs:
        raise UnreadableModelError("the ONNX model has no outputs", "export the model again", member="data")
    if not recorder.layers:  # outputs that are inputs
        outputs = [recorder.layer("Identity", {}, [output], name="output")[0] for output in outputs]
    if not recorder.inputs:
        recorder.input("nothing", (1,))
    return recorder.reading(FRAMEWORK, outputs, opset=opset)


def known_opset(model: Model) -> int:
    """The operator set of a model.

    Raises:
        UnreadableModelError: It is not one of those that are known.
    """
    oldest, newest = OPSETS
    opset = newest if model.opset is None else model.opset
    if not oldest <= opset <= newest:
        raise UnreadableModelError(
            f"the model uses operator set {opset}, and those from {oldest} to {newest} are known",
            "convert it with `onnx.version_converter.convert_version`",
            member="data",
        )
    return opset


def own_inputs(graph: Graph) -> list[tuple[str, DeclaredShape]]:
    """The inputs that the file does not hold a tensor for."""
    return [(name, declared) for name, declared in graph.inputs if name not in graph.held]


def given_shape(name: str, graph: Graph, shapes: Mapping[str, Shape]) -> Shape | None:
    """The shape that a request gives for an input."""
    shape = shapes.get(name, shapes.get(name.replace(":", "_")))
    if shape is None and len(shapes) == 1 and len(own_inputs(graph)) == 1:
        return shapes.get(ONLY_SHAPE)
    return shape


def sizes_by_name(graph: Graph, shapes: Mapping[str, Shape]) -> dict[str, int]:
    """The sizes that a request gives where the file has names for them.

    Raises:
        UnreadableModelError: One name gets two sizes.
    """
    sizes: dict[str, int] = {}
    for name, declared in own_inputs(graph):
        shape = given_shape(name, graph, shapes)
        if shape is None or declared is None or len(shape) != len(declared):
            continue
        for axis, (word, size) in enumerate(zip(declared, shape, strict=True)):
            if not isinstance(word, str) or word in UNNAMED_SIZES or size is None:
                continue
            if sizes.setdefault(word, size) != size:
                raise UnreadableModelError(
                    f"the size `{word[:LONGEST_TEXT]}` is {sizes[word]}, but axis {axis} of"
                    f" `{name[:LONGEST_TEXT]}` is given {size}",
                    "give axes of one name one size",
                )
    return sizes


def write_inputs(
    reader: GraphReader, graph: Graph, scope: Scope, shapes: Mapping[str, Shape], model: PostedModel
) -> None:
    """The inputs of the network: with the shapes that are given, else those that the file declares."""
    for name, declared in own_inputs(graph):
        shape = given_shape(name, graph, shapes)
        if shape is None:
            shape = reader.shape_of(declared)
        scope.values[name] = _input(reader, name, shape)
        scope.values[name].numbers = given_numbers(model.values.get(name))


def given_numbers(value: Any) -> Numbers | None:
    """What a request says that an input holds; None where it says nothing, or no few numbers.

    Raises:
        UnreadableModelError: It is neither a number nor a list of numbers.
    """
    if value is None:
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.asarray(None)
    if array.dtype.kind not in "biuf" or array.size > MOST_ELEMENTS:
        raise UnreadableModelError(
            "the value of an input is not a number or a list of numbers",
            f"give at most {MOST_ELEMENTS} numbers",
            member="values",
        )
    return Numbers.literal(array)


def _input(reader: GraphReader, name: str, shape: Shape | None) -> Value:
    recorder = reader.recorder
    place = NodePlace(node=name[:LONGEST_TEXT], operator="Input", outputs=(name[:LONGEST_TEXT],))
    if shape is None or len(shape) > MOST_AXES:
        tensor = recorder.layer("opaque", {}, [], name=name, place=place)[0]
        return Value(None, tensor)
    sizes = tuple(size if size is not None and 0 < size <= LARGEST else None for size in shape)
    tensor = recorder.input(recorder.unique_name(name), sizes, place=place)
    return Value(tensor.shape, tensor)
