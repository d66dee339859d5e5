"""Keras' layers and functions for our types, over TensorFlow; inputs are ones, or zeros where indices are meant."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"

from collections.abc import Callable
from functools import reduce
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

VERSION = f"{keras.__version__} with TensorFlow {tf.__version__}"
Layer = dict[str, Any]
INDICES = {"embedding": (0,), "gather": (1,), "take": (1,), "one_hot": (0,)}
MERGING = {
    "add": layers.Add, "multiply": layers.Multiply, "maximum": layers.Maximum, "minimum": layers.Minimum,
    "average": layers.Average, "subtract": layers.Subtract,
}  # fmt: skip


def arrays(kind: str, shapes: list[list[int]]) -> list[Any]:
    """The inputs of a layer."""
    made = []
    for position, shape in enumerate(shapes):
        if position in INDICES.get(kind, ()):
            made.append(tf.constant(np.zeros(shape, np.int32)))
        elif kind.startswith("logical") or (kind == "where" and not position):
            made.append(tf.constant(np.ones(shape, bool)))
        else:
            made.append(tf.constant(np.ones(shape, np.float32)))
    return made


def branches(kind: str) -> Callable[..., Any]:
    """A layer that merges, or the function where a number or other axes are meant."""

    def run(xs: list[Any], layer: Layer) -> Any:
        if "other" in layer or layer.get("align") == "last" or kind not in MERGING:
            return reduce(getattr(ops, kind), [*xs, *([layer["other"]] if "other" in layer else [])])
        return MERGING[kind]()(xs)

    return run


def options(layer: Layer) -> dict[str, Any]:
    """Axes as Keras spells them."""
    words = {"dim": "axis", "norm_type": "ord", "contracted": "axes"}
    return {words.get(name, name): value for name, value in layer.items()}


def plain(name: str) -> Callable[..., Any]:
    return lambda xs, layer: getattr(ops, name)(*xs, **options(layer))


def average_of_number(xs: list[Any], layer: Layer) -> Any:
    """A number has no average with a branch."""
    if "other" in layer or layer.get("align") == "last":
        return reduce(ops.add, [*xs, *([layer["other"]] if "other" in layer else [])])
    return layers.Average()(xs)


def softmax(xs: list[Any], layer: Layer) -> Any:
    return layers.Softmax(axis=layer["dim"])(*xs)


def batch_dot(xs: list[Any], layer: Layer) -> Any:
    axes = layer["contracted"]
    return layers.Dot(axes=tuple(axes) if isinstance(axes, list) else axes)(xs)


PLAIN = {
    "abs": "abs", "negative": "negative", "sign": "sign", "square": "square", "sqrt": "sqrt", "exp": "exp",
    "log": "log", "sin": "sin", "cos": "cos", "erf": "erf", "floor": "floor", "ceil": "ceil", "isnan": "isnan",
    "round": "round", "reciprocal": "reciprocal", "logical_not": "logical_not", "relu6": "relu6",
    "hardswish": "hard_swish", "matmul": "matmul", "dot": "dot", "outer": "outer", "tensordot": "tensordot",
    "cumsum": "cumsum", "cumprod": "cumprod", "sort": "sort", "argsort": "argsort", "amax": "max", "amin": "min",
    "take": "take", "log_softmax": "log_softmax", "glu": "glu",
    **{name: name for name in ("sum", "mean", "prod", "any", "all", "argmax", "argmin", "std", "var", "logsumexp",
                               "median")},
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{kind: branches(kind) for kind in (
        "add", "multiply", "maximum", "minimum", "subtract", "divide", "floor_divide", "power", "equal", "not_equal",
        "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor")},
    "average": average_of_number,
    "remainder": lambda xs, layer: ops.mod(*xs, *([layer["other"]] if "other" in layer else [])),
    **{kind: plain(name) for kind, name in PLAIN.items()},
    "softmax": softmax,
    "where": lambda xs, layer: ops.where(*xs, *([layer["other"]] if "other" in layer else [])),
    "clamp": lambda xs, layer: ops.clip(xs[0], layer["min"], layer["max"]),
    "einsum": lambda xs, layer: ops.einsum(layer["equation"], *xs),
    "topk": lambda xs, layer: ops.top_k(xs[0], layer["k"]),
    "one_hot": lambda xs, layer: ops.one_hot(xs[0], layer["num_classes"], axis=layer.get("dim", -1)),
    "embedding": lambda xs, layer: layers.Embedding(layer["num_embeddings"], layer["embedding_dim"])(*xs),
    "batch_dot": batch_dot,
}  # fmt: skip
TYPES = sorted(FUNCTIONS)


def run(layer: Layer, shapes: list[list[int]]) -> list[list[int]]:
    """The shapes that come out; raises what Keras or TensorFlow raises."""
    kind, given = layer["type"], {name: value for name, value in layer.items() if name != "type"}
    result = FUNCTIONS[kind](arrays(kind, shapes), given)
    results = result if isinstance(result, tuple | list) else [result]
    return [list(tensor.shape) for tensor in results]
