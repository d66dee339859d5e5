"""Three-dimensional networks: medical volumes and video."""

from tests.mistakes.families.net import Net
from tests.mistakes.families.registry import family


@family
def volume_classifier(net: Net) -> None:
    x = net.input(1, *net.rng.choice([(32, 64, 64), (64, 64, 64), (48, 96, 80)]))
    width = net.width(8, 16)
    for _ in range(3):
        x = net.pool(net.act(net.norm(net.conv(x, width, 3, padding=1))), 2)
        width *= 2
    if net.rng.random() < 0.5:
        x = net.adaptive(x, 1)
    net.linear(net.flatten(x), 2)


@family
def volume_unet(net: Net) -> None:
    x = net.input(net.width(1, 4), *net.rng.choice([(32, 64, 64), (64, 96, 96)]))
    width, skips = net.width(8, 16), []
    for level in range(2):
        x = net.cell(x, width * 2**level, 3, 1, 1, at=f"down{level}_")
        skips.append(x)
        x = net.pool(x, 2, name=f"pool{level}")
    x = net.cell(x, width * 4, 3, 1, 1, at="bottom_")
    for level in reversed(range(2)):
        x = net.up_conv(x, width * 2**level, 2, 2, name=f"up{level}")
        x = net.cell(net.concat(x, skips[level], name=f"cat{level}"), width * 2**level, 3, 1, 1, at=f"merge{level}_")
    net.conv(x, 3, 1, name="outc")


@family
def video(net: Net) -> None:
    x = net.input(3, 16, 112, 112)
    x = net.cell(x, 16, [3, 7, 7], [1, 2, 2], [1, 3, 3], at="stem_")
    for number, width in enumerate((16, 32, 64)):
        at, stride = f"layer{number}_", 1 if number == 0 else 2
        y = net.norm(net.conv(x, width, 3, stride, 1, name=f"{at}conv1"), name=f"{at}bn1")
        y = net.norm(net.conv(net.act(y, name=f"{at}relu1"), width, 3, 1, 1, name=f"{at}conv2"), name=f"{at}bn2")
        side = x if number == 0 else net.norm(net.conv(x, width, 1, stride, name=f"{at}down"), name=f"{at}down_bn")
        x = net.act(net.join(y, side, name=f"{at}add"), name=f"{at}relu2")
    net.linear(net.flatten(net.adaptive(x, 1, name="avgpool"), name="flatten"), 400, name="fc")
