"""Runs a layer in Keras, channels last."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.golden.record.arrays import tuples
from tests.golden.record.equivalents.runners import Array, Arrays, Step, moved_kernel
from tests.golden.record.frameworks.keras import build, keras, tf
from tests.golden.record.layers.drafts import family_of

CHANNELS_LAST = True
activations: Any = keras.activations
ACTIVATIONS: dict[str, Callable[..., Any]] = {
    **{name: getattr(activations, name) for name in
       ("relu", "relu6", "sigmoid", "tanh", "silu", "mish", "selu", "softsign", "softplus", "log_sigmoid", "celu",
        "elu", "log_softmax", "softmax")},
    "hardswish": activations.hard_swish, "hardsigmoid": activations.hard_sigmoid, "hardtanh": activations.hard_tanh,
    "tanhshrink": activations.tanh_shrink, "identity": activations.linear,
}  # fmt: skip
LAYERS: dict[str, str] = {
    "leaky_relu": "LeakyReLU", "softmax": "Softmax", "elu": "ELU", "group_norm": "GroupNormalization",
    "layer_norm": "LayerNormalization", "prelu": "PReLU", "dropout": "Dropout", "reshape": "Reshape",
    "permute": "Permute", "linear": "Dense",
}  # fmt: skip
WORDS = {"num_groups": "groups"}


def run(step: Step, array: Array, weights: Arrays) -> Array:
    """The layer applied."""
    kind, source = step["type"], tf.constant(array)
    arguments = {WORDS.get(name, name): tuples(value) for name, value in step.items() if name != "type"}
    if kind == "gelu":
        return np.asarray(activations.gelu(source, approximate=arguments.get("approximate", "none") == "tanh"))
    if kind in ACTIVATIONS and kind not in LAYERS:
        return np.asarray(ACTIVATIONS[kind](source, **arguments))
    if kind in LAYERS:
        layer = getattr(keras.layers, LAYERS[kind])(**arguments)
    else:
        family = family_of(kind)
        layer = build({**step, "type": "batch_norm"} if family == "batch_norm" else step, list(array.shape), "float32")
    layer.build(array.shape)
    values = loaded(kind, layer, weights)
    if values:
        layer.set_weights(values)
    return np.asarray(layer(source))


def loaded(kind: str, layer: Any, weights: Arrays) -> list[Array]:
    """The weights in Keras's order of axes; a normalisation without a scale or shift here has them at 1 and 0."""
    family = family_of(kind)
    if "norm" in family:
        return [normal(weight, weights) for weight in layer.weights]
    if family == "prelu":
        return [np.broadcast_to(weights["weight"], layer.weights[0].shape)]
    order = {"depthwise_conv": deep, "separable_conv": deep}.get(family, moved_kernel)
    values = [order(weights["weight"]) if "conv" in family else weights["weight"].T] if "weight" in weights else []
    values += [moved_kernel(weights["pointwise_weight"])] if "pointwise_weight" in weights else []
    if family in ("depthwise_conv", "separable_conv") and values:
        values[0] = values[0].reshape(layer.weights[0].shape)
    return [*values, *([weights["bias"]] if "bias" in weights else [])]


def normal(weight: Any, weights: Arrays) -> Array:
    """The array for one weight of a normalisation."""
    names = {
        "gamma": ("weight", 1),
        "beta": ("bias", 0),
        "moving_mean": ("mean", 0),
        "moving_variance": ("variance", 1),
    }
    name, otherwise = names[weight.name]
    return weights[name].reshape(weight.shape) if name in weights else np.full(weight.shape, otherwise, np.float32)


def deep(weight: Array) -> Array:
    """`[channels * depth, 1, *kernel]` as `[*kernel, channels * depth]`, to be split."""
    return np.moveaxis(weight[:, 0], 0, -1)
