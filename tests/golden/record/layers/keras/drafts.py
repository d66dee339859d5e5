"""Drafts of Keras layers, and their parameters as Keras spells them: Keras's parameters, the API's type names.

The channels come from the input: they are its last axis unless `data_format` says otherwise.
"""

import random
from dataclasses import dataclass

from tests.golden.record.layers.drafts import (
    RANKS,
    AxisBuilder,
    Draft,
    EvenAxis,
    Layer,
    Shape,
    draw_axes,
    draw_size,
    leave_out_defaults,
    per_axis,
    rank_of,
)

PADDINGS = ("valid", "same")
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
DEFAULTS = {
    "strides": 1, "padding": "valid", "dilation_rate": 1, "groups": 1, "use_bias": True, "depth_multiplier": 1,
    "data_format": "channels_last", "output_padding": None, "keepdims": False, "interpolation": "nearest", "axis": -1,
}  # fmt: skip
ATTRIBUTES = {"kernel_size": "kernel", "pool_size": "kernel", "strides": "stride", "dilation_rate": "dilation"}
"""For a parameter, the attribute of `Axis` that holds it, where their names differ."""
SHARED_BY_AXES = ("kernel", "stride", "padding", "dilation")
MISSING = object()
"""The value of a parameter that a mistake removes."""


@dataclass(kw_only=True)
class KerasDraft(Draft[EvenAxis]):
    """A draft whose channels are the last axis or the first."""

    channels_first: bool = False

    @property
    def whole_shape(self) -> Shape:
        sample = [self.channels, *self.sizes] if self.channels_first else [*self.sizes, self.channels]
        return sample if self.batch is None else [self.batch, *sample]


def without_defaults(layer: Layer) -> Layer:
    """The same layer, parameters at their default left out; the strides of a pool default to its size."""
    return leave_out_defaults(layer, DEFAULTS, kept={"strides"} if "pool" in layer["type"] else ())


def spell_layer(rng: random.Random, draft: KerasDraft, *names: str) -> tuple[Layer, Shape]:
    """The layer as it is spelled. Parameters set by mistakes replace those of the axes; `MISSING` removes them."""
    window = {name: per_axis(rng, draft.axes, ATTRIBUTES.get(name, name)) for name in names}
    layer = {"type": draft.type, **window, **draft.parameters}
    return {name: value for name, value in layer.items() if value is not MISSING}, draft.shape


def draw_draft(type_: str, rng: random.Random, axis: AxisBuilder[EvenAxis]) -> KerasDraft:
    """A draft of a layer over channels and spatial axes."""
    axes = draw_axes(rng, rank_of(type_), axis, SHARED_BY_AXES)
    draft = KerasDraft(type=type_, axes=axes, batch=rng.choice((1, 2, 3)), channels=rng.randint(1, 4))
    draw_data_format(rng, draft)
    return draft


def border_draft(type_: str, rng: random.Random) -> KerasDraft:
    """A draft of a pad, crop or upsampling: the rank is the number of entries, or the input's for a single number."""
    axes = draw_axes(rng, rng.choice(RANKS), window_axis, SHARED_BY_AXES)
    draft = KerasDraft(type=type_, axes=axes, batch=rng.choice((1, 2, 3)), channels=rng.randint(1, 4))
    if len(axes) > 1 or type_ == "pad":
        draw_data_format(rng, draft)
    return draft


def draw_data_format(rng: random.Random, draft: KerasDraft) -> None:
    draft.channels_first = rng.random() < 0.3
    if draft.channels_first or rng.random() < 0.4:
        draft.parameters["data_format"] = "channels_first" if draft.channels_first else "channels_last"


def window_axis(rng: random.Random, rank: int) -> EvenAxis:
    return EvenAxis(
        size=draw_size(rng, rank), kernel=rng.randint(1, 6), stride=rng.choice((1, 2, 2, 3, 4)),
        dilation=rng.choice((1, 2, 2, 3)),
    )  # fmt: skip


def transposed_axis(rng: random.Random, rank: int) -> EvenAxis:
    axis = EvenAxis(
        size=rng.randint(1, 6 if rank < 3 else 4), kernel=rng.randint(1, 6 if rank < 3 else 4),
        stride=rng.choice((1, 2, 2, 3, 4)), dilation=rng.choice((1, 2, 2, 3)),
    )  # fmt: skip
    axis.output_padding = rng.randint(0, axis.stride - 1)
    return axis


def either_stride_or_dilation(rng: random.Random, draft: KerasDraft, both: float) -> None:
    """Leave a stride or a dilation, rarely both: most layers refuse both."""
    if rng.random() < both:
        return
    name = rng.choice(("dilation", "dilation", "stride"))
    for axis in draft.axes:
        setattr(axis, name, 1)


def make_room(rng: random.Random, draft: KerasDraft) -> None:
    """Mostly make the input as large as the window, where there is no padding."""
    if draft.parameters["padding"] != "valid":
        return
    for axis in draft.axes:
        if axis.effective > axis.size and rng.random() < 0.95:
            axis.size = axis.effective + rng.choice((0, 0, 1, 2, 3))


def draw_convolution(type_: str, rng: random.Random, both: float) -> KerasDraft:
    draft = draw_draft(type_, rng, window_axis)
    either_stride_or_dilation(rng, draft, both)
    draft.parameters["padding"] = rng.choice(PADDINGS)
    draft.parameters["use_bias"] = rng.random() < 0.6
    return draft
