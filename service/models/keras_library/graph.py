"""The graph of a Functional model: from some tensors to others."""

from collections.abc import Mapping, Sequence

from service.core.geometry.shapes import Shape
from service.models.keras_library.layer_order import listed
from service.models.keras_library.nodes import Output, called_again, is_refused, nodes_between
from service.models.keras_library.tensors import (
    SymbolicTensor,
    tensors_in,
    unknown_tensor,
    with_tensors,
)
from service.models.reading import Literal
from service.models.source.host import Host, NotKnownError, RaisedError, Run, Unknown, Value

STEPS_OF_A_LAYER = 5
"""Steps that a layer counts as where layers are put in order. Measured: it takes some 5 microseconds."""


class Graph(Host):
    """What a model computes: its calls, each once more for other inputs."""

    type_name = "Functional"

    def __init__(self, name: str, inputs: Value, outputs: Value) -> None:
        self.name = name
        self.given = inputs
        self.returned = outputs
        self.inputs: list[Output] = [tensor.value for tensor in tensors_in(inputs)]
        self.outputs: list[Output] = [tensor.value for tensor in tensors_in(outputs)]
        self.listed: list[Value] | None = None

    def attribute(self, name: str, run: Run) -> Value:
        """Its inputs, outputs and layers."""
        match name:
            case "inputs":
                return self.given
            case "outputs":
                return self.returned
            case "flat_inputs":
                return [SymbolicTensor(output) for output in self.inputs]
            case "flat_outputs":
                return [SymbolicTensor(output) for output in self.outputs]
            case "output_shape":
                return self._output_shape(run)
            case "layers":
                return self._layers(run)
            case "is_partly_known":
                nodes, _ = nodes_between(self.inputs, self.outputs)
                return any(node.said.found is None for node in nodes)
        return super().attribute(name, run)

    def _output_shape(self, run: Run) -> Value:
        """The shape of the first output; unknown where Keras would have refused a layer before."""
        if is_refused(run, self.inputs, self.outputs) or not self.outputs:
            return Unknown("a layer is refused, so the shape of what comes out is not known")
        return run.attribute(SymbolicTensor(self.outputs[0]), "shape")

    def _layers(self, run: Run) -> list[Value]:
        """Its layers, each once, in Keras' order."""
        if self.listed is None:
            inputs = {id(output): InputLayer(output) for output in self.inputs}
            self.listed = listed(inputs, self.outputs, self.inputs)
            run.spend(len(self.listed) * STEPS_OF_A_LAYER)
        run.spend(elements=len(self.listed))
        return list(self.listed)

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """The same calls with other tensors.

        Raises:
            RaisedError: There are not as many as inputs.
        """
        value = arguments[0] if arguments else keywords.get("inputs")
        if isinstance(value, dict):
            value = self._by_name(value)
        if isinstance(value, Unknown):
            value = [unknown_tensor(run, value) for _ in self.inputs]
        given = [tensor.value for tensor in tensors_in(value)]
        if len(given) != len(self.inputs):
            counts = f"expects {len(self.inputs)} input(s), but it received {len(given)} input tensors"
            raise RaisedError("ValueError", f'Layer "{self.name}" {counts}.')
        self._check(given, run)
        made = called_again(run, self.inputs, self.outputs, given)
        return with_tensors(self.returned, iter(made))

    def _check(self, given: Sequence[Output], run: Run) -> None:
        """A model is called with tensors of the sizes that its inputs say; where it is not, that is told."""
        for index, (declared, now) in enumerate(zip(self.inputs, given, strict=True)):
            wrong = _disagreeing(declared.shape, now.shape)
            if wrong is not None:
                shapes = f"expected shape={_text(declared.shape)}, found shape={_text(now.shape)}"
                message = f'Input {index} of layer "{self.name}" is incompatible with the layer: {shapes}'
                literals = (*declared.literals.get(wrong, ()), *_literals_behind(now, wrong, run))
                run.report(RaisedError("ValueError", message), literals)

    def _by_name(self, value: Mapping[Value, Value]) -> Value:
        """Tensors by the names of the inputs, in their order."""
        names = [output.name for output in self.inputs]
        return [value[name] for name in names] if set(names) <= set(value) else value


class InputLayer(Host):
    """What stands for an input among the layers of a model."""

    type_name = "InputLayer"
    is_callable = False

    def __init__(self, output: Output) -> None:
        self.value = output

    def attribute(self, name: str, run: Run) -> Value:
        """Its name, and its tensor."""
        if name == "name":
            return self.value.name
        if name in ("output", "input"):
            return SymbolicTensor(self.value)
        if name == "trainable":
            return True
        return super().attribute(name, run)

    def assign(self, name: str, value: Value, run: Run) -> None:
        """`layer.trainable = False`"""

    def inherits(self, class_name: str) -> bool:
        """Whether it is a `Layer`."""
        return class_name in ("Layer", "Operation")


def made_graph(name: str, inputs: Value, outputs: Value, run: Run) -> Graph:
    """The graph between inputs and outputs, as `Model(inputs, outputs)` has it. What Keras would refuse is told.

    Raises:
        NotKnownError: The inputs are not known.
    """
    if isinstance(inputs, Unknown):
        raise NotKnownError("the inputs of a model are not known")
    outputs = _known(outputs, run)
    for word, value in (("inputs", inputs), ("outputs", outputs)):
        if next(tensors_in(value), None) is None or _holds_other(value):
            message = f"All `{word}` values must be KerasTensors. Received {run.text_of(type_of(value))}"
            run.report(RaisedError("ValueError", message))
    graph = Graph(name, inputs, outputs)
    nodes, missing = nodes_between(graph.inputs, graph.outputs)
    run.spend(len(nodes))
    if missing:
        message = f"`inputs` not connected to `outputs`: `{missing[0].name}` is not among the inputs of the model"
        run.report(RaisedError("ValueError", message))
    return graph


def _disagreeing(declared: Shape | None, given: Shape | None) -> int | None:
    """The first axis behind the batch in which shapes of as many axes disagree; None where there is none."""
    if declared is None or given is None or len(declared) != len(given):
        return None
    pairs = enumerate(zip(declared, given, strict=True))
    return next((axis for axis, pair in pairs if axis and None not in pair and pair[0] != pair[1]), None)


def _literals_behind(output: Output, axis: int, run: Run) -> tuple[Literal, ...]:
    """The literals of a size; of one that is computed, those of the inputs that it comes from and that have it."""
    nodes, inputs = nodes_between([], [output])
    run.spend(len(nodes))
    same = [one for one in inputs if _size_at(one, axis) == _size_at(output, axis)]
    return tuple(literal for one in same for literal in one.literals.get(axis, ()))


def _size_at(output: Output, axis: int) -> int | None:
    return output.shape[axis] if output.shape is not None and axis < len(output.shape) else None


def _text(shape: Shape | None) -> str:
    return "unknown" if shape is None else f"({', '.join(map(str, shape))})"


def _known(value: Value, run: Run) -> Value:
    """Outputs with a tensor in the place of what is not known."""
    if isinstance(value, Unknown):
        return unknown_tensor(run, value)
    if isinstance(value, list | tuple):
        return [_known(entry, run) for entry in value]
    return value


def _holds_other(value: Value) -> bool:
    """Whether there is something among nested lists that is no tensor."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return any(_holds_other(entry) for entry in value)
    return not isinstance(value, SymbolicTensor)


def type_of(value: Value) -> str:
    """What a message says of a value."""
    if isinstance(value, Host):
        return f"a value of type `{value.type_name}`"
    return "a value that is no tensor"
