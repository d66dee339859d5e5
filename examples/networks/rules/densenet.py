"""DenseNet-121: every layer of a block takes the outputs of all layers before it.

Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional Networks", 2016. Names are those that
torchvision's `create_feature_extractor` takes, except that a block's first layer has nothing to concatenate.
"""

from collections.abc import Iterator

from rules.layers import Body, Layer, batch_norm, body, classifier, convolution, merge, relu

BLOCKS = (6, 12, 24, 16)
"""Number of layers in each block."""

GROWTH = 32
"""Channels that each layer adds."""

BOTTLENECK = 4 * GROWTH
"""Channels between the two convolutions of a layer."""


def densenet121() -> Body:
    """The whole network."""
    return body((1, 3, 224, 224), layers())


def layers() -> Iterator[Layer]:
    """The stem, four blocks with a transition between them, and the classifier."""
    yield convolution("features.conv0", 3, 64, 7, stride=2, padding=3)
    yield batch_norm("features.norm0", 64)
    yield relu("features.relu0")
    yield {"name": "features.pool0", "type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1}
    channels, before = 64, "features.pool0"
    for index, count in enumerate(BLOCKS, start=1):
        yield from dense_block(f"features.denseblock{index}", before, channels, count)
        channels += count * GROWTH
        if index < len(BLOCKS):
            yield from transition(f"features.transition{index}", channels)
            channels, before = channels // 2, f"features.transition{index}.pool"
    yield batch_norm("features.norm5", channels)
    yield relu("relu")
    yield from classifier("classifier", channels, pool="adaptive_avg_pool2d")


def dense_block(prefix: str, before: str, channels: int, count: int) -> Iterator[Layer]:
    """Layers that each take the block's input and the outputs of all layers before; then all of these together."""
    outputs = [before]
    for index in range(count):
        layer = f"{prefix}.denselayer{index + 1}"
        in_channels = channels + index * GROWTH
        if len(outputs) > 1:
            yield merge(f"{layer}.cat", "concat", outputs)
        yield batch_norm(f"{layer}.norm1", in_channels)
        yield relu(f"{layer}.relu1")
        yield convolution(f"{layer}.conv1", in_channels, BOTTLENECK, 1)
        yield batch_norm(f"{layer}.norm2", BOTTLENECK)
        yield relu(f"{layer}.relu2")
        yield convolution(f"{layer}.conv2", BOTTLENECK, GROWTH, 3, padding=1)
        outputs.append(f"{layer}.conv2")
    yield merge(f"{prefix}.cat", "concat", outputs)


def transition(prefix: str, channels: int) -> Iterator[Layer]:
    """Half the channels and half the positions."""
    yield batch_norm(f"{prefix}.norm", channels)
    yield relu(f"{prefix}.relu")
    yield convolution(f"{prefix}.conv", channels, channels // 2, 1)
    yield {"name": f"{prefix}.pool", "type": "avg_pool2d", "kernel_size": 2, "stride": 2}
