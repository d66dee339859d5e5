"""What people do to kernels, strides, padding and pools."""

from tests.mistakes.people.words import (
    Document,
    Told,
    add,
    average,
    bn,
    cat,
    conv,
    flatten,
    linear,
    named,
    net,
    pool,
    relu,
    up,
)


def block(into: int, out: int, stride: int, side_stride: int, rank: int = 2, kernel: int = 3) -> list[Document]:
    """A residual block with a convolution beside it."""
    half = kernel // 2
    return [
        named("c1", conv(into, out, kernel, stride, half, rank), "start"),
        named("n1", bn(out, rank)),
        named("r1", relu()),
        named("c2", conv(out, out, kernel, padding=half, rank=rank)),
        named("n2", bn(out, rank)),
        named("side", conv(into, out, 1, side_stride, rank=rank), "start"),
        named("side_n", bn(out, rank)),
        named("sum", add(), "n2", "side_n"),
        named("r2", relu()),
    ]


def pooled_head(width: int, rank: int = 2) -> list[Document]:
    return [named("avg", average(1, rank)), named("flat", flatten()), named("fc", linear(width, 10))]


def bottleneck(side_stride: int) -> list[Document]:
    return [
        named("start", conv(3, 64, 7, 2, 3)),
        named("c1", conv(64, 32, 1)),
        named("c2", conv(32, 32, 3, 2, 1)),
        named("c3", conv(32, 128, 1)),
        named("n3", bn(128)),
        named("side", conv(64, 128, 1, side_stride), "start"),
        named("sum", add(), "n3", "side"),
        *pooled_head(128),
    ]


def before_activation(side_stride: int) -> list[Document]:
    return [
        named("start", conv(3, 16, 3, padding=1)),
        named("n1", bn(16)),
        named("c1", conv(16, 32, 3, 2, 1)),
        named("n2", bn(32)),
        named("c2", conv(32, 32, 3, padding=1)),
        named("side", conv(16, 32, 1, side_stride), "start"),
        named("sum", add(), "c2", "side"),
        named("flat", flatten()),
        named("fc", linear(32 * 16 * 16, 10)),
    ]


def stride_of(layer: int, stride: int) -> list[Document]:
    return [{f"/layers/{layer}/stride": stride}]


SHORTCUT_STRIDE = [
    Told(
        "wrong stride on a shortcut",
        "resnet",
        net([1, 3, 64, 64], named("start", conv(3, 32, 3, padding=1)), *block(32, 64, 2, 1), *pooled_head(64)),
        stride_of(6, 2),
    ),
    Told(
        "wrong stride on a shortcut",
        "cifar",
        net(
            [8, 3, 32, 32],
            named("start", conv(3, 16, 3, padding=1)),
            *block(16, 32, 2, 4),
            named("flat", flatten()),
            named("fc", linear(32 * 16 * 16, 10)),
        ),
        stride_of(6, 2),
    ),
    Told("wrong stride on a shortcut", "bottleneck", net([2, 3, 224, 224], *bottleneck(1)), stride_of(5, 2)),
    Told("wrong stride on a shortcut", "pre-activation", net([2, 3, 32, 32], *before_activation(1)), stride_of(5, 2)),
    Told(
        "wrong stride on a shortcut",
        "heartbeats",
        net(
            [4, 12, 1000],
            named("start", conv(12, 32, 7, padding=3, rank=1)),
            *block(32, 64, 2, 1, 1, 7),
            *pooled_head(64, 1),
        ),
        stride_of(6, 2),
    ),
]


def exchanged(layer: int, kernel: int, padding: int) -> list[Document]:
    return [{f"/layers/{layer}/kernel_size": kernel, f"/layers/{layer}/padding": padding}]


SWAPPED = [
    Told(
        "swapped kernel and padding",
        "residual",
        net(
            [2, 3, 32, 32],
            named("start", conv(3, 16, 3, padding=1)),
            named("c1", conv(16, 16, 2, padding=5)),
            named("sum", add(), "c1", "start"),
            *pooled_head(16),
        ),
        exchanged(1, 5, 2),
    ),
    Told(
        "swapped kernel and padding",
        "lenet",
        net([1, 1, 28, 28], conv(1, 6, 2, padding=5), pool(2), conv(6, 16, 5), pool(2), flatten(), linear(400, 10)),
        exchanged(0, 5, 2),
    ),
    Told(
        "swapped kernel and padding",
        "inception",
        net(
            [1, 64, 28, 28],
            named("a", conv(64, 32, 1), "input"),
            named("b1", conv(64, 16, 1), "input"),
            named("b2", conv(16, 32, 1, padding=3)),
            named("c1", conv(64, 8, 1), "input"),
            named("c2", conv(8, 16, 5, padding=2)),
            named("join", cat(), "a", "b2", "c2"),
            named("next", conv(80, 64, 1)),
        ),
        exchanged(2, 3, 1),
    ),
    Told(
        "swapped kernel and padding",
        "stem's pool",
        net(
            [1, 3, 224, 224], conv(3, 64, 7, 2, 3), bn(64), relu(), pool(1, 2, 3), average(), flatten(), linear(64, 10)
        ),
        exchanged(3, 3, 1),
    ),
    Told(
        "swapped kernel and padding",
        "audio",
        net(
            [4, 1, 1000],
            conv(1, 8, 3, padding=7, rank=1),
            relu(),
            pool(4, rank=1),
            flatten(),
            linear(8 * 250, 5),
        ),
        exchanged(0, 7, 3),
    ),
]


def many_pools(pools: int, size: int, head: int) -> Document:
    """A convolution and a pool, so often; the head was made for one pool less."""
    layers: list[Document] = []
    width = 3
    for _ in range(pools):
        layers += [conv(width, 16, 3, padding=1), relu(), pool(2)]
        width = 16
    return net([2, 3, size, size], *layers, flatten(), linear(head, 10))


def one_pool_less(body: Document) -> list[Document]:
    """The network with one of its pools left out, whichever."""
    pools = sum("Pool" in layer["type"] and "Adaptive" not in layer["type"] for layer in body["layers"])
    return [{"/layers#": len(body["layers"]) - 1, "/layers": lambda layers: count_pools(layers) == pools - 1}]


def count_pools(layers: list[Document]) -> int:
    return sum("Pool" in layer["type"] and "Adaptive" not in layer["type"] for layer in layers)


def too_many(family: str, body: Document) -> Told:
    return Told("pool too many", family, body, one_pool_less(body))


POOL_TOO_MANY = [
    too_many("course", many_pools(6, 32, 16)),
    too_many(
        "two in a row", net([1, 3, 32, 32], conv(3, 8, 3, padding=1), pool(), pool(), flatten(), linear(2048, 10))
    ),
    too_many(
        "digits",
        net(
            [4, 1, 28, 28],
            *(conv(1, 8, 5), pool(), conv(8, 16, 5), pool(), pool(), conv(16, 32, 3, padding=1), pool()),
            *(conv(32, 32, 3, padding=1), flatten(), linear(32 * 2 * 2, 10)),
        ),
    ),
    too_many(
        "unet",
        net(
            [1, 3, 64, 64],
            named("d1", conv(3, 16, 3, padding=1)),
            named("p1", pool()),
            named("p1b", pool()),
            named("d2", conv(16, 32, 3, padding=1)),
            named("u1", up(32, 16, 2, 2)),
            named("join", cat(), "u1", "d1"),
            named("out", conv(32, 1, 1)),
        ),
    ),
    too_many(
        "audio",
        net(
            [1, 1, 64],
            *(conv(1, 8, 5, padding=2, rank=1), pool(4, rank=1), conv(8, 8, 5, padding=2, rank=1), pool(4, rank=1)),
            *(pool(4, rank=1), pool(4, rank=1), flatten(), linear(8, 2)),
        ),
    ),
]


def extra(layer: int, size: object = 1) -> list[Document]:
    return [{f"/layers/{layer}/output_padding": size, f"/layers/{layer}/padding": 1}]


OUTPUT_PADDING = [
    Told(
        "padding instead of output_padding",
        "linknet",
        net(
            [2, 3, 64, 64],
            named("e1", conv(3, 16, 3, padding=1)),
            named("e2", conv(16, 32, 3, 2, 1)),
            named("d1", up(32, 16, 3, 2, 1)),
            named("sum", add(), "d1", "e1"),
            named("out", conv(16, 1, 1)),
        ),
        extra(2),
    ),
    Told(
        "padding instead of output_padding",
        "unet",
        net(
            [1, 1, 128, 96],
            named("e1", conv(1, 8, 3, padding=1)),
            named("p1", pool()),
            named("mid", conv(8, 16, 3, padding=1)),
            named("u1", up(16, 8, 3, 2, 1)),
            named("join", cat(), "e1", "u1"),
            named("out", conv(16, 2, 1)),
        ),
        extra(3),
    ),
    Told(
        "padding instead of output_padding",
        "autoencoder",
        net(
            [16, 1, 28, 28],
            named("e1", conv(1, 16, 3, 2, 1)),
            named("e2", conv(16, 32, 3, 2, 1)),
            named("d2", up(32, 16, 3, 2, 1)),
            named("sum", add(), "d2", "e1"),
            named("d1", up(16, 1, 3, 2, 1, output_padding=1)),
            named("loss", add(), "d1", "input"),
        ),
        extra(2),
    ),
    Told(
        "padding instead of output_padding",
        "audio",
        net(
            [4, 2, 1024],
            named("e1", conv(2, 16, 5, 2, 2, rank=1)),
            named("d1", up(16, 2, 3, 2, 1, rank=1)),
            named("sum", add(), "d1", "input"),
        ),
        extra(1),
    ),
    Told(
        "padding instead of output_padding",
        "generator before a judge",
        net(
            [2, 64, 7, 7],
            *(up(64, 32, 3, 2, 1, output_padding=1), relu(), up(32, 1, 3, 2, 1), flatten(), linear(28 * 28, 1)),
        ),
        extra(2),
    ),
]
