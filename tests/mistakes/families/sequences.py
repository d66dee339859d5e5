"""Sequences: one-dimensional convolutions, recurrent layers and transformers."""

from tests.mistakes.families.net import Net
from tests.mistakes.families.registry import family


@family
def audio(net: Net) -> None:
    x = net.input(1, net.width(8000, 16000, 22050))
    for width, kernel, stride in ((64, 80, 4), (64, 3, 1), (128, 3, 1), (256, 3, 1)):
        x = net.pool(net.act(net.norm(net.conv(x, width, kernel, stride, kernel // 2))), 4)
    net.linear(net.flatten(net.adaptive(x, 1)), 35)


@family
def wavenet(net: Net) -> None:
    """Dilated convolutions with residuals, padded on the left."""
    x = net.conv(net.input(1, 1024), 32, 1, name="first")
    skips = []
    for number in range(4):
        rate, at = 2**number, f"layer{number}_"
        y = net.pad(x, [(rate, 0)], name=f"{at}pad")
        y = net.act(net.conv(y, 32, 2, dilation=rate, name=f"{at}conv"), "tanh", name=f"{at}tanh")
        skips.append(net.conv(y, 64, 1, name=f"{at}skip"))
        x = net.join(x, net.conv(y, 32, 1, name=f"{at}residual"), name=f"{at}add")
    y = net.act(net.join(*skips, name="skips"), name="skips_relu")
    net.conv(y, 256, 1, name="logits")


@family
def ecg(net: Net) -> None:
    """A residual network of rank 1."""
    x = net.cell(net.input(12, 1000), 32, 15, 2, 7, at="stem_")
    for number, width in enumerate((32, 64, 128)):
        at, stride = f"block{number}_", 1 if number == 0 else 2
        y = net.norm(net.conv(x, width, 7, stride, 3, name=f"{at}conv1"), name=f"{at}bn1")
        y = net.conv(net.act(y, name=f"{at}relu1"), width, 7, 1, 3, name=f"{at}conv2")
        side = x if number == 0 else net.conv(x, width, 1, stride, name=f"{at}side")
        x = net.act(net.join(y, side, name=f"{at}add"), name=f"{at}relu2")
    net.linear(net.flatten(net.adaptive(x, 1)), 5, name="fc")


@family
def text_cnn(net: Net) -> None:
    x = net.input(net.width(100, 300), 56)
    parts = []
    for kernel in (3, 4, 5):
        y = net.act(net.conv(x, 100, kernel, name=f"conv{kernel}"), name=f"relu{kernel}")
        parts.append(net.pool(y, y.sizes[0], name=f"pool{kernel}"))
    net.linear(net.flatten(net.concat(*parts, name="cat"), name="flatten"), 2, name="fc")


@family
def crnn(net: Net) -> None:
    """Text in images: convolutions, then a recurrent layer over the columns."""
    width = net.width(100, 128)
    x = net.input(1, 32, width)
    x = net.pool(net.act(net.conv(x, 32, 3, padding=1)), 2)
    x = net.pool(net.act(net.norm(net.conv(x, 64, 3, padding=1))), 2)
    x = net.permute(x, 3, 1, 2)
    x = net.flatten(x, 2) if net.rng.random() < 0.5 else net.reshape(x, x.axes[0], x.axes[1] * x.axes[2])
    x = net.recurrent(x, net.width(64, 128), net.rng.choice(["lstm", "gru"]), both=True)
    if net.rng.random() < 0.5:
        x = net.recurrent(x, 64, net.rng.choice(["lstm", "gru"]))
    net.linear(x, 37)


@family
def speech(net: Net) -> None:
    x = net.input(40, net.width(100, 200))
    x = net.act(net.norm(net.conv(x, 64, 5, padding=2)))
    x = net.act(net.norm(net.conv(x, 64, 5, 2, 2)))
    x = net.recurrent(net.permute(x, 2, 1), 128, "gru", both=net.rng.random() < 0.5)
    x = net.layer("select", x, x.axes[1:], dim=1, position=-1)
    net.linear(net.act(net.linear(x, 64)), 12)


@family
def forecaster(net: Net) -> None:
    x = net.input(24, net.width(5, 8))
    x = net.recurrent(x, net.width(32, 64), net.rng.choice(["lstm", "gru", "rnn"]))
    x = net.layer_norm(x)
    x = net.layer("select", x, x.axes[1:], dim=1, position=-1)
    net.linear(x, 1)


def transformer_block(net: Net, x, heads: int, at: str):  # type: ignore[no-untyped-def]  # a Tensor both ways
    width = x.axes[-1]
    y = net.attention(net.layer_norm(x, name=f"{at}ln1"), heads, name=f"{at}attn")
    x = net.join(x, y, name=f"{at}add1")
    y = net.act(net.linear(net.layer_norm(x, name=f"{at}ln2"), 4 * width, name=f"{at}fc1"), "gelu", name=f"{at}gelu")
    return net.join(x, net.linear(y, width, name=f"{at}fc2"), name=f"{at}add2")


@family
def vision_transformer(net: Net) -> None:
    size, patch = net.rng.choice([(224, 16), (224, 32), (32, 4)])
    width, heads = net.rng.choice([(192, 3), (384, 6), (64, 4)])
    x = net.conv(net.input(3, size, size), width, patch, patch, name="patches")
    if net.rng.random() < 0.5:
        x = net.flatten(x, 2, name="flatten")
    else:
        x = net.reshape(x, width, x.axes[1] * x.axes[2], name="flatten")
    x = net.permute(x, 2, 1, name="tokens")
    positions = net.layer("parameter", [], x.axes, shape=[1, *x.axes], name="positions")
    x = net.join(x, positions, name="embedded")
    for number in range(2):
        x = transformer_block(net, x, heads, f"block{number}_")
    x = net.layer("mean", net.layer_norm(x, name="ln"), x.axes[1:], dim=1, name="pooled")
    net.linear(x, 1000, name="head")


@family
def attention_by_hand(net: Net) -> None:
    """Queries, keys and values as one linear layer, split, and heads made by reshape and permute."""
    length, width, heads = net.rng.choice([(49, 96, 3), (64, 128, 8), (16, 64, 4)])
    each = width // heads
    x = net.input(length, width)
    qkv = net.linear(net.layer_norm(x, name="ln"), 3 * width, name="qkv")
    if net.rng.random() < 0.5:
        parts = net.layer("chunk", qkv, (length, width), chunks=3, dim=-1, name="parts")
    else:
        parts = net.layer("split", qkv, (length, width), split_size=width, dim=-1, name="parts")
    named = [type(parts)(f"parts:{number}", parts.axes) for number in range(3)]
    heads_of = []
    for name, part in zip("qkv", named, strict=True):
        y = net.reshape(part, length, heads, each, name=f"{name}_heads")
        heads_of.append(net.permute(y, 2, 1, 3, name=f"{name}_moved"))
    q, k, v = heads_of
    turned = net.permute(k, 1, 3, 2, name="k_turned")
    scores = net.layer("matmul", [q, turned], (heads, length, length), name="scores")
    weights = net.layer("softmax", scores, scores.axes, dim=-1, name="weights")
    y = net.layer("matmul", [weights, v], v.axes, name="weighted")
    y = net.reshape(net.permute(y, 2, 1, 3, name="together"), length, width, name="merged")
    net.join(x, net.linear(y, width, name="proj"), name="out")


@family
def text_transformer(net: Net) -> None:
    width, heads = net.rng.choice([(64, 4), (128, 8)])
    x = net.linear(net.input(32, net.width(20, 50)), width, name="embed")
    for number in range(2):
        x = net.layer(
            "transformer_encoder_layer",
            x,
            x.axes,
            d_model=width,
            nhead=heads,
            dim_feedforward=256,
            batch_first=True,
            name=f"encoder{number}",
        )
    net.linear(net.layer("mean", x, x.axes[1:], dim=1, name="mean"), 4, name="classes")
