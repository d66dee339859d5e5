"""Runs a program in Keras."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.golden.record.translations.weights import drawn

PACKAGES = "keras==3.15.1 tensorflow-cpu==2.21.0"


def version() -> str:
    """Keras' and TensorFlow's."""
    return f"{keras.__version__} with TensorFlow {tf.__version__}"


def outputs(source: str, inputs: list[Any]) -> list[Any]:
    """What the model of a program makes of its inputs."""
    keras.utils.clear_session()
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "<program>", "exec"), names)  # noqa: S102 - our own programs
    model = names["build_model"]() if "build_model" in names else names["model"]
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([_array(layer, weight) for weight in layer.weights])
    made = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [np.asarray(array) for array in (made if isinstance(made, list | tuple) else (made,))]


WHAT = {"kernel": "weight", "gamma": "weight", "beta": "bias", "bias": "bias", "moving_mean": "running_mean",
        "moving_variance": "running_var", "alpha": "weight", "depthwise_kernel": "weight",
        "pointwise_kernel": "weight", "embeddings": "weight"}  # fmt: skip


def _array(layer: Any, weight: Any) -> Any:
    """The array of a weight, in Keras' order of axes."""
    shape, kind, what = tuple(weight.shape), type(layer).__name__, WHAT[weight.name]
    name = layer.name
    if kind.startswith("Separable") and weight.name != "depthwise_kernel":
        name = f"{layer.name}_conv"  # in PyTorch these are the weights of a second convolution
    if weight.name == "alpha":
        return drawn(name, what, (int(np.prod(shape)),)).reshape(shape)
    if len(shape) == 1 or weight.name == "embeddings":
        return drawn(name, what, shape)
    if kind == "Dense":
        return drawn(name, what, shape[::-1]).T
    *kernel, first, second = shape
    if weight.name == "depthwise_kernel" or kind.startswith("Depthwise"):
        array = drawn(name, what, (first * second, 1, *kernel))
        return np.moveaxis(array[:, 0], 0, -1).reshape(shape)
    array = drawn(name, what, (second, first, *kernel))
    return np.moveaxis(array, (0, 1), (-1, -2))
