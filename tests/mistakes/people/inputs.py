"""What people do to the input: a batch axis that is missing, channels last, batches taken for channels, odd sizes."""

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
    upsample,
)


def small(into: int, rank: int = 2) -> list[Document]:
    """A classifier of two convolutions."""
    return [
        conv(into, 16, 3, padding=1, rank=rank),
        bn(16, rank),
        relu(),
        pool(2, rank=rank),
        conv(16, 32, 3, padding=1, rank=rank),
        bn(32, rank),
        relu(),
        average(1, rank),
        flatten(),
        linear(32, 10),
    ]


def residual(into: int) -> list[Document]:
    return [
        named("stem", conv(into, 64, 7, 2, 3)),
        named("bn", bn(64)),
        named("pool", pool(3, 2, 1)),
        named("c1", conv(64, 64, 3, padding=1), "pool"),
        named("b1", bn(64)),
        named("r1", relu()),
        named("c2", conv(64, 64, 3, padding=1)),
        named("b2", bn(64)),
        named("sum", add(), "b2", "pool"),
        named("avg", average()),
        named("flat", flatten()),
        named("fc", linear(64, 1000)),
    ]


def lenet() -> list[Document]:
    return [
        conv(1, 6, 5, padding=2),
        relu(),
        pool(2),
        conv(6, 16, 5),
        relu(),
        pool(2),
        flatten(),
        linear(400, 120),
        linear(120, 84),
        linear(84, 10),
    ]


def unet(into: int) -> list[Document]:
    return [
        named("d1", conv(into, 16, 3, padding=1)),
        named("p1", pool(2)),
        named("d2", conv(16, 32, 3, padding=1)),
        named("p2", pool(2)),
        named("mid", conv(32, 64, 3, padding=1)),
        named("u2", up(64, 32, 2, 2)),
        named("cat2", cat(), "u2", "d2"),
        named("m2", conv(64, 32, 3, padding=1)),
        named("u1", up(32, 16, 2, 2)),
        named("cat1", cat(), "u1", "d1"),
        named("m1", conv(32, 16, 3, padding=1)),
        named("out", conv(16, 2, 1)),
    ]


def dense(into: int) -> list[Document]:
    return [
        named("c0", conv(into, 24, 3, padding=1)),
        named("c1", conv(24, 12, 3, padding=1)),
        named("k1", cat(), "c0", "c1"),
        named("n2", bn(36)),
        named("c2", conv(36, 12, 3, padding=1)),
        named("k2", cat(), "k1", "c2"),
        named("n3", bn(48)),
        named("avg", average()),
        named("flat", flatten()),
        named("fc", linear(48, 100)),
    ]


def is_batched(*shape: int) -> list[Document]:
    return [{"/input_shape": [1, *shape]}]


MISSING_BATCH = [
    Told("missing batch axis", "classifier", net([3, 32, 32], *small(3)), is_batched(3, 32, 32)),
    Told("missing batch axis", "resnet", net([3, 224, 224], *residual(3)), is_batched(3, 224, 224)),
    Told("missing batch axis", "lenet", net([1, 28, 28], *lenet()), is_batched(1, 28, 28)),
    Told("missing batch axis", "audio", net([1, 16000], *small(1, 1)), is_batched(1, 16000)),
    Told("missing batch axis", "densenet", net([3, 32, 32], *dense(3)), is_batched(3, 32, 32)),
]

CHANNELS_LAST = [
    Told("channels last", "classifier", net([8, 32, 32, 3], *small(3)), [{"/input_shape": [8, 3, 32, 32]}]),
    Told("channels last", "resnet", net([1, 224, 224, 3], *residual(3)), [{"/input_shape": [1, 3, 224, 224]}]),
    Told("channels last", "lenet", net([64, 28, 28, 1], *lenet()), [{"/input_shape": [64, 1, 28, 28]}]),
    Told("channels last", "unet", net([2, 128, 96, 3], *unet(3)), [{"/input_shape": [2, 3, 128, 96]}]),
    Told("channels last", "video", net([2, 16, 64, 64, 3], *small(3, 3)), [{"/input_shape": [2, 3, 16, 64, 64]}]),
]


def in_two_dimensions(*layers: int) -> list[Document]:
    return [{f"/layers/{layer}/type": is_2d for layer in layers}]


def is_2d(word: str) -> bool:
    return "2d" in word.lower()


BATCH_AS_CHANNELS = [
    Told("batch taken for channels", "grey images", net([64, 28, 28], *lenet()), [{"/input_shape": [64, 1, 28, 28]}]),
    Told("batch taken for channels", "audio", net([32, 1000], *small(1, 1)), [{"/input_shape": [32, 1, 1000]}]),
    Told(
        "batch taken for channels",
        "volumes",
        net([4, 32, 64, 64], *small(1, 3)),
        [{"/input_shape": [4, 1, 32, 64, 64]}],
    ),
    Told(
        "batch taken for channels",
        "convolutions of rank 3",
        net([8, 3, 32, 32], *small(3, 3)),
        in_two_dimensions(0, 1, 3, 4, 5, 7),
    ),
    Told(
        "batch taken for channels",
        "one convolution of rank 3",
        net(
            [8, 3, 64, 64],
            conv(3, 16, 3, padding=1, rank=3),
            bn(16),
            relu(),
            pool(2),
            conv(16, 32, 3, padding=1),
            average(),
            flatten(),
            linear(32, 5),
        ),
        in_two_dimensions(0),
    ),
]


def hourglass() -> list[Document]:
    return [
        named("c1", conv(3, 8, 3, padding=1)),
        named("p1", pool(2)),
        named("p2", pool(2)),
        named("u2", upsample()),
        named("s2", add(), "u2", "p1"),
        named("u1", upsample()),
        named("s1", add(), "u1", "c1"),
        named("out", conv(8, 4, 1)),
    ]


def strided() -> list[Document]:
    """Down by strides, up by transposed convolutions, and a sum with the input."""
    return [
        named("e1", conv(1, 16, 3, 2, 1)),
        named("e2", conv(16, 32, 3, 2, 1)),
        named("d2", up(32, 16, 4, 2, 1)),
        named("d1", up(16, 1, 4, 2, 1)),
        named("restored", add(), "d1", "input"),
    ]


def pyramid() -> list[Document]:
    return [
        named("c3", conv(3, 32, 3, 2, 1)),
        named("c4", conv(32, 64, 3, 2, 1)),
        named("l3", conv(32, 16, 1), "c3"),
        named("l4", conv(64, 16, 1), "c4"),
        named("up", upsample()),
        named("p3", add(), "up", "l3"),
        named("head", conv(16, 4, 3, padding=1)),
    ]


def volume() -> list[Document]:
    return [
        named("d1", conv(1, 8, 3, padding=1, rank=3)),
        named("p1", pool(2, rank=3)),
        named("mid", conv(8, 16, 3, padding=1, rank=3)),
        named("u1", up(16, 8, 2, 2, rank=3)),
        named("cat1", cat(), "u1", "d1"),
        named("out", conv(16, 3, 1, rank=3)),
    ]


ODD_SIZES = [
    Told(
        "odd sizes at a skip",
        "unet",
        net([1, 3, 130, 130], *unet(3)),
        [{"/input_shape": [1, 3, size, size]} for size in (128, 132)]
        + [{"/layers/5/output_padding": 1, "/input_shape": [1, 3, 130, 130]}],
    ),
    Told(
        "odd sizes at a skip",
        "hourglass",
        net([1, 3, 66, 66], *hourglass()),
        [{"/input_shape": [1, 3, size, size]} for size in (64, 68)]
        + [{"/layers/3/size": {"like": "p1"}}, {"/layers/3/size": 33}],
    ),
    Told(
        "odd sizes at a skip",
        "denoiser",
        net([4, 1, 98, 64], *strided()),
        [{"/input_shape": [4, 1, size, 64]} for size in (96, 100)],
    ),
    Told(
        "odd sizes at a skip",
        "feature pyramid",
        net([1, 3, 302, 302], *pyramid()),
        [{"/input_shape": [1, 3, size, size]} for size in (300, 304)]
        + [{"/layers/4/size": {"like": "l3"}}, {"/layers/4/size": 151}],
    ),
    Told(
        "odd sizes at a skip",
        "volume",
        net([1, 1, 33, 64, 64], *volume()),
        [{"/input_shape": [1, 1, size, 64, 64]} for size in (32, 34)] + [{"/layers/3/output_padding": [1, 0, 0]}],
    ),
]
