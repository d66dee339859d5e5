"""What people do where a network turns from images to features."""

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
)


def alexnet(head: int) -> list[Document]:
    return [
        conv(3, 64, 11, 4, 2),
        pool(3, 2),
        conv(64, 192, 5, padding=2),
        pool(3, 2),
        conv(192, 384, 3, padding=1),
        conv(384, 256, 3, padding=1),
        pool(3, 2),
        flatten(),
        linear(head, 4096),
        relu(),
        linear(4096, 10),
    ]


def course(size: int, *, last: int, head: Document | None = None, flat: Document | None = None) -> list[Document]:
    """Three convolutions and pools: `size` an eighth of the input."""
    layers = [
        conv(3, 16, 3, padding=1),
        relu(),
        pool(2),
        conv(16, 32, 3, padding=1),
        relu(),
        pool(2),
        conv(32, last, 3, padding=1),
        relu(),
        pool(2),
    ]
    return [*layers, *([flat] if flat else []), head or linear(last * size * size, 10)]


def lenet(flat: Document | None, first: int = 256) -> list[Document]:
    layers = [conv(1, 6, 5), relu(), pool(2), conv(6, 16, 5), relu(), pool(2)]
    return [*layers, *([flat] if flat else []), linear(first, 120), relu(), linear(120, 10)]


def signal(flat: Document | None, features: int) -> list[Document]:
    """Of 1000 samples, 250 are left."""
    layers = [conv(1, 8, 7, 2, 3, rank=1), bn(8, 1), relu(), conv(8, 16, 5, 2, 2, rank=1), relu()]
    return [*layers, *([flat] if flat else []), linear(features, 5)]


def volume(flat: Document | None, features: int) -> list[Document]:
    """Of 16 x 32 x 32, 4 x 8 x 8 are left."""
    layers = [conv(1, 4, 3, padding=1, rank=3), pool(2, rank=3), conv(4, 8, 3, padding=1, rank=3), pool(2, rank=3)]
    return [*layers, *([flat] if flat else []), linear(features, 2)]


def residual(flat: Document | None, features: int, pooled: Document | None = None) -> list[Document]:
    """Of 32 x 32, 16 x 16 are left."""
    layers = [
        named("stem", conv(3, 32, 3, 2, 1)),
        named("c1", conv(32, 32, 3, padding=1)),
        named("n1", bn(32)),
        named("sum", add(), "n1", "stem"),
        named("act", relu()),
    ]
    ends = [named("pool", pooled)] if pooled else []
    ends += [named("flat", flat)] if flat else []
    return [*layers, *ends, named("fc", linear(features, 10))]


def branches(flat: Document | None, features: int, pooled: Document | None = None) -> list[Document]:
    """Of 32 x 32, 16 x 16 of 24 channels are left."""
    layers = [
        named("stem", conv(3, 16, 3, 2, 1)),
        named("b1", conv(16, 8, 1), "stem"),
        named("b2", conv(16, 16, 3, padding=1), "stem"),
        named("join", cat(), "b1", "b2"),
    ]
    ends = [named("pool", pooled)] if pooled else []
    ends += [named("flat", flat)] if flat else []
    return [*layers, *ends, named("fc", linear(features, 10))]


def starts_at_1(layer: int) -> list[Document]:
    return [{f"/layers/{layer}/start_dim": 1}]


def whole() -> Document:
    """`torch.flatten(x)`, which flattens the batch too."""
    return {"type": "torch.flatten"}


FLATTENED_BATCH = [
    Told("start_dim 0", "lenet", net([4, 1, 28, 28], *lenet(whole())), starts_at_1(6)),
    Told("start_dim 0", "course", net([8, 3, 32, 32], *course(4, last=64, flat=whole())), starts_at_1(9)),
    Told("start_dim 0", "signal", net([16, 1, 1000], *signal(flatten(start_dim=0), 4000)), starts_at_1(5)),
    Told("start_dim 0", "residual", net([2, 3, 32, 32], *residual(flatten(start_dim=0), 8192)), starts_at_1(5)),
    Told("start_dim 0", "volume", net([2, 1, 16, 32, 32], *volume(whole(), 2048)), starts_at_1(4)),
]


def features(layer: int, count: int) -> list[Document]:
    return [{f"/layers/{layer}/in_features": count}]


OTHER_SIZE = [
    Told("in_features for another input size", "lenet", net([1, 1, 32, 32], *lenet(flatten())), features(7, 400)),
    Told("in_features for another input size", "alexnet", net([1, 3, 128, 128], *alexnet(9216)), features(8, 2304)),
    Told(
        "in_features for another input size",
        "course",
        net([16, 3, 128, 128], *course(4, last=64, flat=flatten())),
        features(10, 64 * 16 * 16),
    ),
    Told("in_features for another input size", "signal", net([1, 1, 900], *signal(flatten(), 4000)), features(6, 3600)),
    Told(
        "in_features for another input size",
        "branches",
        net([2, 3, 64, 64], *branches(flatten(), 24 * 16 * 16)),
        features(5, 24 * 32 * 32),
    ),
]


def flattened(layer: int, count: int) -> list[Document]:
    """A flatten stands where the linear layer was."""
    return [{f"/layers/{layer}/type": is_flatten, "/layers#": count}]


def is_flatten(word: str) -> bool:
    return "flatten" in str(word).lower()


FORGOTTEN_FLATTEN = [
    Told("forgotten flatten", "lenet", net([4, 1, 28, 28], *lenet(None)), flattened(6, 10)),
    Told("forgotten flatten", "course", net([1, 3, 32, 32], *course(4, last=64)), flattened(9, 11)),
    Told("forgotten flatten", "signal", net([8, 1, 1000], *signal(None, 4000)), flattened(5, 7)),
    Told("forgotten flatten", "residual", net([2, 3, 32, 32], *residual(None, 32, average())), flattened(6, 8)),
    Told("forgotten flatten", "volume", net([2, 1, 16, 32, 32], *volume(None, 2048)), flattened(4, 6)),
]

GLOBAL_POOL = [
    Told(
        "linear after global pool",
        "residual",
        net([2, 3, 32, 32], *residual(flatten(), 32 * 16 * 16, average())),
        features(7, 32),
    ),
    Told(
        "linear after global pool",
        "branches",
        net([2, 3, 32, 32], *branches(flatten(), 24 * 16 * 16, average([1, 1]))),
        features(6, 24),
    ),
    Told(
        "linear after global pool",
        "vgg",
        net(
            [1, 3, 64, 64],
            *course(8, last=512)[:-1],
            average(),
            flatten(),
            linear(512 * 7 * 7, 4096),
            relu(),
            linear(4096, 1000),
        ),
        features(11, 512),
    ),
    Told(
        "linear after global pool",
        "signal",
        net([4, 1, 1000], *signal(None, 1)[:-1], average(1, 1), flatten(), linear(16 * 250, 5)),
        features(7, 16),
    ),
    Told(
        "linear after global pool",
        "volume",
        net([2, 1, 16, 32, 32], *volume(None, 1)[:-1], average(1, 3), flatten(), linear(8 * 4 * 8 * 8, 2)),
        features(6, 8),
    ),
]
