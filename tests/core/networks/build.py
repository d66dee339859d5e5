"""Networks for tests, made of layers as they would be posted, without a server."""

import json
from typing import Any

from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import DEFAULT_FRAMEWORK
from service.core.geometry.shapes import Shape
from service.core.layers import LAYERS
from service.core.networks.network import Network, Node

Posted = dict[str, Any]

CONV: Posted = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "stride": 1, "padding": 1}
POOL: Posted = {"type": "max_pool2d", "kernel_size": 2, "stride": 2}
UP: Posted = {"type": "upsample", "scale_factor": 2}
RELU: Posted = {"type": "relu"}


def node(posted: Posted, index: int = 0) -> Node:
    """A layer whose parameters are spelled as ours, and valid."""
    kind = LAYERS[posted["type"]]
    parameters = {name: value for name, value in posted.items() if name not in ("type", "name", "inputs")}
    description = PostedLayer(
        location=("layers", index),
        posted=posted,
        kind=kind,
        layer=kind.layer(**parameters),
        spelling={name: name for name in parameters},
        key=json.dumps([kind.name, parameters]).encode(),
    )
    inputs = posted.get("inputs")
    return Node(description=description, name=posted.get("name"), inputs=None if inputs is None else tuple(inputs))


def network(layers: list[Posted], **inputs: Shape) -> Network:
    """A network of posted layers; its one input is `input` of shape [1, 3, 9, 7], unless others are given."""
    shapes = inputs or {"input": (1, 3, 9, 7)}
    return Network(
        framework=DEFAULT_FRAMEWORK,
        inputs=shapes,
        input_locations={name: ("inputs", name) for name in shapes},
        nodes=[node(posted, index) for index, posted in enumerate(layers)],
    )
