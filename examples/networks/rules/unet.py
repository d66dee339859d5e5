"""Two U-Nets: down to few positions and many channels, and up again, joined with the outputs of the way down.

Ronneberger, Fischer and Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", 2015. The original
has no padding: 572 x 572 becomes 388 x 388, and the skips are cropped. Most U-Nets today pad by 1, keep the size, and
need an input that can be halved four times.
"""

from collections.abc import Iterator

from rules.layers import Body, Layer, batch_norm, body, convolution, merge, relu

WIDTHS = (64, 128, 256, 512, 1024)
"""Channels at each depth."""


def unet() -> Body:
    """The original, with the module names of jvanvugt/pytorch-unet."""
    return body((1, 1, 572, 572), cropped(572))


def unet_padded() -> Body:
    """Padding and batch norm, with the module names of milesial/Pytorch-UNet."""
    return body((1, 3, 256, 256), padded())


def cropped(size: int) -> Iterator[Layer]:
    """Each pair of convolutions removes four positions; each crop brings a skip to the size of the way up."""
    sizes = []
    for depth, (in_channels, width) in enumerate(zip((1, *WIDTHS), WIDTHS, strict=False)):
        if depth:
            yield pool("max_pool2d" if depth == 1 else f"max_pool2d_{depth - 1}")
            size //= 2
        yield from pair(f"down_path.{depth}.block", in_channels, width)
        size -= 4
        sizes.append(size)
    *skips, _ = sizes
    for index, (width, skip) in enumerate(zip(WIDTHS[-2::-1], reversed(skips), strict=True)):
        prefix, depth = f"up_path.{index}", len(skips) - 1 - index
        yield doubled(f"{prefix}.up", 2 * width, width)
        size *= 2
        margin = (skip - size) // 2
        yield {"name": f"{prefix}.crop", "type": "crop", "padding": margin, "inputs": [f"down_path.{depth}.block.3"]}
        yield merge(f"{prefix}.cat", "concat", [f"{prefix}.up", f"{prefix}.crop"])
        yield from pair(f"{prefix}.conv_block.block", 2 * width, width)
        size -= 4
    yield convolution("last", WIDTHS[0], 2, 1, bias=True)


def pair(prefix: str, in_channels: int, width: int) -> Iterator[Layer]:
    """Two convolutions without padding."""
    yield convolution(f"{prefix}.0", in_channels, width, 3, bias=True)
    yield relu(f"{prefix}.1")
    yield convolution(f"{prefix}.2", width, width, 3, bias=True)
    yield relu(f"{prefix}.3")


def padded() -> Iterator[Layer]:
    """Every size on the way up equals that of its skip."""
    yield from normalized_pair("inc.double_conv", 3, WIDTHS[0])
    skips = ["inc.double_conv.5"]
    for depth, width in enumerate(WIDTHS[1:], start=1):
        prefix = f"down{depth}.maxpool_conv"
        yield pool(f"{prefix}.0")
        yield from normalized_pair(f"{prefix}.1.double_conv", width // 2, width)
        skips.append(f"{prefix}.1.double_conv.5")
    for index, (width, skip) in enumerate(zip(WIDTHS[-2::-1], skips[-2::-1], strict=True), start=1):
        yield doubled(f"up{index}.up", 2 * width, width)
        yield merge(f"up{index}.cat", "concat", [skip, f"up{index}.up"])
        yield from normalized_pair(f"up{index}.conv.double_conv", 2 * width, width)
    yield convolution("outc.conv", WIDTHS[0], 2, 1, bias=True)


def normalized_pair(prefix: str, in_channels: int, width: int) -> Iterator[Layer]:
    """Two convolutions that keep the size, each with its batch norm."""
    for index, channels in ((0, in_channels), (3, width)):
        yield convolution(f"{prefix}.{index}", channels, width, 3, padding=1)
        yield batch_norm(f"{prefix}.{index + 1}", width)
        yield relu(f"{prefix}.{index + 2}")


def pool(name: str) -> Layer:
    """A pool that halves the size."""
    return {"name": name, "type": "max_pool2d", "kernel_size": 2, "stride": 2}


def doubled(name: str, in_channels: int, out_channels: int) -> Layer:
    """A transposed convolution that doubles the size."""
    channels = {"in_channels": in_channels, "out_channels": out_channels}
    return {"name": name, "type": "conv_transpose2d", **channels, "kernel_size": 2, "stride": 2}
