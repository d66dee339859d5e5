"""Runs a layer in Keras on the TensorFlow backend, on the CPU: whatever it raises is a refusal.

Never `compute_output_shape`, which sometimes disagrees with the call. Shapes come from float32 with oneDNN, which is
what users of TensorFlow on Linux x86 have: float64 lacks channels-first convolutions, dilated transposed ones and 3-D
pools. Values must be the same from every kernel and in both layouts, because two things are wrong:

- a 3-D convolution of one channel, channels last, whose last axis is strided to one position may read beyond its memory
  (oneDNN);
- channels first, the bias is added along the last axis if that is as long as there are filters (Keras's `add`).
"""

import os
import re
from typing import Any

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "1"}

import keras
import numpy as np
import tensorflow as tf

from tests.golden.record import forked
from tests.golden.record.arrays import from_numpy, to_numpy, tuples
from tests.golden.record.layers.drafts import RANKS, Layer, Shape, family_of
from tests.golden.record.layers.keras.types import SAMPLER
from tests.golden.record.recorder import Array, Recorder

PACKAGES = "keras==3.15.1 tensorflow-cpu==2.21.0"

tf.get_logger().setLevel("ERROR")
tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)

TOLERANCE = 1e-5

SPATIAL_CLASSES = {
    "conv": "Conv{}D", "conv_transpose": "Conv{}DTranspose", "depthwise_conv": "DepthwiseConv{}D",
    "separable_conv": "SeparableConv{}D", "max_pool": "MaxPooling{}D", "avg_pool": "AveragePooling{}D",
    "global_max_pool": "GlobalMaxPooling{}D", "global_avg_pool": "GlobalAveragePooling{}D",
    "adaptive_max_pool": "AdaptiveMaxPooling{}D", "adaptive_avg_pool": "AdaptiveAveragePooling{}D",
}  # fmt: skip
CLASSES = {f"{name}{rank}d": title.format(rank) for name, title in SPATIAL_CLASSES.items() for rank in RANKS} | {
    "batch_norm": "BatchNormalization", "flatten": "Flatten", "linear": "Dense",
}  # fmt: skip
BORDERS = {
    "pad": ("padding", "ZeroPadding{}D"),
    "crop": ("cropping", "Cropping{}D"),
    "upsample": ("size", "UpSampling{}D"),
}


class Refused(Exception):
    """Keras refused a layer; the message is one line, the same in every run."""


def build(layer: Layer, shape: Shape, dtype: str) -> keras.Layer:
    """The layer that a user would write."""
    arguments = {name: tuples(value) for name, value in layer.items() if name != "type"}
    class_name = CLASSES.get(layer["type"]) or border_class(layer, shape)
    if class_name in {"ZeroPadding1D", "Cropping1D"}:
        name = BORDERS[layer["type"]][0]
        arguments[name] = arguments[name][0] if isinstance(arguments[name], tuple) else arguments[name]
    return getattr(keras.layers, class_name)(**arguments, name="layer", dtype=dtype)


def border_class(layer: Layer, shape: Shape) -> str:
    """The class of a pad, crop or upsampling; its rank is the number of entries, or the input's for a single number."""
    name, class_name = BORDERS[layer["type"]]
    rank = len(layer[name]) if isinstance(layer[name], list) else len(shape) - 2
    if rank not in RANKS:
        raise ValueError(f"there is no {class_name.format(rank)}")
    return class_name.format(rank)


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that comes out; raises what Keras raises."""
    try:
        return list(build(layer, shape, "float32")(tf.ones(shape, tf.float32)).shape)
    except Exception as error:
        raise Refused(reason(error)) from error


def reason(error: Exception) -> str:
    """The first line with the reason, without colours, names of operations and the order of sets."""
    text = re.sub(r"\x1b\[\d*m|\{\{[^}]*\}\}", "", str(error))
    text = re.sub(r".*Exception encountered when calling [^\n]*|.*in user code:.*\n\s*\w+: ", "", text, flags=re.DOTALL)
    line = next((line.strip() for line in text.splitlines() if line.strip()), type(error).__name__)
    line = re.sub(r"\.? (Received|Full shape received)\b.*?(, including .*)?$| name:[ \w]*$", r"\2", line)
    return re.sub(r"\{'[^{}]*'\}", lambda match: "{" + ", ".join(sorted(match[0][1:-1].split(", "))) + "}", line)


def weight_shapes(layer: Layer, shape: Shape) -> dict[str, Shape]:
    """The shapes of `weight`, `pointwise_weight` and `bias`, where the layer has them; Keras checks them."""
    family = family_of(layer["type"])
    channels = shape[1] if is_channels_first(layer) else shape[-1]
    filters, depth = layer.get("filters", layer.get("units")), layer.get("depth_multiplier", 1)
    kernel = layer.get("kernel_size")
    window = kernel if isinstance(kernel, list) else [kernel] * (len(shape) - 2)
    if family == "conv":
        weights = {"weight": [*window, channels // layer.get("groups", 1), filters]}
    elif family == "conv_transpose":
        weights = {"weight": [*window, filters, channels]}
    elif family == "depthwise_conv":
        weights, filters = {"weight": [*window, channels, depth]}, channels * depth
    elif family == "separable_conv":
        point = [1] * len(window)
        weights = {"weight": [*window, channels, depth], "pointwise_weight": [*point, channels * depth, filters]}
    elif family == "linear":
        weights = {"weight": [channels, filters]}
    else:
        return {}
    return weights | ({"bias": [filters]} if layer.get("use_bias", True) else {})


def output_values(layer: Layer, arrays: dict[str, Any]) -> Array | None:
    """The layer applied to the input with the given weights.

    In a process of its own: TensorFlow does not survive a fork.
    """
    outcome: Any = next(forked.outcomes(computed, [(layer, arrays)]))
    if "refused" in outcome:
        raise Refused(outcome["refused"])
    return outcome["output"]


def computed(layer: Layer, arrays: dict[str, Any]) -> Array | None:
    """The output, from float64 where Keras can compute in it; None where dtypes or layouts do not agree."""
    outputs = [applied(layer, arrays, "float32")]
    for apply in (applied, applied_in_other_layout) if "conv" in layer["type"] else (applied,):
        for dtype in ("float64", "float32"):
            try:
                outputs.append(apply(layer, arrays, dtype))
            except (tf.errors.OpError, ValueError):
                continue
    if not all(np.allclose(outputs[0], output, TOLERANCE, TOLERANCE) for output in outputs):
        return None
    return from_numpy(outputs[1].astype(np.float64))


def applied(layer: Layer, arrays: dict[str, Any], dtype: str) -> Any:
    return run(layer, arrays, to_numpy(arrays["input"], dtype))


def applied_in_other_layout(layer: Layer, arrays: dict[str, Any], dtype: str) -> Any:
    """The output of a convolution in the other layout, with its channels moved back."""
    here, there = (1, -1) if is_channels_first(layer) else (-1, 1)
    other = {**layer, "data_format": "channels_last" if is_channels_first(layer) else "channels_first"}
    return np.moveaxis(run(other, arrays, np.moveaxis(to_numpy(arrays["input"], dtype), here, there)), there, here)


def run(layer: Layer, arrays: dict[str, Any], source: Any) -> Any:
    built = build(layer, list(source.shape), source.dtype.name)
    built.build(source.shape)
    names = ("weight", "pointwise_weight", "bias")
    built.set_weights([to_numpy(arrays[name], source.dtype.name) for name in names if arrays.get(name)])
    return np.asarray(built(tf.constant(source)))


def is_channels_first(layer: Layer) -> bool:
    return str(layer.get("data_format")).lower() == "channels_first"


RECORDER = Recorder(
    version=f"{keras.__version__} with TensorFlow {tf.__version__}",
    cases=6_000,
    sampler=SAMPLER,
    output_shape=output_shape,
    weight_shapes=weight_shapes,
    output_values=output_values,
)
