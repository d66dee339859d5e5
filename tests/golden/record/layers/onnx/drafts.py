"""Drafts of ONNX layers, and their attributes as ONNX spells them: lists with one entry per spatial axis.

A drawn layer also holds two things that are no part of it and are taken out when it is recorded: `opset`, and `kernel`,
the weight's spatial sizes, where `kernel_shape` is left out and the runtime takes it from the weight.
"""

import random
from dataclasses import dataclass

from tests.golden.record.layers.drafts import (
    AxisBuilder,
    Draft,
    Layer,
    Shape,
    UnevenAxis,
    dilate_some,
    draw_axes,
    draw_size,
    family_of,
    rank_of,
)

OPSETS = (11, 13, 18, 19, 21, 22, 26)
"""The operator sets in which one of our operators changed, and the newest one that the runtime knows."""
AUTO_PADS = ("SAME_UPPER", "SAME_LOWER", "VALID")
SINCE = {("avg_pool", "dilations"): 19, ("lp_pool", "ceil_mode"): 18, ("lp_pool", "dilations"): 18}
"""The operator set that introduced an attribute, where it is newer than the oldest one here."""
LARGEST_SIZES = (11, 9, 6)
"""The largest size of an axis, by rank."""
SHARED_BY_AXES = ("kernel", "stride", "dilation")
ATTRIBUTES = {
    "kernel_shape": "kernel", "strides": "stride", "dilations": "dilation", "output_padding": "output_padding",
}  # fmt: skip
"""For a parameter, the attribute of `Axis` that holds it."""
DEFAULTS_PER_AXIS = {"strides": 1, "dilations": 1, "pads": 0, "output_padding": 0}
DEFAULTS = {"group": 1, "ceil_mode": False, "count_include_pad": False, "auto_pad": "NOTSET", "p": 2, "bias": True}


@dataclass(kw_only=True)
class OnnxDraft(Draft[UnevenAxis]):
    """A draft for one operator set."""

    opset: int
    is_unbatched: bool = False
    wrong_length: str | None = None
    """The list that has an entry too many or too few."""

    @property
    def whole_shape(self) -> Shape:
        return super().whole_shape[self.is_unbatched :]

    def knows(self, attribute: str) -> bool:
        """Whether the operator has the attribute in this operator set."""
        return self.opset >= SINCE.get((family_of(self.type), attribute), 0)


def is_default(name: str, value: object) -> bool:
    if name in DEFAULTS_PER_AXIS:
        return isinstance(value, list) and set(value) == {DEFAULTS_PER_AXIS[name]}
    return name in DEFAULTS and value == DEFAULTS[name]


def spell_layer(rng: random.Random, draft: OnnxDraft, *names: str) -> tuple[Layer, Shape]:
    """The layer as it is spelled; six of ten leave out every attribute that has its default."""
    spelled: Layer = {name: [getattr(axis, ATTRIBUTES[name]) for axis in draft.axes] for name in names}
    spelled["pads"] = [axis.before for axis in draft.axes] + [axis.after for axis in draft.axes]
    spelled |= draft.parameters
    if draft.wrong_length in spelled:
        values = spelled[draft.wrong_length]
        spelled[draft.wrong_length] = values[1:] if len(values) > 1 and rng.random() < 0.5 else [*values, values[-1]]
    if spelled.get("auto_pad", "NOTSET") != "NOTSET" and not spelled.pop("both", False):
        del spelled["pads"]
    spelled.pop("both", None)
    is_lean = rng.random() < 0.6
    kept = {
        name: value
        for name, value in spelled.items()
        if not (is_default(name, value) and (is_lean or not draft.knows(name)))
    }
    return {"type": draft.type, "opset": draft.opset, **kept}, draft.shape


def draw_opset(rng: random.Random) -> int:
    return rng.choice((*OPSETS, OPSETS[-1]))


def draw_ends(rng: random.Random, most: int) -> tuple[int, int]:
    """Two amounts, mostly different."""
    if most < 1 or rng.random() < 0.3:
        return 0, 0
    before, after = rng.randint(0, most), rng.randint(0, most)
    return (before, before) if rng.random() < 0.2 else (before, after)


def convolution_axis(rng: random.Random, rank: int) -> UnevenAxis:
    before, after = draw_ends(rng, 3)
    axis = UnevenAxis(
        size=draw_size(rng, rank, LARGEST_SIZES),
        kernel=1,
        stride=rng.choice((1, 1, 2, 2, 3, 4)),
        before=before,
        after=after,
    )
    axis.dilation = rng.choice((1, 1, 1, 2, 3))
    axis.kernel = rng.randint(1, max(1, min((6, 5, 3)[rank - 1], (axis.padded - 1) // axis.dilation + 1)))
    return axis


def transposed_axis(rng: random.Random, rank: int) -> UnevenAxis:
    axis = UnevenAxis(size=rng.randint(1, (7, 5, 3)[rank - 1]), kernel=rng.randint(1, (5, 4, 3)[rank - 1]))
    axis.stride, axis.dilation = rng.choice((1, 2, 2, 3, 4)), rng.choice((1, 1, 1, 2, 3))
    axis.output_padding = rng.randint(0, axis.stride - 1) if rng.random() < 0.4 else 0
    axis.before, axis.after = draw_ends(rng, min(4, (axis.transposed - 1) // 2))
    return axis


def pool_axis(rng: random.Random, rank: int) -> UnevenAxis:
    kernel = rng.randint(1, (5, 5, 4)[rank - 1])
    before, after = draw_ends(rng, kernel - 1)
    axis = UnevenAxis(
        size=draw_size(rng, rank, LARGEST_SIZES), kernel=kernel, stride=rng.randint(1, 4), before=before, after=after
    )
    axis.size = max(axis.size, kernel - before - after) if rng.random() < 0.8 else axis.size
    return axis


def draw_output_size(rng: random.Random, axis: UnevenAxis) -> int:
    """An output size of at least 1, mostly near the size without pads."""
    uncropped = (axis.size - 1) * max(axis.stride, 1) + axis.effective
    size = rng.choice((uncropped, axis.size * axis.stride, rng.randint(1, max(1, uncropped))))
    return max(1, size + rng.choice((-1, 0, 0, 1)))


def convolution_draft(type_: str, rng: random.Random, axis: AxisBuilder[UnevenAxis]) -> OnnxDraft:
    group = rng.choice((1, 1, 1, 2, 3))
    inputs, outputs = group * rng.randint(1, 2), group * rng.randint(1, 3)
    axes = draw_axes(rng, rank_of(type_), axis, SHARED_BY_AXES)
    draft = OnnxDraft(type=type_, opset=draw_opset(rng), axes=axes, batch=rng.choice((1, 1, 2)), channels=inputs)
    draft.parameters = {"group": group, "in_channels": inputs, "out_channels": outputs, "bias": rng.random() < 0.6}
    return draft


def pool_draft(type_: str, rng: random.Random) -> OnnxDraft:
    axes = draw_axes(rng, rank_of(type_), pool_axis, SHARED_BY_AXES)
    draft = OnnxDraft(type=type_, opset=draw_opset(rng), axes=axes, batch=rng.randint(1, 2), channels=rng.randint(1, 3))
    is_mistaken = rng.random() < 0.08
    if draft.knows("dilations") or is_mistaken:
        dilate_some(rng, axes, 0.35, lambda axis: axis.padded)
    if draft.knows("ceil_mode") or is_mistaken:
        draft.parameters["ceil_mode"] = rng.random() < 0.5
    if rng.random() < 0.25:
        draft.parameters["auto_pad"] = rng.choice(AUTO_PADS)
    return draft
