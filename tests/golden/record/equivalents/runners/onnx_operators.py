"""Operators, reductions, products and layers along axes as nodes of the newest operator set in onnxruntime."""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from tests.golden.record.equivalents.runners import Array, Arrays, Step

OPSET = 24
Node = tuple[str, dict[str, Any], list[Any]]
"""An operator, its attributes, and constants that are its last inputs."""
Build = Callable[[Step, list[Array], Arrays], Node]


def apply(step: Step, arrays: list[Array], weights: Arrays) -> Any:
    """What comes out, as arrays."""
    sources = arrays
    if "other" in step:
        number = np.array(step["other"], arrays[0].dtype)
        sources = [number, *arrays] if step.get("reversed") else [*arrays, number]
    operator, attributes, constants = BUILDERS[step["type"]](step, arrays, weights)
    feeds = {f"x{place}": value for place, value in enumerate(sources)}
    named = {f"c{place}": np.asarray(value) for place, value in enumerate(constants) if value is not None}
    outputs = ["y0", "y1"] if step["type"] == "topk" else ["y0"]
    names = [*feeds, *(f"c{place}" if value is not None else "" for place, value in enumerate(constants))]
    node = helper.make_node(operator, names, outputs, **attributes)
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape)
         for name, value in feeds.items()],
        [onnx.ValueInfoProto(name=name) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in named.items()],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    results = session.run(None, feeds)
    return results[0] if len(results) == 1 else results


def plain(operator: str, **fixed: Any) -> Build:
    """Attributes by the names that they have; an operand and its place are inputs."""
    return lambda step, xs, _: (
        operator,
        {**fixed, **{name: value for name, value in step.items() if name not in ("type", "other", "reversed")}},
        [],
    )


def axes_input(operator: str) -> Build:
    """The axes are an input, what else is given an attribute."""

    def build(step: Step, xs: list[Array], _: Arrays) -> Node:
        axes = step.get("axis")
        name = f"ReduceL{int(step['norm_type'])}" if operator == "norm" else operator
        kept = {"keepdims": int(step["keepdims"])} if "keepdims" in step else {}
        return name, kept, [] if axes is None else [np.array([axes] if isinstance(axes, int) else axes, np.int64)]

    return build


def values(step: Step, name: str) -> Any:
    return np.array(step[name], np.int64)


def slices(step: Step, xs: list[Array], _: Arrays) -> Node:
    dims = step.get("dims", list(range(len(step["starts"]))))
    steps = step.get("steps") or [1] * len(dims)
    return "Slice", {}, [values(step, "starts"), values(step, "ends"), np.array(dims), np.array(steps)]


def clamp(step: Step, xs: list[Array], _: Arrays) -> Node:
    return "Clip", {}, [np.array(step[name], np.float32) if name in step else None for name in ("min", "max")]


def triangle(upper: int) -> Build:
    return lambda step, xs, _: ("Trilu", {"upper": upper}, [np.array(step.get("diagonal", 0), np.int64)])


def cumsum(step: Step, xs: list[Array], _: Arrays) -> Node:
    flags = {"exclusive": int(step.get("exclusive", 0)), "reverse": int(step.get("from_the_end", 0))}
    return "CumSum", flags, [values(step, "axis")]


def topk(step: Step, xs: list[Array], _: Arrays) -> Node:
    return "TopK", {"axis": step.get("axis", -1), "largest": int(step.get("largest", 1))}, [np.array([step["k"]])]


def root_mean_square(step: Step, xs: list[Array], weights: Arrays) -> Node:
    shape = step.get("normalized_shape") or [xs[0].shape[-1]]
    shape = [shape] if isinstance(shape, int) else shape
    attributes = {"axis": -len(shape), **({"epsilon": step["epsilon"]} if "epsilon" in step else {})}
    return "RMSNormalization", attributes, [weights["weight"].reshape(shape)]


def shrink(step: Step, xs: list[Array], _: Arrays) -> Node:
    return "Shrink", {"lambd": step.get("lambd", 0.5), "bias": 0.0}, []


NAMES = {
    "add": "Add", "subtract": "Sub", "multiply": "Mul", "divide": "Div", "power": "Pow", "maximum": "Max",
    "minimum": "Min", "average": "Mean", "equal": "Equal", "less": "Less", "less_equal": "LessOrEqual",
    "greater": "Greater", "greater_equal": "GreaterOrEqual", "logical_and": "And", "logical_or": "Or",
    "logical_xor": "Xor", "logical_not": "Not", "where": "Where", "abs": "Abs", "negative": "Neg", "sign": "Sign",
    "sqrt": "Sqrt", "reciprocal": "Reciprocal", "exp": "Exp", "log": "Log", "sin": "Sin", "cos": "Cos", "tan": "Tan",
    "asin": "Asin", "acos": "Acos", "atan": "Atan", "sinh": "Sinh", "cosh": "Cosh", "asinh": "Asinh",
    "acosh": "Acosh", "atanh": "Atanh", "erf": "Erf", "floor": "Floor", "ceil": "Ceil", "round": "Round",
    "isnan": "IsNaN", "isinf": "IsInf", "matmul": "MatMul", "einsum": "Einsum", "silu": "Swish",
    "hardmax": "Hardmax", "thresholded_relu": "ThresholdedRelu", "argmax": "ArgMax", "argmin": "ArgMin",
}  # fmt: skip
REDUCED = {
    "sum": "ReduceSum", "mean": "ReduceMean", "prod": "ReduceProd", "amax": "ReduceMax", "amin": "ReduceMin",
    "logsumexp": "ReduceLogSumExp", "sum_square": "ReduceSumSquare", "log_sum": "ReduceLogSum", "norm": "norm",
    "squeeze": "Squeeze", "unsqueeze": "Unsqueeze",
}  # fmt: skip
BUILDERS: dict[str, Build] = {
    **{kind: plain(name) for kind, name in NAMES.items()},
    **{kind: axes_input(name) for kind, name in REDUCED.items()},
    "fmod": plain("Mod", fmod=1),
    "clamp": clamp,
    "tril": triangle(0),
    "triu": triangle(1),
    "cumsum": cumsum,
    "topk": topk,
    "slice": slices,
    "hardshrink": shrink,
    "rms_norm": root_mean_square,
    "concat": lambda step, xs, _: ("Concat", {"axis": step.get("axis", min(1, xs[0].ndim - 1))}, []),
    "expand": lambda step, xs, _: ("Expand", {}, [values(step, "shape")]),
    "tile": lambda step, xs, _: ("Tile", {}, [values(step, "repeats")]),
}
TYPES = frozenset(BUILDERS)
