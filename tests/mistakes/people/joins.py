"""What people do to concatenations and groups."""

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


def inception(dim: int) -> Document:
    return net(
        [2, 64, 28, 28],
        named("a", conv(64, 32, 1), "input"),
        named("b1", conv(64, 16, 1), "input"),
        named("b2", conv(16, 48, 3, padding=1)),
        named("c1", pool(3, 1, 1), "input"),
        named("c2", conv(64, 16, 1)),
        named("join", cat(dim), "a", "b2", "c2"),
        named("next", conv(96, 64, 1)),
    )


def unet(dim: int) -> Document:
    return net(
        [1, 3, 64, 96],
        named("d1", conv(3, 16, 3, padding=1)),
        named("p1", pool()),
        named("mid", conv(16, 32, 3, padding=1)),
        named("u1", up(32, 16, 2, 2)),
        named("join", cat(dim), "u1", "d1"),
        named("m1", conv(32, 16, 3, padding=1)),
        named("out", conv(16, 1, 1)),
    )


def dense(dim: int) -> Document:
    return net(
        [4, 3, 32, 32],
        named("c0", conv(3, 24, 3, padding=1)),
        named("c1", conv(24, 12, 3, padding=1)),
        named("k1", cat(dim), "c0", "c1"),
        named("n2", bn(36)),
        named("c2", conv(36, 12, 3, padding=1)),
        named("k2", cat(), "k1", "c2"),
        named("n3", bn(48)),
        named("avg", average()),
        named("flat", flatten()),
        named("fc", linear(48, 10)),
    )


def two_inputs(dim: int) -> Document:
    return net(
        {"image": [8, 3, 32, 32], "table": [8, 12]},
        named("c1", conv(3, 8, 3, padding=1), "image"),
        named("p1", pool(4)),
        named("flat", flatten()),
        named("f1", linear(512, 32)),
        named("f2", linear(12, 16), "table"),
        named("join", cat(dim), "f1", "f2"),
        named("head", linear(48, 2)),
    )


def volumes(dim: int) -> Document:
    return net(
        [1, 2, 16, 32, 32],
        named("a", conv(2, 8, 3, padding=1, rank=3), "input"),
        named("b", conv(2, 8, 1, rank=3), "input"),
        named("join", cat(dim), "a", "b"),
        named("out", conv(16, 4, 1, rank=3)),
    )


def along(layer: int, rank: int) -> list[Document]:
    """Along the channels, counted from either end."""
    return [{f"/layers/{layer}/dim": dim} for dim in (1, 1 - rank)]


CONCAT_DIM = [
    Told("dim of a concat", "inception", inception(0), along(5, 4)),
    Told("dim of a concat", "unet", unet(2), along(4, 4)),
    Told("dim of a concat", "densenet", dense(0), along(2, 4)),
    Told("dim of a concat", "two inputs", two_inputs(0), along(5, 2)),
    Told("dim of a concat", "volumes", volumes(-1), along(2, 5)),
]


def only_groups(body: Document, layer: int) -> list[Document]:
    """Other groups for one layer, and nothing else."""

    def others_stay(layers: list[Document]) -> bool:
        bare = [
            [{name: value for name, value in each.items() if name != "groups"} for each in both]
            for both in (layers, body["layers"])
        ]
        return bare[0] == bare[1]

    divided = body["layers"][layer]
    return [
        {
            "/layers": others_stay,
            f"/layers/{layer}/groups": lambda count: (
                not isinstance(count, int)
                or (divided["in_channels"] % count == 0 and divided["out_channels"] % count == 0)
            ),
        }
    ]


def grouped(family: str, body: Document, layer: int) -> Told:
    return Told("groups", family, body, only_groups(body, layer))


GROUPS = [
    grouped(
        "resnext",
        net([2, 64, 56, 56], conv(64, 48, 1), bn(48), conv(48, 48, 3, padding=1, groups=32), conv(48, 64, 1)),
        2,
    ),
    grouped("course", net([1, 3, 32, 32], conv(3, 16, 3, groups=3), relu(), average(), flatten(), linear(16, 10)), 0),
    grouped(
        "mobilenet",
        net(
            [1, 3, 64, 64],
            named("stem", conv(3, 24, 3, 2, 1)),
            named("wide", conv(24, 144, 1)),
            named("deep", conv(144, 144, 3, padding=1, groups=192)),
            named("thin", conv(144, 24, 1)),
            named("sum", add(), "thin", "stem"),
        ),
        2,
    ),
    grouped("audio", net([4, 40, 200], conv(40, 64, 5, padding=2, rank=1, groups=16), bn(64, 1), relu()), 0),
    grouped(
        "shuffled",
        net([2, 3, 64, 64], conv(3, 58, 3, 2, 1), conv(58, 58, 1, groups=4), bn(58), relu(), conv(58, 116, 1)),
        1,
    ),
]
