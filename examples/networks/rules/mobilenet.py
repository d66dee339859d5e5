"""MobileNet-V2: blocks that widen, convolve every channel on its own, and narrow again without an activation.

Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018. Names are
those of torchvision's modules.
"""

from collections.abc import Iterator

from rules.layers import Body, Layer, batch_norm, body, classifier, convolution, merged

STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Expansion, channels out, blocks and stride of the first block, a row a stage: table 2 of the paper."""


def mobilenet_v2() -> Body:
    """The whole network."""
    return body((1, 3, 224, 224), layers())


def layers() -> Iterator[Layer]:
    """The stem, seventeen blocks and the classifier."""
    yield from bounded("features.0", 3, 32, 3, stride=2)
    arriving, before, index = 32, "features.0.2", 1
    for expansion, leaving, blocks, stride in STAGES:
        for block in range(blocks):
            made = list(inverted(f"features.{index}", before, arriving, expansion, leaving, stride if not block else 1))
            yield from made
            arriving, before, index = leaving, made[-1]["name"], index + 1
    yield from bounded(f"features.{index}", arriving, 1280, 1)
    dropout = {"name": "classifier.0", "type": "dropout", "p": 0.2}
    yield from classifier("classifier.1", 1280, dropout=dropout, pool="adaptive_avg_pool2d")


def inverted(prefix: str, before: str, arriving: int, expansion: int, leaving: int, stride: int) -> Iterator[Layer]:
    """Wider, depthwise, narrower; and the sum with what came in, where it has the same shape."""
    wide, part = arriving * expansion, 0
    if expansion > 1:
        yield from bounded(f"{prefix}.conv.0", arriving, wide, 1)
        part = 1
    yield from bounded(f"{prefix}.conv.{part}", wide, wide, 3, stride=stride, groups=wide)
    yield convolution(f"{prefix}.conv.{part + 1}", wide, leaving, 1)
    yield batch_norm(f"{prefix}.conv.{part + 2}", leaving)
    if (arriving, stride) == (leaving, 1):
        yield merged(f"{prefix}.add", "add", [before, f"{prefix}.conv.{part + 2}"])


def bounded(prefix: str, arriving: int, leaving: int, kernel: int, **others: int) -> Iterator[Layer]:
    """A convolution that keeps the size but for its stride, its batch norm, and all of it held between 0 and 6."""
    yield convolution(f"{prefix}.0", arriving, leaving, kernel, padding=kernel // 2, **others)
    yield batch_norm(f"{prefix}.1", leaving)
    yield {"name": f"{prefix}.2", "type": "relu6"}
