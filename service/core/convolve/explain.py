"""One output of a layer, taken apart: the input window, the weights, the products and their sum."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import source_positions
from service.core.convolve.operands import Form
from service.core.convolve.preparing import Job
from service.core.convolve.running import Result
from service.core.geometry.arithmetic import adaptive_window
from service.core.geometry.axes import AdaptiveAxis, Axis, PaddedAxis, TransposedAxis, WindowAxis
from service.core.layers.pools import GlobalPool
from service.core.layers.windows import Convolution, Convolving, TransposedConvolution


def explained(job: Job, result: Result, positions: Sequence[tuple[int, ...]]) -> list[dict[str, Any]]:
    """What the outputs at some positions are made of; in a window, null stands where there is no input to read."""
    if not positions:
        return []
    source = job.arrangement.inward(job.operands.source)
    return [_explained(job, result, source, position) for position in positions]


def _explained(job: Job, result: Result, source: Array, position: tuple[int, ...]) -> dict[str, Any]:
    batch, channel, *place = _inward(job, position)
    layer = job.site.layer
    answer: dict[str, Any] = {"position": list(position), "output": result.output[position].item()}
    reads = [_reads(*pair) for pair in zip(job.site.axes, place, strict=True)]
    if not isinstance(layer, Convolving):
        window = _gathered(source[batch, channel : channel + 1], reads, None)[0]
        return {**answer, "window": window.tolist()}
    weights, channels = _weights(job, layer, channel)
    padding = source.dtype.type(0).item() if isinstance(layer, Convolution) else None
    window = _gathered(source[batch, channels], reads, padding)
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


def _reads(axis: Axis, index: int) -> Array:
    """The input positions that an output position reads along an axis, in the order of the kernel; -1 for none."""
    size = axis.size or 0
    if isinstance(axis, WindowAxis):
        places = index * axis.stride - (axis.before or 0) + np.arange(axis.kernel) * axis.dilation
        read = _copied(places, axis.dilated_size or 0, (axis.before or 0, axis.after or 0), axis.padding_mode)
        return _spaced(read, axis.input_dilation)
    if isinstance(axis, TransposedAxis):
        spread = _spaced(index + axis.before - np.arange(axis.kernel) * axis.dilation, axis.stride)
        return np.where(spread < size, spread, -1)
    if isinstance(axis, AdaptiveAxis):
        return np.arange(*adaptive_window(index, size, axis.output or 1))
    assert isinstance(axis, PaddedAxis)
    return _copied(np.array([index - axis.before]), size, (axis.before, axis.after), axis.mode)


def _copied(places: Array, size: int, padding: tuple[int, int], mode: str) -> Array:
    """The input positions of which places in and around an input are copies; -1 for none.

    What goes round is cropped first.
    """
    if mode in ("zeros", "constant"):
        return np.where((places >= 0) & (places < size), places, -1)
    first, last = (max(-amount, 0) if mode == "circular" else 0 for amount in padding)
    return source_positions(places - first, size - first - last, mode) + first


def _spaced(places: Array, apart: int) -> Array:
    """Positions of what stands so far apart in some places; -1 for none."""
    found: Array = np.where((places >= 0) & (places % apart == 0), places // apart, -1)
    return found


def _gathered(image: Array, reads: Sequence[Array], padding: Any) -> Array:
    """`[C, *kernel]`: the values that an output reads of an image, and the padding where it reads none."""
    found = np.full((len(image), *[len(places) for places in reads]), padding, object)
    inside = [np.flatnonzero(places >= 0) for places in reads]
    channels = np.arange(len(image))
    taken = [places[few] for places, few in zip(reads, inside, strict=True)]
    found[np.ix_(channels, *inside)] = image[np.ix_(channels, *taken)]
    return found
