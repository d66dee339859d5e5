"""Random layers in JAX's own words, with random inputs; knows no framework.

As in `cases.py`: a draft is drawn comfortably inside the rules, then about half are spoiled by one or two mistakes.
Lists are whole (one item an axis, where no mistake is meant): `lax` takes no single number for all axes.
Left out, since the API gives them a meaning of its own: single numbers, empty lists, and names in lower case
for a transposed convolution (where JAX reads "valid" as something else than "VALID").
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

from tests.golden.record.cases import RANKS, Layer, Shape, rank_of

LARGEST_INPUT = 3_000
UNKNOWN_NAMES = ("FULL", "CAUSAL", "SAME_UPPER", "EXPLICIT", "NOTSET")

# How often a type is drawn: the more rules it has, the more cases it needs.
WEIGHTS = {
    "conv": 10, "conv_transpose": 10, "max_pool": 7, "avg_pool": 7, "global_max_pool": 1, "global_avg_pool": 1,
    "flatten": 3, "linear": 3, "pad": 14,
}  # fmt: skip
VALUE_WEIGHTS = {
    "conv": 10, "conv_transpose": 10, "max_pool": 6, "avg_pool": 7, "global_max_pool": 1, "global_avg_pool": 1,
    "pad": 12,
}  # fmt: skip


@dataclass(kw_only=True)
class Axis:
    """One spatial axis of a window layer; of a transposed convolution, `input_dilation` is the stride."""

    size: int
    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    input_dilation: int = 1

    @property
    def effective(self) -> int:
        return max((self.kernel - 1) * self.dilation + 1, 0)

    @property
    def dilated(self) -> int:
        return max((self.size - 1) * self.input_dilation + 1, 0)

    @property
    def padded(self) -> int:
        return self.dilated + self.before + self.after


@dataclass(kw_only=True)
class Draft:
    """A layer and its input on the way: mistakes change it, `spell` writes it."""

    type: str
    axes: list[Axis]
    leading: list[int]
    channels: int = 1
    name: str | None = None
    parameters: Layer = field(default_factory=dict)
    extra_axes: int = 0
    misspell: list[Callable[[random.Random, Layer], None]] = field(default_factory=list)

    @property
    def shape(self) -> Shape:
        """The input's full shape; a missing axis is the first one, an added one comes last."""
        full = [*self.leading, self.channels] + [axis.size for axis in self.axes]
        return full[-self.extra_axes :] if self.extra_axes < 0 else full + [2] * self.extra_axes

    @property
    def pairs(self) -> list[list[int]]:
        return [[axis.before, axis.after] for axis in self.axes]

    def each(self, name: str) -> list[int]:
        return [getattr(axis, name) for axis in self.axes]


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


def without_defaults(layer: Layer) -> Layer:
    """The same layer, parameters at their default left out; a transposed convolution's padding has none."""
    ones = [1] * (rank_of(layer["type"]) if layer["type"][-1] == "d" and layer["type"] != "pad" else 1)
    defaults = dict.fromkeys(("window_strides", "strides", "window_dilation", "lhs_dilation", "rhs_dilation"), ones)
    defaults |= {"feature_group_count": 1, "count_include_pad": True, "mode": "constant", "value": 0}
    defaults |= {"start_dim": 1, "end_dim": -1}
    if "transpose" not in layer["type"]:
        defaults |= {"padding": "VALID"}
    return {name: value for name, value in layer.items() if name not in defaults or value != defaults[name]}


# --- drafts -----------------------------------------------------------------------------------------------------------


def draw_axes(rng: random.Random, rank: int, axis: Callable[[random.Random, int], Axis]) -> list[Axis]:
    """Axes that are not all alike."""
    while True:
        axes = [axis(rng, rank) for _ in range(rank)]
        if rank == 1 or len({item.size for item in axes}) > 1:
            return axes


def draw_size(rng: random.Random, rank: int) -> int:
    return rng.randint(1, (12, 10, 6)[rank - 1])


def draw_kernel(rng: random.Random, rank: int, room: int) -> int:
    return rng.randint(1, max(1, min((6, 5, 4)[rank - 1], room)))


def draw_amount(rng: random.Random) -> int:
    return rng.choice((0, 0, 0, 1, 1, 2, 3, 4, -1, -2))


def convolution_axis(rng: random.Random, rank: int) -> Axis:
    axis = Axis(
        size=draw_size(rng, rank), kernel=1, stride=rng.choice((1, 1, 2, 2, 3, 4)),
        dilation=rng.choice((1, 1, 1, 2, 3)), input_dilation=rng.choice((1, 1, 1, 1, 2, 3)),
        before=draw_amount(rng), after=draw_amount(rng),
    )  # fmt: skip
    axis.kernel = draw_kernel(rng, rank, (axis.padded - 1) // axis.dilation + 1)
    return axis


def transposed_axis(rng: random.Random, rank: int) -> Axis:
    axis = Axis(
        size=rng.randint(1, (7, 5, 4)[rank - 1]), kernel=draw_kernel(rng, rank, 6),
        input_dilation=rng.choice((1, 2, 2, 3, 4)), dilation=rng.choice((1, 1, 1, 2, 3)),
    )  # fmt: skip
    axis.before, axis.after = (rng.randint(-1, axis.effective + 1) for _ in range(2))
    if rng.random() < 0.8:
        axis.after = max(axis.after, axis.effective - axis.dilated - axis.before)
    return axis


def pool_axis(rng: random.Random, rank: int) -> Axis:
    axis = Axis(size=draw_size(rng, rank), kernel=1, stride=rng.choice((1, 1, 2, 2, 3, 4)))
    if rng.random() < 0.7:
        axis.before, axis.after = draw_amount(rng), draw_amount(rng)
    axis.dilation = rng.choice((1, 1, 1, 2, 3))
    axis.kernel = draw_kernel(rng, rank, (axis.padded - 1) // axis.dilation + 1)
    return axis


# --- mistakes: each spoils one thing ----------------------------------------------------------------------------------

Mistake = Callable[[random.Random, Draft], None]


def set_on_one_axis(name: str, *values: int) -> Mistake:
    def spoil(rng: random.Random, draft: Draft) -> None:
        setattr(rng.choice(draft.axes), name, rng.choice(values))

    return spoil


def set_parameter(name: str, *values: Any) -> Mistake:
    def spoil(rng: random.Random, draft: Draft) -> None:
        draft.parameters[name] = rng.choice(values)

    return spoil


def set_one_of(*choices: tuple[str, Any]) -> Mistake:
    """A word that the function does not have."""

    def spoil(rng: random.Random, draft: Draft) -> None:
        name, value = rng.choice(choices)
        draft.parameters[name] = value(len(draft.axes)) if callable(value) else value

    return spoil


def kernel_too_large(rng: random.Random, draft: Draft) -> None:
    """At the edge: the effective kernel is 0 to 2 larger than the padded input, or a stride larger."""
    axis = rng.choice(draft.axes)
    axis.kernel = rng.randint(1, 5)
    axis.input_dilation = 1
    axis.size = max(1, axis.effective - axis.before - axis.after - rng.choice((0, 1, 1, 2, axis.stride)))


def crop_about_size(rng: random.Random, draft: Draft) -> None:
    """Negative amounts that leave 1, 0 or less than 0 positions."""
    axis = rng.choice(draft.axes)
    left = rng.choice((1, 0, 0, -1, -1, -2))
    axis.before = -rng.randint(0, axis.dilated + 1)
    axis.after = left - axis.dilated - axis.before
    draft.name = None


def crop_beyond_one_end(rng: random.Random, draft: Draft) -> None:
    """An amount that crops more than there is, made up for at the other end."""
    axis = rng.choice(draft.axes)
    crop, other = -axis.dilated - rng.randint(0, 2), axis.effective + rng.randint(0, 4)
    axis.before, axis.after = rng.choice(((crop, other - crop - axis.dilated), (other - crop - axis.dilated, crop)))
    draft.name = None


def wrong_rank(rng: random.Random, draft: Draft) -> None:
    draft.extra_axes = rng.choice((-2, -1, -1, -1, 1))


def wrong_channels(rng: random.Random, draft: Draft) -> None:
    draft.channels = max(1, draft.channels + rng.choice((-2, -1, 1, 2)))


def groups_at_odds(rng: random.Random, draft: Draft) -> None:
    draft.parameters["feature_group_count"] = rng.choice((2, 3, 4, 5))


def outputs_at_odds(rng: random.Random, draft: Draft) -> None:
    """Groups that divide the inputs, and may not divide the outputs."""
    groups = rng.choice((2, 3))
    draft.channels = draft.parameters["in_channels"] = groups * rng.randint(1, 2)
    draft.parameters |= {"feature_group_count": groups, "out_channels": rng.randint(1, 7)}


def unknown_name(rng: random.Random, draft: Draft) -> None:
    draft.name = rng.choice(UNKNOWN_NAMES)


def wrong_length(*names: str) -> Mistake:
    """One list an item short (never empty) or long."""

    def change(rng: random.Random, layer: Layer) -> None:
        here = [name for name in names if isinstance(layer.get(name), list)]
        if here:
            name = rng.choice(here)
            items = layer[name]
            layer[name] = items[:-1] if len(items) > 1 and rng.random() < 0.5 else [*items, items[-1]]

    def spoil(rng: random.Random, draft: Draft) -> None:
        draft.misspell.append(change)

    return spoil


def no_pairs(rng: random.Random, draft: Draft) -> None:
    """An item of the padding that is not a pair."""

    def change(rng: random.Random, layer: Layer) -> None:
        if isinstance(layer["padding"], list):
            position = rng.randrange(len(layer["padding"]))
            pair = layer["padding"][position]
            layer["padding"] = list(layer["padding"])
            layer["padding"][position] = rng.choice((pair[:1], [*pair, 0]))

    draft.misspell.append(change)


def named_with_input_dilation(rng: random.Random, draft: Draft) -> None:
    """A padding by name, which wants `lhs_dilation` to be 1 on every axis."""
    draft.name = rng.choice(("SAME", "VALID", "SAME_LOWER"))
    rng.choice(draft.axes).input_dilation = 2


def ones(rank: int) -> list[int]:
    return [1] * rank


WINDOW_MISTAKES: list[Mistake] = [
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), set_on_one_axis("dilation", 0, -1),
    kernel_too_large, kernel_too_large, crop_about_size, crop_about_size, crop_beyond_one_end, wrong_rank, wrong_rank,
    unknown_name, no_pairs,
]  # fmt: skip
CHANNEL_MISTAKES: list[Mistake] = [
    wrong_channels, wrong_channels, set_parameter("in_channels", -1), set_parameter("out_channels", -1),
]  # fmt: skip
CONVOLUTION_MISTAKES = WINDOW_MISTAKES + CHANNEL_MISTAKES + [
    groups_at_odds, outputs_at_odds, outputs_at_odds, set_parameter("feature_group_count", 0, -1),
    set_on_one_axis("input_dilation", 0, -1), named_with_input_dilation,
    wrong_length("window_strides", "padding", "lhs_dilation", "rhs_dilation"),
    wrong_length("window_strides", "padding", "lhs_dilation", "rhs_dilation"),
    wrong_length("kernel_size"), set_one_of(("padding_mode", "reflect"), ("padding_mode", "circular")),
]  # fmt: skip
TRANSPOSED_MISTAKES = WINDOW_MISTAKES + CHANNEL_MISTAKES + [
    wrong_length("strides", "padding", "rhs_dilation"), wrong_length("strides", "padding", "rhs_dilation"),
    wrong_length("kernel_size"), set_on_one_axis("input_dilation", 0, -1),
    set_one_of(("feature_group_count", 2), ("output_padding", ones), ("padding_mode", "reflect")),
]  # fmt: skip
POOL_MISTAKES = [
    *WINDOW_MISTAKES,
    wrong_length("strides", "padding", "window_dilation"), wrong_length("strides", "padding", "window_dilation"),
    wrong_length("window_shape"), set_one_of(("ceil_mode", True), ("divisor_override", 2)),
]  # fmt: skip


def spoil(rng: random.Random, draft: Draft, mistakes: list[Mistake]) -> Draft:
    """One mistake in four cases of ten, two in one of ten."""
    for _ in range(rng.choices((0, 1, 2), (5, 4, 1))[0]):
        rng.choice(mistakes)(rng, draft)
    return draft


# --- layers -----------------------------------------------------------------------------------------------------------


def spell(rng: random.Random, draft: Draft, words: dict[str, str]) -> tuple[Layer, Shape]:
    """The layer with one list a word, and the shape of its input."""
    window = {word: draft.each(name) for word, name in words.items()}
    if len(set(window.get("kernel_size", [1, 2]))) == 1 and rng.random() < 0.6:
        window["kernel_size"] = window["kernel_size"][0]
    layer = {"type": draft.type, **window, "padding": draft.name or draft.pairs, **draft.parameters}
    for change in draft.misspell:
        change(rng, layer)
    return layer, draft.shape


def draw_batch(rng: random.Random) -> list[int]:
    return [rng.choice((1, 1, 2, 3))]


def convolution_draft(type_: str, rng: random.Random, axis: Callable[[random.Random, int], Axis]) -> Draft:
    inputs, outputs = rng.randint(1, 4), rng.randint(1, 4)
    draft = Draft(type=type_, axes=draw_axes(rng, rank_of(type_), axis), leading=draw_batch(rng), channels=inputs)
    draft.parameters = {"in_channels": inputs, "out_channels": outputs}
    return draft


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, convolution_axis)
    groups = rng.choice((1, 1, 1, 2, 3))
    draft.channels = draft.parameters["in_channels"] = groups * rng.randint(1, 3)
    draft.parameters |= {"out_channels": groups * rng.randint(1, 3), "feature_group_count": groups}
    words = {"kernel_size": "kernel", "window_strides": "stride", "rhs_dilation": "dilation"}
    if rng.random() < 0.5:
        draft.name = rng.choice(("SAME", "SAME", "SAME_LOWER", "SAME_LOWER", "VALID", "same", "same_lower", "valid"))
        for axis in draft.axes:
            axis.input_dilation = 1
            if draft.name.upper() == "VALID":
                axis.size = max(axis.size, axis.effective)
            else:
                axis.kernel = draw_kernel(rng, len(draft.axes), 6)
    elif rng.random() < 0.4:
        for axis in draft.axes:
            axis.input_dilation = 1
    spoil(rng, draft, CONVOLUTION_MISTAKES)
    if any(axis.input_dilation != 1 for axis in draft.axes) or rng.random() < 0.3:
        words["lhs_dilation"] = "input_dilation"
    return spell(rng, draft, words)


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, transposed_axis)
    if rng.random() < 0.55:
        draft.name = rng.choices(("SAME", "VALID", "SAME_LOWER"), (5, 4, 2))[0]
        if draft.name == "SAME_LOWER" and rng.random() < 0.7:
            for axis in draft.axes:
                axis.input_dilation = 1
    spoil(rng, draft, TRANSPOSED_MISTAKES)
    return spell(rng, draft, {"kernel_size": "kernel", "strides": "input_dilation", "rhs_dilation": "dilation"})


def pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """With a batch, without one, and seldom with two batch axes."""
    leading = rng.choices(([rng.randint(1, 3)], [], [2, rng.randint(1, 2)]), (14, 5, 1))[0]
    axes = draw_axes(rng, rank_of(type_), pool_axis)
    draft = Draft(type=type_, axes=axes, leading=leading, channels=rng.randint(1, 3))
    if rng.random() < 0.5:
        draft.name = rng.choice(("SAME", "SAME", "SAME_LOWER", "SAME_LOWER", "VALID", "VALID", "same", "same_lower"))
        for axis in draft.axes:
            if draft.name == "VALID":
                axis.size = max(axis.size, axis.effective)
            else:
                axis.kernel = draw_kernel(rng, len(draft.axes), 6)
    if type_.startswith("avg"):
        draft.parameters = {"count_include_pad": rng.random() < 0.5}
    spoil(rng, draft, POOL_MISTAKES)
    words = {"window_shape": "kernel", "strides": "stride", "window_dilation": "dilation"}
    if all(axis.dilation == 1 for axis in draft.axes) and rng.random() < 0.5:
        del words["window_dilation"]
    if rng.random() < 0.2:
        del words["strides"]
    return spell(rng, draft, words)


def global_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """With a batch or without one; now and then axes are missing."""
    rank = rank_of(type_)
    shape = [rng.randint(1, 3) for _ in range(rng.choice((1, 2, 2)))] + [rng.randint(1, 9) for _ in range(rank)]
    return {"type": type_}, shape[: rng.randint(0, rank - 1)] if rng.random() < 0.15 else shape


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Never a range of no axes: reshaping would put an axis of size 1 there, and nobody means that."""
    shape = [rng.randint(1, 5) for _ in range(rng.randint(1, 5))]
    rank = len(shape)
    first, last = (rng.randint(-rank, rank - 1) if rng.random() < 0.7 else rng.choice((1, -1)) for _ in range(2))
    if first % rank == last % rank + 1 or (rng.random() < 0.7 and first % rank > last % rank):
        first, last = last, first
    if rank == 1:
        first = last = rng.choice((0, -1))
    return {"type": type_, "start_dim": first, "end_dim": last}, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    features, outputs = rng.randint(1, 12), -1 if rng.random() < 0.06 else rng.randint(1, 12)
    shape = [rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    last = features + rng.choice((-2, -1, 1, 2, 3)) if rng.random() < 0.25 else features
    layer = {"type": type_, "in_features": -1 if rng.random() < 0.06 else features, "out_features": outputs}
    return layer, [] if rng.random() < 0.08 else [*shape, max(last, 1)]


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Pairs for the last axes; the other modes than constant refuse what crops and go around as often as needed."""
    mode = rng.choice(("constant", "constant", "constant", "reflect", "replicate", "circular"))
    rank = rng.choice(RANKS)
    sizes = [rng.randint(1, 7 if rank < 3 else 4) for _ in range(rank)]
    pairs = [[draw_pad(rng, size, mode), draw_pad(rng, size, mode)] for size in sizes]
    if rng.random() < 0.35:
        position = rng.randrange(rank)
        size, pair = sizes[position], pairs[position]
        end = rng.randrange(2)
        pair[end] = rng.choice((size - 1, size, size + 1, 2 * size, 3 * size - 2, -1, -2, -size, -size - 1))
        if rng.random() < 0.4:
            pair[1 - end] = -size - pair[end] + rng.choice((-1, 0, 1, 2))
    leading = [rng.randint(1, 3) for _ in range(rng.choice((1, 1, 2, 2, 2, 2, 0, 3)))]
    shape = [*leading, *sizes]
    if rng.random() < 0.06 and len(sizes) > 1:
        shape = sizes[1:]
    layer = {"type": type_, "padding": pairs, "mode": mode}
    if mode == "constant":
        layer["value"] = rng.choice((0, 0, 1, -2, 2.5))
    elif rng.random() < 0.05:
        layer["value"] = 3
    if rng.random() < 0.03:
        layer["mode"] = "mirror"
    return layer, shape


def draw_pad(rng: random.Random, size: int, mode: str) -> int:
    """Mostly within the input, seldom a negative amount, which crops."""
    if rng.random() < (0.15 if mode == "constant" else 0.04):
        return -rng.randint(1, 2)
    return rng.randint(0, max(1, min(4, size - 1)))


SPATIAL_TYPES = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": pool, "avg_pool": pool,
    "global_max_pool": global_pool, "global_avg_pool": global_pool,
}  # fmt: skip
TYPES: dict[str, Callable[[str, random.Random], tuple[Layer, Shape]]] = {
    f"{name}{rank}d": builder for name, builder in SPATIAL_TYPES.items() for rank in RANKS
} | {"flatten": flatten, "linear": linear, "pad": pad}
