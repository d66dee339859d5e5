"""Networks with branches that are concatenated, and networks with several outputs."""

from tests.mistakes.families.net import Net, Tensor
from tests.mistakes.families.registry import family


@family
def densenet(net: Net) -> None:
    growth = net.width(12, 16, 32)
    if net.rng.random() < 0.5:
        x = net.conv(net.input(3, 32, 32), 2 * growth, 3, 1, 1, name="conv0")
    else:
        x = net.cell(net.input(3, 224, 224), 2 * growth, 7, 2, 3, at="stem_")
        x = net.pool(x, 3, 2, 1, name="pool0")
    pairwise = net.rng.random() < 0.5
    for block in range(3):
        parts = [x]
        for number in range(net.width(3, 4)):
            at = f"block{block}_layer{number}_"
            y = parts[0] if len(parts) == 1 else net.concat(*parts, name=f"{at}cat")
            parts = [y] if pairwise else parts
            y = net.act(net.norm(y, name=f"{at}bn1"), name=f"{at}relu1")
            y = net.conv(y, 4 * growth, 1, name=f"{at}conv1")
            y = net.act(net.norm(y, name=f"{at}bn2"), name=f"{at}relu2")
            parts.append(net.conv(y, growth, 3, 1, 1, name=f"{at}conv2"))
        x = net.concat(*parts, name=f"block{block}_cat")
        if block < 2:
            x = net.act(net.norm(x, name=f"trans{block}_bn"), name=f"trans{block}_relu")
            x = net.conv(x, x.channels // 2, 1, name=f"trans{block}_conv")
            x = net.pool(x, 2, kind="avg", name=f"trans{block}_pool")
    x = net.act(net.norm(x, name="last_bn"), name="last_relu")
    net.linear(net.flatten(net.adaptive(x, 1, name="pool"), name="flatten"), 100, name="classifier")


def inception_block(net: Net, x: Tensor, widths: tuple[int, ...], at: str) -> Tensor:
    a = net.cell(x, widths[0], 1, 1, 0, at=f"{at}b1_")
    b = net.cell(net.cell(x, widths[1], 1, 1, 0, at=f"{at}b2a_"), widths[2], 3, 1, 1, at=f"{at}b2b_")
    c = net.cell(net.cell(x, widths[3], 1, 1, 0, at=f"{at}b3a_"), widths[4], 5, 1, 2, at=f"{at}b3b_")
    d = net.cell(net.pool(x, 3, 1, 1, name=f"{at}pool"), widths[5], 1, 1, 0, at=f"{at}b4_")
    return net.concat(a, b, c, d, name=f"{at}cat")


@family
def inception(net: Net) -> None:
    size = net.width(224, 128)
    x = net.cell(net.input(3, size, size), 32, 7, 2, 3, at="stem_")
    x = net.pool(x, 3, 2, 1, name="pool1")
    for number, widths in enumerate(((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64))):
        x = inception_block(net, x, widths, f"i{number}_")
    x = inception_block(net, net.pool(x, 3, 2, 1, name="pool2"), (192, 96, 208, 16, 48, 64), "i3_")
    net.linear(net.flatten(net.adaptive(x, 1, name="avgpool"), name="flatten"), 1000, name="fc")


@family
def inception_reduced(net: Net) -> None:
    """Factorised kernels, and a reduction whose branches stride without padding."""
    x = net.cell(net.input(3, 147, 147), 32, 3, 2, 0, at="stem_")
    a = net.cell(x, 48, 3, 2, 0, at="r1_")
    b = net.cell(net.cell(x, 32, 1, 1, 0, at="r2a_"), 48, 3, 2, 0, at="r2b_")
    x = net.concat(a, b, net.pool(x, 3, 2, name="r_pool"), name="r_cat")
    a = net.cell(x, 64, 1, 1, 0, at="f1_")
    b = net.cell(x, 64, 1, 1, 0, at="f2a_")
    b = net.cell(net.cell(b, 64, [1, 7], 1, [0, 3], at="f2b_"), 64, [7, 1], 1, [3, 0], at="f2c_")
    x = net.concat(a, b, name="f_cat")
    net.linear(net.flatten(net.adaptive(x, 1, name="pool"), name="flatten"), 10, name="fc")


@family
def squeezenet(net: Net) -> None:
    x = net.pool(net.act(net.conv(net.input(3, 224, 224), 64, 3, 2, name="stem")), 3, 2, name="pool0")
    for number, (squeeze, expand) in enumerate(((16, 64), (16, 64), (32, 128))):
        at = f"fire{number}_"
        y = net.act(net.conv(x, squeeze, 1, name=f"{at}squeeze"), name=f"{at}relu")
        a = net.act(net.conv(y, expand, 1, name=f"{at}expand1"), name=f"{at}relu1")
        b = net.act(net.conv(y, expand, 3, 1, 1, name=f"{at}expand3"), name=f"{at}relu3")
        x = net.concat(a, b, name=f"{at}cat")
        x = net.pool(x, 3, 2, name=f"pool{number + 1}") if number == 1 else x
    net.flatten(net.adaptive(net.act(net.conv(x, 10, 1, name="final")), 1))


@family
def feature_pyramid(net: Net) -> None:
    """A backbone, lateral convolutions, added from the top down, with a head of two outputs on each level."""
    size = net.width(256, 320, 512)
    x = net.cell(net.input(3, size, size), 32, 3, 2, 1, at="stem_")
    features = []
    for level in range(3):
        x = net.cell(x, 64 * 2**level, 3, 2, 1, at=f"c{level + 3}_")
        features.append(x)
    width, anchors, classes = net.width(64, 128, 256), 3, net.width(20, 80)
    top: Tensor | None = None
    outputs = []
    for level in reversed(range(3)):
        lateral = net.conv(features[level], width, 1, name=f"lateral{level + 3}")
        if top is None:
            top = lateral
        else:
            top = net.join(lateral, net.up(top, 2, name=f"up{level + 3}"), name=f"merge{level + 3}")
        p = net.conv(top, width, 3, 1, 1, name=f"p{level + 3}")
        tower = net.act(net.conv(p, width, 3, 1, 1, name=f"tower{level + 3}"), name=f"tower{level + 3}_relu")
        outputs += [net.conv(tower, anchors * classes, 3, 1, 1, name=f"cls{level + 3}").name]
        outputs += [net.conv(tower, anchors * 4, 3, 1, 1, name=f"box{level + 3}").name]
    net.outputs = outputs


@family
def single_shot_detector(net: Net) -> None:
    """Boxes of all levels, permuted, reshaped and concatenated."""
    x = net.cell(net.input(3, 300, 300), 32, 3, 2, 1, at="stem_")
    boxes, scores = [], []
    for level in range(3):
        x = net.cell(x, 64 * 2**level, 3, 2, 1, at=f"level{level}_")
        for name, wide, into in (("loc", 4, boxes), ("conf", 21, scores)):
            y = net.conv(x, 4 * wide, 3, 1, 1, name=f"{name}{level}")
            y = net.permute(y, 2, 3, 1, name=f"{name}{level}_permute")
            rows = y.axes[0] * y.axes[1] * 4
            into.append(net.reshape(y, rows, wide, name=f"{name}{level}_view"))
    net.outputs = [net.concat(*boxes, name="boxes").name, net.concat(*scores, name="scores").name]


@family
def yolo(net: Net) -> None:
    x = net.input(3, 416, 416)
    width, kept = 16, []
    for level in range(5):
        x = net.act(net.norm(net.conv(x, width, 3, 1, 1, name=f"conv{level}"), name=f"bn{level}"), "leaky_relu")
        kept.append(x)
        x = net.pool(x, 2, 2, name=f"pool{level}")
        width *= 2
    coarse = net.conv(x, 255, 1, name="yolo1")
    y = net.up(net.conv(x, 128, 1, name="route"), 2, name="up")
    y = net.concat(y, kept[4], name="cat")
    net.outputs = [coarse.name, net.conv(y, 255, 1, name="yolo2").name]


@family
def two_inputs(net: Net) -> None:
    """An image and a table, joined before the head."""
    image, table = net.input(3, 64, 64, name="image"), net.input(net.width(7, 12), name="table")
    x = net.pool(net.act(net.conv(image, 16, 3, 1, 1, name="conv1"), name="relu1"), 2, name="pool1")
    x = net.pool(net.act(net.conv(x, 32, 3, 1, 1, name="conv2"), name="relu2"), 2, name="pool2")
    x = net.linear(net.flatten(x, name="flatten"), 64, name="image_fc")
    y = net.act(net.linear(table, 32, name="table_fc"), name="table_relu")
    net.linear(net.concat(x, y, name="cat"), 5, name="head")


@family
def siamese(net: Net) -> None:
    """Two towers whose difference is judged."""
    towers = []
    for side in ("left", "right"):
        x = net.input(1, 105, 105, name=side)
        x = net.pool(net.act(net.conv(x, 32, 10, name=f"{side}_conv1"), name=f"{side}_relu1"), 2, name=f"{side}_pool1")
        x = net.pool(net.act(net.conv(x, 64, 7, name=f"{side}_conv2"), name=f"{side}_relu2"), 2, name=f"{side}_pool2")
        towers.append(net.linear(net.flatten(x, name=f"{side}_flat"), 256, name=f"{side}_fc"))
    net.linear(net.join(*towers, kind="subtract", name="difference"), 1, name="score")


@family
def shufflenet(net: Net) -> None:
    """Half of the channels goes through a branch; both halves are joined and shuffled."""
    x = net.pool(net.cell(net.input(3, 224, 224), 24, 3, 2, 1, at="stem_"), 3, 2, 1, name="pool")
    x = net.cell(x, net.width(48, 116), 1, 1, 0, at="first_")
    for number in range(3):
        at, half = f"unit{number}_", x.channels // 2
        axes = (half, *x.sizes)
        if net.rng.random() < 0.7:
            halves = net.layer("split", x, axes, split_size=half, dim=1, name=f"{at}halves")
        else:
            halves = net.layer("chunk", x, axes, chunks=2, dim=1, name=f"{at}halves")
        y = net.cell(Tensor(f"{at}halves:1", axes), half, 1, 1, 0, at=f"{at}pw1_")
        y = net.norm(net.conv(y, half, 3, 1, 1, groups=half, name=f"{at}dw"), name=f"{at}dw_bn")
        y = net.cell(y, half, 1, 1, 0, at=f"{at}pw2_")
        y = net.concat(halves, y, name=f"{at}cat")
        x = net.layer("channel_shuffle", y, y.axes, groups=2, name=f"{at}shuffle")
    net.linear(net.flatten(net.adaptive(x, 1, name="avg"), name="flat"), 1000, name="fc")


@family
def cross_stage_partial(net: Net) -> None:
    """Two halves by convolutions of 1, one of them through blocks, joined: as in YOLOv5; with pooled pyramids."""
    x = net.cell(net.input(3, 320, 320), 32, 6, 2, 2, at="stem_")
    for number, width in enumerate((64, 128)):
        x = net.cell(x, width, 3, 2, 1, at=f"down{number}_")
        a = net.cell(x, width // 2, 1, 1, 0, at=f"csp{number}_a_")
        for turn in range(2):
            y = net.cell(a, width // 2, 3, 1, 1, at=f"csp{number}_{turn}_")
            a = net.join(a, y, name=f"csp{number}_{turn}_add")
        b = net.cell(x, width // 2, 1, 1, 0, at=f"csp{number}_b_")
        x = net.cell(net.concat(a, b, name=f"csp{number}_cat"), width, 1, 1, 0, at=f"csp{number}_out_")
    x = net.cell(x, 64, 1, 1, 0, at="spp_in_")
    pools = [x]
    for number in range(3):
        pools.append(net.pool(pools[-1], 5, 1, 2, name=f"spp_pool{number}"))
    x = net.cell(net.concat(*pools, name="spp_cat"), 128, 1, 1, 0, at="spp_out_")
    net.conv(x, 255, 1, name="detect")
