"""One output of a layer, taken apart: the input window, the weights, the products and their sum."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from service.core.convolve.array_layout import Form
from service.core.convolve.job import Job
from service.core.convolve.kernels.pad_arrays import Array, copied_positions
from service.core.convolve.prepare_job import weight_order
from service.core.convolve.run_job import Result
from service.core.geometry.axes import AdaptiveAxis, Axis, PaddedAxis, TransposedAxis, WindowAxis
from service.core.layers.convolution import Convolution, Convolving
from service.core.layers.pools import GlobalPool
from service.core.layers.transposed_convolution import TransposedConvolution

Number = int | float


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What one output is made of. Only convolutions have weights, products and a sum; a bias only if one was posted."""

    position: tuple[int, ...]
    output: Number
    window: Array
    """`[C, *kernel]`, of a bare input and of other layers `[*kernel]`: numbers, and None where there is no input."""
    weights: Array | None = None
    """In the shape of the window."""
    products: Array | None = None
    """In the shape of the window."""
    sum: Number | None = None
    bias: Number | None = None


def explained(job: Job, result: Result, positions: Sequence[tuple[int, ...]]) -> list[Explanation]:
    """What the outputs at these positions are made of."""
    if not positions:
        return []
    source = job.arrangement.inward(job.operands.source)
    return [_explained(job, result, source, position) for position in positions]


def _explained(job: Job, result: Result, source: Array, position: tuple[int, ...]) -> Explanation:
    batch, channel, *place = _position_inward(job, position)
    layer, output = job.site.layer, result.output[position].item()
    read = [_read_positions(*pair) for pair in zip(job.site.axes, place, strict=True)]
    if not isinstance(layer, Convolving):
        window = _gathered(source[batch, channel : channel + 1], read, None)[0]
        return Explanation(position=position, output=output, window=window)
    weights, channels = _weights(job, layer, channel)
    padding = source.dtype.type(0).item() if isinstance(layer, Convolution) else None
    window = _gathered(source[batch, channels], read, padding)
    products = np.where(window == None, 0, window) * weights  # noqa: E711 - None is where there is no input
    total = products.sum()
    if job.arrangement.form == Form.BARE:
        window, weights, products = window[0], weights[0], products[0]
    return Explanation(
        position=position,
        output=output,
        window=window,
        weights=weights,
        products=products,
        sum=total.item() if isinstance(total, np.generic) else total,
        bias=None if job.operands.bias is None else job.operands.bias.reshape(-1)[channel].item(),
    )


def _weights(job: Job, layer: Convolving, channel: int) -> tuple[Array, slice]:
    """The weights `[C, *kernel]` that make one output channel, and the input channels that they multiply."""
    assert job.operands.weight is not None
    weight = job.arrangement.weight_inward(job.operands.weight, weight_order(layer))
    inputs, outputs = (layer.in_channels or 1) // layer.groups, (layer.out_channels or 1) // layer.groups
    group = channel // outputs
    channels = slice(group * inputs, (group + 1) * inputs)
    if not isinstance(layer, TransposedConvolution):
        return weight[channel].astype(object), channels
    if job.site.framework.transposed_flips:
        weight = np.flip(weight, tuple(range(2, weight.ndim)))
    return weight[channels, channel % outputs].astype(object), channels


def _position_inward(job: Job, position: tuple[int, ...]) -> tuple[int, ...]:
    """A position as batch, channel and place; a global pool without spatial axes has a single place."""
    layer = job.site.layer
    if isinstance(layer, GlobalPool) and not layer.keeps_axes(job.site):
        return (*(0,) * (Form.BATCHED - len(position)), *position, *(0,) * job.arrangement.rank)
    return job.arrangement.position_inward(position)


def _read_positions(axis: Axis, index: int) -> Array:
    """The input positions that one output reads along an axis, in the order of the kernel; -1 for none."""
    size = axis.size or 0
    if isinstance(axis, WindowAxis):
        positions = np.array(axis.window_on_dilated(index))
        padding = axis.before or 0, axis.after or 0
        copied = _padded_positions(positions, axis.dilated_size or 0, padding, axis.padding_mode)
        return _undilated(copied, axis.input_dilation)
    if isinstance(axis, TransposedAxis):
        return np.array([-1 if position is None else position for position in axis.window(index)])
    if isinstance(axis, AdaptiveAxis):
        return np.array(axis.window(index))
    assert isinstance(axis, PaddedAxis)
    return _padded_positions(np.array(axis.window(index)), size, (axis.before, axis.after), axis.mode)


def _padded_positions(positions: Array, size: int, padding: tuple[int, int], mode: str) -> Array:
    """The input positions that positions in and around an input are copies of; -1 for constant padding.

    Circular padding crops first.
    """
    if mode in ("zeros", "constant"):
        return np.where((positions >= 0) & (positions < size), positions, -1)
    first, last = (max(-amount, 0) if mode == "circular" else 0 for amount in padding)
    return copied_positions(positions - first, size - first - last, mode) + first


def _undilated(positions: Array, dilation: int) -> Array:
    """Positions of a dilated input as positions of the input; -1 for the zeros between, and before it."""
    undilated: Array = np.where((positions >= 0) & (positions % dilation == 0), positions // dilation, -1)
    return undilated


def _gathered(image: Array, read: Sequence[Array], padding: Any) -> Array:
    """`[C, *kernel]`: the values of an image at the positions read, and `padding` where there is no input."""
    values = np.full((len(image), *[len(positions) for positions in read]), padding, object)
    inside = [np.flatnonzero(positions >= 0) for positions in read]
    channels = np.arange(len(image))
    taken = [positions[index] for positions, index in zip(read, inside, strict=True)]
    values[np.ix_(channels, *inside)] = image[np.ix_(channels, *taken)]
    return values
