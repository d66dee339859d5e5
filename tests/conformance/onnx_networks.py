"""ONNX models as networks in ONNX's own words: each node a layer, named after its first output.

A tensor that says how a node works (a shape, axes, pads) becomes a parameter under the name that the operator's schema
has for it. Its value is that of an initializer or an input, or what the model computes from them. Every other tensor
is an input: of the network, or a `constant`.
"""

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator

Array = NDArray[Any]
Document = dict[str, Any]

SETTINGS = frozenset({
    "axes", "axis", "constant_value", "depth", "ends", "k", "max", "min", "output_shape", "pads", "ratio", "repeats",
    "scales", "shape", "sizes", "split", "starts", "steps", "training_mode", "start", "limit", "delta", "block_shape",
    "image_shape", "size", "dft_length", "frame_step", "frame_length", "roi", "max_output_boxes_per_class",
    "iou_threshold", "score_threshold", "num_mel_bins", "sample_rate", "lower_edge_hertz", "upper_edge_hertz",
})  # fmt: skip
"""Inputs that say how an operator works, by the names that schemas have for them."""
SETTINGS_OF: Mapping[str, Mapping[str, str]] = {"TopK": {"K": "K"}, "ConstantOfShape": {"input": "shape"}}
"""Inputs whose names mean other things elsewhere, and the parameter that each is."""
ASKED_FOR: Mapping[str, Mapping[int, str]] = {
    "BatchNormalization": {1: "return_statistics"},
    "Dropout": {1: "return_mask"},
    "LayerNormalization": {1: "return_statistics"},
    "MaxPool": {1: "return_indices"},
    "Attention": {1: "return_state", 3: "return_attention_scores"},
    "SoftmaxCrossEntropyLoss": {1: "return_log_prob"},
}
"""Parameters that ask for the outputs from a position on, which ONNX asks for by naming them."""
ASKED_FOR: Mapping[str, Mapping[int, str]] = {
    "BatchNormalization": {1: "return_statistics"},
    "Dropout": {1: "return_mask"},
    "LayerNormalization": {1: "return_statistics"},
    "MaxPool": {1: "return_indices"},
    "Attention": {1: "return_state", 3: "return_attention_scores"},
    "SoftmaxCrossEntropyLoss": {1: "return_log_prob"},
}
"""Parameters that ask for the outputs from a position on, which ONNX asks for by naming them."""
MOST_VALUES = 64
"""Elements of such a tensor."""
MOST_COMPUTED = 100_000
"""Elements of all inputs of a model that is run, so that what it computes is known. The test models are smaller."""


class NotANetworkError(Exception):
    """A model that is more than tensors and operators: branches, loops, sequences, strings, functions of its own."""


@dataclass
class _Writer:
    model: onnx.ModelProto
    values: dict[str, Array]
    """What is known from the start: initializers and inputs."""
    computed: Mapping[str, Array]
    """What nodes make of it."""
    opset: int
    layers: list[Document] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """What layers call each tensor."""

    def write(self, inputs: Mapping[str, Array]) -> Document:
        nodes = self.model.graph.node
        tensors = [name for node in nodes for position, name in enumerate(node.input)
                   if name and not self._is_setting(node, position)]  # fmt: skip
        given = {name: list(array.shape) for name, array in inputs.items() if name in tensors}
        self.names |= {name: name for name in given}
        for name in dict.fromkeys(tensors):
            if name in self.values and name not in given:
                self._constant(name, self.values[name])
        for node in nodes:
            self._layer(node)
        return {
            "framework": "onnx",
            "opset": self.opset,
            "inputs": given or {"nothing": [1]},
            "layers": self.layers,
            "outputs": [self.names[output.name] for output in self.model.graph.output],
        }

    def _is_setting(self, node: onnx.NodeProto, position: int) -> bool:
        return self._value(node, position) is not None and self._setting(node, position) is not None

    def _value(self, node: onnx.NodeProto, position: int) -> Array | None:
        """What an input holds, if that is known and little."""
        value = self.values.get(node.input[position], self.computed.get(node.input[position]))
        return value if value is not None and value.size <= MOST_VALUES else None

    def _setting(self, node: onnx.NodeProto, position: int) -> str | None:
        """The parameter that an input is; None for an input that is none."""
        formals = onnx.defs.get_schema(node.op_type, self.opset, node.domain).inputs
        name = str(formals[min(position, len(formals) - 1)].name)
        return SETTINGS_OF.get(node.op_type, {}).get(name, name if name in SETTINGS else None)

    def _constant(self, name: str, value: Array) -> None:
        self.layers.append({"type": "constant", "name": name, "shape": list(value.shape)})
        self.names[name] = name

    def _layer(self, node: onnx.NodeProto) -> None:
        if node.op_type == "Constant":
            [attribute] = node.attribute
            value = onnx.helper.get_attribute_value(attribute)
            self.values[node.output[0]] = numpy_helper.to_array(value) if attribute.name == "value" else np.array(value)
            self._constant(node.output[0], self.values[node.output[0]])
            return
        name = next(output for output in node.output if output)
        layer: Document = {"type": node.op_type, "name": name, **dict(self._attributes(node))}
        taken = []
        for position, tensor in enumerate(node.input):
            value, setting = self._value(node, position), self._setting(node, position)
            if value is not None and setting is not None:
                if np.isfinite(np.asarray(value, np.float64)).all():  # JSON has no infinity, to fill with or as a bound
                    layer[setting] = value.tolist()
            elif tensor:
                taken.append(self.names[tensor])
        if node.op_type == "Split" and not {"split", "num_outputs"} & layer.keys():
            layer["num_outputs"] = len(node.output)
        last = max(position for position, output in enumerate(node.output) if output)
        layer |= {word: True for position, word in ASKED_FOR.get(node.op_type, {}).items() if position <= last}
        last = max(position for position, output in enumerate(node.output) if output)
        layer |= {word: True for position, word in ASKED_FOR.get(node.op_type, {}).items() if position <= last}
        self.layers.append({**layer, "inputs": taken})
        for number, output in enumerate(node.output):
            self.names[output] = f"{name}:{number}" if number else name

    def _attributes(self, node: onnx.NodeProto) -> Iterator[tuple[str, Any]]:
        for attribute in node.attribute:
            value = onnx.helper.get_attribute_value(attribute)
            if isinstance(value, onnx.GraphProto):
                raise NotANetworkError
            if isinstance(value, onnx.TensorProto):
                value = numpy_helper.to_array(value).tolist()
            if isinstance(value, bytes):
                value = value.decode()
            if isinstance(value, list) and value and isinstance(value[0], bytes):
                value = [entry.decode() for entry in value]
            yield attribute.name, list(value) if not isinstance(value, int | float | str) else value


def network_of(model: onnx.ModelProto, inputs: Mapping[str, Array]) -> Document:
    """The body of a question about a model with these inputs.

    Raises:
        NotANetworkError: The model is no network of tensors.
    """
    if model.functions or any(node.domain not in ("", "ai.onnx") for node in model.graph.node):
        raise NotANetworkError
    declared = [*model.graph.input, *model.graph.output]
    if any(not value.type.HasField("tensor_type") or value.type.tensor_type.elem_type == onnx.TensorProto.STRING
           for value in declared):  # fmt: skip
        raise NotANetworkError
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer} | dict(inputs)
    opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    return _Writer(model, values, _computed(model, inputs), opset).write(inputs)


def _computed(model: onnx.ModelProto, inputs: Mapping[str, Array]) -> Mapping[str, Array]:
    """What the nodes of a model of several make of these inputs; nothing where that takes long."""
    if len(model.graph.node) < 2 or sum(array.size for array in inputs.values()) > MOST_COMPUTED:
        return {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        results = ReferenceEvaluator(model).run(None, dict(inputs), intermediate=True)
    return {name: np.asarray(value) for name, value in results.items() if isinstance(value, np.ndarray | np.generic)}
