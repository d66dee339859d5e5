"""Transposed convolutions written in another framework."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.frameworks.crops import TransposedCrop
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import TransposedAxis
from service.core.geometry.padding_pairs import NAMES, Pair
from service.core.layers.base import Site
from service.core.layers.transposed_convolution import TransposedConvolution
from service.core.questions.equivalents.borders import cropped
from service.core.questions.equivalents.convolutions import weights_of
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

FLIPPED = (
    "one applies the kernel as it is and the other flipped: flip the kernel along its spatial axes, or give"
    " `jax.lax.conv_transpose` `transpose_kernel=True`"
)


def transposed_convolution(site: Site, framework: Framework, axes: Sequence[TransposedAxis]) -> Way:
    """A name, literal pads of the dilated input, amounts with `output_padding`, or a crop behind the layer."""
    layer = site.layer
    assert isinstance(layer, TransposedConvolution)
    rules = framework.rules_for(site.kind.name, site.kind.family)
    if rules is None:
        return no_way(lacks_layer(framework, site.kind.name))
    if layer.groups > 1 and not rules.groups:
        return no_way(f"{framework.title}'s {rules.name} has no groups")
    strides, dilations = tuple(axis.stride for axis in axes), tuple(axis.dilation for axis in axes)
    if not rules.takes_stride_with_dilation(max(strides), max(dilations)):
        return no_way(f"{framework.title}'s {rules.name} takes no stride beside a dilation")
    step: dict[str, Any] = {
        "type": site.kind.name,
        "kernel_size": tuple(axis.kernel for axis in axes),
        "stride": strides,
        "dilation": dilations if max(dilations) > 1 else None,
        "groups": layer.groups if layer.groups > 1 else None,
        **weights_of(layer.channels_in(site), layer.out_channels, bias=layer.bias),
    }
    flips = framework.transposed_flips != site.framework.transposed_flips and any(axis.kernel > 1 for axis in axes)
    way = _cropped(framework, rules, step, axes)
    return Way(steps=way.steps, notes=(*way.notes, *([FLIPPED] if flips and way.steps else [])))


def _cropped(framework: Framework, rules: WindowRules, step: dict[str, Any], axes: Sequence[TransposedAxis]) -> Way:
    """The layer with what is cropped: it crops itself, or a layer after it does, never a pad before it."""
    crops = [_net(axis) for axis in axes]
    if any(crop.before < 0 for crop in crops) and "output_padding" not in rules.lacks:
        return no_way("it pads before the output, where only a bias would stand")
    name = _by_name(rules, axes, crops)
    if name is not None:
        return Way(steps=({**step, "padding": name},))
    if "output_padding" in rules.lacks:
        return Way(steps=({**step, "padding": tuple(map(_of_dilated_input, axes, crops))},))
    own = _in_amounts(rules, axes, crops)
    if own is not None:
        return Way(steps=({**step, **own},))
    extras = [crop.output_padding for crop in crops]
    limits = [rules.output_padding_limit(axis.stride, axis.dilation) for axis in axes]
    if any(extra >= limit for extra, limit in zip(extras, limits, strict=True)):
        return no_way(f"{framework.title} takes less output padding")
    uncropped: dict[str, Any] = {"padding": ((0, 0),) * len(axes) if rules.numbers else "valid"}
    left_out = [TransposedCrop(0, 0, crop.output_padding) for crop in crops]
    if rules.numbers or left_out != _named(rules, "valid", axes, None):
        uncropped["output_padding"] = tuple(extras) if any(extras) or not rules.numbers else None
    after = cropped(framework, [(crop.before, crop.after) for crop in crops])
    return Way(steps=({**step, **uncropped}, *after))


def _net(axis: TransposedAxis) -> TransposedCrop:
    """What is cropped after and added after, set off against each other."""
    less = min(axis.after, axis.output_padding) if axis.after > 0 else 0
    after, extra = axis.after - less, axis.output_padding - less
    return TransposedCrop(axis.before, max(after, 0), extra + max(-after, 0))


def _of_dilated_input(axis: TransposedAxis, crop: TransposedCrop) -> Pair:
    """The pads of the dilated input that leave this crop: `e - 1 - crop`."""
    reach = axis.effective_kernel - 1
    return reach - crop.before, reach - crop.after + crop.output_padding


def _named(
    rules: WindowRules, name: str, axes: Sequence[TransposedAxis], output_padding: int | None
) -> list[TransposedCrop]:
    """What a padding name crops from each axis."""
    return [rules.crop(name, axis.size or 1, axis.kernel, axis.stride, axis.dilation, output_padding) for axis in axes]


def _by_name(rules: WindowRules, axes: Sequence[TransposedAxis], crops: list[TransposedCrop]) -> str | None:
    """The name that crops the same, for a framework that takes nothing else."""
    for name in sorted(rules.named & NAMES) if not rules.numbers else ():
        if [_net_crop(crop) for crop in _named(rules, name, axes, None)] == crops:
            return name
    return None


def _net_crop(crop: TransposedCrop) -> TransposedCrop:
    less = min(crop.after, crop.output_padding)
    return TransposedCrop(crop.before, crop.after - less, crop.output_padding - less)


def _in_amounts(
    rules: WindowRules, axes: Sequence[TransposedAxis], crops: list[TransposedCrop]
) -> dict[str, Any] | None:
    """Amounts, where the layer takes them: uneven ones, or the same at both ends and the rest as output padding."""
    if not rules.numbers:
        return None
    pairs, extras = [], []
    for axis, crop in zip(axes, crops, strict=True):
        chosen = next((said for said in _sayings(axis, crop) if _taken(rules, axis, *said)), None)
        if chosen is None:
            return None
        pairs.append(chosen[0])
        extras.append(chosen[1])
    return {"padding": tuple(pairs), "output_padding": tuple(extras) if any(extras) else None}


def _sayings(axis: TransposedAxis, crop: TransposedCrop) -> Iterator[tuple[Pair, int]]:
    """Padding and output padding: as they are, what they come to, and with padding alike at both ends."""
    yield axis.padding, axis.output_padding
    yield (crop.before, crop.after), crop.output_padding
    yield (crop.before, crop.before), crop.output_padding + crop.before - crop.after


def _taken(rules: WindowRules, axis: TransposedAxis, pair: Pair, extra: int) -> bool:
    fits = min(pair) >= 0 and bool(rules.takes_uneven(*pair))
    return fits and rules.takes_output_padding(extra, axis.stride, axis.dilation)
