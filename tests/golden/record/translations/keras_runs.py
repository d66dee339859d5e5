"""Runs a program in Keras."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tests.golden.record.translations.weights import drawn, fan_in

PACKAGES = "keras==3.15.1 tensorflow-cpu==2.21.0"


def version() -> str:
    """Keras' and TensorFlow's."""
    return f"{keras.__version__} with TensorFlow {tf.__version__}"


def run(source: str, inputs: list[Any], weights: Mapping[str, Any] | None) -> tuple[list[Any], dict[str, Any]]:
    """What the model of a program makes of its inputs, and its weights: those given, else drawn ones."""
    keras.utils.clear_session()
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "<program>", "exec"), names)  # noqa: S102 - our own programs
    model = names["build_model"]() if "build_model" in names else names["model"]
    own = {f"{layer.name}/{weight.name}": weight for layer in model.layers for weight in layer.weights}
    if weights is None:
        shapes = {path: tuple(weight.shape) for path, weight in own.items()}
        weights = {path: drawn(path, shape, fan_in(shape, -1)) for path, shape in shapes.items()}
    assert weights.keys() == own.keys(), f"no place for {weights.keys() ^ own.keys()}"
    for path, weight in own.items():
        weight.assign(weights[path])
    made = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [np.asarray(array) for array in (made if isinstance(made, list | tuple) else (made,))], dict(weights)
