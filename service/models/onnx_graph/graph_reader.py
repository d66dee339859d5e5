"""A graph read node by node: sizes are computed, everything else becomes a layer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from service.core.geometry.shapes import LARGEST, Shape
from service.models.onnx_graph.elementwise import MOST_TRACED
from service.models.onnx_graph.folding import ERRORS, folded
from service.models.onnx_graph.inlining import inline
from service.models.onnx_graph.order import in_order, users_of
from service.models.onnx_graph.parts import DEFAULT_DOMAINS, LONGEST_TEXT, DeclaredShape, Graph, Model, Node
from service.models.onnx_graph.patterns import Joined, joined_nodes
from service.models.onnx_graph.plain import UNSIZED, plain
from service.models.onnx_graph.sized import SIZED
from service.models.onnx_graph.special import SPECIAL
from service.models.onnx_graph.step import Layer, Step, UnknownSettingError, of_unknown_sizes, sayable
from service.models.onnx_graph.values import Numbers, Origin, Origins, Scope, Value, of_held
from service.models.onnx_graph.weighted import WEIGHTED
from service.models.reading import ModelLimitError, NodePlace, NotUnderstood, UnreadableModelError
from service.models.recorder import Recorder, Tensor

UNREPEATABLE = frozenset({"RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Multinomial"})
"""Operators whose results are no constants, though all that they take is."""


class GraphReader:
    """Reads the graphs of one model into one network."""

    def __init__(self, model: Model, recorder: Recorder, sizes: dict[str, int]) -> None:
        self.model = model
        self.recorder = recorder
        self.limits = recorder.limits
        self.sizes = sizes
        """What is known of sizes that the file has names for."""
        self.origins = Origins()
        self.opset = model.opset or 1
        self.nodes_read = 0
        self.depth = 0
        self._single: dict[Shape, Tensor] = {}
        """Constants of one element, shared by all that take one."""

    def read(self, graph: Graph, scope: Scope) -> list[Value]:
        """Write the nodes of a graph down, and return its outputs.

        Raises:
            UnreadableModelError: A tensor is missing, or nodes go in a circle.
            ModelLimitError: There are too many nodes, or graphs nest too deep.
        """
        self.depth += 1
        if self.depth > self.limits.max_model_depth:
            deepest = self.limits.max_model_depth
            raise ModelLimitError(f"graphs nest more than {deepest} deep", "max_model_depth", "nest fewer graphs")
        scope.declared |= graph.declared
        for name, held in graph.held.items():
            scope.values.setdefault(name, of_held(held, name))
        nodes = in_order(graph.nodes, self.limits.max_model_depth)
        joined = joined_nodes(nodes, users_of(graph, self.limits.max_model_depth), scope)
        for node in nodes:
            self.count(node)
            if id(node) not in joined:
                self.read_node(node, scope)
            elif (found := joined[id(node)]) is not None:
                self._read_joined(found, node, scope)
        self.depth -= 1
        return [self.find(name, scope, None) for name in graph.outputs]

    def count(self, node: Node) -> None:
        """Count a node that is read.

        Raises:
            ModelLimitError: There are too many; functions and graphs count as often as they run.
        """
        self.nodes_read += 1
        if self.nodes_read > self.limits.max_model_nodes:
            most = self.limits.max_model_nodes
            raise ModelLimitError(f"the model runs more than {most} nodes", "max_model_nodes", "post a smaller model")

    def find(self, name: str, scope: Scope, node: Node | None) -> Value:
        """A tensor by name.

        Raises:
            UnreadableModelError: Nothing makes it.
        """
        value = scope.find(name)
        if value is None:
            whose = "the graph" if node is None else f"the node `{(node.name or node.output)[:LONGEST_TEXT]}`"
            raise UnreadableModelError(
                f"{whose} takes `{name[:LONGEST_TEXT]}`, which nothing makes",
                "give the name of an input, a weight or another node's output",
                place=None if node is None else node.place,
            )
        return value

    def read_node(self, node: Node, scope: Scope) -> None:
        """Write one node down. Attributes that are not what the operator needs are left to the core to judge."""
        inputs = [self.find(name, scope, node) if name else None for name in node.inputs]
        step = Step(node, inputs, self.origins, self.opset, self.declared(node, scope))
        try:
            layer = self._layer_left(step, scope)
        except ERRORS:
            layer = self._as_written(step)
        if layer is not None:
            self.write(step, layer, scope)

    def _layer_left(self, step: Step, scope: Scope) -> Layer | None:
        """The layer that a node is; None where it is none, and what it makes is in the scope."""
        node = step.node
        special = SPECIAL.get(node.type) if node.domain in DEFAULT_DOMAINS else None
        if special is not None and special(self, step, scope):
            return None
        function = self.model.functions.get((node.domain, node.type))
        if function is not None:
            inline(self, function, step, scope)
            return None
        if node.domain in DEFAULT_DOMAINS and self._computed(step, scope):
            return None
        layer = self.layer_of(step)
        return None if self._constant(step, layer, scope) else layer

    def _as_written(self, step: Step) -> Layer:
        """A node with its attributes as they are."""
        try:
            return plain(step)
        except UnknownSettingError:
            return of_unknown_sizes(step, None)

    def _computed(self, step: Step, scope: Scope) -> bool:
        """Whether a node is only about small numbers, which are computed."""
        node = step.node
        if node.type in ("Shape", "Size"):
            numbers = self._sizes(step)
        elif all(value is None or value.numbers is not None for value in step.inputs):
            numbers = folded(node, [None if value is None else value.numbers for value in step.inputs], self.origins)
        else:
            return False
        if numbers is None:
            return False
        constant = all(value is None or value.constant for value in step.inputs) and numbers.is_literal
        shape = tuple(numbers.values.shape)
        scope.values[node.outputs[0]] = Value(shape, numbers=numbers, constant=constant, name=node.output)
        return True

    def _sizes(self, step: Step) -> Numbers | None:
        """The sizes of a tensor, each with where it comes from."""
        value, shape = step.value(0), step.shape()
        if value is None or shape is None or not step.node.outputs or len(shape) > MOST_TRACED:
            return None
        if step.node.type == "Size" and None in shape:
            return None
        name = None if value.tensor is None else value.tensor.name
        places = [0 if name is None else self.origins.number(Origin(name, axis)) for axis in range(len(shape))]
        numbers = Numbers(
            np.array([1 if size is None else size for size in shape], np.int64),
            np.array([size is None for size in shape], bool),
            np.array(places, np.int64),
        )
        if step.node.type == "Size":
            total = int(np.prod([min(size or 0, LARGEST) for size in shape], dtype=object))
            if total > LARGEST:
                return None
            return Numbers(np.array(total), np.array(False), np.array(int(name is not None)))
        first, last = step.attribute("start", 0), step.attribute("end")
        part = slice(first, last)
        return Numbers(numbers.values[part], numbers.unknown[part], numbers.origins[part])

    def layer_of(self, step: Step) -> Layer:
        """The layer that a node is."""
        node = step.node
        for table in (SIZED, WEIGHTED):
            operator = table.get(node.type)
            if operator is not None and (node.domain in DEFAULT_DOMAINS or node.domain == "com.microsoft"):
                try:
                    layer = operator(step)
                except UnknownSettingError:
                    return self._unsized(step)
                if layer is not None:
                    return layer
        try:
            return plain(step)
        except UnknownSettingError:
            return self._unsized(step)

    def _unsized(self, step: Step) -> Layer:
        shape = UNSIZED[step.node.type](step) if step.node.type in UNSIZED else None
        declared = step.declared.get(step.node.output)
        if shape is not None and declared is not None and len(shape) == len(declared):
            shape = tuple(said if size is None else size for size, said in zip(shape, declared, strict=True))
        return of_unknown_sizes(step, shape if shape is not None else declared)

    def _constant(self, step: Step, layer: Layer, scope: Scope) -> bool:
        """Whether a node makes a constant of constants; then only its shape matters."""
        node = step.node
        if not step.inputs or not layer.known or node.type in UNREPEATABLE or node.graphs:
            return False
        if not all(value.constant for value in step.given):
            return False
        raw = {"name": "x", "type": layer.type, **layer.parameters, "inputs": ["x"] * len(layer.inputs)}
        shapes = self.recorder.judge(raw, [value.shape for value in layer.inputs], {})
        if len(shapes) < len(node.outputs) or any(shape is None or None in shape for shape in shapes):
            return False
        trained = any(value.trained for value in step.given)
        for name, shape in zip(node.outputs, shapes, strict=False):
            scope.values[name] = Value(shape, constant=True, trained=trained, name=name)
        return True

    def write(self, step: Step, layer: Layer, scope: Scope) -> None:
        """Write a layer down, and keep what it makes under the names of the node's outputs."""
        node = step.node
        if not layer.known:
            self._write_unknown(step, layer, scope)
            return
        made = self.recorder.layer(
            layer.type,
            layer.parameters,
            [self.tensor(value) for value in layer.inputs],
            name=node.output,
            place=node.place,
        )
        for place, name in enumerate(node.outputs):
            if name:
                scope.values[name] = (
                    Value(made[place].shape, made[place]) if place < len(made) else self._unjudged(name, step, scope)
                )

    def _unjudged(self, name: str, step: Step, scope: Scope) -> Value:
        """An output that the layer is not known to have."""
        tensor = self.opaque(name, step.declared.get(name), [], step.node)
        return Value(tensor.shape, tensor)

    def _write_unknown(self, step: Step, layer: Layer, scope: Scope) -> None:
        node = step.node
        message = f"the operator `{node.operator}` is not known, so what it makes is as the file declares it"
        if all(step.declared.get(name) is None for name in node.outputs):
            message = f"the operator `{node.operator}` is not known, so the shape of what it makes is not either"
        self.not_understood(message, node)
        taken = [self.tensor(value) for value in layer.inputs if value.items is None]
        for name in node.outputs:
            if name:
                tensor = self.opaque(name, step.declared.get(name), taken, node)
                scope.values[name] = Value(tensor.shape, tensor)

    def not_understood(self, message: str, node: Node) -> None:
        """Note what is not understood, each once."""
        if all(known.message != message for known in self.recorder.not_understood):
            self.recorder.not_understood.append(NotUnderstood(message=message, place=node.place))

    def opaque(self, name: str, shape: Shape | None, inputs: Sequence[Tensor], node: Node) -> Tensor:
        """A tensor of which no more is known than a shape."""
        said = sayable(shape)
        parameters: dict[str, Any] = {} if said is None else {"output_shape": said}
        place = replace(node.place, outputs=(name[:LONGEST_TEXT],))
        return self.recorder.layer("opaque", parameters, inputs, name=name, place=place)[0]

    def tensor(self, value: Value) -> Tensor:
        """The tensor of the network that a value is; what the file holds becomes one when it is first taken."""
        if value.tensor is not None:
            return value.tensor
        shape = value.shape
        single = shape in ((), (1,))
        if shape is not None and single and shape in self._single:
            return self._single[shape]
        name = value.name or "constant"
        said = sayable(shape)
        place = NodePlace(node=name[:LONGEST_TEXT], operator="Initializer", outputs=(name[:LONGEST_TEXT],))
        if said is None:
            value.tensor = self.recorder.layer("opaque", {}, [], name=name, place=place)[0]
        else:
            kind = "parameter" if value.trained and not single else "constant"
            made = self.recorder.layer(kind, {"shape": said}, [], name=name, place=place)
            value.tensor = made[0]
        if shape is not None and single:
            self._single[shape] = value.tensor
        return value.tensor

    def declared(self, node: Node, scope: Scope) -> dict[str, Shape | None]:
        """What the file says of the outputs of a node."""
        return {name: self.shape_of(scope.declared[name]) for name in node.outputs if name in scope.declared}

    def shape_of(self, declared: DeclaredShape) -> Shape | None:
        """A declared shape, with the sizes that are known by name."""
        if declared is None:
            return None
        return tuple(self.sizes.get(size) if isinstance(size, str) else size for size in declared)

    def _read_joined(self, joined: Joined, node: Node, scope: Scope) -> None:
        """Write several nodes down as one layer."""
        inputs = [self.find(name, scope, node) for name in joined.inputs]
        operators = "+".join(part.operator for part in joined.nodes)[:LONGEST_TEXT]
        place = replace(node.place, operator=operators)
        [made, *_] = self.recorder.layer(
            joined.type,
            joined.parameters,
            [self.tensor(value) for value in inputs],
            name=node.output,
            place=place,
        )
        scope.values[node.outputs[0]] = Value(made.shape, made)
