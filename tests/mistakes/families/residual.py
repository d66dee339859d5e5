"""Networks with skips that are added."""

from tests.mistakes.families.net import Net, Tensor
from tests.mistakes.families.registry import family


def stem(net: Net, width: int) -> Tensor:
    size = net.width(224, 192, 128)
    x = net.input(3, size, size)
    x = net.act(net.norm(net.conv(x, width, 7, 2, 3, name="conv1"), name="bn1"), name="relu")
    return net.pool(x, 3, 2, 1, name="maxpool")


def head(net: Net, x: Tensor) -> None:
    x = net.flatten(net.adaptive(x, 1, name="avgpool"), name="flatten")
    net.linear(x, net.width(10, 100, 1000), name="fc")


def shortcut(net: Net, x: Tensor, width: int, stride: int, at: str) -> Tensor:
    if stride == 1 and x.channels == width:
        return x
    return net.norm(net.conv(x, width, 1, stride, name=f"{at}.downsample.0"), name=f"{at}.downsample.1")


def basic(net: Net, x: Tensor, width: int, stride: int, at: str) -> Tensor:
    y = net.norm(net.conv(x, width, 3, stride, 1, name=f"{at}.conv1"), name=f"{at}.bn1")
    y = net.act(y, name=f"{at}.relu1")
    y = net.norm(net.conv(y, width, 3, 1, 1, name=f"{at}.conv2"), name=f"{at}.bn2")
    return net.act(net.join(y, shortcut(net, x, width, stride, at), name=f"{at}.add"), name=f"{at}.relu2")


def bottleneck(net: Net, x: Tensor, width: int, stride: int, at: str, groups: int = 1) -> Tensor:
    y = net.act(net.norm(net.conv(x, width, 1, name=f"{at}.conv1"), name=f"{at}.bn1"), name=f"{at}.relu1")
    grouped = {"groups": groups} if groups > 1 else {}
    y = net.norm(net.conv(y, width, 3, stride, 1, name=f"{at}.conv2", **grouped), name=f"{at}.bn2")
    y = net.act(y, name=f"{at}.relu2")
    y = net.norm(net.conv(y, width * 4, 1, name=f"{at}.conv3"), name=f"{at}.bn3")
    return net.act(net.join(y, shortcut(net, x, width * 4, stride, at), name=f"{at}.add"), name=f"{at}.relu3")


@family
def resnet(net: Net) -> None:
    width = net.width(16, 32, 64)
    x = stem(net, width)
    for stage in range(4):
        for block in range(2):
            stride = 2 if stage and not block else 1
            x = basic(net, x, width * 2**stage, stride, f"layer{stage + 1}.{block}")
    head(net, x)


@family
def resnet_bottleneck(net: Net) -> None:
    width = net.width(16, 32, 64)
    groups = net.rng.choice([1, 1, 8])
    x = stem(net, width)
    for stage, blocks in enumerate(net.rng.choice([(2, 2, 2), (3, 4, 2)])):
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            x = bottleneck(net, x, width * 2**stage, stride, f"layer{stage + 1}.{block}", groups)
    head(net, x)


@family
def cifar_resnet(net: Net) -> None:
    x = net.input(3, 32, 32)
    x = net.act(net.norm(net.conv(x, 16, 3, 1, 1, name="conv1"), name="bn1"), name="relu")
    for stage in range(3):
        for block in range(net.width(2, 3)):
            x = basic(net, x, 16 * 2**stage, 2 if stage and not block else 1, f"layer{stage + 1}.{block}")
    if net.rng.random() < 0.5:
        head(net, x)
    else:
        net.linear(net.flatten(net.pool(x, 8, kind="avg")), 10)


@family
def pre_activation(net: Net) -> None:
    x = net.input(3, 32, 32)
    x = net.conv(x, 16, 3, 1, 1)
    for stage in range(3):
        width, stride = 32 * 2**stage, 1 if stage == 0 else 2
        for block in range(2):
            at = f"block{stage}_{block}."
            y = net.act(net.norm(x, name=f"{at}bn1"), name=f"{at}relu1")
            step = stride if block == 0 else 1
            side = net.conv(y, width, 1, step, name=f"{at}shortcut") if block == 0 else x
            y = net.norm(net.conv(y, width, 3, step, 1, name=f"{at}conv1"), name=f"{at}bn2")
            y = net.conv(net.act(y, name=f"{at}relu2"), width, 3, 1, 1, name=f"{at}conv2")
            x = net.join(y, side, name=f"{at}add")
    head(net, net.act(net.norm(x)))


@family
def mobilenet(net: Net) -> None:
    """Inverted residuals: expand, depthwise, project, with squeeze and excitation where it is drawn."""
    size = net.width(224, 192, 96)
    x = net.cell(net.input(3, size, size), 32, 3, 2, 1, at="stem.")
    excited = net.rng.random() < 0.5
    for number, (width, stride) in enumerate(((16, 1), (24, 2), (24, 1), (40, 2), (40, 1), (80, 2), (80, 1))):
        at, wide = f"block{number}.", x.channels * net.width(3, 4, 6)
        y = net.cell(x, wide, 1, 1, 0, at=f"{at}expand_")
        y = net.cell(y, wide, 3, stride, 1, at=f"{at}depthwise_", groups=wide)
        y = squeezed(net, y, wide // 4, at) if excited else y
        y = net.norm(net.conv(y, width, 1, name=f"{at}project"), name=f"{at}project_bn")
        x = net.join(y, x, name=f"{at}add") if y.axes == x.axes else y
    head(net, net.cell(x, net.width(320, 640, 1280), 1, 1, 0, at="last."))


def squeezed(net: Net, x: Tensor, width: int, at: str) -> Tensor:
    y = net.adaptive(x, 1, name=f"{at}se.pool")
    y = net.act(net.conv(y, width, 1, name=f"{at}se.fc1"), name=f"{at}se.relu")
    y = net.act(net.conv(y, x.channels, 1, name=f"{at}se.fc2"), "sigmoid", name=f"{at}se.sigmoid")
    return net.join(y, x, kind="multiply", name=f"{at}se.scale")


@family
def mobilenet_v1(net: Net) -> None:
    x = net.cell(net.input(3, 128, 128), 32, 3, 2, 1, at="stem.")
    for number, (width, stride) in enumerate(((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2))):
        x = net.cell(x, x.channels, 3, stride, 1, at=f"dw{number}.", groups=x.channels)
        x = net.cell(x, width, 1, 1, 0, at=f"pw{number}.")
    head(net, x)


@family
def convnext(net: Net) -> None:
    """Depthwise convolutions of 7, and layer norms over the channels, which are moved to the end for them."""
    width = net.width(32, 48, 96)
    x = net.conv(net.input(3, 224, 224), width, 4, 4, name="stem")
    for number in range(2):
        for block in range(2):
            at = f"stage{number}.{block}."
            y = net.conv(x, x.channels, 7, 1, 3, name=f"{at}dwconv", groups=x.channels)
            y = net.permute(y, 2, 3, 1, name=f"{at}to_last")
            y = net.layer_norm(y, name=f"{at}norm")
            y = net.act(net.linear(y, 4 * y.axes[-1], name=f"{at}pwconv1"), "gelu", name=f"{at}gelu")
            y = net.linear(y, x.channels, name=f"{at}pwconv2")
            y = net.permute(y, 3, 1, 2, name=f"{at}to_first")
            x = net.join(y, x, name=f"{at}add")
        x = net.conv(x, x.channels * 2, 2, 2, name=f"downsample{number}")
    head(net, x)
