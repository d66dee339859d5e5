"""Layers as the API takes them, and the body of a network."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Layer = dict[str, Any]
Body = dict[str, Any]

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
"""Parameters of a convolution that are left out at these values."""


def body(input_shape: Sequence[int], layers: Iterable[Layer]) -> Body:
    """A network of one input, in PyTorch's spelling."""
    return {"framework": "pytorch", "input_shape": list(input_shape), "layers": list(layers)}


def text(network: Body) -> str:
    """A body as JSON for people: one layer per line."""
    *head, (_, rows) = network.items()
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head]
    lines += ['  "layers": [', ",\n".join(f"    {json.dumps(row)}" for row in rows), "  ]"]
    return "\n".join(("{", *lines, "}", ""))


def convolution(
    name: str, in_channels: int, out_channels: int, kernel: int, *, bias: bool = False, **others: Any
) -> Layer:
    """A convolution of images; by default without a bias, since a batch norm follows most of them."""
    parameters = {key: value for key, value in others.items() if DEFAULTS.get(key) != value}
    if not bias:
        parameters["bias"] = False
    return {
        "name": name,
        "type": "conv2d",
        "in_channels": in_channels,
        "out_channels": out_channels,
        "kernel_size": kernel,
        **parameters,
    }


def batch_norm(name: str, channels: int, **others: Any) -> Layer:
    """The batch norm of a convolution."""
    return {"name": name, "type": "batch_norm2d", "num_features": channels, **others}


def relu(name: str) -> Layer:
    """A ReLU."""
    return {"name": name, "type": "relu"}


def merge(name: str, type_: str, inputs: Sequence[str]) -> Layer:
    """Branches merged by `add`, `multiply` or `concat`."""
    return {"name": name, "type": type_, "inputs": list(inputs)}


def classifier(name: str, features: int, *, dropout: Layer | None = None, pool: str = "avgpool") -> Iterator[Layer]:
    """The mean of each channel, then the thousand classes of ImageNet."""
    yield {"name": pool, "type": "adaptive_avg_pool2d", "output_size": [1, 1]}
    yield {"name": "flatten", "type": "flatten"}
    if dropout is not None:
        yield dropout
    yield {"name": name, "type": "linear", "in_features": features, "out_features": 1000}
