"""U-Nets and other networks with skips from the way down to the way up."""

from tests.mistakes.families.net import Net, Tensor
from tests.mistakes.families.registry import family


def double(net: Net, x: Tensor, width: int, at: str, padding: int = 1, normed: bool = True) -> Tensor:
    for number in (1, 2):
        x = net.conv(x, width, 3, 1, padding, name=f"{at}_conv{number}")
        x = net.norm(x, name=f"{at}_bn{number}") if normed else x
        x = net.act(x, name=f"{at}_relu{number}")
    return x


def down(net: Net, x: Tensor, width: int, depth: int, padding: int, normed: bool) -> tuple[Tensor, list[Tensor]]:
    skips = []
    for level in range(depth):
        x = double(net, x, width * 2**level, f"down{level + 1}", padding, normed)
        skips.append(x)
        x = net.pool(x, 2, name=f"pool{level + 1}")
    return double(net, x, width * 2**depth, "bottom", padding, normed), skips


@family
def unet(net: Net) -> None:
    """Up by transposed convolutions."""
    x = net.input(net.width(1, 3), *net.rng.choice([(128, 128), (256, 256), (96, 160), (572 - 60, 384)]))
    width, depth, normed = net.width(16, 32, 64), net.width(3, 4), net.rng.random() < 0.7
    x, skips = down(net, x, width, depth, 1, normed)
    for level in reversed(range(depth)):
        x = net.up_conv(x, width * 2**level, 2, 2, name=f"up{level + 1}")
        x = net.concat(x, skips[level], name=f"cat{level + 1}")
        x = double(net, x, width * 2**level, f"merge{level + 1}", 1, normed)
    net.conv(x, net.width(1, 2, 21), 1, name="outc")


@family
def unet_upsampled(net: Net) -> None:
    """Up by interpolation and a convolution."""
    x = net.input(3, *net.rng.choice([(128, 128), (256, 192), (160, 160)]))
    width, depth = net.width(16, 32), net.width(2, 3)
    x, skips = down(net, x, width, depth, 1, True)
    for level in reversed(range(depth)):
        x = net.up(x, 2, "bilinear", name=f"upsample{level + 1}")
        if net.rng.random() < 0.5:
            x = net.conv(x, width * 2**level, 1, name=f"reduce{level + 1}")
        x = net.concat(skips[level], x, name=f"cat{level + 1}")
        x = double(net, x, width * 2**level, f"merge{level + 1}")
    net.act(net.conv(x, 1, 1, name="outc"), "sigmoid")


@family
def unet_cropped(net: Net) -> None:
    """The paper's: no padding, so that each skip is cropped."""
    size = net.width(572, 188, 220)
    x = net.input(1, size, size)
    width, depth = net.width(16, 64), 4 if size == 572 else 3
    x, skips = down(net, x, width, depth, 0, False)
    for level in reversed(range(depth)):
        x = net.up_conv(x, width * 2**level, 2, 2, name=f"up{level + 1}")
        less = [(a - b, (a - b) // 2) for a, b in zip(skips[level].sizes, x.sizes, strict=True)]
        skip = net.crop(skips[level], [(half, total - half) for total, half in less], name=f"crop{level + 1}")
        x = net.concat(skip, x, name=f"cat{level + 1}")
        x = double(net, x, width * 2**level, f"merge{level + 1}", 0, False)
    net.conv(x, 2, 1, name="outc")


@family
def linknet(net: Net) -> None:
    """Skips that are added, not concatenated."""
    x = net.input(3, 256, 256)
    x = net.cell(x, 32, 3, 2, 1, at="stem_")
    skips = []
    for level in range(3):
        skips.append(x)
        x = net.cell(x, 64 * 2**level, 3, 2, 1, at=f"enc{level}_")
    for level in reversed(range(3)):
        x = net.act(net.up_conv(x, skips[level].channels, 3, 2, 1, 1, name=f"dec{level}_up"), name=f"dec{level}_relu")
        x = net.join(x, skips[level], name=f"dec{level}_add")
    net.conv(net.up_conv(x, 16, 4, 2, 1, name="final_up"), 5, 3, 1, 1, name="final")


@family
def hourglass(net: Net) -> None:
    size = net.width(64, 128)
    x = net.cell(net.input(3, size, size), 32, 3, 1, 1, at="stem_")
    kept = []
    for level in range(3):
        kept.append(net.cell(x, 32, 3, 1, 1, at=f"skip{level}_"))
        x = net.cell(net.pool(x, 2, name=f"pool{level}"), 32, 3, 1, 1, at=f"low{level}_")
    for level in reversed(range(3)):
        x = net.join(net.up(x, 2, name=f"up{level}"), kept[level], name=f"add{level}")
    net.conv(x, 16, 1, name="heatmaps")


@family
def segmenter(net: Net) -> None:
    """DeepLab: a backbone, parallel dilated convolutions, upsampled and joined with low features."""
    x = net.input(3, 256, 256)
    low = x = net.cell(net.cell(x, 32, 3, 2, 1, at="c1_"), 48, 3, 2, 1, at="c2_")
    x = net.cell(net.cell(x, 96, 3, 2, 1, at="c3_"), 128, 3, 2, 1, at="c4_")
    point = net.cell(x, 64, 1, 1, 0, at="aspp0_")
    dilated = [net.cell(x, 64, 3, 1, rate, at=f"aspp{rate}_", dilation=rate) for rate in (2, 4, 6)]
    x = net.cell(net.concat(point, *dilated, name="aspp_cat"), 64, 1, 1, 0, at="project_")
    x = net.up(x, 4, "bilinear", name="up_aspp")
    x = net.concat(x, net.cell(low, 24, 1, 1, 0, at="low_"), name="cat_low")
    x = net.conv(net.cell(x, 64, 3, 1, 1, at="fuse_"), 21, 1, name="classes")
    net.up(x, 4, "bilinear", name="up_out")


@family
def unet_sized(net: Net) -> None:
    """Up to the size of the skip, whatever it is, so that odd sizes are sound too."""
    x = net.input(3, *net.rng.choice([(100, 130), (95, 95), (128, 66)]))
    width, depth = net.width(8, 16), 2
    x, skips = down(net, x, width, depth, 1, True)
    for level in reversed(range(depth)):
        skip = skips[level]
        like = {"like": skip.name}
        x = net.layer("upsample", x, (x.channels, *skip.sizes), size=like, mode="nearest", name=f"up{level + 1}")
        x = net.concat(net.conv(x, skip.channels, 3, 1, 1, name=f"conv_up{level + 1}"), skip, name=f"cat{level + 1}")
        x = double(net, x, width * 2**level, f"merge{level + 1}")
    net.conv(x, 2, 1, name="outc")
