"""Random ONNX layers with random inputs, attributes spelled as ONNX spells them; knows no framework.

As in `cases.py`: a draft inside the rules, then mistakes. Pads differ at the two ends, attributes are lists with one
entry per spatial axis. A drawn layer also holds what is no part of it and is taken out again when it is recorded:
`opset`, and `kernel`, the weight's spatial sizes, where `kernel_shape` is left out for the weight to tell.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod

from tests.golden.record.cases import LARGEST_INPUT, RANKS, Layer, Shape, draw_pad, rank_of

OPSETS = (11, 13, 18, 19, 21, 22, 26)
"""Those where an operator here changed, and the newest that the runtime knows."""
AUTO_PADS = ("SAME_UPPER", "SAME_LOWER", "VALID")
SINCE = {("avg_pool", "dilations"): 19, ("lp_pool", "ceil_mode"): 18, ("lp_pool", "dilations"): 18}
"""The opset that brought an attribute in, where it is newer than the oldest here."""

WEIGHTS = {
    "conv": 12, "conv_transpose": 12, "max_pool": 10, "avg_pool": 10, "lp_pool": 6, "global_max_pool": 1,
    "global_avg_pool": 1, "pad": 12, "upsample": 3, "pixel_shuffle": 3, "pixel_unshuffle": 3, "flatten": 3,
    "linear": 3, "batch_norm": 3,
}  # fmt: skip
VALUE_WEIGHTS = {
    "conv": 9, "conv_transpose": 9, "max_pool": 7, "avg_pool": 9, "lp_pool": 4, "global_max_pool": 1,
    "global_avg_pool": 1, "pad": 8,
}  # fmt: skip


@dataclass(kw_only=True)
class Axis:
    """One spatial axis of a window layer."""

    size: int
    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    output_padding: int = 0

    @property
    def effective(self) -> int:
        return (self.kernel - 1) * self.dilation + 1

    @property
    def padded(self) -> int:
        return self.size + self.before + self.after


@dataclass(kw_only=True)
class Draft:
    """A layer and its input on the way: mistakes change it, `finish` spells it."""

    type: str
    opset: int
    axes: list[Axis]
    batch: int
    channels: int
    parameters: Layer = field(default_factory=dict)
    extra_axes: int = 0
    unbatched: bool = False
    wrong_length: str | None = None

    @property
    def family(self) -> str:
        return self.type[:-2]

    @property
    def shape(self) -> Shape:
        full = [self.batch, self.channels, *(axis.size for axis in self.axes)][self.unbatched :]
        return full[: len(full) + self.extra_axes] if self.extra_axes < 0 else full + [2] * self.extra_axes

    def knows(self, attribute: str) -> bool:
        return self.opset >= SINCE.get((self.family, attribute), 0)


def draw(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    while True:
        layer, shape = TYPES[type_](type_, rng)
        if prod(max(size, 1) for size in shape) <= LARGEST_INPUT:
            return layer, shape


def stream(type_: str, rng: random.Random) -> Iterator[tuple[Layer, Shape]]:
    """Distinct cases of one type, until the small ones run out; the opset alone makes no new case."""
    seen: set[str] = set()
    repeats = 0
    while repeats < 1_000:
        layer, shape = draw(type_, rng)
        key = json.dumps([{**layer, "opset": None}, shape], sort_keys=True)
        repeats = repeats + 1 if key in seen else 0
        if not repeats:
            seen.add(key)
            yield layer, shape


# --- spelling ---------------------------------------------------------------------------------------------------------

NAMES = {
    "kernel_shape": "kernel", "strides": "stride", "dilations": "dilation", "output_padding": "output_padding",
}  # fmt: skip
NEUTRAL = {"strides": 1, "dilations": 1, "pads": 0, "output_padding": 0}
DEFAULTS = {"group": 1, "ceil_mode": False, "count_include_pad": False, "auto_pad": "NOTSET", "p": 2, "bias": True}


def is_default(name: str, value: object) -> bool:
    if name in NEUTRAL:
        return isinstance(value, list) and set(value) == {NEUTRAL[name]}
    return name in DEFAULTS and value == DEFAULTS[name]


def finish(rng: random.Random, draft: Draft, *names: str) -> tuple[Layer, Shape]:
    """The layer spelled out; about half leave out every attribute at its default."""
    spelled: Layer = {name: [getattr(axis, NAMES[name]) for axis in draft.axes] for name in names}
    spelled["pads"] = [axis.before for axis in draft.axes] + [axis.after for axis in draft.axes]
    spelled |= draft.parameters
    if draft.wrong_length in spelled:
        values = spelled[draft.wrong_length]
        spelled[draft.wrong_length] = values[1:] if len(values) > 1 and rng.random() < 0.5 else [*values, values[-1]]
    if spelled.get("auto_pad", "NOTSET") != "NOTSET" and not spelled.pop("both", False):
        del spelled["pads"]
    spelled.pop("both", None)
    lean = rng.random() < 0.6
    kept = {
        name: value
        for name, value in spelled.items()
        if not (is_default(name, value) and (lean or not draft.knows(name)))
    }
    return {"type": draft.type, "opset": draft.opset, **kept}, draft.shape


# --- drafts -----------------------------------------------------------------------------------------------------------


def draw_opset(rng: random.Random) -> int:
    return rng.choice((*OPSETS, OPSETS[-1]))


def draw_axes(rng: random.Random, rank: int, axis: Callable[[random.Random, int], Axis]) -> list[Axis]:
    """Axes that are not all alike; now and then one parameter is shared by all."""
    while True:
        axes = [axis(rng, rank) for _ in range(rank)]
        for name in ("kernel", "stride", "dilation"):
            if rng.random() < 0.2:
                for other in axes[1:]:
                    setattr(other, name, getattr(axes[0], name))
        if rank == 1 or len({each.size for each in axes}) > 1:
            return axes


def draw_size(rng: random.Random, rank: int) -> int:
    return rng.randint(1, (11, 9, 6)[rank - 1])


def draw_ends(rng: random.Random, most: int) -> tuple[int, int]:
    """Two amounts, mostly different."""
    if most < 1 or rng.random() < 0.3:
        return 0, 0
    before, after = rng.randint(0, most), rng.randint(0, most)
    return (before, before) if rng.random() < 0.2 else (before, after)


def convolution_axis(rng: random.Random, rank: int) -> Axis:
    before, after = draw_ends(rng, 3)
    axis = Axis(size=draw_size(rng, rank), kernel=1, stride=rng.choice((1, 1, 2, 2, 3, 4)), before=before, after=after)
    axis.dilation = rng.choice((1, 1, 1, 2, 3))
    axis.kernel = rng.randint(1, max(1, min((6, 5, 3)[rank - 1], (axis.padded - 1) // axis.dilation + 1)))
    return axis


def transposed_axis(rng: random.Random, rank: int) -> Axis:
    axis = Axis(size=rng.randint(1, (7, 5, 3)[rank - 1]), kernel=rng.randint(1, (5, 4, 3)[rank - 1]))
    axis.stride, axis.dilation = rng.choice((1, 2, 2, 3, 4)), rng.choice((1, 1, 1, 2, 3))
    axis.output_padding = rng.randint(0, axis.stride - 1) if rng.random() < 0.4 else 0
    room = (axis.size - 1) * axis.stride + axis.effective + axis.output_padding
    axis.before, axis.after = draw_ends(rng, min(4, (room - 1) // 2))
    return axis


def pool_axis(rng: random.Random, rank: int) -> Axis:
    kernel = rng.randint(1, (5, 5, 4)[rank - 1])
    before, after = draw_ends(rng, kernel - 1)
    axis = Axis(size=draw_size(rng, rank), kernel=kernel, stride=rng.randint(1, 4), before=before, after=after)
    axis.size = max(axis.size, kernel - before - after) if rng.random() < 0.8 else axis.size
    return axis


def dilate_some(rng: random.Random, axes: list[Axis]) -> None:
    """Give axes with room for it a dilation."""
    for axis in axes:
        if rng.random() < 0.35:
            axis.dilation = rng.choice((2, 3))
            if axis.effective > axis.padded and rng.random() < 0.8:
                axis.dilation = 1


# --- mistakes: each spoils one thing ----------------------------------------------------------------------------------

Mistake = Callable[[random.Random, Draft], None]


def set_on_one_axis(name: str, *values: int) -> Mistake:
    def spoil_axis(rng: random.Random, draft: Draft) -> None:
        setattr(rng.choice(draft.axes), name, rng.choice(values))

    return spoil_axis


def set_parameter(name: str, *values: object) -> Mistake:
    def spoil_parameter(rng: random.Random, draft: Draft) -> None:
        draft.parameters[name] = rng.choice(values)

    return spoil_parameter


def kernel_too_large(rng: random.Random, draft: Draft) -> None:
    """At the edge: the effective kernel is larger than the padded input by 0 to a little more than the stride."""
    axis = rng.choice(draft.axes)
    axis.kernel = rng.randint(2, 6)
    axis.before, axis.after = draw_ends(rng, rng.choice((0, axis.kernel - 1)))
    axis.size = max(1, axis.effective - axis.before - axis.after - rng.randint(0, axis.stride + 1))


def pad_about_kernel(rng: random.Random, draft: Draft) -> None:
    """Around the plain kernel and the effective one, at one end."""
    axis = rng.choice(draft.axes)
    setattr(axis, rng.choice(("before", "after")), rng.choice((axis.kernel, axis.effective)) - rng.choice((0, 0, 1)))


def negative_pad(rng: random.Random, draft: Draft) -> None:
    setattr(rng.choice(draft.axes), rng.choice(("before", "after")), -rng.randint(1, 2))


def wrong_length(rng: random.Random, draft: Draft) -> None:
    draft.wrong_length = rng.choice(("kernel_shape", "strides", "dilations", "pads", "output_padding", "output_shape"))


def wrong_rank(rng: random.Random, draft: Draft) -> None:
    draft.extra_axes = rng.choice((-2, -1, -1, 1))


def unbatched(rng: random.Random, draft: Draft) -> None:
    draft.unbatched = True


def wrong_channels(rng: random.Random, draft: Draft) -> None:
    draft.channels = max(0, draft.channels + rng.choice((-2, -1, 1, 2)))


def groups_at_odds(rng: random.Random, draft: Draft) -> None:
    draft.parameters["group"] = rng.choice((2, 3, 4, 5))


def empty_axis(rng: random.Random, draft: Draft) -> None:
    rng.choice(draft.axes).size = 0


def empty_batch(rng: random.Random, draft: Draft) -> None:
    draft.batch = 0


def empty_channels(rng: random.Random, draft: Draft) -> None:
    draft.channels = 0


def pads_beside_auto_pad(rng: random.Random, draft: Draft) -> None:
    draft.parameters |= {"auto_pad": rng.choice(AUTO_PADS), "both": True}


def same_with_dilation(rng: random.Random, draft: Draft) -> None:
    draft.parameters["auto_pad"] = rng.choice(AUTO_PADS[:2])
    rng.choice(draft.axes).dilation = rng.choice((2, 3))


def output_padding_about_limit(rng: random.Random, draft: Draft) -> None:
    axis = rng.choice(draft.axes)
    axis.output_padding = rng.choice((axis.stride, axis.dilation)) + rng.choice((-1, 0, 1))


def cropped_to_nothing(rng: random.Random, draft: Draft) -> None:
    """Pads that eat the whole output, all but one, or one too much."""
    axis = rng.choice(draft.axes)
    whole = (axis.size - 1) * axis.stride + axis.effective + axis.output_padding
    axis.before = rng.randint(0, max(whole, 0))
    axis.after = max(0, whole - axis.before + rng.choice((-1, 0, 1)))


def output_shape_about_limit(rng: random.Random, draft: Draft) -> None:
    """Around the largest size that is possible, and zero."""
    wanted = [draw_wanted(rng, axis) for axis in draft.axes]
    position = rng.randrange(len(wanted))
    axis = draft.axes[position]
    largest = (axis.size - 1) * axis.stride + axis.effective + axis.stride - 1
    wanted[position] = rng.choice((largest, largest + 1, largest + 2, largest + axis.stride, 0, 1, -1))
    draft.parameters["output_shape"] = wanted


WINDOW_MISTAKES: list[Mistake] = [
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), negative_pad, wrong_length, wrong_length,
    kernel_too_large, kernel_too_large, kernel_too_large, wrong_rank, unbatched, empty_axis, empty_batch,
    empty_channels, pads_beside_auto_pad, set_on_one_axis("dilation", 0, -1), set_parameter("auto_pad", "SAME_BOTH"),
]  # fmt: skip
CHANNEL_MISTAKES: list[Mistake] = [wrong_channels, wrong_channels, groups_at_odds, set_parameter("group", 0, -1)]
CONVOLUTION_MISTAKES: list[Mistake] = [
    *(each for each in WINDOW_MISTAKES if each is not empty_channels), *CHANNEL_MISTAKES, same_with_dilation,
]  # fmt: skip
TRANSPOSED_MISTAKES: list[Mistake] = [
    *(each for each in WINDOW_MISTAKES if each not in (kernel_too_large, empty_channels, empty_axis)),
    *CHANNEL_MISTAKES, output_padding_about_limit, output_padding_about_limit,
    set_on_one_axis("output_padding", -1), cropped_to_nothing, cropped_to_nothing, output_shape_about_limit,
    output_shape_about_limit, output_shape_about_limit,
]  # fmt: skip
POOL_MISTAKES: list[Mistake] = [*WINDOW_MISTAKES, pad_about_kernel, pad_about_kernel, pad_about_kernel]


def spoil(rng: random.Random, draft: Draft, mistakes: list[Mistake]) -> Draft:
    """One mistake in four cases of ten, two in one of ten."""
    for _ in range(rng.choices((0, 1, 2), (5, 4, 1))[0]):
        rng.choice(mistakes)(rng, draft)
    return draft


# --- layers -----------------------------------------------------------------------------------------------------------


def convolution_draft(type_: str, rng: random.Random, axis: Callable[[random.Random, int], Axis]) -> Draft:
    group = rng.choice((1, 1, 1, 2, 3))
    inputs, outputs = group * rng.randint(1, 2), group * rng.randint(1, 3)
    axes = draw_axes(rng, rank_of(type_), axis)
    draft = Draft(type=type_, opset=draw_opset(rng), axes=axes, batch=rng.choice((1, 1, 2)), channels=inputs)
    draft.parameters = {"group": group, "in_channels": inputs, "out_channels": outputs, "bias": rng.random() < 0.6}
    return draft


def finish_convolution(rng: random.Random, draft: Draft, *names: str) -> tuple[Layer, Shape]:
    layer, shape = finish(rng, draft, "kernel_shape", "strides", "dilations", *names)
    if rng.random() < 0.06:
        layer["kernel"] = layer.pop("kernel_shape")
    return layer, shape


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, convolution_axis)
    if rng.random() < 0.3:
        draft.parameters["auto_pad"] = rng.choice(AUTO_PADS)
        for axis in draft.axes:
            axis.dilation = 1 if draft.parameters["auto_pad"] != "VALID" else axis.dilation
    return finish_convolution(rng, spoil(rng, draft, CONVOLUTION_MISTAKES))


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """The weight gives the channels of one group of outputs, so groups that do not divide them cannot be written."""
    draft = convolution_draft(type_, rng, transposed_axis)
    if rng.random() < 0.3:
        draft.parameters["auto_pad"] = rng.choice(AUTO_PADS)
    if rng.random() < 0.3:
        draft.parameters["output_shape"] = [draw_wanted(rng, axis) for axis in draft.axes]
    spoil(rng, draft, TRANSPOSED_MISTAKES)
    group = draft.parameters["group"]
    if group > 0:
        draft.parameters["out_channels"] = group * max(1, draft.parameters["out_channels"] // group)
    return finish_convolution(rng, draft, "output_padding")


def draw_wanted(rng: random.Random, axis: Axis) -> int:
    """An output size from 1 to the largest there is, mostly near what comes out without pads."""
    whole = (axis.size - 1) * max(axis.stride, 1) + axis.effective
    return max(
        1, rng.choice((whole, axis.size * axis.stride, rng.randint(1, max(1, whole)))) + rng.choice((-1, 0, 0, 1))
    )


def pool_draft(type_: str, rng: random.Random) -> Draft:
    axes = draw_axes(rng, rank_of(type_), pool_axis)
    draft = Draft(type=type_, opset=draw_opset(rng), axes=axes, batch=rng.randint(1, 2), channels=rng.randint(1, 3))
    slip = rng.random() < 0.08
    if draft.knows("dilations") or slip:
        dilate_some(rng, axes)
    if draft.knows("ceil_mode") or slip:
        draft.parameters["ceil_mode"] = rng.random() < 0.5
    if rng.random() < 0.25:
        draft.parameters["auto_pad"] = rng.choice(AUTO_PADS)
    return draft


def finish_pool(rng: random.Random, draft: Draft) -> tuple[Layer, Shape]:
    layer, shape = finish(rng, spoil(rng, draft, POOL_MISTAKES), "kernel_shape", "strides", "dilations")
    if rng.random() < 0.03:
        del layer["kernel_shape"]
    return layer, shape


def max_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    return finish_pool(rng, pool_draft(type_, rng))


def avg_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    draft.parameters["count_include_pad"] = rng.random() < 0.5
    return finish_pool(rng, draft)


def lp_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    draft.parameters["p"] = rng.choice((1, 2, 2, 3))
    return finish_pool(rng, draft)


def global_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """The operator has no rank of its own: a wrong one is drawn only where every rank is refused."""
    rank = rank_of(type_)
    shape = [rng.randint(1, 6 if rank < 3 else 4) for _ in range(rank + 2)]
    if rng.random() < 0.25:
        shape[rng.randrange(len(shape))] = 0
    if rng.random() < 0.25:
        shape = {1: shape[: rng.choice((1, 2))], 2: shape, 3: [*shape, 2]}[rank]
    return {"type": type_, "opset": draw_opset(rng)}, shape


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    mode = rng.choice(("constant", "constant", "reflect", "reflect", "replicate", "circular"))
    rank = rng.choice((1, 2, 3))
    sizes = [rng.randint(1, 7 if rank < 3 else 5) for _ in range(rank)]
    pairs = [[draw_pad(rng, size), draw_pad(rng, size)] for size in sizes]
    if rng.random() < 0.5:
        position = rng.randrange(rank)
        pairs[position] = draw_edge_pair(rng, sizes[position])
    if rng.random() < 0.06:
        sizes[rng.randrange(rank)] = 0
    leading = [rng.randint(1, 3) for _ in range(rng.choice((2, 2, 2, 2, 2, 1, 0, 3)))]
    if leading and rng.random() < 0.05:
        leading[rng.randrange(len(leading))] = 0
    shape = [*leading, *sizes]
    if rng.random() < 0.04 and not leading:
        shape = shape[1:]
    layer = {"type": type_, "opset": draw_opset(rng), "padding": pairs, "mode": mode}
    if mode == "constant" and rng.random() < 0.5:
        layer["value"] = rng.choice((0, 1, -2, 2.5))
    return layer, shape


def draw_edge_pair(rng: random.Random, size: int) -> list[int]:
    """About the input's size, or cropping at one end and about what is left at the other."""
    crop = rng.choice((0, 0, -1, -2, -size, -size - 1))
    pair = [crop, rng.choice((size + crop - 1, size + crop, size + crop + 1, 2 * size, 0, -1))]
    return pair if rng.random() < 0.5 else pair[::-1]


def upsample(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.choice((1, 2, 3))
    factors = [rng.choice((0, -1)) if rng.random() < 0.12 else rng.randint(1, 4) for _ in range(rank)]
    shape = [rng.choice((0, 1)) if rng.random() < 0.1 else rng.randint(1, 4) for _ in range(rank + 2)]
    factor: int | list[int] = factors[0] if len(set(factors)) == 1 and rng.random() < 0.7 else factors
    if isinstance(factor, list) and rng.random() < 0.15:
        factor = [*factor, 2] if rng.random() < 0.5 or rank == 1 else factor[1:]
    return {"type": type_, "opset": draw_opset(rng), "scale_factor": factor, "mode": "nearest"}, shape


def pixel_shuffle(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    factor = rng.randint(1, 4)
    batch, channels, height, width = (rng.randint(1, 4) for _ in range(4))
    shape = [batch, channels * factor**2, height, width]
    if type_ == "pixel_unshuffle":
        shape = [batch, channels, height * factor, width * factor]
    return block_layer(type_, rng, factor, shape, "upscale_factor" if type_ == "pixel_shuffle" else "downscale_factor")


def block_layer(type_: str, rng: random.Random, factor: int, shape: Shape, name: str) -> tuple[Layer, Shape]:
    mistake = rng.random()
    if mistake < 0.3:
        shape[rng.randrange(1, 4)] += rng.choice((-1, 1, 2))
    elif mistake < 0.36:
        shape = rng.choice((shape[1:], shape[:-1], [*shape, factor]))
    elif mistake < 0.41:
        factor = rng.choice((0, -1, -factor))
    elif mistake < 0.45:
        shape[rng.randrange(4)] = 0
    return {"type": type_, "opset": draw_opset(rng), name: factor}, shape


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.randint(1, 5) if rng.random() < 0.95 else 0
    shape = [rng.randint(0, 5) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rank)]
    axis = rng.choice((rng.randint(-len(shape), len(shape)), rng.randint(-len(shape) - 2, len(shape) + 2)))
    layer = {"type": type_, "opset": draw_opset(rng), "axis": axis}
    if axis == 1 and rng.random() < 0.5:
        del layer["axis"]
    return layer, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    features = 0 if rng.random() < 0.05 else rng.randint(1, 12)
    outputs = 0 if rng.random() < 0.05 else rng.randint(1, 12)
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    last = max(features + rng.choice((-2, -1, 1, 2, 3)), 0) if rng.random() < 0.4 else features
    layer = {"type": type_, "opset": draw_opset(rng), "in_features": features, "out_features": outputs}
    return layer, [] if rng.random() < 0.02 else [*shape, last]


def batch_norm(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """The channel axis is the second one; any rank from two axes on."""
    shape = [rng.randint(1, 6) for _ in range(rng.randint(1 if rng.random() < 0.3 else 2, 5))]
    if rng.random() < 0.1:
        shape[rng.randrange(len(shape))] = 0
    features = shape[1] if len(shape) > 1 else shape[0]
    if rng.random() < 0.35:
        features = max(0, rng.choice((features - 1, features + 1, features + 2, shape[0], shape[-1])))
    return {"type": type_, "opset": draw_opset(rng), "num_features": features}, shape


SPATIAL_TYPES = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": max_pool, "avg_pool": avg_pool, "lp_pool": lp_pool,
    "global_max_pool": global_pool, "global_avg_pool": global_pool,
}  # fmt: skip
TYPES: dict[str, Callable[[str, random.Random], tuple[Layer, Shape]]] = {
    f"{name}{rank}d": builder for name, builder in SPATIAL_TYPES.items() for rank in RANKS
} | {
    "pad": pad, "upsample": upsample, "pixel_shuffle": pixel_shuffle, "pixel_unshuffle": pixel_shuffle,
    "flatten": flatten, "linear": linear, "batch_norm": batch_norm,
}  # fmt: skip
