"""Autoencoders and generators: networks that make sizes grow."""

from tests.mistakes.families.net import Net
from tests.mistakes.families.registry import family


@family
def autoencoder(net: Net) -> None:
    x = net.input(1, 28, 28)
    x = net.act(net.conv(x, 16, 3, 2, 1))
    x = net.act(net.conv(x, 32, 3, 2, 1))
    if net.rng.random() < 0.5:
        axes = x.axes
        x = net.linear(net.flatten(x), net.width(16, 64))
        x = net.reshape(net.linear(x, axes[0] * axes[1] * axes[2]), *axes)
    x = net.act(net.up_conv(x, 16, 3, 2, 1, 1))
    net.act(net.up_conv(x, 1, 3, 2, 1, 1), "sigmoid")


@family
def denoiser(net: Net) -> None:
    """An autoencoder whose output is added to its input."""
    x = first = net.input(3, *net.rng.choice([(64, 64), (96, 48)]))
    for number, width in enumerate((32, 64)):
        x = net.act(net.conv(x, width, 3, 2, 1, name=f"down{number}"), name=f"down{number}_relu")
    x = net.act(net.up_conv(x, 32, 4, 2, 1, name="up0"), name="up0_relu")
    x = net.up_conv(x, 3, 4, 2, 1, name="up1")
    net.join(x, first, name="restored")


@family
def dcgan_generator(net: Net) -> None:
    x = net.input(100, 1, 1)
    width = net.width(256, 512)
    x = net.act(net.norm(net.up_conv(x, width, 4, 1, 0)))
    for step in (2, 4, 8):
        x = net.act(net.norm(net.up_conv(x, width // step, 4, 2, 1)))
    net.act(net.up_conv(x, 3, 4, 2, 1), "tanh")


@family
def dense_generator(net: Net) -> None:
    """Noise, a dense layer, a reshape, and transposed convolutions."""
    width = net.width(64, 128)
    x = net.linear(net.input(net.width(64, 100)), width * 7 * 7)
    x = net.reshape(net.act(x), width, 7, 7)
    x = net.act(net.norm(net.up_conv(x, width // 2, 4, 2, 1)))
    net.act(net.up_conv(x, 1, 3, 2, 1, 1), "tanh")


@family
def super_resolution(net: Net) -> None:
    x = first = net.act(net.conv(net.input(3, 48, 64), 64, 5, padding=2, name="head"), name="head_relu")
    for number in range(3):
        y = net.act(net.conv(x, 64, 3, padding=1, name=f"res{number}_conv1"), name=f"res{number}_relu")
        x = net.join(x, net.conv(y, 64, 3, padding=1, name=f"res{number}_conv2"), name=f"res{number}_add")
    x = net.join(x, first, name="long_skip")
    factor = net.width(2, 3)
    x = net.conv(x, 64 * factor**2, 3, padding=1, name="expand")
    axes = (64, *(size * factor for size in x.sizes))
    x = net.layer("pixel_shuffle", x, axes, name="shuffle", scale_factor=factor)
    net.conv(x, 3, 3, padding=1, name="tail")


@family
def style_transfer(net: Net) -> None:
    """Reflected pads, instance norms, residual blocks, and upsampled convolutions."""

    def cell(x, width, kernel, stride, at):  # type: ignore[no-untyped-def]  # as Net.cell, but padded by a layer
        x = net.pad(x, [(kernel // 2, kernel // 2)] * 2, mode="reflect", name=f"{at}pad")
        x = net.conv(x, width, kernel, stride, name=f"{at}conv")
        x = net.layer("instance_norm2d", x, x.axes, num_features=width, affine=True, name=f"{at}in")
        return net.act(x, name=f"{at}relu")

    x = net.input(3, 128, 128)
    x = cell(cell(cell(x, 32, 9, 1, "c1_"), 64, 3, 2, "c2_"), 128, 3, 2, "c3_")
    for number in range(3):
        y = cell(cell(x, 128, 3, 1, f"r{number}a_"), 128, 3, 1, f"r{number}b_")
        x = net.join(x, y, name=f"r{number}_add")
    x = cell(net.up(x, 2, name="up1"), 64, 3, 1, "u1_")
    x = cell(net.up(x, 2, name="up2"), 32, 3, 1, "u2_")
    net.conv(net.pad(x, [(4, 4)] * 2, mode="reflect", name="last_pad"), 3, 9, name="last")


@family
def diffusion_block(net: Net) -> None:
    """Group norms, a shortcut, and attention over all places."""
    x = net.conv(net.input(3, 32, 32), 64, 3, padding=1, name="conv_in")
    for number, width in enumerate((64, 128)):
        at = f"res{number}_"
        y = net.act(net.group_norm(x, 32, name=f"{at}norm1"), "silu", name=f"{at}silu1")
        y = net.conv(y, width, 3, padding=1, name=f"{at}conv1")
        y = net.act(net.group_norm(y, 32, name=f"{at}norm2"), "silu", name=f"{at}silu2")
        y = net.conv(y, width, 3, padding=1, name=f"{at}conv2")
        side = net.conv(x, width, 1, name=f"{at}shortcut") if x.channels != width else x
        x = net.join(y, side, name=f"{at}add")
        x = net.conv(x, width, 3, 2, 1, name=f"{at}down")
    height, wide = x.sizes
    y = net.permute(net.flatten(x, 2, name="places"), 2, 1, name="tokens")
    y = net.attention(y, net.width(4, 8), name="attention")
    y = net.reshape(net.permute(y, 2, 1, name="back"), x.channels, height, wide, name="image")
    net.conv(net.join(x, y, name="attended"), 3, 3, padding=1, name="conv_out")
