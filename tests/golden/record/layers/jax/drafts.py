"""Drafts of JAX layers, and their parameters as JAX spells them.

Lists are whole, with one item per axis where no mistake is meant: `lax` takes no single number for all axes. Three
things are left out, since the API gives them a meaning of its own: single numbers, empty lists, and lower-case names
of paddings for a transposed convolution, where JAX reads "valid" as something else than "VALID".
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.golden.record.layers.drafts import (
    AxisBuilder,
    Draft,
    Layer,
    Shape,
    UnevenAxis,
    draw_axes,
    draw_size,
    leave_out_defaults,
    rank_of,
)

LARGEST_SIZES = (12, 10, 6)
"""The largest size of an axis, by rank."""


@dataclass(kw_only=True)
class JaxAxis(UnevenAxis):
    """An axis; of a transposed convolution, `input_dilation` is the stride."""

    input_dilation: int = 1

    @property
    def effective(self) -> int:
        return max(super().effective, 0)

    @property
    def dilated(self) -> int:
        """The input's size with its dilation."""
        return max((self.size - 1) * self.input_dilation + 1, 0)

    @property
    def padded(self) -> int:
        return self.dilated + self.before + self.after


@dataclass(kw_only=True)
class JaxDraft(Draft[JaxAxis]):
    """A draft with any number of batch axes."""

    leading: list[int]
    padding_name: str | None = None
    misspell: list[Callable[[random.Random, Layer], None]] = field(default_factory=list)
    """Mistakes that are made after the layer is spelled."""

    @property
    def shape(self) -> Shape:
        """The input's shape. Missing axes are the first ones; added axes are at the end."""
        whole = [*self.leading, self.channels, *self.sizes]
        return whole[-self.extra_axes :] if self.extra_axes < 0 else whole + [2] * self.extra_axes

    @property
    def pairs(self) -> list[list[int]]:
        return [[axis.before, axis.after] for axis in self.axes]

    def each(self, name: str) -> list[int]:
        return [getattr(axis, name) for axis in self.axes]


def without_defaults(layer: Layer) -> Layer:
    """The same layer, parameters at their default left out; a transposed convolution's padding has none."""
    ones = [1] * (rank_of(layer["type"]) if layer["type"][-1] == "d" and layer["type"] != "pad" else 1)
    defaults = dict.fromkeys(("window_strides", "strides", "window_dilation", "lhs_dilation", "rhs_dilation"), ones)
    defaults |= {"feature_group_count": 1, "count_include_pad": True, "mode": "constant", "value": 0}
    defaults |= {"start_dim": 1, "end_dim": -1}
    if "transpose" not in layer["type"]:
        defaults |= {"padding": "VALID"}
    return leave_out_defaults(layer, defaults)


def spell_layer(rng: random.Random, draft: JaxDraft, attributes: dict[str, str]) -> tuple[Layer, Shape]:
    """The layer with one list per parameter, and the shape of its input."""
    window = {parameter: draft.each(attribute) for parameter, attribute in attributes.items()}
    if len(set(window.get("kernel_size", [1, 2]))) == 1 and rng.random() < 0.6:
        window["kernel_size"] = window["kernel_size"][0]
    layer = {"type": draft.type, **window, "padding": draft.padding_name or draft.pairs, **draft.parameters}
    for change in draft.misspell:
        change(rng, layer)
    return layer, draft.shape


def draw_batch(rng: random.Random) -> list[int]:
    return [rng.choice((1, 1, 2, 3))]


def draw_kernel(rng: random.Random, rank: int, room: int) -> int:
    return rng.randint(1, max(1, min((6, 5, 4)[rank - 1], room)))


def draw_amount(rng: random.Random) -> int:
    return rng.choice((0, 0, 0, 1, 1, 2, 3, 4, -1, -2))


def convolution_axis(rng: random.Random, rank: int) -> JaxAxis:
    axis = JaxAxis(
        size=draw_size(rng, rank, LARGEST_SIZES), kernel=1, stride=rng.choice((1, 1, 2, 2, 3, 4)),
        dilation=rng.choice((1, 1, 1, 2, 3)), input_dilation=rng.choice((1, 1, 1, 1, 2, 3)),
        before=draw_amount(rng), after=draw_amount(rng),
    )  # fmt: skip
    axis.kernel = draw_kernel(rng, rank, (axis.padded - 1) // axis.dilation + 1)
    return axis


def transposed_axis(rng: random.Random, rank: int) -> JaxAxis:
    axis = JaxAxis(
        size=rng.randint(1, (7, 5, 4)[rank - 1]), kernel=draw_kernel(rng, rank, 6),
        input_dilation=rng.choice((1, 2, 2, 3, 4)), dilation=rng.choice((1, 1, 1, 2, 3)),
    )  # fmt: skip
    axis.before, axis.after = (rng.randint(-1, axis.effective + 1) for _ in range(2))
    if rng.random() < 0.8:
        axis.after = max(axis.after, axis.effective - axis.dilated - axis.before)
    return axis


def pool_axis(rng: random.Random, rank: int) -> JaxAxis:
    axis = JaxAxis(size=draw_size(rng, rank, LARGEST_SIZES), kernel=1, stride=rng.choice((1, 1, 2, 2, 3, 4)))
    if rng.random() < 0.7:
        axis.before, axis.after = draw_amount(rng), draw_amount(rng)
    axis.dilation = rng.choice((1, 1, 1, 2, 3))
    axis.kernel = draw_kernel(rng, rank, (axis.padded - 1) // axis.dilation + 1)
    return axis


def convolution_draft(type_: str, rng: random.Random, axis: AxisBuilder[JaxAxis]) -> JaxDraft:
    inputs, outputs = rng.randint(1, 4), rng.randint(1, 4)
    draft = JaxDraft(type=type_, axes=draw_axes(rng, rank_of(type_), axis), leading=draw_batch(rng), channels=inputs)
    draft.parameters = {"in_channels": inputs, "out_channels": outputs}
    return draft
