"""Pools: the maximum or the mean of every window."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from service.core.arithmetic import adaptive_window
from service.core.axes import Axis, WindowAxis
from service.core.convolve import workers
from service.core.convolve.padding import Array, padded
from service.core.convolve.problem import pieces

BLOCK_BYTES = 2**20
"""Channels are pooled in blocks of about this many bytes."""


def by_channels(source: Array, pool: Callable[[Array], Array]) -> Array:
    """A pool applied to blocks of channels, in as many threads as there may be."""
    flat = source.reshape(-1, 1, *source.shape[2:])
    first = pool(flat[:1])
    result = np.empty((len(flat), *first.shape[1:]), first.dtype)
    result[0] = first[0]
    del first

    def block(channels: tuple[int, int]) -> None:
        result[slice(*channels)] = pool(flat[slice(*channels)])

    rest = len(flat) - 1
    most = max(1, BLOCK_BYTES // max(1, flat[0].size * 8))
    workers.each(
        block, ((start + 1, stop + 1) for start, stop in pieces(rest, min(most, -(-rest // workers.threads()))))
    )
    return result.reshape(*source.shape[:2], *result.shape[2:])


def lowest(dtype: np.dtype[Any]) -> Any:
    """What padding holds in a maximum pool: less than any number."""
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


def _fold(source: Array, axes: Sequence[WindowAxis], combine: Callable[..., Array], filler: Any) -> Array:
    """The window elements combined, along one axis after the other: a maximum or a sum over a box is separable.

    `filler` stands outside the input, also past it in ceil mode.
    """
    result = source
    leading = source.ndim - len(axes)
    for position, axis in enumerate(axes):
        outputs, before = axis.output or 0, axis.before or 0
        reached = (outputs - 1) * axis.stride + axis.effective
        pairs = [(0, 0)] * len(axes)
        pairs[position] = (before, max(reached - before - (axis.size or 0), 0))
        array = padded(result, pairs, value=filler)
        for index in range(axis.kernel):
            first = index * axis.dilation
            along = slice(first, first + (outputs - 1) * axis.stride + 1, axis.stride)
            seen = array[(slice(None),) * (leading + position) + (along,)]
            result = seen.copy() if index == 0 else combine(result, seen, out=result)
    return result


def maximum(source: Array, axes: Sequence[WindowAxis]) -> Array:
    """The maximum of each window of the last axes; padding never wins."""
    return _fold(source, axes, np.maximum, lowest(source.dtype))


def average(source: Array, axes: Sequence[WindowAxis], *, counts_padding: bool, divisor: int | None = None) -> Array:
    """The sum of each window of the last axes over its divisor: `divisor`, or the positions that count."""
    sums = _fold(source, axes, np.add, 0)
    counts: Array = np.array(1 if divisor is None else divisor, source.dtype)
    for axis in axes if divisor is None else ():
        counts = counts[..., None] * _counts(axis, counts_padding).astype(source.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):  # a window of padding alone is 0/0: NaN, as IEEE has it
        means: Array = np.divide(sums, counts, dtype=source.dtype)
        return means


def lp(source: Array, axes: Sequence[WindowAxis], power: float, *, absolute: bool) -> Array:
    """`(sum of x**p)**(1/p)` of each window; with `absolute`, of `|x|`.

    Without it PyTorch's way: the mean over the positions that are there, scaled to a whole window.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # a negative sum has no root: NaN, as IEEE has it
        powers = (np.abs(source) if absolute else source) ** source.dtype.type(power)
        sums = _fold(powers, axes, np.add, 0)
        if not absolute:
            sums = average(powers, axes, counts_padding=False) * prod(axis.kernel for axis in axes)
        roots: Array = np.power(sums, source.dtype.type(1 / power), dtype=source.dtype)
        return roots


def _counts(axis: WindowAxis, counts_padding: bool) -> Array:
    """How many positions of each window count: inside the input, or inside the padded input; never beyond that.

    Of the positions `start + k*d`, those from `ceil((first - start)/d)` up to `ceil((stop - start)/d)`.
    """
    size, before, after = axis.size or 0, axis.before or 0, axis.after or 0
    first, stop = (-before, size + after) if counts_padding else (0, size)
    starts = np.arange(axis.output or 0) * axis.stride - before
    least, end = (-((starts - bound) // axis.dilation) for bound in (first, stop))
    counted: Array = np.minimum(end, axis.kernel) - np.maximum(least, 0)
    return np.maximum(counted, 0)


def adaptive(source: Array, axes: Sequence[Axis], *, largest: bool) -> Array:
    """The maximum or mean over `[floor(j*i/o), ceil((j + 1)*i/o))`, one axis after the other."""
    result = source
    first = source.ndim - len(axes)
    for position, axis in enumerate(axes, start=first):
        windows = [adaptive_window(index, axis.size or 0, axis.output or 0) for index in range(axis.output or 0)]
        parts = [result[(slice(None),) * position + (slice(start, stop),)] for start, stop in windows]
        reduced = [part.max(axis=position) if largest else part.mean(axis=position) for part in parts]
        result = np.stack(reduced, axis=position)
    return result
