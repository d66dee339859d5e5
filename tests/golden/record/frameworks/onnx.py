"""Runs a layer as an ONNX model of one node in onnxruntime, on the CPU, in float32: whatever it raises is a refusal.

The model must pass onnx's checker, load and run, with the input's shape declared, as in a model whose shapes are
inferred. Graph optimisations are off, so that the node itself runs. In one case the record follows the specification
and not the runtime: SAME with a dilation or with a stride larger than the window, see `is_specified`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tests.golden.record.arrays import from_numpy, to_numpy
from tests.golden.record.layers.drafts import Layer, Shape, family_of
from tests.golden.record.layers.onnx.types import SAMPLER
from tests.golden.record.recorder import Array, Case, Recorder

NumPyArray = NDArray[Any]

PACKAGES = "onnx==1.23.2 onnxruntime==1.31.1"

onnxruntime.set_default_logger_severity(4)
_options = onnxruntime.SessionOptions()
_options.intra_op_num_threads = _options.inter_op_num_threads = 1
_options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
_options.log_severity_level = 4

OPERATORS = {
    "conv": "Conv", "conv_transpose": "ConvTranspose", "max_pool": "MaxPool", "avg_pool": "AveragePool",
    "lp_pool": "LpPool", "global_max_pool": "GlobalMaxPool", "global_avg_pool": "GlobalAveragePool",
}  # fmt: skip
PAD_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
ATTRIBUTES = frozenset({
    "kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "ceil_mode", "count_include_pad",
    "output_padding", "output_shape", "p",
})  # fmt: skip
SAME = frozenset({"SAME_UPPER", "SAME_LOWER"})
SPECIFICATION = "specification"
OLDEST_IR, NEWEST_OPSET_OF_OLDEST_IR, IR = 8, 18, 10
"""Versions of the model format: the first up to an operator set, the last for newer ones."""


@dataclass(kw_only=True)
class Node:
    """A node: its attributes, its inputs after the first one (None for no input), and the rank of its output."""

    operator: str
    attributes: dict[str, Any] = field(default_factory=dict)
    inputs: list[NumPyArray | None] = field(default_factory=list)
    rank: int


# --- the node a layer is ----------------------------------------------------------------------------------------------


def attributes(layer: Layer) -> dict[str, Any]:
    return {
        name: int(value) if isinstance(value, bool) else value for name, value in layer.items() if name in ATTRIBUTES
    }


def weight_shapes(layer: Layer, shape: Shape) -> dict[str, Shape]:
    """The shapes of `weight` and `bias`, where the layer has them."""
    if family_of(layer["type"]) not in {"conv", "conv_transpose"}:
        return {}
    inputs, outputs, group = layer["in_channels"], layer["out_channels"], max(layer.get("group", 1), 1)
    kernel = [max(size, 0) for size in layer.get("kernel_shape", layer.get("kernel", []))]
    channels = [outputs, inputs // group] if family_of(layer["type"]) == "conv" else [inputs, outputs // group]
    return {"weight": channels + kernel} | ({"bias": [outputs]} if layer.get("bias", True) else {})


def node(layer: Layer, shape: Shape, arrays: dict[str, NumPyArray]) -> Node:
    """The node that an exporter would write for the layer."""
    kind = family_of(layer["type"])
    if kind in OPERATORS:
        operands = [arrays[name] for name in ("weight", "bias") if name in arrays]
        return Node(operator=OPERATORS[kind], attributes=attributes(layer), inputs=[*operands], rank=len(shape))
    return BUILDERS[kind](layer, shape)


def pad(layer: Layer, shape: Shape) -> Node:
    """Pairs for the last axes, none for those before."""
    pairs = [[0, 0]] * (len(shape) - len(layer["padding"])) + layer["padding"]
    pads = [before for before, _ in pairs] + [after for _, after in pairs]
    inputs: list[NumPyArray | None] = [np.array(pads, np.int64)]
    if "value" in layer:
        inputs.append(np.array(layer["value"], np.float32))
    return Node(operator="Pad", attributes={"mode": PAD_MODES[layer["mode"]]}, inputs=inputs, rank=len(shape))


def upsample(layer: Layer, shape: Shape) -> Node:
    factor = layer["scale_factor"]
    scales = [1, 1, *(factor if isinstance(factor, list) else [factor] * (len(shape) - 2))]
    regions = np.zeros(0, np.float32) if layer["opset"] < 13 else None
    inputs = [regions, np.array(scales, np.float32)]
    return Node(operator="Resize", attributes={"mode": layer["mode"]}, inputs=inputs, rank=len(shape))


def pixel_shuffle(layer: Layer, shape: Shape) -> Node:
    """CRD is PyTorch's order of channels; the default of DepthToSpace is another."""
    attributes = {"blocksize": layer["upscale_factor"], "mode": "CRD"}
    return Node(operator="DepthToSpace", attributes=attributes, rank=len(shape))


def pixel_unshuffle(layer: Layer, shape: Shape) -> Node:
    return Node(operator="SpaceToDepth", attributes={"blocksize": layer["downscale_factor"]}, rank=len(shape))


def flatten(layer: Layer, _: Shape) -> Node:
    return Node(operator="Flatten", attributes={"axis": layer["axis"]} if "axis" in layer else {}, rank=2)


def linear(layer: Layer, shape: Shape) -> Node:
    """Gemm takes two axes only; elsewhere the node is a MatMul."""
    weight = np.ones((layer["in_features"], layer["out_features"]), np.float32)
    return Node(operator="Gemm" if len(shape) == 2 else "MatMul", inputs=[weight], rank=len(shape))


def batch_norm(layer: Layer, shape: Shape) -> Node:
    """Scale, bias, mean and variance."""
    per_channel = np.ones(layer["num_features"], np.float32)
    return Node(operator="BatchNormalization", inputs=[per_channel] * 4, rank=len(shape))


BUILDERS: dict[str, Callable[[Layer, Shape], Node]] = {
    "pad": pad, "upsample": upsample, "pixel_shuffle": pixel_shuffle, "pixel_unshuffle": pixel_unshuffle,
    "flatten": flatten, "linear": linear, "batch_norm": batch_norm,
}  # fmt: skip


# --- running it -------------------------------------------------------------------------------------------------------


def model(described: Node, shape: Shape, opset: int, *, declare_output: bool = True) -> onnx.ModelProto:
    names = [f"i{index}" if value is not None else "" for index, value in enumerate(described.inputs)]
    kept = [numpy_helper.from_array(value, name) for value, name in zip(described.inputs, names, strict=True) if name]
    ends = [
        helper.make_tensor_value_info("input", TensorProto.FLOAT, shape),
        helper.make_tensor_value_info("output", TensorProto.FLOAT, [None] * described.rank if declare_output else None),
    ]
    made = helper.make_node(described.operator, ["input", *names], ["output"], **described.attributes)
    graph = helper.make_graph([made], "layer", ends[:1], ends[1:], kept)
    version = OLDEST_IR if opset <= NEWEST_OPSET_OF_OLDEST_IR else IR
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=version)


def run(layer: Layer, array: NumPyArray, arrays: dict[str, NumPyArray]) -> NumPyArray:
    """What the runtime computes; raises ValueError with its message, without places in its source."""
    try:
        proto = model(node(layer, list(array.shape), arrays), list(array.shape), layer["opset"])
        onnx.checker.check_model(proto)
        session = onnxruntime.InferenceSession(proto.SerializeToString(), _options, ["CPUExecutionProvider"])
        output: NumPyArray = session.run(None, {"input": array})[0]
    except Exception as error:
        raise ValueError(reason(str(error))) from error
    return output


def reason(text: str) -> str:
    """The first line, without the places in the runtime's source."""
    text = re.sub(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ", "", text.strip())
    text = re.sub(r"Non-zero status code.*?Status Message: ", "", text).partition("\n")[0]
    text = re.sub(
        r"^(Exception during initialization: )?/\S+:\d+ .*( was false\. |\) (?:const )?(?:\[with .*?\] )?)", "", text
    )
    return re.sub(r"^Node \(\) Op \(\w+\) |\[\w*Error\] |^[\w.]+\.\w+:\d+ \w+ ", "", text).strip() or "refused"


def ones(layer: Layer, shape: Shape) -> dict[str, NumPyArray]:
    """Weights of ones."""
    return {name: np.ones(sizes, np.float32) for name, sizes in weight_shapes(layer, shape).items()}


def run_shape(layer: Layer, shape: Shape) -> Shape:
    return list(run(layer, np.ones(shape, np.float32), ones(layer, shape)).shape)


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that comes out; raises what is refused."""
    return specified_shape(layer, shape) if is_specified(layer, shape) else run_shape(layer, shape)


def inferred_shape(layer: Layer, shape: Shape) -> list[int | None] | None:
    """What onnx's shape inference says, None where it says nothing or refuses."""
    try:
        proto = model(node(layer, shape, ones(layer, shape)), shape, layer["opset"], declare_output=False)
        inferred = onnx.shape_inference.infer_shapes(proto, strict_mode=True).graph.output[0].type.tensor_type
    except Exception:
        return None
    if not inferred.HasField("shape"):
        return None
    return [size.dim_value if size.HasField("dim_value") else None for size in inferred.shape.dim]


def output_values(layer: Layer, arrays: dict[str, Any]) -> Array:
    """The layer applied to the input with the given weight and bias; without elements where the values are not clear.

    `finish` leaves those out.
    """
    weights = {name: to_numpy(value, np.float32) for name, value in arrays.items() if value is not None}
    array = weights.pop("input")
    shape = list(array.shape)
    runnable = with_explicit_pads(layer, shape) if is_specified(layer, shape) else layer
    is_clear = has_clear_values(layer, shape) and has_clear_values(runnable, shape)
    return from_numpy(run(runnable, array, weights) if is_clear else array[:0])


# --- where the specification is followed ------------------------------------------------------------------------------


def per_axis(layer: Layer, name: str, rank: int) -> list[int]:
    value: list[int] = layer.get(name, [1] * rank)
    return value


def windows(layer: Layer, shape: Shape) -> list[tuple[int, int, int, int]]:
    """Input, kernel, stride and dilation of each axis; nothing if one of them is invalid."""
    rank = len(shape) - 2
    kernel = layer.get("kernel_shape", layer.get("kernel", []))
    lists = [kernel, per_axis(layer, "strides", rank), per_axis(layer, "dilations", rank)]
    if rank < 1 or any(len(values) != rank or min(values) < 1 for values in lists):
        return []
    return list(zip(shape[2:], *lists, strict=True))


def same_total(size: int, kernel: int, stride: int, dilation: int) -> int:
    """The total padding of SAME on an axis; negative where the stride is larger than the window."""
    return (-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size


def is_specified(layer: Layer, shape: Shape) -> bool:
    """Whether the record follows the specification: the output size is `ceil(input / stride)`.

    That is SAME of a convolution or pool where the runtime does something else. `Conv` refuses a dilation with SAME;
    pools leave the dilation out of the padding, and some refuse a negative total.
    """
    kind = family_of(layer["type"])
    if layer.get("auto_pad") not in SAME or kind not in {"conv", "max_pool", "avg_pool", "lp_pool"}:
        return False
    axes = windows(layer, shape)
    dilated = any(axis[3] > 1 for axis in axes)
    return dilated or (kind in {"max_pool", "avg_pool"} and any(same_total(*axis) < 0 for axis in axes))


def specified_shape(layer: Layer, shape: Shape) -> Shape:
    """`ceil(input / stride)`, if the runtime accepts the layer with dilations of 1 and no stride above the kernel."""
    axes = windows(layer, shape)
    sound = {**layer, "strides": [min(kernel, stride) for _, kernel, stride, _ in axes]}
    if "dilations" in layer:
        sound["dilations"] = [1] * len(axes)
    output = run_shape(sound, shape)
    return output[:2] + [-(-size // stride) for size, _, stride, _ in axes]


def with_explicit_pads(layer: Layer, shape: Shape) -> Layer:
    """The same layer with pads instead of SAME."""
    totals = [same_total(*axis) for axis in windows(layer, shape)]
    before = [total // 2 if layer["auto_pad"] == "SAME_UPPER" else total - total // 2 for total in totals]
    after = [total - first for total, first in zip(totals, before, strict=True)]
    return {**layer, "auto_pad": "NOTSET", "pads": before + after}


def has_clear_values(layer: Layer, shape: Shape) -> bool:
    """Whether the specification and the runtime say what the values are.

    They do not where SAME would crop (operators crop at different ends), where the window of a pool is larger than its
    padded input, and where the pads of a pool are as large as its kernel, which the runtime refuses.
    """
    kind, axes = family_of(layer["type"]), windows(layer, shape)
    if layer.get("auto_pad") in SAME:
        return kind == "conv_transpose" or all(same_total(*axis) >= 0 for axis in axes)
    if "pool" not in kind or kind.startswith("global"):
        return True
    pads = layer.get("pads", [0] * 2 * len(axes)) if layer.get("auto_pad") != "VALID" else [0] * 2 * len(axes)
    ends = list(zip(pads[: len(axes)], pads[len(axes) :], strict=True))
    return all(
        max(end) < kernel and size + sum(end) >= (kernel - 1) * dilation + 1
        for (size, kernel, _, dilation), end in zip(axes, ends, strict=True)
    )


# --- the record -------------------------------------------------------------------------------------------------------


def finish(case: Case) -> Case | None:
    """The case as it is kept; None if it is left out.

    `opset` becomes a member of the case. A case of shapes gets `infer`, the result of shape inference, where that
    differs, and `"by": "specification"` with the runtime's result (`run`) where it follows the specification.
    """
    layer = {name: value for name, value in case["layer"].items() if name not in {"opset", "kernel"}}
    kept = {"layer": layer, "opset": case["layer"]["opset"]} | {name: case[name] for name in case if name != "layer"}
    if "weight" in case:
        note = {"by": SPECIFICATION} if is_specified(case["layer"], case["input"]["shape"]) else {}
        return kept | note if 0 not in case["output"]["shape"] else None
    if "kernel" in case["layer"]:
        return None
    inferred = inferred_shape(case["layer"], case["input"])
    if inferred != case.get("output"):
        kept["infer"] = inferred
    if "output" in case and is_specified(case["layer"], case["input"]):
        kept |= {"by": SPECIFICATION, "run": attempted_shape(case["layer"], case["input"])}
    return kept


def attempted_shape(layer: Layer, shape: Shape) -> Shape | None:
    try:
        return run_shape(layer, shape)
    except ValueError:
        return None


RECORDER = Recorder(
    version=f"{onnx.__version__} with onnxruntime {onnxruntime.__version__}",
    cases=5_600,
    sampler=SAMPLER,
    output_shape=output_shape,
    weight_shapes=weight_shapes,
    output_values=output_values,
    finish=finish,
)
