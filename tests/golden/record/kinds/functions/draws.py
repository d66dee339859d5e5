"""Random calls of JAX's functions under their own names and words; a third is wrong in some way."""

import random
from collections.abc import Callable, Mapping
from typing import Any

from tests.golden.record.kinds.operators import draws as operators
from tests.golden.record.kinds.structure import draws as structure

Layer = dict[str, Any]
Shape = list[int]
Drawn = tuple[Layer, list[Shape]]
Draw = Callable[[random.Random], Drawn]
"""Arguments of a function, and the shapes of its inputs."""

LEFT_OUT = 0.4
"""The share of arguments with a default that are left out."""
ALIKE = 0.25
"""How often one of the functions is drawn that take any shape and keep it, where others are drawn once."""

AXIS = {"dim": "axis"}
ALONG = ("axis",)
REDUCED = ("keepdims",)


def of_kind(kind: str, words: Mapping[str, str] = AXIS, optional: tuple[str, ...] = (), **extra: Any) -> Draw:
    """A layer of a kind as the other recorders draw it, under the words of a function."""

    def draw(rng: random.Random) -> Drawn:
        if kind in operators.DRAWS:
            layer, shapes = operators.DRAWS[kind](rng, kind, "jax")
        else:
            layer, shapes = structure.drawn(rng, kind, "jax")
        given = {words.get(name, name): value for name, value in layer.items() if name != "type"}
        given |= {name: choose(rng) for name, choose in extra.items()}
        return without(rng, given, optional), shapes

    return draw


def without(rng: random.Random, given: Layer, optional: tuple[str, ...]) -> Layer:
    """The arguments, with some of those that have a default left out."""
    return {name: value for name, value in given.items() if name not in optional or rng.random() > LEFT_OUT}


def unary(**options: Callable[[random.Random], Any]) -> Draw:
    """Any shape, and numbers that change none."""

    def draw(rng: random.Random) -> Drawn:
        chosen = {name: choose(rng) for name, choose in options.items()}
        return without(rng, chosen, tuple(options)), [operators.shape(rng)]

    return draw


def needing(**options: Callable[[random.Random], Any]) -> Draw:
    """Any shape, and arguments that have no default."""
    return lambda rng: ({name: choose(rng) for name, choose in options.items()}, [operators.shape(rng)])


def binary(rng: random.Random) -> Drawn:
    """Two inputs, or one and a number."""
    layer, shapes = operators.branches(rng, "subtract", "jax")
    return {name: value for name, value in layer.items() if name == "other"}, shapes


def without_stretching(rng: random.Random) -> Drawn:
    """Two inputs of `lax`: of one shape, with sizes of 1, a scalar, or what only `jax.numpy` stretches."""
    layer, shapes = binary(rng)
    layer = dict.fromkeys(layer, 0.5)  # an integer is of another type, which `lax` refuses
    if len(shapes) == 2 and rng.random() < 0.6:
        first = max(shapes, key=len)
        second = [1 if rng.random() < 0.15 else size for size in first]
        shapes = rng.choice([[first, first], [first, second], [second, first], [first, []], [[], first]])
    return layer, shapes


def reduced(rng: random.Random) -> Drawn:
    """Over one axis, several, or all of them; kept or not."""
    layer, shapes = operators.reduction(rng, "sum", "jax")
    return without(
        rng, {AXIS.get(name, name): value for name, value in layer.items() if name != "type"}, REDUCED
    ), shapes


def split_at(kind: str) -> Draw:
    """A number of parts, or where they begin."""

    def draw(rng: random.Random) -> Drawn:
        layer: Layer = {}
        while not {"sections", "indices"} & layer.keys():
            layer, shapes = structure.drawn(rng, kind, "jax")
        where = layer.get("sections", layer.get("indices"))
        return without(rng, {"indices_or_sections": where, "axis": layer["dim"]}, ALONG), shapes

    return draw


def split_sizes(rng: random.Random) -> Drawn:
    layer, shapes = structure.drawn(rng, "split", "jax")
    size = structure.sized(shapes[0], layer["dim"])
    return without(rng, {"sizes": structure.parts(rng, size), "axis": layer["dim"]}, ALONG), shapes


def concatenated(word: str, *, optional: bool) -> Draw:
    """Inputs that differ along one axis, now and then along another too."""

    def draw(rng: random.Random) -> Drawn:
        first = structure.shape(rng, 0 if rng.random() < 0.1 else 1, 4)
        axis = structure.axis(rng, len(first))
        shapes = [first]
        for _ in range(rng.randint(0, 3)):
            other = list(first)
            if -len(first) <= axis < len(first):
                other[axis] = rng.choice(structure.SIZES)
            if other and rng.random() < 0.08:
                other[rng.randrange(len(other))] += 1
            shapes.append(other if rng.random() < 0.96 else structure.shape(rng, 1, 4))
        return without(rng, {word: axis}, (word,) if optional else ()), shapes

    return draw


def listed(kind: str, words: Mapping[str, str], name: str, optional: tuple[str, ...] = ()) -> Draw:
    """As of a kind, with a list where there may be one number: `lax` takes lists only."""

    def draw(rng: random.Random) -> Drawn:
        given, shapes = of_kind(kind, words, optional)(rng)
        value = given.get(name, [])
        return {**given, name: value if isinstance(value, list) or rng.random() < 0.1 else [value]}, shapes

    return draw


def swapped(rng: random.Random) -> Drawn:
    of = structure.shape(rng)
    return {"axis1": structure.axis(rng, len(of)), "axis2": structure.axis(rng, len(of))}, [of]


def rotated(rng: random.Random) -> Drawn:
    layer, shapes = structure.drawn(rng, "rot90", "jax")
    return without(rng, {"k": layer["k"], "axes": layer["dims"]}, ("k", "axes")), shapes


def padded(rng: random.Random) -> Drawn:
    """Pairs for every axis, now and then for too few, and one that crops."""
    of = structure.shape(rng, 1, 4)
    pairs = [[rng.randint(0, 3), rng.randint(0, 3)] for _ in of]
    if rng.random() < 0.06:
        pairs[0][rng.randrange(2)] = -1
    if rng.random() < 0.08 and len(pairs) > 2:
        pairs = pairs[:-1]
    mode = rng.choice(("constant", "constant", "reflect", "edge", "wrap", "nonsense"))
    value = {"constant_values": 1} if mode == "constant" and rng.random() < 0.3 else {}
    return {"pad_width": pairs, **without(rng, {"mode": mode}, ("mode",) if mode == "constant" else ()), **value}, [of]


def resized(rng: random.Random) -> Drawn:
    of = structure.shape(rng, 1, 4)
    count = len(of) + (rng.random() < 0.1)
    method = rng.choice(("nearest", "linear", "bilinear", "trilinear", "triangle", "cubic", "bicubic", "lanczos3",
                         "lanczos5", "nonsense"))  # fmt: skip
    given = {"shape": [rng.randint(1, 9) for _ in range(count)], "method": method, "antialias": rng.random() < 0.5}
    return without(rng, given, ("antialias",)), [of]


def counted(rng: random.Random) -> Drawn:
    """`arange`: an end alone, a start and an end, or a step as well."""
    start, stop, step = rng.randint(-5, 5), rng.randint(-5, 12), rng.choice((1, 2, 3, -1, -2))
    return rng.choice(({"start": start, "stop": stop}, {"start": start, "stop": stop, "step": step})), []


def repeated(rng: random.Random) -> Drawn:
    layer, shapes = structure.drawn(rng, "repeat_interleave", "jax")
    while layer["repeats"] == 0:  # 0 repeats skip JAX's check of the axis
        layer, shapes = structure.drawn(rng, "repeat_interleave", "jax")
    return without(rng, {AXIS.get(name, name): value for name, value in layer.items() if name != "type"}, ALONG), shapes


def convolved(*options: str, transposed: bool = False, named: bool = False) -> Draw:
    """A convolution of `lax`: the weight's shape is told by kernel and channels."""

    def draw(rng: random.Random) -> Drawn:
        rank, groups = rng.randint(1, 3), rng.choice((1, 1, 2)) if "feature_group_count" in options else 1
        first, second = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
        pairs = [[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(rank)]
        names = ("SAME", "VALID", "SAME_LOWER") if not transposed else ("SAME", "VALID")
        given: Layer = {"in_channels": first, "out_channels": second}
        given["kernel_size"] = [rng.randint(1, 3) for _ in range(rank)]
        stride = "strides" if transposed else "window_strides"
        given[stride] = [rng.randint(1, 3) for _ in range(rank + (rng.random() < 0.05))]
        given["padding"] = rng.choice(names) if named or rng.random() < 0.5 else pairs
        for name in options:
            if rng.random() > LEFT_OUT:
                given[name] = groups if name == "feature_group_count" else [rng.randint(1, 2) for _ in range(rank)]
        channels = first if rng.random() < 0.92 else first + 1
        spatial = [rng.randint(1, 9) for _ in range(rank if rng.random() < 0.95 else rank + 1)]
        layout = None if named or len(options) == 2 else rng.choice(LAYOUTS[rank])
        if layout is not None:
            given["dimension_numbers"] = layout
        last = transposed if layout is None else layout[0][-1] == "C"
        return given, [[rng.randint(1, 2), *spatial, channels] if last else [rng.randint(1, 2), channels, *spatial]]

    return draw


LAYOUTS: Mapping[int, tuple[list[str] | None, ...]] = {
    1: (None, ["NCW", "OIW", "NCW"], ["NWC", "WIO", "NWC"], ["NCH", "OIH", "NCH"]),
    2: (None, ["NCHW", "OIHW", "NCHW"], ["NHWC", "HWIO", "NHWC"]),
    3: (None, ["NCDHW", "OIDHW", "NCDHW"], ["NDHWC", "DHWIO", "NDHWC"]),
}
"""How the axes are named, by how many there are: JAX' own order where it is left out."""
