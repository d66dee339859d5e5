"""Pools: the maximum of every window, its mean, or the root of its sum of powers."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from service.core.convolve.kernels import integers, memory, thread_pool
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.pools.blocks import Block, block_size, blocks
from service.core.convolve.kernels.pools.folding import Finish, Fold, Folding, Prepare
from service.core.convolve.kernels.pools.windows import Windows


def maximum(source: Array, axes: Sequence[Windows]) -> Array:
    """The maximum of each window of the last axes; padding is never the maximum."""
    lowest = -np.inf if source.dtype.kind == "f" else np.iinfo(source.dtype).min
    return _chosen(source, axes, np.maximum, lowest)


def minimum(source: Array, axes: Sequence[Windows]) -> Array:
    """The minimum of each window of the last axes; padding is never the minimum."""
    highest = np.inf if source.dtype.kind == "f" else np.iinfo(source.dtype).max
    return _chosen(source, axes, np.minimum, highest)


def _chosen(source: Array, axes: Sequence[Windows], choose: np.ufunc, filler: Any) -> Array:
    """A pool that gives one of the values in each window."""
    arithmetic = floats(source.dtype) if source.dtype.kind == "f" else source.dtype
    return pooled(source, axes, Fold(combine=choose, filler=filler, dtype=arithmetic), source.dtype)


def total(source: Array, axes: Sequence[Windows]) -> Array:
    """The sum of each window of the last axes; sums of integers are exact.

    Raises:
        IntegerOverflowError: a sum of integers fits no type.
    """
    if source.dtype.kind == "f":
        return _of_sums(source, axes, lambda sums, axes: None)
    result = integers.widest(source)
    most = integers.magnitude(source) * prod([axis.kernel for axis in axes])
    arithmetic = np.dtype(np.int64 if most < integers.EXACT_IN_INT64 else object)
    sums = pooled(source, axes, Fold(combine=np.add, filler=0, dtype=arithmetic), arithmetic)
    return integers.checked(sums, result) if arithmetic.hasobject else sums.astype(result, copy=False)


def average(source: Array, axes: Sequence[Windows], divisor: int | None = None) -> Array:
    """The sum of each window of the last axes, divided by `divisor` or by how many of its positions count."""

    def divide(sums: Array, axes: Sequence[Windows]) -> None:
        sums /= _counts(axes, sums.dtype) if divisor is None else divisor

    return _of_sums(source, axes, divide)


def lp(source: Array, axes: Sequence[Windows], power: float, *, absolute: bool) -> Array:
    """`(sum of x**p)**(1/p)` of each window; with `absolute`, of `|x|`.

    Without `absolute` it is PyTorch's formula: the mean over the positions inside the input, times those of a whole
    window.
    """
    whole = prod([axis.kernel for axis in axes])

    def raised(values: Array) -> None:
        if absolute:
            np.abs(values, out=values)
        values **= power

    def root(sums: Array, axes: Sequence[Windows]) -> None:
        if not absolute:
            sums /= _counts(axes, sums.dtype)
            sums *= whole
        sums **= 1 / power

    return _of_sums(source, axes, root, raised)


def _of_sums(source: Array, axes: Sequence[Windows], finish: Finish, prepare: Prepare | None = None) -> Array:
    """A pool made of sums: those of integers in float64, those of float16 in float32."""
    fold = Fold(combine=np.add, filler=0, dtype=floats(source.dtype), prepare=prepare, finish=finish)
    return pooled(source, axes, fold, source.dtype if source.dtype.kind == "f" else fold.dtype)


def floats(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type of the arithmetic of means."""
    return np.dtype(np.float32 if dtype.itemsize <= 4 and dtype.kind == "f" else np.float64)


def _counts(axes: Sequence[Windows], dtype: np.dtype[Any]) -> Any:
    """How many positions of each window count: a single number where all do, else `[*windows]`."""
    if all(axis.is_full for axis in axes):
        return prod([axis.kernel for axis in axes])
    counts: Array = np.ones((), dtype)
    for axis in axes:
        counts = counts[..., None] * axis.lengths().astype(dtype)
    return counts


def pooled(source: Array, axes: Sequence[Windows], fold: Fold, dtype: np.dtype[Any]) -> Array:
    """`[N, C, *windows]` of `[N, C, *spatial]`, in blocks and by several threads."""
    images, channels = source.shape[:2]
    out = np.empty((images, channels, *[axis.count for axis in axes]), dtype)
    if out.size == 0:
        return out
    size = block_size(images, channels, axes, fold.dtype.itemsize, thread_pool.threads())
    if size.holds_all:
        _compute_block(source, out, fold, Block((), (), axes, [Folding(fold, axes)]))
        return out
    with thread_pool.at_most(size.threads):
        every_block = blocks(images, channels, axes, size, partial(Folding, fold))
        thread_pool.run_in_threads(partial(_compute_block, source, out, fold), every_block)
    return out


def _compute_block(source: Array, out: Array, fold: Fold, block: Block[Folding]) -> None:
    """Write one block of a pool to its part of `out`."""
    source, out = source[block.leading], out[*block.leading, *block.place]
    target = out if out.dtype == fold.dtype else memory.scratch("pooled", out.shape, fold.dtype)
    with np.errstate(all="ignore"):  # 0/0 is NaN, and infinities come out as IEEE has them
        first, *others = block.parts
        first(source, target)
        for part in others:
            rest = memory.scratch("pool part", out.shape, fold.dtype)
            part(source, rest)
            fold.combine(target, rest, out=target)
        if fold.finish is not None:
            fold.finish(target, block.axes)
    if target is not out:
        out[...] = target
