"""Runs layers that change the structure of tensors in Keras with TensorFlow, on the CPU."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import tensorflow as tf
from keras import layers, ops

from tests.golden.record.kinds.structure.in_lists import sliced_index
from tests.golden.record.kinds.structure.numpy_like import FUNCTIONS

NAME = "keras"
VERSION = f"{keras.__version__} with TensorFlow {tf.__version__}"
Layer = dict[str, Any]


def split(layer: Layer, x: Any) -> Any:
    if "split_size" in layer:
        return tf.split(x, layer["split_size"], layer["dim"])
    return FUNCTIONS["split"](ops, layer, x)


def repeat_interleave(layer: Layer, x: Any) -> Any:
    return ops.repeat(x, layer["repeats"], layer.get("dim"))


def extract_patches(layer: Layer, x: Any) -> Any:
    return ops.image.extract_patches(
        x,
        tuple(layer["kernel_size"]),
        strides=tuple(layer["stride"]) if "stride" in layer else None,
        dilation_rate=layer.get("dilation", 1),
        padding=layer.get("padding", "valid"),
    )


def image_size(layer: Layer, x: Any) -> Any:
    made = layers.CenterCrop if layer["type"] == "image_crop" else layers.Resizing
    return made(layer["height"], layer["width"])(x)


RUN: Mapping[str, Callable[..., Any]] = {
    **{kind: partial(function, ops) for kind, function in FUNCTIONS.items()},
    "split": split,
    "repeat_interleave": repeat_interleave,
    "repeat_vector": lambda layer, x: layers.RepeatVector(layer["n"])(x),
    "slice": lambda layer, x: x[sliced_index(layer, len(x.shape))],
    "extract_patches": extract_patches,
    "image_size": image_size,
    "augmentation": lambda layer, x: layers.RandomFlip()(x, training=True),
}


def run(kind: str, layer: Layer, shapes: Sequence[Sequence[int]]) -> list[list[int]]:
    """The shapes of the outputs."""
    made = [tf.ones(shape) for shape in shapes]
    if layer["type"] == "take_along":
        made[1:] = [tf.zeros(shape, tf.int32) for shape in shapes[1:]]
    result = RUN[kind](layer, *made)
    outputs = result if isinstance(result, list | tuple) else [result]
    return [list(output.shape) for output in outputs]


def takes(layer: Layer) -> bool:
    """Whether Keras has what the layer asks for at all."""
    return not (layer["type"] == "split" and isinstance(layer.get("split_size"), int))
