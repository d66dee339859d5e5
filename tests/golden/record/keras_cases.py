"""Random Keras layers with random inputs: Keras's parameters and defaults, the API's type names.

Built on `cases.py`: a draft inside the rules, about half of them spoiled by one or two mistakes. Channels come from
the input, whose last axis they are unless `data_format` says otherwise.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

from tests.golden.record.cases import (
    LARGEST_INPUT,
    RANKS,
    Axis,
    Draft,
    Layer,
    Mistake,
    Shape,
    draw_axes,
    draw_size,
    empty_axis,
    empty_batch,
    empty_channels,
    groups_at_odds,
    kernel_too_large,
    nothing,
    per_axis,
    rank_of,
    set_on_one_axis,
    set_parameter,
    spell,
    spoil,
    wrong_rank,
)

# How often a type is drawn: the more rules it has, the more cases it needs.
WEIGHTS = {
    "conv": 8, "depthwise_conv": 8, "separable_conv": 6, "conv_transpose": 10, "max_pool": 6, "avg_pool": 6,
    "global_max_pool": 1, "global_avg_pool": 1, "adaptive_max_pool": 2, "adaptive_avg_pool": 2, "batch_norm": 3,
    "flatten": 2, "linear": 3, "pad": 8, "crop": 8, "upsample": 8,
}  # fmt: skip
VALUE_WEIGHTS = {
    "conv": 8, "depthwise_conv": 7, "separable_conv": 5, "conv_transpose": 9, "max_pool": 4, "avg_pool": 6,
    "global_max_pool": 1, "global_avg_pool": 1, "adaptive_max_pool": 2, "adaptive_avg_pool": 2,
    "flatten": 2, "linear": 2, "pad": 4, "crop": 3, "upsample": 5,
}  # fmt: skip

PADDINGS = ("valid", "same")
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


@dataclass(kw_only=True)
class KerasDraft(Draft):
    """A draft whose channels stand last or first."""

    channels_first: bool = False

    @property
    def shape(self) -> Shape:
        spatial = [axis.size for axis in self.axes]
        sample = [self.channels, *spatial] if self.channels_first else [*spatial, self.channels]
        full = sample if self.batch is None else [self.batch, *sample]
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


# --- spelling ---------------------------------------------------------------------------------------------------------

DEFAULTS = {
    "strides": 1, "padding": "valid", "dilation_rate": 1, "groups": 1, "use_bias": True, "depth_multiplier": 1,
    "data_format": "channels_last", "output_padding": None, "keepdims": False, "interpolation": "nearest", "axis": -1,
}  # fmt: skip
WINDOW = {"kernel_size": "kernel", "pool_size": "kernel", "strides": "stride", "dilation_rate": "dilation"}


def without_defaults(layer: Layer) -> Layer:
    """The same layer, parameters at their default left out; the strides of a pool default to its size."""
    kept = {"strides"} if "pool" in layer["type"] else set()
    return {
        name: value
        for name, value in layer.items()
        if name in kept or name not in DEFAULTS or value != DEFAULTS[name] or type(value) is not type(DEFAULTS[name])
    }


def finish(rng: random.Random, draft: KerasDraft, *names: str) -> tuple[Layer, Shape]:
    """The layer spelled out; what a mistake has set goes before what the axes say, `MISSING` takes it away."""
    window = {name: per_axis(rng, draft.axes, WINDOW.get(name, name)) for name in names}
    layer = {"type": draft.type, **window, **draft.parameters}
    return {name: value for name, value in layer.items() if value is not MISSING}, draft.shape


MISSING = object()


# --- drafts -----------------------------------------------------------------------------------------------------------


def blank(type_: str, rng: random.Random, axis: Callable[[random.Random, int], Axis]) -> KerasDraft:
    """The parts that layers over channels and axes have in common."""
    axes = draw_axes(rng, rank_of(type_), axis)
    draft = KerasDraft(type=type_, axes=axes, batch=rng.choice((1, 2, 3)), channels=rng.randint(1, 4))
    arrange(rng, draft)
    return draft


def arrange(rng: random.Random, draft: KerasDraft) -> None:
    draft.channels_first = rng.random() < 0.3
    if draft.channels_first or rng.random() < 0.4:
        draft.parameters["data_format"] = "channels_first" if draft.channels_first else "channels_last"


def window_axis(rng: random.Random, rank: int) -> Axis:
    return Axis(
        size=draw_size(rng, rank), kernel=rng.randint(1, 6), stride=rng.choice((1, 2, 2, 3, 4)),
        dilation=rng.choice((1, 2, 2, 3)),
    )  # fmt: skip


def transposed_axis(rng: random.Random, rank: int) -> Axis:
    axis = Axis(
        size=rng.randint(1, 6 if rank < 3 else 4), kernel=rng.randint(1, 6 if rank < 3 else 4),
        stride=rng.choice((1, 2, 2, 3, 4)), dilation=rng.choice((1, 2, 2, 3)),
    )  # fmt: skip
    axis.output_padding = rng.randint(0, axis.stride - 1)
    return axis


def either_stride_or_dilation(rng: random.Random, draft: Draft, both: float) -> None:
    """Seldom both: most layers refuse that."""
    if rng.random() < both:
        return
    name = rng.choice(("dilation", "dilation", "stride"))
    for axis in draft.axes:
        setattr(axis, name, 1)


def fit(rng: random.Random, draft: Draft) -> None:
    """Without padding, mostly make the input as large as the window."""
    if draft.parameters["padding"] != "valid":
        return
    for axis in draft.axes:
        if axis.effective > axis.size and rng.random() < 0.95:
            axis.size = axis.effective + rng.choice((0, 0, 1, 2, 3))


# --- mistakes: each spoils one thing ----------------------------------------------------------------------------------


def unbatched(rng: random.Random, draft: Draft) -> None:
    draft.batch = None


def wrong_length(*names: str) -> Mistake:
    """A list with one entry too many or too few."""

    def spoil_length(rng: random.Random, draft: Draft) -> None:
        rank = len(draft.axes)
        length = rng.choice([length for length in (0, 1, 2, 3, 4) if length != rank])
        draft.parameters[rng.choice(names)] = [rng.choice((1, 2)) for _ in range(length)]

    return spoil_length


def other_padding(rng: random.Random, draft: Draft) -> None:
    """Names of other frameworks or other layers, numbers, and other letter cases, which Keras takes."""
    rank = len(draft.axes)
    draft.parameters["padding"] = rng.choice(
        ("causal", "causal", "full", "same_upper", "same_lower", "SAME", "VALID", "Same", 0, 1, [1] * rank,
         [[0, 1]] * rank, [[0, 0], *[[1, 1]] * rank, [0, 0]])
    )  # fmt: skip


def output_padding_about_limit(rng: random.Random, draft: Draft) -> None:
    axis = rng.choice(draft.axes)
    axis.output_padding = rng.choice((axis.stride, axis.dilation)) + rng.choice((-1, 0, 1))
    draft.parameters.pop("output_padding", None)


def shared_output_padding(rng: random.Random, draft: Draft) -> None:
    """One number, maybe too large for one of the axes."""
    draft.parameters["output_padding"] = rng.randint(0, max(axis.stride for axis in draft.axes))


def other_data_format(rng: random.Random, draft: Draft) -> None:
    """Another name, another letter case, or the other layout; `Cropping1D` and `UpSampling1D` have none at all."""
    names = ("NCHW", "NHWC", "channels", "Channels_Last", "channels_last", "channels_first")
    has_none = draft.type in {"crop", "upsample"} and len(draft.axes) == 1
    draft.parameters["data_format"] = "channels_first" if has_none else rng.choice(names)


def stride_and_dilation(rng: random.Random, draft: Draft) -> None:
    """On one axis or on two."""
    rng.choice(draft.axes).stride = 2
    rng.choice(draft.axes).dilation = 2


INPUT_MISTAKES: list[Mistake] = [unbatched, wrong_rank, empty_axis, empty_batch, empty_channels, other_data_format]
WINDOW_MISTAKES: list[Mistake] = [
    *INPUT_MISTAKES,
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), kernel_too_large, kernel_too_large,
    kernel_too_large, other_padding, other_padding,
]  # fmt: skip
CONVOLUTION_MISTAKES: list[Mistake] = [
    *WINDOW_MISTAKES,
    set_on_one_axis("dilation", 0, -1), wrong_length("kernel_size", "strides", "dilation_rate"),
    set_parameter("kernel_size", MISSING), stride_and_dilation,
]  # fmt: skip
FILTER_MISTAKES: list[Mistake] = [set_parameter("filters", 0, -1, MISSING)]
DEPTH_MISTAKES: list[Mistake] = [set_parameter("depth_multiplier", 0, -1), set_parameter("groups", 2)]
GROUP_MISTAKES: list[Mistake] = [groups_at_odds, groups_at_odds, set_parameter("groups", 0, -1)]
TRANSPOSED_MISTAKES: list[Mistake] = [
    *CONVOLUTION_MISTAKES, *FILTER_MISTAKES,
    output_padding_about_limit, output_padding_about_limit, shared_output_padding,
    set_on_one_axis("output_padding", -1), wrong_length("output_padding"), set_parameter("groups", 2),
]  # fmt: skip
POOL_MISTAKES: list[Mistake] = [
    *WINDOW_MISTAKES,
    wrong_length("pool_size", "strides"), set_parameter("pool_size", MISSING),
    set_parameter("dilation_rate", 2), set_parameter("ceil_mode", True),
]  # fmt: skip


# --- layers -----------------------------------------------------------------------------------------------------------


def draw_convolution(type_: str, rng: random.Random, both: float) -> KerasDraft:
    draft = blank(type_, rng, window_axis)
    either_stride_or_dilation(rng, draft, both)
    draft.parameters["padding"] = rng.choice(PADDINGS)
    draft.parameters["use_bias"] = rng.random() < 0.6
    return draft


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = draw_convolution(type_, rng, 0.03)
    if type_ == "conv1d" and rng.random() < 0.35:
        draft.parameters["padding"] = "causal"
    groups = rng.choice((1, 1, 1, 2, 3))
    draft.channels = groups * rng.randint(1, 3)
    draft.parameters |= {"filters": groups * rng.randint(1, 3), "groups": groups}
    fit(rng, draft)
    spoil(rng, draft, CONVOLUTION_MISTAKES + FILTER_MISTAKES + GROUP_MISTAKES)
    return finish(rng, draft, "kernel_size", "strides", "dilation_rate")


def depthwise(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Strides that differ are refused, unless there is a dilation: mostly equal ones."""
    draft = draw_convolution(type_, rng, 0.3)
    draft.parameters["depth_multiplier"] = rng.choice((1, 2, 3))
    if rng.random() < 0.6:
        for axis in draft.axes:
            axis.stride = draft.axes[0].stride
    mistakes = CONVOLUTION_MISTAKES + DEPTH_MISTAKES
    if type_.startswith("separable"):
        draft.parameters["filters"] = rng.randint(1, 4)
        mistakes += FILTER_MISTAKES
    fit(rng, draft)
    spoil(rng, draft, mistakes)
    return finish(rng, draft, "kernel_size", "strides", "dilation_rate")


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = blank(type_, rng, transposed_axis)
    either_stride_or_dilation(rng, draft, 0.03)
    draft.parameters |= {
        "filters": rng.randint(1, 4), "padding": rng.choice(PADDINGS), "use_bias": rng.random() < 0.6,
    }  # fmt: skip
    for axis in draft.axes:
        axis.output_padding = min(axis.output_padding, axis.stride - 1)
    if rng.random() < 0.45:
        draft.parameters["output_padding"] = None
    spoil(rng, draft, TRANSPOSED_MISTAKES)
    return finish(rng, draft, "kernel_size", "strides", "dilation_rate", "output_padding")


def pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = blank(type_, rng, window_axis)
    for axis in draft.axes:
        axis.dilation = 1
    draft.parameters["padding"] = rng.choice(PADDINGS)
    if rng.random() < 0.3:
        draft.parameters["strides"] = rng.choice((None, MISSING))
    fit(rng, draft)
    spoil(rng, draft, POOL_MISTAKES)
    return finish(rng, draft, "pool_size", "strides")


def global_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = blank(type_, rng, window_axis)
    draft.parameters["keepdims"] = rng.random() < 0.5
    spoil(rng, draft, [*INPUT_MISTAKES, set_parameter("pool_size", 2)])
    return finish(rng, draft)


def adaptive_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = blank(type_, rng, window_axis)
    wanted: list[int | None] = [rng.randint(1, 9) for _ in draft.axes]
    draft.parameters["output_size"] = spell(rng, [wanted[0]] * len(wanted) if rng.random() < 0.2 else wanted)
    entry = rng.choice((0, -1, None))
    spoiled = [entry if position == 0 else size for position, size in enumerate(wanted)]
    spoil(rng, draft, [*INPUT_MISTAKES, wrong_length("output_size"), set_parameter("output_size", spoiled, 0, None)])
    return finish(rng, draft)


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rng.randint(0, 5))]
    layer: Layer = {"type": type_}
    if rng.random() < 0.6:
        layer["data_format"] = rng.choice(("channels_last", "channels_first", "channels_first", "NCHW"))
    if rng.random() < 0.1:
        layer["start_dim"] = 2
    return layer, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rng.randint(0, 5))]
    layer = {"type": type_, "units": rng.randint(1, 9), "use_bias": rng.random() < 0.6}
    if rng.random() < 0.2:
        layer["units"] = rng.choice((0, -1, None, [3]))
    return layer, shape


def batch_norm(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.randint(0, 5)
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rank)]
    layer: Layer = {"type": type_, "axis": rng.randint(-rank - 2, rank + 1)}
    if rng.random() < 0.6:
        layer["axis"] = rng.choice((-1, 1, rng.randint(-rank, max(rank - 1, -rank))))
    if rng.random() < 0.2:
        layer[rng.choice(("center", "scale"))] = rng.random() < 0.5
    return layer, shape


def border_draft(type_: str, rng: random.Random) -> KerasDraft:
    """For `pad`, `crop` and `upsample`, whose rank is the number of entries, or the input's where there is only one."""
    axes = draw_axes(rng, rng.choice(RANKS), window_axis)
    draft = KerasDraft(type=type_, axes=axes, batch=rng.choice((1, 2, 3)), channels=rng.randint(1, 4))
    if len(axes) > 1 or type_ == "pad":
        arrange(rng, draft)
    return draft


def as_pairs(name: str, pairs: list[Any]) -> Mistake:
    return set_parameter(name, [*pairs, [1, 1]], pairs[:-1], [[1], *pairs[1:]], [[1, 1, 1], *pairs[1:]])


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = border_draft(type_, rng)
    pairs = [[rng.randint(0, 4), rng.randint(0, 4)] for _ in draft.axes]
    amount = rng.randint(0, 4)
    draft.parameters["padding"] = rng.choice((pairs, pairs, pairs, amount))
    if len(pairs) > 1 and rng.random() < 0.15:
        draft.parameters["padding"] = [pair[0] for pair in pairs]
    negative = [[-rng.randint(1, 3), pairs[0][1]], *pairs[1:]]
    more = [as_pairs("padding", pairs), set_parameter("padding", negative, -1), other_border(rng)]
    spoil(rng, draft, INPUT_MISTAKES + more)
    return finish(rng, draft)


def other_border(rng: random.Random) -> Mistake:
    """What other frameworks' pads have."""
    return rng.choice((set_parameter("mode", "reflect"), set_parameter("value", 1)))


def crop(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Within the input, at its edge, or one too many."""
    draft = border_draft(type_, rng)
    pairs = []
    for axis in draft.axes:
        total = rng.randint(0, axis.size - 1) if rng.random() < 0.85 else axis.size + rng.choice((-1, 0, 1))
        before = rng.choice((0, total, rng.randint(0, total), rng.randint(0, total)))
        pairs.append([before, total - before])
    least = max(0, min(axis.size for axis in draft.axes) - 1) // 2
    draft.parameters["cropping"] = rng.choice((pairs, pairs, pairs, pairs, rng.randint(0, least + 1)))
    if len(pairs) > 1 and rng.random() < 0.1:
        draft.parameters["cropping"] = [rng.randint(0, max(0, (axis.size - 1) // 2)) for axis in draft.axes]
    negative = [[-rng.randint(1, 3), pairs[0][1]], *pairs[1:]]
    more = [as_pairs("cropping", pairs), set_parameter("cropping", negative, -1)]
    spoil(rng, draft, INPUT_MISTAKES + more)
    return finish(rng, draft)


def upsample(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = border_draft(type_, rng)
    rank = len(draft.axes)
    sizes = [rng.randint(1, 4) for _ in draft.axes]
    draft.parameters["size"] = sizes[0] if rank == 1 and rng.random() < 0.9 else spell(rng, sizes)
    if rank == 2 and rng.random() < 0.6:
        draft.parameters["interpolation"] = rng.choice((*INTERPOLATIONS, "bilinear", "bilinear"))
    wrong = [rng.choice((0, -1)), *sizes[1:]]
    mistakes = [
        set_parameter("size", wrong if rank > 1 else wrong[0]), set_parameter("interpolation", "linear", "bilinear"),
        set_parameter("size", [*sizes, 2]), nothing,
    ]  # fmt: skip
    spoil(rng, draft, INPUT_MISTAKES + mistakes)
    return finish(rng, draft)


SPATIAL_TYPES = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": pool, "avg_pool": pool,
    "global_max_pool": global_pool, "global_avg_pool": global_pool, "adaptive_max_pool": adaptive_pool,
    "adaptive_avg_pool": adaptive_pool,
}  # fmt: skip
TYPES: dict[str, Callable[[str, random.Random], tuple[Layer, Shape]]] = (
    {f"{name}{rank}d": builder for name, builder in SPATIAL_TYPES.items() for rank in RANKS}
    | {f"{name}{rank}d": depthwise for name in ("depthwise_conv", "separable_conv") for rank in (1, 2)}
    | {
        "batch_norm": batch_norm, "flatten": flatten, "linear": linear, "pad": pad, "crop": crop, "upsample": upsample,
    }
)  # fmt: skip
