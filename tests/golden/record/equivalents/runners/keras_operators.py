"""Operators, reductions, products and layers along axes in Keras, over TensorFlow."""

from typing import Any

import numpy as np

from tests.golden.record.arrays import tuples
from tests.golden.record.equivalents.runners import Array, Arrays, Step
from tests.golden.record.equivalents.runners.numpy_like import Function, binary, functions_of, plain
from tests.golden.record.frameworks.keras import keras, tf

ops: Any = keras.ops
MERGING = {
    name: getattr(keras.layers, name.capitalize())
    for name in ("add", "multiply", "maximum", "minimum", "average", "subtract")
}


def apply(step: Step, arrays: list[Array], weights: Arrays) -> Any:
    """What comes out, as arrays."""
    sources = [tf.constant(array) for array in arrays]
    kind = step["type"]
    if kind in LAYERS:
        words = {name: tuples(value) for name, value in step.items() if name != "type"}
        layer = getattr(keras.layers, LAYERS[kind])(**words)
        layer.build(arrays[0].shape)
        layer.set_weights([weights["weight"].reshape(layer.weights[0].shape)])
        return np.asarray(layer(sources[0]))
    if kind in MERGING and "other" not in step and step.get("align") != "last":
        return np.asarray(MERGING[kind]()(sources))
    result = TABLE[kind](step, sources)
    return [np.asarray(part) for part in result] if isinstance(result, tuple | list) else np.asarray(result)


LAYERS = {"embedding": "Embedding", "rms_norm": "RMSNormalization"}
NAMED = {
    "rsqrt": "rsqrt", "erf": "erf", "erfc": "erfc", "erfinv": "erfinv", "logsumexp": "logsumexp", "glu": "glu",
    "sparse_plus": "sparse_plus", "squareplus": "squareplus", "sparse_sigmoid": "sparse_sigmoid",
    "sparsemax": "sparsemax", "norm": "norm",
}  # fmt: skip
TABLE: dict[str, Function] = {
    **functions_of(ops),
    **{kind: plain(getattr(ops, name)) for kind, name in NAMED.items()},
    "average": binary(lambda first, second: (first + second) / 2),
    "clamp": lambda step, xs: ops.clip(xs[0], step["min"], step["max"]),
    "hardshrink": lambda step, xs: ops.hard_shrink(xs[0], step.get("lambd", 0.5)),
    "softshrink": lambda step, xs: ops.soft_shrink(xs[0], step.get("lambd", 0.5)),
    "threshold": lambda step, xs: ops.threshold(xs[0], step["threshold"], step.get("replacement", 0.0)),
    "concat": lambda step, xs: ops.concatenate(xs, axis=step.get("axis", -1)),
    "topk": lambda step, xs: ops.top_k(xs[0], step["k"]),
    "normalize": lambda step, xs: ops.normalize(
        xs[0], axis=step.get("axis", -1), order=step.get("norm_type", 2), epsilon=step.get("epsilon", 1e-12)
    ),
    "permute": lambda step, xs: (
        ops.transpose(xs[0], step["dims"])
        if len(step["dims"]) == xs[0].ndim
        else keras.layers.Permute(tuple(step["dims"]))(xs[0])
    ),
}
TYPES = frozenset({*TABLE, *LAYERS})
