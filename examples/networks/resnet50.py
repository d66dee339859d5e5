"""Make resnet50.json: ResNet-50 as a body for `POST /v1/networks/validate`.

Sixteen bottlenecks are too many to keep right by hand, and they are all one rule. Names are those that torchvision's
`create_feature_extractor` takes. The stride of a stage sits on the 3x3 convolution of its first block ("v1.5"), where
torchvision has it; He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015, has it on the 1x1.

    python examples/networks/resnet50.py > examples/networks/resnet50.json
"""

import json
from collections.abc import Iterator
from typing import Any

Layer = dict[str, Any]

STAGES = ((3, 64, 1), (4, 128, 2), (6, 256, 2), (3, 512, 2))
"""Blocks, width of the 3x3 convolution and stride of the first block, a row a stage."""

EXPANSION = 4
"""Channels out of a block, as a multiple of its width."""


def network() -> dict[str, Any]:
    """The whole body."""
    return {"framework": "pytorch", "input_shape": [1, 3, 224, 224], "layers": list(layers())}


def layers() -> Iterator[Layer]:
    """The stem, the four stages and the classifier."""
    yield convolution("conv1", 3, 64, 7, stride=2, padding=3)
    yield batch_norm("bn1", 64)
    yield {"name": "relu", "type": "relu"}
    yield {"name": "maxpool", "type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1}
    arriving, skip = 64, "maxpool"
    for stage, (blocks, width, stride) in enumerate(STAGES, start=1):
        for block in range(blocks):
            prefix = f"layer{stage}.{block}"
            yield from bottleneck(prefix, skip, arriving, width, stride if block == 0 else 1)
            arriving, skip = width * EXPANSION, f"{prefix}.relu_2"
    yield {"name": "avgpool", "type": "adaptive_avg_pool2d", "output_size": [1, 1]}
    yield {"name": "flatten", "type": "flatten"}
    yield {"name": "fc", "type": "linear", "in_features": arriving, "out_features": 1000}


def bottleneck(prefix: str, skip: str, arriving: int, width: int, stride: int) -> Iterator[Layer]:
    """Three convolutions and the skip around them, which needs a convolution of its own where the shape changes."""
    leaving = width * EXPANSION
    yield convolution(f"{prefix}.conv1", arriving, width, 1)
    yield batch_norm(f"{prefix}.bn1", width)
    yield {"name": f"{prefix}.relu", "type": "relu"}
    yield convolution(f"{prefix}.conv2", width, width, 3, stride=stride, padding=1)
    yield batch_norm(f"{prefix}.bn2", width)
    yield {"name": f"{prefix}.relu_1", "type": "relu"}
    yield convolution(f"{prefix}.conv3", width, leaving, 1)
    yield batch_norm(f"{prefix}.bn3", leaving)
    if arriving != leaving:
        yield convolution(f"{prefix}.downsample.0", arriving, leaving, 1, stride=stride, inputs=[skip])
        yield batch_norm(f"{prefix}.downsample.1", leaving)
        skip = f"{prefix}.downsample.1"
    yield {"name": f"{prefix}.add", "type": "add", "inputs": [f"{prefix}.bn3", skip]}
    yield {"name": f"{prefix}.relu_2", "type": "relu"}


def convolution(name: str, arriving: int, leaving: int, kernel: int, **others: Any) -> Layer:
    """A convolution without a bias, since a batch norm follows every one; a stride of 1 goes without saying."""
    if others.get("stride") == 1:
        del others["stride"]
    channels = {"in_channels": arriving, "out_channels": leaving}
    return {"name": name, "type": "conv2d", **channels, "kernel_size": kernel, **others, "bias": False}


def batch_norm(name: str, channels: int) -> Layer:
    """The batch norm of a convolution."""
    return {"name": name, "type": "batch_norm2d", "num_features": channels}


def text(body: dict[str, Any]) -> str:
    """The body as JSON for people: a layer a line."""
    *head, (_, rows) = body.items()
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head]
    lines += ['  "layers": [', ",\n".join(f"    {json.dumps(row)}" for row in rows), "  ]"]
    return "\n".join(("{", *lines, "}"))


if __name__ == "__main__":
    print(text(network()))
