"""One output of a layer, taken apart: the input window, the weights, the products and their sum."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from service.core.arithmetic import adaptive_window
from service.core.axes import AdaptiveAxis, Axis, TransposedAxis, WindowAxis
from service.core.convolve.operands import Form
from service.core.convolve.padding import Array, dilated, padded
from service.core.convolve.preparing import Job
from service.core.convolve.running import Result
from service.core.layers.pools import GlobalPool
from service.core.layers.windows import Convolution, Convolving, TransposedConvolution


def explained(job: Job, result: Result, positions: Sequence[tuple[int, ...]]) -> list[dict[str, Any]]:
    """What the outputs at some positions are made of; in a window, null stands where there is no input to read."""
    if not positions:
        return []
    source = _as_seen(job, job.arrangement.inward(job.operands.source))
    return [_explained(job, result, source, position) for position in positions]


def _explained(job: Job, result: Result, source: Array, position: tuple[int, ...]) -> dict[str, Any]:
    batch, channel, *place = _inward(job, position)
    layer = job.site.layer
    answer: dict[str, Any] = {"position": list(position), "output": result.output[position].item()}
    if not isinstance(layer, Convolving):
        window = _gathered(source[batch, channel : channel + 1], job.site.axes, place)[0]
        return {**answer, "window": window.tolist()}
    weights, channels = _weights(job, layer, channel)
    window = _gathered(source[batch, channels], _unpadded(job), place)
    products = np.where(window == None, 0, window) * weights  # noqa: E711 - None stands for a place without input
    parts = {"window": window, "weights": weights, "products": products}
    bare = job.arrangement.form == Form.BARE
    answer |= {name: (part[0] if bare else part).tolist() for name, part in parts.items()}
    total = products.sum()
    answer["sum"] = total.item() if isinstance(total, np.generic) else total
    if job.operands.bias is not None:
        answer["bias"] = job.operands.bias.reshape(-1)[channel].item()
    return answer


def _weights(job: Job, layer: Convolving, channel: int) -> tuple[Array, slice]:
    """The weights that make one output channel, and the input channels they meet."""
    assert job.operands.weight is not None
    order = "IO" if isinstance(layer, TransposedConvolution) else "OI"
    weight = job.arrangement.weight_inward(job.operands.weight, order)
    per_group_in = (layer.in_channels or 1) // layer.groups
    per_group_out = (layer.out_channels or 1) // layer.groups
    group = channel // per_group_out
    channels = slice(group * per_group_in, (group + 1) * per_group_in)
    if order == "OI":
        return weight[channel].astype(object), channels
    if job.site.framework.transposed_flips:
        weight = np.flip(weight, tuple(range(2, weight.ndim)))
    return weight[channels, channel % per_group_out].astype(object), channels


def _inward(job: Job, position: tuple[int, ...]) -> tuple[int, ...]:
    """A position as batch, channel and place; a global pool that has dropped its axes has one place only."""
    layer = job.site.layer
    if isinstance(layer, GlobalPool) and not layer.keeps_axes(job.site):
        return (*(0,) * (Form.BATCHED - len(position)), *position, *(0,) * job.arrangement.rank)
    return job.arrangement.position_inward(position)


def _as_seen(job: Job, source: Array) -> Array:
    """The input as a convolution sees it: padded and dilated. Other layers read it as it is."""
    layer = job.site.layer
    if not isinstance(layer, Convolution):
        return source
    axes = [axis for axis in job.site.axes if isinstance(axis, WindowAxis)]
    holes = [axis.input_dilation for axis in axes]
    pairs = [(axis.before or 0, axis.after or 0) for axis in axes]
    return padded(dilated(source, holes), pairs, mode=layer.padding_mode)


def _unpadded(job: Job) -> list[Axis]:
    """The axes with their padding done already, where the input was padded."""
    if not isinstance(job.site.layer, Convolution):
        return list(job.site.axes)
    return [
        WindowAxis(size=axis.padded, kernel=axis.kernel, stride=axis.stride, dilation=axis.dilation)
        for axis in job.site.axes
        if isinstance(axis, WindowAxis)
    ]


def _reads(axis: Axis, index: int) -> list[int]:
    """The input positions that an output position reads along an axis, in the order of the kernel."""
    if isinstance(axis, WindowAxis):
        return [index * axis.stride - (axis.before or 0) + k * axis.dilation for k in range(axis.kernel)]
    if isinstance(axis, TransposedAxis):
        reached = [index + axis.before - k * axis.dilation for k in range(axis.kernel)]
        return [place // axis.stride if place % axis.stride == 0 else -1 for place in reached]
    if isinstance(axis, AdaptiveAxis):
        return list(range(*adaptive_window(index, axis.size or 0, axis.output or 1)))
    return [index]


def _gathered(source: Array, axes: Any, place: list[int]) -> Array:
    """The values that one output position reads, None where it reads outside the input."""
    outside: list[tuple[int, list[bool]]] = []
    window = source
    for number, (axis, index) in enumerate(zip(axes, place, strict=True), start=1):
        reads = _reads(axis, index)
        inside = [0 <= read < source.shape[number] for read in reads]
        window = np.take(window, [read if ok else 0 for read, ok in zip(reads, inside, strict=True)], axis=number)
        outside.append((number, [not ok for ok in inside]))
    values = window.astype(object)
    for number, missing in outside:
        values[(slice(None),) * number + (missing,)] = None
    return values
