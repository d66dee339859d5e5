"""ONNX's operators for our types, in onnxruntime; inputs are ones in float32, zeros where indices are meant."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

VERSION = f"{onnx.__version__} with onnxruntime {onnxruntime.__version__}"
OPSET = 21
Layer = dict[str, Any]
Node = tuple[str, dict[str, Any], list[Any]]
"""An operator, its attributes, and constants that are its last inputs."""
INDICES = {"gather": (1,), "take": (1,), "one_hot": (0,)}


def array(kind: str, position: int, shape: list[int]) -> Any:
    """An input of a layer."""
    if position in INDICES.get(kind, ()):
        return np.zeros(shape, np.int64)
    if kind.startswith("logical") or (kind == "where" and not position):
        return np.ones(shape, bool)
    return np.ones(shape, np.float32)


def plain(operator: str) -> Callable[[Layer], Node]:
    return lambda layer: (operator, {("axis" if name == "dim" else name): value for name, value in layer.items()}, [])


def reduction(operator: str) -> Callable[[Layer], Node]:
    """The axes are an input."""

    def node(layer: Layer) -> Node:
        name = f"ReduceL{layer['norm_type']}" if operator == "norm" else operator
        dim = layer.get("dim")
        axes = [] if dim is None else [np.array([dim] if isinstance(dim, int) else dim, np.int64)]
        return name, {"keepdims": int(layer["keepdims"])} if "keepdims" in layer else {}, axes

    return node


def extreme(operator: str) -> Callable[[Layer], Node]:
    """One axis, an attribute."""

    def node(layer: Layer) -> Node:
        attributes = {"axis": layer["dim"]} if "dim" in layer else {}
        return operator, {**attributes, **({"keepdims": int(layer["keepdims"])} if "keepdims" in layer else {})}, []

    return node


def clamp(layer: Layer) -> Node:
    return "Clip", {}, [np.array(layer[name], np.float32) if name in layer else None for name in ("min", "max")]


def topk(layer: Layer) -> Node:
    return "TopK", {"axis": layer["dim"]} if "dim" in layer else {}, [np.array([layer["k"]], np.int64)]


def gemm(layer: Layer) -> Node:
    return "Gemm", {"transA": int(layer["transpose_first"]), "transB": int(layer["transpose_second"])}, []


def one_hot(layer: Layer) -> Node:
    values = [np.array(layer["num_classes"], np.int64), np.array([0, 1], np.float32)]
    return "OneHot", {"axis": layer["dim"]} if "dim" in layer else {}, values


def convolution(operator: str, rank: int) -> Callable[[Layer], Node]:
    def node(layer: Layer) -> Node:
        attributes: dict[str, Any] = {"group": layer["groups"]}
        for name, word in {"stride": "strides", "dilation": "dilations", "padding": "pads"}.items():
            if name in layer:
                value = layer[name] if isinstance(layer[name], list) else [layer[name]] * rank
                attributes[word] = value * 2 if name == "padding" else value
        return operator, attributes, []

    return node


PLAIN = {
    "add": "Add", "multiply": "Mul", "subtract": "Sub", "divide": "Div", "power": "Pow", "maximum": "Max",
    "minimum": "Min", "average": "Mean", "equal": "Equal", "less": "Less", "less_equal": "LessOrEqual",
    "greater": "Greater", "greater_equal": "GreaterOrEqual", "logical_and": "And", "logical_or": "Or",
    "logical_xor": "Xor", "where": "Where", "abs": "Abs", "negative": "Neg", "sign": "Sign", "sqrt": "Sqrt",
    "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos", "erf": "Erf", "floor": "Floor", "ceil": "Ceil",
    "isnan": "IsNaN", "reciprocal": "Reciprocal", "round": "Round", "identity": "Identity", "hardswish": "HardSwish",
    "matmul": "MatMul", "einsum": "Einsum", "gather": "GatherElements", "take": "Gather", "softmax": "Softmax",
    "log_softmax": "LogSoftmax", "hardmax": "Hardmax", "local_response_norm": "LRN",
}  # fmt: skip
REDUCTIONS = {
    "sum": "ReduceSum", "mean": "ReduceMean", "prod": "ReduceProd", "amax": "ReduceMax", "amin": "ReduceMin",
    "logsumexp": "ReduceLogSumExp", "sum_square": "ReduceSumSquare", "log_sum": "ReduceLogSum", "norm": "norm",
}  # fmt: skip
NODES: dict[str, Callable[[Layer], Node]] = {
    **{kind: plain(name) for kind, name in PLAIN.items()},
    **{kind: reduction(name) for kind, name in REDUCTIONS.items()},
    "argmax": extreme("ArgMax"),
    "argmin": extreme("ArgMin"),
    "normalize": lambda layer: ("LpNormalization", {"axis": layer["dim"]}, []),
    "clamp": clamp,
    "topk": topk,
    "gemm": gemm,
    "one_hot": one_hot,
    **{f"conv{rank}d": convolution("Conv", rank) for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": convolution("ConvTranspose", rank) for rank in (1, 2, 3)},
}
TYPES = sorted({kind[:-2] if kind.startswith("conv") else kind for kind in NODES})
OUTPUTS = {"topk": 2}
BOOLEANS = {
    "equal",
    "less",
    "less_equal",
    "greater",
    "greater_equal",
    "logical_and",
    "logical_or",
    "logical_xor",
    "isnan",
}
INTEGERS = {"argmax", "argmin"}


def run(layer: Layer, shapes: list[list[int]]) -> list[list[int]]:
    """The shapes that come out; raises what onnx's checker or onnxruntime raises."""
    kind, given = layer["type"], {name: value for name, value in layer.items() if name != "type"}
    operator, attributes, constants = NODES[kind](given)
    if kind == "add" and len(shapes) > 2:
        operator = "Sum"
    arrays = [array(kind, position, shape) for position, shape in enumerate(shapes)]
    feeds = {f"x{position}": value for position, value in enumerate(arrays)}
    named = {f"c{position}": value for position, value in enumerate(constants) if value is not None}
    names = [*feeds, *(f"c{position}" if value is not None else "" for position, value in enumerate(constants))]
    outputs = [f"y{position}" for position in range(OUTPUTS.get(kind, 1))]
    node = helper.make_node(operator, names, outputs, **attributes)
    kinds = [TensorProto.INT64 if position else output_type(kind) for position in range(len(outputs))]
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
         for name, value in feeds.items()],
        [helper.make_tensor_value_info(name, kind_, None) for name, kind_ in zip(outputs, kinds, strict=True)],
        [numpy_helper.from_array(value, name) for name, value in named.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return [list(value.shape) for value in session.run(None, feeds)]


def output_type(kind: str) -> int:
    """The type of the first output."""
    if kind in BOOLEANS:
        return int(TensorProto.BOOL)
    return int(TensorProto.INT64 if kind in INTEGERS else TensorProto.FLOAT)
