"""Depthwise and separable convolutions as a grouped convolution, and a 1x1 convolution that mixes its channels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from service.core.convolve.kernels.pad_arrays import Array
from service.core.diagnostics import Fact
from service.core.diagnostics.arrays import bias_mismatch, operand_missing_or_unused, weight_mismatch
from service.core.layers.convolution import Convolution
from service.core.layers.pointers import Pointer
from service.core.layers.separable import DepthwiseConvolution, SeparableConvolution


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """A depthwise layer as a grouped convolution with its weight, and the 1x1 weight that mixes the channels after."""

    layer: Convolution
    weight: Array
    """`[C * depth_multiplier, 1, *kernel]`."""
    mixing: Array | None
    """`[O, C * depth_multiplier, 1, ...]` of a separable convolution."""


def grouped(
    layer: DepthwiseConvolution, weight: Array, pointwise: Array | None, bias: Array | None, channels: int
) -> Grouped | list[Fact]:
    """The layer with the weights `[C, M, *kernel]` and `[C * M, O, 1, ...]`, or what is wrong with them."""
    inputs, multiplier, *kernel = weight.shape
    facts = list(_mistakes(layer, weight, pointwise, bias, channels))
    if facts:
        return facts
    convolution = Convolution(
        kernel_size=kernel,
        stride=layer.stride,
        padding=layer.padding,
        dilation=layer.dilation,
        groups=inputs,
        in_channels=inputs,
        out_channels=inputs * multiplier,
    )
    mixing = None if pointwise is None else np.swapaxes(pointwise, 0, 1)
    return Grouped(layer=convolution, weight=weight.reshape(inputs * multiplier, 1, *kernel), mixing=mixing)


def _mistakes(
    layer: DepthwiseConvolution, weight: Array, pointwise: Array | None, bias: Array | None, channels: int
) -> Iterator[Fact]:
    """Weights that contradict the input, the layer or each other."""
    at: Pointer = ("weight",)
    separable = isinstance(layer, SeparableConvolution)
    depth, outputs = weight.shape[0] * weight.shape[1], weight.shape[0] * weight.shape[1]
    if weight.shape[0] != channels:
        yield from weight_mismatch("channels of the input", channels, weight.shape[0], at)
    if layer.depth_multiplier not in (1, weight.shape[1]):
        yield from weight_mismatch("depth_multiplier", layer.depth_multiplier, weight.shape[1], at)
    if separable != (pointwise is not None):
        name = "separable_conv" if separable else "depthwise_conv"
        yield from operand_missing_or_unused("pointwise_weight", name, needed=separable)
    elif pointwise is not None:
        outputs = pointwise.shape[1]
        if pointwise.shape[0] != depth or any(size != 1 for size in pointwise.shape[2:]):
            yield from weight_mismatch(
                "channels of the depthwise step", depth, pointwise.shape[0], ("pointwise_weight",)
            )
    if isinstance(layer, SeparableConvolution) and layer.out_channels not in (None, outputs):
        yield from weight_mismatch("out_channels", layer.out_channels, outputs, at)
    if bias is not None and bias.shape != (outputs,):
        yield from bias_mismatch(bias.shape, outputs)


def with_weights(layer: DepthwiseConvolution, weight: Array, pointwise: Array | None) -> DepthwiseConvolution:
    """The layer with the parameters that its weights have, so that its shapes and costs are known."""
    known = replace(layer, kernel_size=list(weight.shape[2:]), depth_multiplier=weight.shape[1])
    if isinstance(known, SeparableConvolution) and pointwise is not None:
        return replace(known, out_channels=pointwise.shape[1])
    return known
