"""TensorFlow's functions in models of Keras 2 (`TFOpLambda`), by the functions of `keras.ops` that do the same."""

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

OLDER_CLASSES = ("TFOpLambda", "SlicingOpLambda")
FUNCTIONS: Mapping[str, str] = {
    **{name: name.rpartition(".")[2] for name in (
        *("math.add", "math.subtract", "math.multiply", "math.maximum", "math.minimum", "math.square", "math.sqrt"),
        *("math.rsqrt", "math.exp", "math.log", "math.abs", "math.negative", "math.sigmoid", "math.tanh", "math.sin"),
        *("math.cos", "math.floor", "math.ceil", "math.round", "math.sign", "math.erf", "math.reciprocal", "nn.relu"),
        *("nn.relu6", "nn.softmax", "nn.sigmoid", "nn.gelu", "nn.silu", "nn.elu", "nn.selu", "nn.leaky_relu"),
        *("nn.log_softmax", "nn.softplus", "nn.softsign", "nn.tanh", "math.softplus", "math.argmax", "math.argmin"),
        *("math.cumsum", "math.log1p", "math.expm1", "math.equal", "math.not_equal", "math.greater", "math.less"),
        *("math.greater_equal", "math.less_equal", "math.logical_and", "math.logical_or", "math.logical_not"),
        *("linalg.matmul", "stack", "split", "expand_dims", "squeeze", "reshape", "transpose", "tile", "cast"),
        *("einsum", "roll", "zeros_like", "ones_like", "where", "broadcast_to", "repeat", "identity", "stop_gradient"),
        *("one_hot",),
    )},
    **{f"__operators__.{name}": name for name in ("add", "multiply", "subtract", "divide")},
    "math.truediv": "divide", "math.divide": "divide", "math.divide_no_nan": "divide", "math.floordiv": "floor_divide",
    "math.pow": "power", "math.floormod": "mod", "nn.swish": "silu", "concat": "concatenate", "unstack": "unstack",
    "math.reduce_mean": "mean", "math.reduce_sum": "sum", "math.reduce_max": "max", "math.reduce_min": "min",
    "math.reduce_prod": "prod", "math.reduce_std": "std", "math.reduce_variance": "var", "math.reduce_any": "any",
    "math.reduce_all": "all", "math.reduce_logsumexp": "logsumexp", "clip_by_value": "clip", "gather": "take",
    "compat.v1.transpose": "transpose", "compat.v1.squeeze": "squeeze", "compat.v1.gather": "take",
    "image.resize": "image.resize", "shape": "shape_of", "compat.v1.shape": "shape_of",
    "keras.activations.relu": "relu",
}  # fmt: skip
"""TensorFlow's functions as configurations of Keras 2 name them, and the functions of `keras.ops` that do the same."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "transpose": {"perm": "axes"},
    "tile": {"multiples": "repeats"},
    "split": {"num_or_size_splits": "indices_or_sections"},
    "one_hot": {"depth": "num_classes"},
    "clip": {"clip_value_min": "x_min", "clip_value_max": "x_max"},
    "einsum": {"equation": "subscripts"},
    "expand_dims": {"dim": "axis"},
}
"""Arguments that TensorFlow calls otherwise, by the function of `keras.ops`."""
DEFAULTS: Mapping[str, Mapping[str, Any]] = {"split": {"axis": 0}, "take": {"axis": 0}, "concatenate": {"axis": 0}}
"""What an argument is where it is left out, and `keras.ops` has another default or none."""
TRANSPOSING = ("transpose_a", "transpose_b", "adjoint_a", "adjoint_b")
"""Flags of products that `keras.ops` does not have."""


def in_newer_words(function: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of one of TensorFlow's functions as `keras.ops` calls them."""
    renamed = WORDS.get(function, {})
    newer = {renamed.get(word, word): value for word, value in {**DEFAULTS.get(function, {}), **given}.items()}
    parts = newer.get("indices_or_sections")
    if function == "split" and isinstance(parts, list) and all(type(part) is int and part >= 0 for part in parts):
        newer["indices_or_sections"] = list(accumulate(parts))[:-1]
    return newer
