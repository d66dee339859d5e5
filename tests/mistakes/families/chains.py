"""Chains: one layer after the other."""

from tests.mistakes.families.net import Net
from tests.mistakes.families.registry import family


@family
def lenet(net: Net) -> None:
    size = net.width(28, 32, 28)
    x = net.input(net.width(1, 3), size, size)
    x = net.conv(x, 6, 5, padding=2 if size == 28 else 0)
    x = net.pool(net.act(x, net.rng.choice(["relu", "tanh", "sigmoid"])), 2, kind=net.rng.choice(["avg", "max"]))
    x = net.pool(net.act(net.conv(x, 16, 5)), 2)
    x = net.act(net.linear(net.flatten(x), 120))
    net.linear(net.act(net.linear(x, 84)), 10)


@family
def course_cnn(net: Net) -> None:
    """What a first course has: a few convolutions and pools, then two dense layers."""
    size = net.width(32, 64, 96)
    x = net.input(3, size, size)
    width = net.width(8, 16, 32)
    for _ in range(net.width(2, 3) if size == 32 else net.width(2, 3, 4)):
        x = net.pool(net.act(net.conv(x, width, 3, padding=net.width(0, 1))), 2)
        width *= 2
    x = net.act(net.linear(net.flatten(x), net.width(64, 128, 256)))
    net.linear(net.layer("dropout", x, x.axes, p=0.5), net.width(2, 10))


@family
def vgg(net: Net) -> None:
    x = net.input(3, 224, 224) if net.rng.random() < 0.6 else net.input(3, 160, 192)
    normed = net.rng.random() < 0.5
    width = net.width(16, 32, 64)
    for repeats in net.rng.choice([(1, 1, 2, 2, 2), (2, 2, 2, 2, 2), (2, 2, 3, 3, 3)]):
        for _ in range(repeats):
            x = net.conv(x, width, 3, padding=1)
            x = net.act(net.norm(x) if normed else x)
        x = net.pool(x, 2, 2)
        width = min(width * 2, 512)
    if net.rng.random() < 0.5:
        x = net.adaptive(x, 7)
    x = net.act(net.linear(net.flatten(x), 4096))
    x = net.act(net.linear(net.layer("dropout", x, x.axes, p=0.5), 4096))
    net.linear(net.layer("dropout", x, x.axes, p=0.5), net.width(10, 100, 1000))


@family
def alexnet(net: Net) -> None:
    x = net.input(3, 224, 224)
    x = net.pool(net.act(net.conv(x, 64, 11, 4, 2)), 3, 2)
    x = net.pool(net.act(net.conv(x, 192, 5, padding=2)), 3, 2)
    for width in (384, 256, 256):
        x = net.act(net.conv(x, width, 3, padding=1))
    x = net.flatten(net.adaptive(net.pool(x, 3, 2), 6))
    net.linear(net.act(net.linear(net.act(net.linear(x, 4096)), 4096)), 1000)


@family
def mlp(net: Net) -> None:
    x = net.flatten(net.input(1, 28, 28)) if net.rng.random() < 0.5 else net.input(net.width(13, 30, 64))
    for width in net.rng.choice([(512, 256), (128, 64, 32), (300, 100)]):
        x = net.linear(x, width)
        x = net.act(net.norm(x) if net.rng.random() < 0.5 else x)
    net.linear(x, net.width(1, 3, 10))


@family
def fully_convolutional(net: Net) -> None:
    """A classifier that ends in a convolution of 1 and a mean over all places, as SqueezeNet and NiN do."""
    x = net.input(3, *net.rng.choice([(64, 64), (96, 128), (224, 224)]))
    width = net.width(24, 48, 96)
    for _ in range(3):
        x = net.act(net.conv(x, width, 5, padding=2))
        x = net.act(net.conv(x, width // 2, 1))
        x = net.pool(x, 3, 2, 1)
        width *= 2
    x = net.conv(x, 10, 1)
    net.flatten(net.adaptive(x, 1))


@family
def patch_discriminator(net: Net) -> None:
    x = net.input(net.width(3, 6), 256, 256)
    width = net.width(32, 64)
    x = net.act(net.conv(x, width, 4, 2, 1), "leaky_relu", negative_slope=0.2)
    for step in (2, 4):
        x = net.act(net.norm(net.conv(x, width * step, 4, 2, 1)), "leaky_relu", negative_slope=0.2)
    net.conv(x, 1, 4, 1, 1)
