"""Runs a layer as a node of the newest operator set in onnxruntime."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime

from tests.golden.record.equivalents.runners import Array, Arrays, Step
from tests.golden.record.frameworks import onnx as recorder
from tests.golden.record.frameworks.onnx import Node
from tests.golden.record.layers.drafts import family_of

CHANNELS_LAST = False
OPSET = 26
"""The newest that onnxruntime runs."""
FUNCTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "relu": ("Relu", {}), "sigmoid": ("Sigmoid", {}), "tanh": ("Tanh", {}), "mish": ("Mish", {}),
    "hardswish": ("HardSwish", {}), "selu": ("Selu", {}), "softsign": ("Softsign", {}), "softplus": ("Softplus", {}),
    "leaky_relu": ("LeakyRelu", {"negative_slope": "alpha"}), "elu": ("Elu", {"alpha": "alpha"}),
    "celu": ("Celu", {"alpha": "alpha"}), "gelu": ("Gelu", {"approximate": "approximate"}),
    "softmax": ("Softmax", {"axis": "axis"}), "log_softmax": ("LogSoftmax", {"axis": "axis"}),
    "identity": ("Identity", {}), "dropout": ("Dropout", {}), "permute": ("Transpose", {"dims": "perm"}),
}  # fmt: skip
"""By type the operator, and which attribute a parameter is."""


def run(step: Step, array: Array, weights: Arrays) -> Array:
    """The node's output."""
    described = node(step, array, weights)
    shape = list(array.shape)
    proto = recorder.model(described, shape, OPSET)
    options = recorder._options
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, ["CPUExecutionProvider"])
    output: Array = session.run(None, {"input": array})[0]
    return output + weights["bias"] if described.operator == "MatMul" and "bias" in weights else output


def node(step: Step, array: Array, weights: Arrays) -> Node:
    """The node that the step is."""
    kind, rank = step["type"], array.ndim
    family = family_of(kind)
    if kind in FUNCTIONS:
        operator, words = FUNCTIONS[kind]
        attributes = {words[name]: value for name, value in step.items() if name in words}
        return Node(operator=operator, attributes=attributes, rank=rank)
    if family in BUILDERS:
        return BUILDERS[family](step, array, weights)
    layer, shape = {"opset": OPSET, "mode": "constant", **step}, list(array.shape)
    if recorder.is_specified(layer, shape):
        layer = recorder.with_explicit_pads(layer, shape)
    if not recorder.has_clear_values(step, shape) or not recorder.has_clear_values(layer, shape):
        raise ValueError("NOT CLEAR: specification and runtime differ")
    return recorder.node(layer, shape, dict(weights))


def reshape(step: Step, array: Array, _: Arrays) -> Node:
    return Node(operator="Reshape", inputs=[np.array(step["shape"], np.int64)], rank=len(step["shape"]))


def upsample(step: Step, array: Array, _: Arrays) -> Node:
    """The interpolation is called linear or cubic whatever the rank."""
    mode = {"nearest": "nearest", "bicubic": "cubic"}.get(step.get("mode", "nearest"), "linear")
    return recorder.upsample({**step, "mode": mode, "opset": OPSET}, list(array.shape))


def crop(step: Step, array: Array, _: Arrays) -> Node:
    """A Pad by negative amounts."""
    pairs = [[-before, -after] for before, after in step["padding"]]
    return recorder.pad({"mode": "constant", "padding": pairs}, list(array.shape))


def linear(step: Step, array: Array, weights: Arrays) -> Node:
    """Gemm for two axes, MatMul otherwise, to which `run` adds the bias."""
    weight = np.ascontiguousarray(weights["weight"].T)
    if array.ndim == 2:
        return Node(operator="Gemm", inputs=[weight, *([weights["bias"]] if "bias" in weights else [])], rank=2)
    return Node(operator="MatMul", inputs=[weight], rank=array.ndim)


def batch_norm(step: Step, array: Array, weights: Arrays) -> Node:
    channels = array.shape[1]
    scale = weights.get("weight", np.ones(channels, np.float32))
    shift = weights.get("bias", np.zeros(channels, np.float32))
    attributes = {name: step[name] for name in ("epsilon", "momentum") if name in step}
    inputs: list[Array | None] = [scale, shift, weights["mean"], weights["variance"]]
    return Node(operator="BatchNormalization", attributes=attributes, inputs=inputs, rank=array.ndim)


def layer_norm(step: Step, array: Array, weights: Arrays) -> Node:
    """Over as many of the last axes as it is made for."""
    sizes = step.get("normalized_shape") or array.shape[-1:]
    sizes = [sizes] if isinstance(sizes, int) else sizes
    scale, shift = weights.get("weight", np.ones(sizes, np.float32)), weights.get("bias", np.zeros(sizes, np.float32))
    attributes = {"axis": -len(sizes), **({"epsilon": step["epsilon"]} if "epsilon" in step else {})}
    inputs: list[Array | None] = [scale.reshape(sizes), shift.reshape(sizes)]
    return Node(operator="LayerNormalization", attributes=attributes, inputs=inputs, rank=array.ndim)


def scaled_norm(operator: str, **words: str) -> Callable[[Step, Array, Arrays], Node]:
    def build(step: Step, array: Array, weights: Arrays) -> Node:
        size = array.shape[1]
        scale, shift = weights.get("weight", np.ones(size, np.float32)), weights.get("bias", np.zeros(size, np.float32))
        attributes = {words.get(name, name): step[name] for name in ("epsilon", *words) if name in step}
        return Node(operator=operator, attributes=attributes, inputs=[scale, shift], rank=array.ndim)

    return build


def prelu(step: Step, array: Array, weights: Arrays) -> Node:
    """A slope a channel is aligned with the channels' axis."""
    slopes = weights["weight"].reshape(-1, *(1,) * (array.ndim - 2))
    return Node(operator="PRelu", inputs=[slopes], rank=array.ndim)


def clip(step: Step, array: Array, _: Arrays) -> Node:
    bounds = [np.array(step.get(name, default), np.float32) for name, default in (("min_val", -1), ("max_val", 1))]
    return Node(operator="Clip", inputs=[*bounds], rank=array.ndim)


BUILDERS: dict[str, Callable[[Step, Array, Any], Node]] = {
    "reshape": reshape, "crop": crop, "upsample": upsample, "linear": linear, "batch_norm": batch_norm, "prelu": prelu,
    "hardtanh": clip, "instance_norm": scaled_norm("InstanceNormalization"),
    "group_norm": scaled_norm("GroupNormalization", num_groups="num_groups"),
    "layer_norm": layer_norm,
}  # fmt: skip
