"""Random layers with random inputs, in the API's spelling; knows no framework.

A draft is drawn comfortably inside the rules, then about half are spoiled by one or two mistakes
(a stride of 0, a kernel one too large, a missing axis): what comes of it only a framework can say.
Sizes are tiny so that the edges of the rules are met often, and axes differ so that mixed-up axes show.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

Layer = dict[str, Any]
Shape = list[int]

RANKS = (1, 2, 3)
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
LARGEST_INPUT = 6_000


@dataclass(kw_only=True)
class Axis:
    """One spatial axis of a window layer."""

    size: int
    kernel: int
    stride: int
    padding: int = 0
    dilation: int = 1
    output_padding: int = 0

    @property
    def effective(self) -> int:
        return (self.kernel - 1) * self.dilation + 1


@dataclass(kw_only=True)
class Draft:
    """A layer and its input on the way: mistakes change it, `finish` spells it."""

    type: str
    axes: list[Axis]
    batch: int | None
    channels: int
    parameters: Layer = field(default_factory=dict)
    extra_axes: int = 0

    @property
    def shape(self) -> Shape:
        """The input's full shape; a missing axis is the first spatial one, an added one comes last."""
        spatial = [axis.size for axis in self.axes]
        leading = [self.channels] if self.batch is None else [self.batch, self.channels]
        full = leading + spatial
        return full[: len(full) + self.extra_axes] if self.extra_axes < 0 else full + [2] * self.extra_axes


def draw(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """One random layer of the type and the full shape of an input for it."""
    while True:
        layer, shape = TYPES[type_](type_, rng)
        if prod(max(size, 1) for size in shape) <= LARGEST_INPUT:
            return (without_defaults(layer) if rng.random() < 0.5 else layer), shape


def stream(type_: str, rng: random.Random) -> Iterator[tuple[Layer, Shape]]:
    """Distinct cases of one type, until the small ones run out."""
    seen: set[str] = set()
    repeats = 0
    while repeats < 1_000:
        layer, shape = draw(type_, rng)
        key = json.dumps([layer, shape], sort_keys=True)
        repeats = repeats + 1 if key in seen else 0
        if not repeats:
            seen.add(key)
            yield layer, shape


def integers(rng: random.Random, shape: Shape) -> dict[str, Any]:
    """An array of small whole numbers, flat and row-major."""
    return {"shape": shape, "data": [rng.randint(-4, 4) for _ in range(prod(shape))]}


# --- spelling ---------------------------------------------------------------------------------------------------------

DEFAULTS = {
    "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros", "output_padding": 0,
    "ceil_mode": False, "count_include_pad": True, "start_dim": 1, "end_dim": -1, "affine": True,
    "mode": "constant", "value": 0,
}  # fmt: skip


def without_defaults(layer: Layer) -> Layer:
    """The same layer, parameters at their default left out; a pool's stride has no such default."""
    kept = {"stride"} if "pool" in layer["type"] else set()
    return {
        name: value
        for name, value in layer.items()
        if name in kept or name not in DEFAULTS or value != DEFAULTS[name] or type(value) is not type(DEFAULTS[name])
    }


def spell(rng: random.Random, values: list[int]) -> int | list[int]:
    """One integer where the axes agree (mostly), else one per axis."""
    return values[0] if len(set(values)) == 1 and rng.random() < 0.8 else values


def per_axis(rng: random.Random, axes: list[Axis], name: str) -> int | list[int]:
    return spell(rng, [getattr(axis, name) for axis in axes])


# --- drafts -----------------------------------------------------------------------------------------------------------


def rank_of(type_: str) -> int:
    return int(type_[-2])


def draw_batch(rng: random.Random) -> int | None:
    """Unbatched in one case of four."""
    return rng.choice((None, 1, 2, 3))


def draw_axes(rng: random.Random, rank: int, axis: Callable[[random.Random, int], Axis]) -> list[Axis]:
    """Axes that are not all alike; now and then one parameter is shared by all."""
    while True:
        axes = [axis(rng, rank) for _ in range(rank)]
        for name in ("kernel", "stride", "padding", "dilation"):
            if rng.random() < 0.2:
                for other in axes[1:]:
                    setattr(other, name, getattr(axes[0], name))
        if rank == 1 or len({axis.size for axis in axes}) > 1:
            return axes


def draw_size(rng: random.Random, rank: int) -> int:
    return rng.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12) if rank < 3 else (1, 2, 3, 4, 5, 6, 7, 8))


def draw_kernel_within(rng: random.Random, room: int) -> int:
    return rng.randint(1, max(1, min(6, room)))


def convolution_axis(rng: random.Random, rank: int) -> Axis:
    size, padding, dilation = draw_size(rng, rank), rng.choice((0, 0, 0, 1, 1, 2, 3, 4)), rng.choice((1, 1, 1, 2, 3))
    kernel = draw_kernel_within(rng, (size + 2 * padding - 1) // dilation + 1)
    return Axis(size=size, kernel=kernel, stride=rng.choice((1, 1, 2, 2, 3, 4)), padding=padding, dilation=dilation)


def transposed_axis(rng: random.Random, rank: int) -> Axis:
    axis = Axis(
        size=rng.randint(1, 7 if rank < 3 else 4), kernel=rng.randint(1, 6 if rank < 3 else 4),
        stride=rng.choice((1, 2, 2, 3, 4)), dilation=rng.choice((1, 1, 1, 2, 3)),
    )  # fmt: skip
    axis.output_padding = rng.randint(0, max(axis.stride, axis.dilation) - 1) if rng.random() < 0.5 else 0
    room = (axis.size - 1) * axis.stride + axis.effective + axis.output_padding
    axis.padding = rng.randint(0, max(0, min(4, (room - 1) // 2)))
    return axis


def pool_axis(rng: random.Random, rank: int) -> Axis:
    kernel = rng.randint(1, 6)
    padding = rng.randint(0, kernel // 2) if rng.random() < 0.6 else 0
    axis = Axis(size=draw_size(rng, rank), kernel=kernel, stride=rng.randint(1, 4), padding=padding)
    axis.size = max(axis.size, kernel - 2 * padding) if rng.random() < 0.8 else axis.size
    return axis


def dilate_some(rng: random.Random, axes: list[Axis]) -> None:
    """Give axes with room for it a dilation."""
    for axis in axes:
        if rng.random() < 0.4:
            axis.dilation = rng.choice((2, 3))
            room = axis.size + 2 * axis.padding
            if axis.effective > room and rng.random() < 0.8:
                axis.dilation = 1


# --- mistakes: each spoils one thing ----------------------------------------------------------------------------------

Mistake = Callable[[random.Random, Draft], None]


def set_on_one_axis(name: str, *values: int) -> Mistake:
    def spoil(rng: random.Random, draft: Draft) -> None:
        setattr(rng.choice(draft.axes), name, rng.choice(values))

    return spoil


def kernel_too_large(rng: random.Random, draft: Draft) -> None:
    """At the edge: the effective kernel is 0 to 2 larger than the input, sometimes than the padded input."""
    axis = rng.choice(draft.axes)
    axis.kernel = rng.randint(2, 6)
    axis.padding = rng.choice((0, axis.padding, axis.kernel // 2))
    room = axis.effective - rng.choice((0, 2 * axis.padding))
    axis.size = max(1, room - rng.randint(0, 2))


def padding_about_half(rng: random.Random, draft: Draft) -> None:
    """Around half the plain kernel and half the effective one."""
    axis = rng.choice(draft.axes)
    axis.padding = rng.choice((axis.kernel // 2, axis.effective // 2)) + rng.choice((0, 1))


def padding_about_size(rng: random.Random, draft: Draft) -> None:
    axis = rng.choice(draft.axes)
    axis.size = rng.randint(1, 5)
    axis.padding = max(0, axis.size + rng.choice((-1, 0, 1)))


def empty_axis(rng: random.Random, draft: Draft) -> None:
    rng.choice(draft.axes).size = 0


def empty_batch(rng: random.Random, draft: Draft) -> None:
    draft.batch = 0


def empty_channels(rng: random.Random, draft: Draft) -> None:
    draft.channels = 0


def wrong_rank(rng: random.Random, draft: Draft) -> None:
    draft.extra_axes = rng.choice((-2, -1, -1, 1, 1))


def wrong_channels(rng: random.Random, draft: Draft) -> None:
    draft.channels = max(0, draft.channels + rng.choice((-2, -1, 1, 2)))


def set_parameter(name: str, *values: Any) -> Mistake:
    def spoil(rng: random.Random, draft: Draft) -> None:
        draft.parameters[name] = rng.choice(values)

    return spoil


def groups_at_odds(rng: random.Random, draft: Draft) -> None:
    draft.parameters["groups"] = rng.choice((2, 3, 4, 5))


def same_with_stride(rng: random.Random, draft: Draft) -> None:
    draft.parameters["padding"] = "same"
    draft.parameters["padding_mode"] = rng.choice(PADDING_MODES)


def output_padding_about_limit(rng: random.Random, draft: Draft) -> None:
    axis = rng.choice(draft.axes)
    limit = rng.choice((axis.stride, axis.dilation, max(axis.stride, axis.dilation)))
    axis.output_padding = limit + rng.choice((-1, 0, 1))


def transposed_to_nothing(rng: random.Random, draft: Draft) -> None:
    """Padding that eats the whole output, all but one, or one too much."""
    axis = rng.choice(draft.axes)
    unpadded = (axis.size - 1) * axis.stride + axis.effective + axis.output_padding
    axis.padding = (unpadded + rng.choice((-1, 0, 1, 2))) // 2


def nothing(rng: random.Random, draft: Draft) -> None:
    """No mistake."""


WINDOW_MISTAKES: list[Mistake] = [
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), set_on_one_axis("padding", -1, -2),
    kernel_too_large, kernel_too_large, wrong_rank, empty_axis, empty_batch, empty_channels,
]  # fmt: skip
DILATION_MISTAKES: list[Mistake] = [set_on_one_axis("dilation", 0, -1)]
CHANNEL_MISTAKES: list[Mistake] = [
    wrong_channels, groups_at_odds, set_parameter("groups", 0, -1), set_parameter("in_channels", 0, -1),
    set_parameter("out_channels", 0, -1),
]  # fmt: skip
CONVOLUTION_MISTAKES = WINDOW_MISTAKES + DILATION_MISTAKES + CHANNEL_MISTAKES + [same_with_stride, padding_about_size]
TRANSPOSED_MISTAKES = WINDOW_MISTAKES + DILATION_MISTAKES + CHANNEL_MISTAKES + [
    output_padding_about_limit, output_padding_about_limit, set_on_one_axis("output_padding", -1),
    transposed_to_nothing, transposed_to_nothing, set_parameter("padding_mode", "reflect", "replicate", "circular"),
    set_parameter("padding", "same", "valid"),
]  # fmt: skip
POOL_MISTAKES = [*WINDOW_MISTAKES, padding_about_half, padding_about_half]


def spoil(rng: random.Random, draft: Draft, mistakes: list[Mistake]) -> Draft:
    """One mistake in four cases of ten, two in one of ten."""
    for _ in range(rng.choices((0, 1, 2), (5, 4, 1))[0]):
        rng.choice(mistakes)(rng, draft)
    return draft


# --- layers -----------------------------------------------------------------------------------------------------------


def window_parameters(rng: random.Random, draft: Draft, *names: str) -> Layer:
    spelled = {"kernel_size": "kernel"}
    return {name: per_axis(rng, draft.axes, spelled.get(name, name)) for name in names}


def convolution_draft(type_: str, rng: random.Random, axis: Callable[[random.Random, int], Axis]) -> Draft:
    groups = rng.choice((1, 1, 1, 2, 3))
    inputs, outputs = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
    draft = Draft(type=type_, axes=draw_axes(rng, rank_of(type_), axis), batch=draw_batch(rng), channels=inputs)
    draft.parameters = {"in_channels": inputs, "out_channels": outputs, "groups": groups, "bias": rng.random() < 0.6}
    return draft


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, convolution_axis)
    draft.parameters["padding_mode"] = rng.choice(("zeros", *PADDING_MODES))
    if rng.random() < 0.2:
        draft.parameters["padding"] = rng.choice(("same", "same", "valid"))
        if draft.parameters["padding"] == "same":
            for axis in draft.axes:
                axis.stride = 1
    spoil(rng, draft, CONVOLUTION_MISTAKES)
    window = window_parameters(rng, draft, "kernel_size", "stride", "padding", "dilation")
    return {"type": type_, **window, **draft.parameters}, draft.shape


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = spoil(rng, convolution_draft(type_, rng, transposed_axis), TRANSPOSED_MISTAKES)
    window = window_parameters(rng, draft, "kernel_size", "stride", "padding", "dilation", "output_padding")
    layer = {"type": type_, **window, **draft.parameters}
    if rng.random() < 0.3:
        layer["output_size"] = draw_output_size(rng, draft)
        if rng.random() < 0.8:
            del layer["output_padding"]
    return layer, draft.shape


def draw_output_size(rng: random.Random, draft: Draft) -> list[int]:
    """Sizes in, and now and then one beside, the range that maps back to the input; sometimes the full shape."""
    sizes = []
    for axis in draft.axes:
        least = (axis.size - 1) * axis.stride - 2 * axis.padding + axis.effective
        sizes.append(least + rng.randint(0, max(axis.stride - 1, 0)))
    if rng.random() < 0.3:
        sizes[rng.randrange(len(sizes))] += rng.choice((-2, -1, 1, 2))
    channels = draft.parameters["out_channels"]
    leading = [channels] if draft.batch is None else [draft.batch, channels]
    return rng.choice((sizes, sizes, sizes, leading + sizes, leading[1:] + sizes, [*sizes, 1]))


def pool_draft(type_: str, rng: random.Random) -> Draft:
    axes = draw_axes(rng, rank_of(type_), pool_axis)
    return Draft(type=type_, axes=axes, batch=draw_batch(rng), channels=rng.randint(1, 3))


def finish_pool(rng: random.Random, draft: Draft, *names: str) -> tuple[Layer, Shape]:
    window = window_parameters(rng, draft, "kernel_size", "stride", *names)
    if draft.type == "lp_pool1d":
        window["kernel_size"] = draft.axes[0].kernel  # PyTorch trips over a one-element list here, and only here
    if rng.random() < 0.25:
        del window["stride"]
    return {"type": draft.type, **window, **draft.parameters}, draft.shape


def max_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    dilate_some(rng, draft.axes)
    draft.parameters = {"ceil_mode": rng.random() < 0.5}
    spoil(rng, draft, POOL_MISTAKES + DILATION_MISTAKES)
    return finish_pool(rng, draft, "padding", "dilation")


def avg_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    draft.parameters = {"ceil_mode": rng.random() < 0.5, "count_include_pad": rng.random() < 0.5}
    mistakes = list(POOL_MISTAKES)
    if rank_of(type_) > 1:
        mistakes += [set_parameter("divisor_override", 0, -1)]
        if rng.random() < 0.3:
            draft.parameters["divisor_override"] = rng.randint(1, 9)
    spoil(rng, draft, mistakes)
    return finish_pool(rng, draft, "padding")


def lp_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    for axis in draft.axes:
        axis.padding, axis.size = 0, max(axis.size, axis.kernel)
    draft.parameters = {"norm_type": rng.choice((1, 2, 3, 4)), "ceil_mode": rng.random() < 0.5}
    spoil(rng, draft, [*WINDOW_MISTAKES, set_parameter("norm_type", 0, -1)])
    return finish_pool(rng, draft)


def adaptive_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    wanted: list[int | None] = [rng.randint(1, 9) for _ in draft.axes]
    for position in range(len(wanted)):
        if len(wanted) > 1 and rng.random() < 0.2:
            wanted[position] = None
    spoil(rng, draft, [wrong_rank, empty_axis, empty_batch, empty_channels, nothing, nothing])
    if rng.random() < 0.2:
        wanted[rng.randrange(len(wanted))] = rng.choice((0, 0, -1, -2))
    shared = wanted[0] is not None and (len(wanted) == 1 or rng.random() < 0.2)
    return {"type": type_, "output_size": wanted[0] if shared and rng.random() < 0.8 else wanted}, draft.shape


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.randint(1, 5)
    shape = [rng.choice((0, 1, 2, 3, 4, 5)) if rng.random() < 0.2 else rng.randint(1, 5) for _ in range(rank)]
    first, last = (rng.randint(-rank, rank - 1) if rng.random() < 0.7 else rng.choice((1, -1)) for _ in range(2))
    if rng.random() < 0.6 and first % rank > last % rank:
        first, last = last, first
    if rng.random() < 0.15:
        first, last = rng.choice(((rank, last), (first, rank), (-rank - 1, last), (first, -rank - 1)))
    return {"type": type_, "start_dim": first, "end_dim": last}, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    features = rng.choice((0, -1)) if rng.random() < 0.08 else rng.randint(1, 12)
    outputs = rng.choice((0, -1)) if rng.random() < 0.08 else rng.randint(1, 12)
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.2 else rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    last = features + rng.choice((-2, -1, 1, 2, 3)) if rng.random() < 0.3 else features
    layer = {"type": type_, "in_features": features, "out_features": outputs, "bias": rng.random() < 0.6}
    return layer, [*shape, max(last, 0)]


def batch_norm(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """The channel axis is the second one, whatever the rank; now and then an axis is missing or too many."""
    shape = [rng.randint(1, 6) for _ in range(rank_of(type_) + 2)]
    if rng.random() < 0.12:
        shape = rng.choice((shape[:-1], shape[:-1], shape[:-2], [*shape, 2]))
    if rng.random() < 0.15:
        shape[rng.randrange(len(shape))] = 0
    features = shape[1] if len(shape) > 1 else shape[0]
    if rng.random() < 0.25:
        features = rng.choice((features - 1, features + 1, features + 2, shape[0], shape[-1]))
    return {"type": type_, "num_features": features, "affine": rng.random() < 0.5}, shape


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    mode = rng.choice(("constant", "constant", "reflect", "replicate", "circular"))
    rank = rng.choice((1, 2, 3))
    sizes = [rng.randint(1, 7 if rank < 3 else 5) for _ in range(rank)]
    pairs = [[draw_pad(rng, size), draw_pad(rng, size)] for size in sizes]
    if rng.random() < 0.35:
        position = rng.randrange(rank)
        size = sizes[position]
        pairs[position][rng.randrange(2)] = rng.choice((size - 1, size, size + 1, 2 * size, -1, -2, -size, -size - 1))
    if rng.random() < 0.1:
        sizes[rng.randrange(rank)] = 0
    leading = [rng.randint(1, 3) for _ in range(rng.choice((1, 1, 2, 2, 2, 2, 0, 3)))]
    if leading and rng.random() < 0.05:
        leading[rng.randrange(len(leading))] = 0
    shape = [*leading, *sizes]
    if rng.random() < 0.04:
        shape = shape[1:]
    value = rng.choice((0, 0, 1, -2, 2.5)) if mode == "constant" else rng.choices((0, 3), (9, 1))[0]
    return {"type": type_, "padding": pairs, "mode": mode, "value": value}, shape


def draw_pad(rng: random.Random, size: int) -> int:
    """Mostly within the input, seldom a negative amount, which crops."""
    return -rng.randint(1, 2) if rng.random() < 0.06 else rng.randint(0, max(0, min(4, size - 1)))


SPATIAL_TYPES = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": max_pool, "avg_pool": avg_pool, "lp_pool": lp_pool,
    "adaptive_max_pool": adaptive_pool, "adaptive_avg_pool": adaptive_pool, "batch_norm": batch_norm,
}  # fmt: skip
TYPES: dict[str, Callable[[str, random.Random], tuple[Layer, Shape]]] = {
    f"{name}{rank}d": builder for name, builder in SPATIAL_TYPES.items() for rank in RANKS
} | {"flatten": flatten, "linear": linear, "pad": pad}
