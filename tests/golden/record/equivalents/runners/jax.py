"""Runs a layer in JAX, channels first; a bias, which none of its functions has, is added."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.golden.record.equivalents.runners import Array, Arrays, Step
from tests.golden.record.frameworks import jax as recorder
from tests.golden.record.layers.drafts import family_of

CHANNELS_LAST = False
jax, jnp = recorder.jax, recorder.jnp
NN = jax.nn
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(NN, name) for name in
       ("relu", "relu6", "sigmoid", "silu", "mish", "selu", "softplus", "log_sigmoid", "leaky_relu", "elu", "celu",
        "softmax", "log_softmax", "identity")},
    "tanh": jnp.tanh, "hardswish": NN.hard_swish, "hardsigmoid": NN.hard_sigmoid, "softsign": NN.soft_sign,
    "hardtanh": NN.hard_tanh,
}  # fmt: skip
METHODS = {"nearest": "nearest", "bicubic": "cubic"}


def run(step: Step, array: Array, weights: Arrays) -> Array:
    """The function applied."""
    kind, source = step["type"], jnp.asarray(array)
    arguments = {name: value for name, value in step.items() if name not in recorder.NOT_ARGUMENTS}
    if kind == "gelu":
        return np.asarray(NN.gelu(source, approximate=step.get("approximate", "tanh") == "tanh"))
    if kind in FUNCTIONS:
        return np.asarray(FUNCTIONS[kind](source, **arguments))
    if kind in OTHERS:
        return np.asarray(OTHERS[kind](step, source))
    layer = {name: value for name, value in step.items() if name != "bias"}
    weight = weights.get("weight")
    if family_of(kind) == "conv_transpose" and weight is not None:
        weight = weight if layer.get("transpose_kernel") else np.swapaxes(weight, 0, 1)
    if kind == "linear" and weight is not None:
        weight = weight.T
    output = recorder.run(layer, array, weight)
    if "bias" not in weights:
        return output
    return output + weights["bias"].reshape(-1, *(1,) * (output.ndim - 2 if "conv" in kind else 0))


def upsample(step: Step, source: Any) -> Any:
    given = step["scale_factor"]
    factors = given if isinstance(given, list) else [given] * (source.ndim - 2)
    sizes = [int(size * factor) for size, factor in zip(source.shape[2:], factors, strict=True)]
    method = METHODS.get(step.get("mode", "nearest"), "linear")
    return jax.image.resize(source, (*source.shape[:2], *sizes), method)


def crop(step: Step, source: Any) -> Any:
    pairs = step["padding"]
    ends = [slice(before, size - after) for (before, after), size in zip(pairs, source.shape[2:], strict=True)]
    return source[(..., *ends)]


def pad(step: Step, source: Any) -> Any:
    """As the recorder's, in the input's type of numbers."""
    pairs = step["padding"]
    pairs = [[0, 0]] * (source.ndim - len(pairs)) + pairs
    if step.get("mode", "constant") == "constant":
        value = jnp.asarray(step.get("value", 0), source.dtype)
        return jax.lax.pad(source, value, [(*pair, 0) for pair in pairs])
    return jnp.pad(source, pairs, mode=recorder.JNP_MODES[step["mode"]])


OTHERS: dict[str, Callable[[Step, Any], Any]] = {
    "upsample": upsample,
    "crop": crop,
    "pad": pad,
    "reshape": lambda step, source: jnp.reshape(source, step["shape"]),
    "permute": lambda step, source: jnp.transpose(source, step["dims"]),
}
