"""What the networks are made of: layers as the API takes them, and the body around them."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

Layer = dict[str, Any]
Body = dict[str, Any]

NEUTRAL = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
"""What goes without saying in a convolution."""


def body(input_shape: Sequence[int], layers: Iterable[Layer]) -> Body:
    """A network of one input, in PyTorch's spelling."""
    return {"framework": "pytorch", "input_shape": list(input_shape), "layers": list(layers)}


def text(network: Body) -> str:
    """A body as JSON for people: a layer a line."""
    *head, (_, rows) = network.items()
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head]
    lines += ['  "layers": [', ",\n".join(f"    {json.dumps(row)}" for row in rows), "  ]"]
    return "\n".join(("{", *lines, "}", ""))


def convolution(name: str, arriving: int, leaving: int, kernel: int, *, bias: bool = False, **others: Any) -> Layer:
    """A convolution of images; without a bias unless asked for, since a batch norm follows most of them."""
    said = {key: value for key, value in others.items() if NEUTRAL.get(key) != value}
    if not bias:
        said["bias"] = False
    return {
        "name": name,
        "type": "conv2d",
        "in_channels": arriving,
        "out_channels": leaving,
        "kernel_size": kernel,
        **said,
    }


def batch_norm(name: str, channels: int, **others: Any) -> Layer:
    """The batch norm of a convolution."""
    return {"name": name, "type": "batch_norm2d", "num_features": channels, **others}


def relu(name: str) -> Layer:
    """What is below zero becomes zero."""
    return {"name": name, "type": "relu"}


def merged(name: str, how: str, inputs: Sequence[str]) -> Layer:
    """Branches brought together: by `add`, `multiply` or `concat`."""
    return {"name": name, "type": how, "inputs": list(inputs)}


def classifier(name: str, features: int, *, dropout: Layer | None = None, pool: str = "avgpool") -> Iterator[Layer]:
    """The mean of each channel, and from those the thousand classes of ImageNet."""
    yield {"name": pool, "type": "adaptive_avg_pool2d", "output_size": [1, 1]}
    yield {"name": "flatten", "type": "flatten"}
    if dropout is not None:
        yield dropout
    yield {"name": name, "type": "linear", "in_features": features, "out_features": 1000}
