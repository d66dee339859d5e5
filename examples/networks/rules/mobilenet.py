"""MobileNet-V2: blocks that widen, convolve each channel alone, and narrow again without an activation.

Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018. Names are
those of torchvision's modules.
"""

from collections.abc import Iterator

from rules.layers import Body, Layer, batch_norm, body, classifier, convolution, merge

STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels out, blocks and stride of the first block, one row per stage: table 2 of the paper."""


def mobilenet_v2() -> Body:
    """The whole network."""
    return body((1, 3, 224, 224), layers())


def layers() -> Iterator[Layer]:
    """The stem, seventeen blocks and the classifier."""
    yield from bounded("features.0", 3, 32, 3, stride=2)
    in_channels, before, index = 32, "features.0.2", 1
    for expansion, out_channels, blocks, stride in STAGES:
        for block in range(blocks):
            block_layers = list(
                inverted(f"features.{index}", before, in_channels, expansion, out_channels, stride if not block else 1)
            )
            yield from block_layers
            in_channels, before, index = out_channels, block_layers[-1]["name"], index + 1
    yield from bounded(f"features.{index}", in_channels, 1280, 1)
    dropout = {"name": "classifier.0", "type": "dropout", "p": 0.2}
    yield from classifier("classifier.1", 1280, dropout=dropout, pool="adaptive_avg_pool2d")


def inverted(
    prefix: str, before: str, in_channels: int, expansion: int, out_channels: int, stride: int
) -> Iterator[Layer]:
    """Wider, depthwise, narrower; and the sum with the block's input, where it has the same shape."""
    wide, part = in_channels * expansion, 0
    if expansion > 1:
        yield from bounded(f"{prefix}.conv.0", in_channels, wide, 1)
        part = 1
    yield from bounded(f"{prefix}.conv.{part}", wide, wide, 3, stride=stride, groups=wide)
    yield convolution(f"{prefix}.conv.{part + 1}", wide, out_channels, 1)
    yield batch_norm(f"{prefix}.conv.{part + 2}", out_channels)
    if (in_channels, stride) == (out_channels, 1):
        yield merge(f"{prefix}.add", "add", [before, f"{prefix}.conv.{part + 2}"])


def bounded(prefix: str, in_channels: int, out_channels: int, kernel: int, **others: int) -> Iterator[Layer]:
    """A convolution whose padding keeps the size at stride 1, its batch norm and a ReLU6."""
    yield convolution(f"{prefix}.0", in_channels, out_channels, kernel, padding=kernel // 2, **others)
    yield batch_norm(f"{prefix}.1", out_channels)
    yield {"name": f"{prefix}.2", "type": "relu6"}
