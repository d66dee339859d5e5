"""Convolutions, depthwise and separable ones too, written in another framework."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import WindowAxis
from service.core.layers.base import Site
from service.core.layers.convolution import Convolution
from service.core.layers.separable import DepthwiseConvolution, SeparableConvolution
from service.core.questions.equivalents.borders import NOTHING_LEFT, bordered, crops_all
from service.core.questions.equivalents.way import Step, Way, no_way
from service.core.questions.equivalents.windows import (
    UNKNOWN_SIZE,
    amounts,
    by_name,
    every_nth,
    in_amounts,
    lacks_layer,
    unpadded,
    window_step,
)

CHANNELS_NEEDED = "give `input_shape`: a grouped convolution has as many groups as there are channels"


def convolution(site: Site, framework: Framework, axes: Sequence[WindowAxis]) -> Way:
    """The same windows: padding in amounts or by name, or an explicit pad first."""
    layer = site.layer
    assert isinstance(layer, Convolution)
    rules = framework.rules_for(site.kind.name, site.kind.family)
    if rules is None:
        return no_way(lacks_layer(framework, site.kind.name))
    if any(axis.output == 0 for axis in axes) and not rules.empty_output:
        return no_way(f"{framework.title} has no output without positions")
    step = dict(window_step(site.kind.name, rules, axes))
    if any(axis.input_dilation > 1 for axis in axes):
        if "input_dilation" in rules.lacks:
            return no_way(f"{framework.title}'s convolutions have no input dilation")
        step["input_dilation"] = tuple(axis.input_dilation for axis in axes)
    if layer.groups > 1:
        step["groups"] = layer.groups
    step |= weights_of(layer.channels_in(site), layer.out_channels, bias=layer.bias)
    return _padded(framework, rules, step, axes, layer.padding_mode)


def depthwise(site: Site, framework: Framework, axes: Sequence[WindowAxis]) -> Way:
    """A depthwise layer, or a convolution with as many groups as channels; a 1x1 convolution after a separable one."""
    layer = site.layer
    assert isinstance(layer, DepthwiseConvolution)
    own = framework.rules_for(site.kind.name, site.kind.family)
    mixed = layer.out_channels if isinstance(layer, SeparableConvolution) else None
    mixing = isinstance(layer, SeparableConvolution)
    if own is not None:
        step = dict(window_step(site.kind.name, own, axes))
        if layer.depth_multiplier > 1:
            step["depth_multiplier"] = layer.depth_multiplier
        step |= weights_of(None, mixed, bias=layer.bias)
        return _padded(framework, own, step, axes, "zeros")
    rank, channels, depth = len(axes), site.channels, layer.depth(site)
    rules = framework.rules_for(f"conv{rank}d", "conv")
    if rules is None:
        return no_way(lacks_layer(framework, site.kind.name))
    if channels is None:
        return no_way(lacks_layer(framework, site.kind.name), CHANNELS_NEEDED)
    step = dict(window_step(f"conv{rank}d", rules, axes))
    step |= {
        "groups": channels if channels > 1 else None,
        **weights_of(channels, depth, bias=layer.bias and not mixing),
    }
    way = _padded(framework, rules, step, axes, "zeros")
    if not mixing or not way.steps:
        return way
    ones = (1,) * rank
    point: Step = {"type": f"conv{rank}d", "kernel_size": ones, "stride": ones, **unpadded(rules, rank)}
    return Way(steps=(*way.steps, {**point, **weights_of(depth, mixed, bias=layer.bias)}))


def weights_of(inputs: int | None, outputs: int | None, *, bias: bool) -> dict[str, Any]:
    """The parameters that say which weights there are; a bias is there unless it is said not to be."""
    return {"in_channels": inputs, "out_channels": outputs, "bias": None if bias else False}


def _padded(framework: Framework, rules: WindowRules, step: Step, axes: Sequence[WindowAxis], mode: str) -> Way:
    """The layer with its padding, in its own words or by a pad before it; strides that it refuses come after it."""
    pairs, rank = amounts(axes), len(axes)
    if pairs is None:
        return no_way(UNKNOWN_SIZE)
    strides, dilations = [axis.stride for axis in axes], [axis.dilation for axis in axes]
    after: tuple[Step, ...] = ()
    if not rules.takes_stride_with_dilation(max(strides), max(dilations)):
        step, after = {**step, "stride": (1,) * rank}, every_nth(rank, strides)
    own = (in_amounts(rules, axes, mode) or by_name(rules, axes)) if mode in rules.padding_modes and not after else None
    if own is not None:
        said = {} if mode == "zeros" else {"padding_mode": mode}
        return Way(steps=({**step, "padding": own, **said},))
    if any(crops_all(axis.dilated_size, pair) for axis, pair in zip(axes, pairs, strict=True)):
        return no_way(NOTHING_LEFT)
    before = bordered(framework, pairs, "constant" if mode == "zeros" else mode)
    if before is None:
        return no_way(f"{framework.title} has no padding in the mode {mode}")
    return Way(steps=(*before, {**step, **unpadded(rules, rank)}, *after))
