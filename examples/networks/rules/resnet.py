"""ResNet-18, ResNet-50 and ResNeXt-50: stages of blocks, each block added to its input.

He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015; Xie, Girshick, Dollár, Tu and He,
"Aggregated Residual Transformations for Deep Neural Networks", 2016. Names are those that torchvision's
`create_feature_extractor` takes. The stride of a stage is on the 3x3 convolution of its first block ("v1.5"), as in
torchvision; in the paper of 2015 it is on the 1x1 convolution.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rules.layers import Body, Layer, batch_norm, body, classifier, convolution, merge, relu

STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))
"""Width, and stride of the first block, one row per stage."""

EXPANSION = 4
"""Channels out of a bottleneck, as a multiple of its stage's width."""

Block = Callable[[str, str, int, int, int], Iterator[Layer]]
"""(prefix, layer at which the skip starts, channels in, width, stride) → the layers of a block."""


def resnet18() -> Body:
    """Two pairs of 3x3 convolutions per stage."""
    return body((1, 3, 224, 224), residual(pair, (2, 2, 2, 2), expansion=1))


def resnet50() -> Body:
    """Sixteen bottlenecks."""
    return body((1, 3, 224, 224), residual(bottleneck, (3, 4, 6, 3), expansion=EXPANSION))


def resnext50_32x4d() -> Body:
    """Sixteen bottlenecks, each with 32 groups, which are 4 channels wide in the first stage."""
    grouped = partial(bottleneck, groups=32, group_width=4)
    return body((1, 3, 224, 224), residual(grouped, (3, 4, 6, 3), expansion=EXPANSION))


def residual(block: Block, counts: Sequence[int], expansion: int) -> Iterator[Layer]:
    """The stem, the four stages and the classifier."""
    yield convolution("conv1", 3, 64, 7, stride=2, padding=3)
    yield batch_norm("bn1", 64)
    yield relu("relu")
    yield {"name": "maxpool", "type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1}
    in_channels, skip = 64, "maxpool"
    for stage, ((width, stride), count) in enumerate(zip(STAGES, counts, strict=True), start=1):
        for index in range(count):
            layers = list(block(f"layer{stage}.{index}", skip, in_channels, width, stride if index == 0 else 1))
            yield from layers
            in_channels, skip = width * expansion, layers[-1]["name"]
    yield from classifier("fc", in_channels)


def pair(prefix: str, skip: str, in_channels: int, width: int, stride: int) -> Iterator[Layer]:
    """Two 3x3 convolutions and the skip around them."""
    yield convolution(f"{prefix}.conv1", in_channels, width, 3, stride=stride, padding=1)
    yield batch_norm(f"{prefix}.bn1", width)
    yield relu(f"{prefix}.relu")
    yield convolution(f"{prefix}.conv2", width, width, 3, padding=1)
    yield batch_norm(f"{prefix}.bn2", width)
    yield from added(prefix, skip, f"{prefix}.bn2", in_channels, width, stride)
    yield relu(f"{prefix}.relu_1")


def bottleneck(
    prefix: str, skip: str, in_channels: int, width: int, stride: int, groups: int = 1, group_width: int = 64
) -> Iterator[Layer]:
    """A 3x3 convolution between two of 1x1, and the skip around them."""
    inner, out_channels = width * group_width // 64 * groups, width * EXPANSION
    yield convolution(f"{prefix}.conv1", in_channels, inner, 1)
    yield batch_norm(f"{prefix}.bn1", inner)
    yield relu(f"{prefix}.relu")
    yield convolution(f"{prefix}.conv2", inner, inner, 3, stride=stride, padding=1, groups=groups)
    yield batch_norm(f"{prefix}.bn2", inner)
    yield relu(f"{prefix}.relu_1")
    yield convolution(f"{prefix}.conv3", inner, out_channels, 1)
    yield batch_norm(f"{prefix}.bn3", out_channels)
    yield from added(prefix, skip, f"{prefix}.bn3", in_channels, out_channels, stride)
    yield relu(f"{prefix}.relu_2")


def added(prefix: str, skip: str, main: str, in_channels: int, out_channels: int, stride: int) -> Iterator[Layer]:
    """The sum of a block and its skip, which has a convolution of its own where the shape changes."""
    if in_channels != out_channels or stride != 1:
        yield convolution(f"{prefix}.downsample.0", in_channels, out_channels, 1, stride=stride, inputs=[skip])
        yield batch_norm(f"{prefix}.downsample.1", out_channels)
        skip = f"{prefix}.downsample.1"
    yield merge(f"{prefix}.add", "add", [main, skip])
