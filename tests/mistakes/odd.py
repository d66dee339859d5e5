"""Sound networks of odd choices, composed at random: nothing in them is usual, and nothing wrong."""

from random import Random

from tests.mistakes.families.net import Net, Tensor
from tests.mistakes.sound import Sound
from tests.mistakes.spelling import Style, body_of


def odd(rng: Random) -> Sound:
    """One such network, in PyTorch's rules."""
    net = Net(rng, rng.choice([1, 2, 3, 7, None]))
    rank = rng.choice([1, 2, 2, 2, 3])
    x = net.input(rng.choice([1, 2, 3, 5, 12]), *(rng.randint(17, 70) for _ in range(rank)))
    for number in range(rng.randint(3, 9)):
        x = rng.choice(STEPS)(net, x, f"s{number}_")
        if min(x.sizes) < 9:
            break
    if rng.random() < 0.5:
        net.linear(net.flatten(net.adaptive(x, rng.choice([1, 2, 3]))), rng.choice([1, 7, 1000]))
    style = Style("pytorch", rng.choice([1.0, 0.5, 0.0]), True, rng.random() < 0.3, rng.random() < 0.4)
    return Sound("odd", body_of(net, style, rng), style)


def window(net: Net, x: Tensor, at: str) -> Tensor:
    """Even, flat and dilated kernels, strides beyond the kernel, padding of other sizes per axis."""
    rng = net.rng
    kernel = [rng.choice([1, 2, 3, 4]) for _ in x.sizes]
    stride = [rng.choice([1, 1, 2, 3]) for _ in x.sizes]
    padding = [rng.choice([0, 1, 2, 5]) for _ in x.sizes]
    groups = rng.choice([1, x.channels])
    more = {"groups": groups} if groups > 1 else {}
    more |= {"bias": False} if rng.random() < 0.3 else {}
    if rng.random() < 0.3:
        more["dilation"] = [rng.choice([1, 2]) for _ in x.sizes]
    return net.conv(x, x.channels * rng.choice([1, 2, 3]), kernel, stride, padding, name=f"{at}conv", **more)


def pooled(net: Net, x: Tensor, at: str) -> Tensor:
    kernel = net.rng.choice([2, 3, 4])
    stride = net.rng.choice([1, 2, 3])
    return net.pool(
        x, kernel, stride, net.rng.choice([0, kernel // 2]), net.rng.choice(["max", "avg"]), name=f"{at}pool"
    )


def dense(net: Net, x: Tensor, at: str) -> Tensor:
    """Everything so far beside a convolution of it."""
    y = net.conv(x, net.rng.choice([1, 3, 11]), 3, padding=1, name=f"{at}grow")
    return net.concat(*net.rng.sample([x, y], 2), name=f"{at}cat")


def skip(net: Net, x: Tensor, at: str) -> Tensor:
    y = net.conv(x, x.channels, 5, padding=4, dilation=2, name=f"{at}body")
    return net.join(y, x, kind=net.rng.choice(["add", "multiply", "maximum"]), name=f"{at}join")


def gated(net: Net, x: Tensor, at: str) -> Tensor:
    """A factor of one channel, or of one place, for all: it is broadcast."""
    y = net.conv(x, 1, 1, name=f"{at}gate") if net.rng.random() < 0.5 else net.adaptive(x, 1, name=f"{at}gate")
    return net.join(net.act(y, "sigmoid", name=f"{at}sigmoid"), x, kind="multiply", name=f"{at}scaled")


def same_kernel(net: Net, x: Tensor, at: str) -> Tensor:
    return net.layer(
        f"conv{x.rank}d",
        x,
        (x.channels, *x.sizes),
        in_channels=x.channels,
        out_channels=x.channels,
        kernel_size=net.rng.choice([2, 4, 5]),
        padding="same",
        name=f"{at}same",
    )


def grown(net: Net, x: Tensor, at: str) -> Tensor:
    """A transposed convolution, whose output padding is below its stride."""
    stride = net.rng.choice([2, 3])
    extra = net.rng.randrange(stride)
    y = net.up_conv(x, net.rng.choice([1, 3, 4]), net.rng.choice([2, 3, 5]), stride, 1, extra, name=f"{at}up")
    return net.pool(y, 2, 2, name=f"{at}down")


def normed(net: Net, x: Tensor, at: str) -> Tensor:
    groups = net.rng.choice([count for count in range(1, x.channels + 1) if x.channels % count == 0])
    return net.group_norm(x, groups, name=f"{at}gn")


def turned(net: Net, x: Tensor, at: str) -> Tensor:
    """A layer norm and a linear layer over the last axis, which is a size."""
    y = net.layer_norm(x, name=f"{at}ln")
    return net.linear(y, net.rng.choice([16, 33]), name=f"{at}mix")


def padded(net: Net, x: Tensor, at: str) -> Tensor:
    pairs = [(net.rng.choice([0, 1, 3]), net.rng.choice([0, 2])) for _ in x.sizes]
    return net.pad(x, pairs, name=f"{at}pad")


STEPS = (window, window, pooled, dense, skip, gated, same_kernel, grown, normed, turned, padded)
