"""An example of a diagnostic: a request that has it, and what the service says of it."""

from collections.abc import Mapping
from typing import Any

_IMAGE = [1, 3, 32, 32]
_CONV: Mapping[str, Any] = {"type": "conv2d", "out_channels": 8, "kernel_size": 3, "padding": 1}


def _network(*layers: Mapping[str, Any], **members: Any) -> dict[str, Any]:
    """A small network of images."""
    return {"input_shape": _IMAGE, **members, "layers": list(layers)}


def _layer(type_name: str, size: Any = 8, framework: str = "pytorch", **parameters: Any) -> dict[str, Any]:
    """A question about one layer."""
    return {"framework": framework, "input_size": size, "layer": {"type": type_name, **parameters}}


EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "kernel-larger-than-input": _layer("conv1d", 2, kernel_size=3),
    "channel-mismatch": _network(_CONV, {"type": "conv2d", "in_channels": 16, "out_channels": 8, "kernel_size": 3}),
    "feature-mismatch": _network(
        _CONV, {"type": "flatten"}, {"type": "linear", "in_features": 2048, "out_features": 10}
    ),
    "groups-do-not-divide-channels": _network({**_CONV, "groups": 2}),
    "rank-mismatch": _layer("conv2d", [8, 8, 8], kernel_size=3),
    "parameter-out-of-range": _layer("conv1d", kernel_size=3, stride=0),
    "unknown-layer-type": _layer("conv2", kernel_size=3),
    "unknown-parameter": _layer("conv1d", kernel_size=3, strid=2),
    "missing-parameter": _layer("conv1d"),
    "padding-not-supported": _layer("conv1d", kernel_size=3, padding=[[0, 1]]),
    "padding-exceeds-half-kernel": _layer("max_pool1d", kernel_size=3, padding=2),
    "padding-exceeds-input": _layer("conv1d", 2, kernel_size=3, padding=2, padding_mode="reflect"),
    "output-padding-out-of-range": _layer("conv_transpose1d", kernel_size=3, stride=2, output_padding=2),
    "stride-with-dilation": _layer("conv1d", 8, "keras", kernel_size=3, strides=2, dilation_rate=2),
    "branch-shape-mismatch": _network(
        {"name": "long", **_CONV},
        {"name": "short", **_CONV, "stride": 2, "inputs": "input"},
        {"type": "add", "inputs": ["long", "short"]},
    ),
    "wrong-number-of-inputs": _network(_CONV, {"type": "add"}),
    "missing-flatten": _network(_CONV, {"type": "linear", "in_features": 8192, "out_features": 10}),
    "unknown-input": _network({"name": "stem", **_CONV}, {"type": "relu", "inputs": "stam"}),
    "cycle": _network({"name": "a", "type": "relu", "inputs": "b"}, {"name": "b", "type": "relu", "inputs": "a"}),
    "duplicate-name": _network({"name": "a", "type": "relu"}, {"name": "a", "type": "sigmoid"}),
    "suspected-channels-last": _network({**_CONV, "in_channels": 3}, input_shape=[1, 32, 32, 3]),
    "not-supported-by-framework": _layer("adaptive_avg_pool1d", 8, "onnx", output_size=1),
    "unread-input": _layer("conv1d", kernel_size=3, stride=2),
    "padding-only-window": _layer("conv1d", 4, kernel_size=1, padding=1),
    "checkerboard": _layer("conv_transpose1d", kernel_size=3, stride=2),
    "unused-layer": _network(_CONV, {"type": "relu", "inputs": "input"}, {"type": "sigmoid", "inputs": "input"}),
    "dilation-gridding": _network(*[{**_CONV, "dilation": 2, "padding": 2}] * 3),
    "wrong-type": _layer("conv1d", kernel_size="3"),
    "conflicting-parameters": _layer("conv1d", kernel_size=3, pool_size=3),
}
"""Requests by the name of a diagnostic that they have; each is as small as it can be."""
