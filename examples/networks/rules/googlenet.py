"""GoogLeNet, the first Inception network: nine blocks of four parallel branches.

Szegedy and others, "Going Deeper with Convolutions", 2014. As in torchvision, names included, which differs from
the paper: it has batch norm, no auxiliary heads (they are for training), pools that round up, as in Caffe, and 3x3
convolutions where the paper's third branch has 5x5: a mistake that the published weights depend on.
"""

from collections.abc import Iterator, Sequence

from rules.layers import Body, Layer, batch_norm, body, classifier, convolution, merge, relu

INCEPTIONS = (
    ("inception3a", 64, (96, 128), (16, 32), 32),
    ("inception3b", 128, (128, 192), (32, 96), 64),
    ("inception4a", 192, (96, 208), (16, 48), 64),
    ("inception4b", 160, (112, 224), (24, 64), 64),
    ("inception4c", 128, (128, 256), (24, 64), 64),
    ("inception4d", 112, (144, 288), (32, 64), 64),
    ("inception4e", 256, (160, 320), (32, 128), 128),
    ("inception5a", 256, (160, 320), (32, 128), 128),
    ("inception5b", 384, (192, 384), (48, 128), 128),
)
"""Channels of the four branches; two numbers where a 1x1 convolution comes before the 3x3."""

POOLED = {"inception3b": ("maxpool3", 3), "inception4e": ("maxpool4", 2)}
"""The pools between stages and their kernels."""


def googlenet() -> Body:
    """The whole network."""
    return body((1, 3, 224, 224), layers())


def layers() -> Iterator[Layer]:
    """The stem, the nine inceptions and the classifier."""
    yield from normalized("conv1", 3, 64, 7, stride=2, padding=3)
    yield pool("maxpool1", 3, stride=2)
    yield from normalized("conv2", 64, 64, 1)
    yield from normalized("conv3", 64, 192, 3, padding=1)
    yield pool("maxpool2", 3, stride=2)
    in_channels, before = 192, "maxpool2"
    for name, first, second, third, fourth in INCEPTIONS:
        yield from inception(name, before, in_channels, first, second, third, fourth)
        in_channels, before = first + second[1] + third[1] + fourth, f"{name}.cat"
        if name in POOLED:
            before, kernel = POOLED[name]
            yield pool(before, kernel, stride=2)
    yield from classifier("fc", in_channels, dropout={"name": "dropout", "type": "dropout", "p": 0.2})


def inception(
    prefix: str, before: str, in_channels: int, first: int, second: Sequence[int], third: Sequence[int], fourth: int
) -> Iterator[Layer]:
    """Four branches from one layer, and the channels of all four."""
    yield from normalized(f"{prefix}.branch1", in_channels, first, 1, inputs=[before])
    for branch, (squeezed, out_channels) in ((2, second), (3, third)):
        yield from normalized(f"{prefix}.branch{branch}.0", in_channels, squeezed, 1, inputs=[before])
        yield from normalized(f"{prefix}.branch{branch}.1", squeezed, out_channels, 3, padding=1)
    yield pool(f"{prefix}.branch4.0", 3, stride=1, padding=1, inputs=[before])
    yield from normalized(f"{prefix}.branch4.1", in_channels, fourth, 1)
    ends = ("branch1", "branch2.1", "branch3.1", "branch4.1")
    yield merge(f"{prefix}.cat", "concat", [f"{prefix}.{end}.relu" for end in ends])


def normalized(prefix: str, in_channels: int, out_channels: int, kernel: int, **others: object) -> Iterator[Layer]:
    """A convolution, its batch norm and a ReLU."""
    yield convolution(f"{prefix}.conv", in_channels, out_channels, kernel, **others)
    yield batch_norm(f"{prefix}.bn", out_channels, eps=0.001)
    yield relu(f"{prefix}.relu")


def pool(name: str, kernel: int, **others: object) -> Layer:
    """A maximum pool that rounds its output size up."""
    return {"name": name, "type": "max_pool2d", "kernel_size": kernel, **others, "ceil_mode": True}
