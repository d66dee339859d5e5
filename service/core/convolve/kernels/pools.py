"""Pools: the maximum or the mean of every window, or a power mean's root."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.blocks import Block, blocks, cut
from service.core.convolve.kernels.folding import Finish, Fold, Folding, Prepare
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.windows import Windows


def maximum(source: Array, axes: Sequence[Windows]) -> Array:
    """The maximum of each window of the last axes; padding never wins."""
    lowest = -np.inf if source.dtype.kind == "f" else np.iinfo(source.dtype).min
    arithmetic = floats(source.dtype) if source.dtype.kind == "f" else source.dtype
    return pooled(source, axes, Fold(combine=np.maximum, filler=lowest, dtype=arithmetic), source.dtype)


def average(source: Array, axes: Sequence[Windows], divisor: int | None = None) -> Array:
    """The sum of each window of the last axes over its divisor: `divisor`, or the positions that count."""

    def divide(sums: Array, axes: Sequence[Windows]) -> None:
        sums /= _counts(axes, sums.dtype) if divisor is None else divisor

    return _of_sums(source, axes, divide)


def lp(source: Array, axes: Sequence[Windows], power: float, *, absolute: bool) -> Array:
    """`(sum of x**p)**(1/p)` of each window; with `absolute`, of `|x|`.

    Without it PyTorch's way: the mean over the positions that are there, scaled to a whole window.
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
    """What is made of sums: of integers in float64, of float16 in float32."""
    fold = Fold(combine=np.add, filler=0, dtype=floats(source.dtype), prepare=prepare, finish=finish)
    return pooled(source, axes, fold, source.dtype if source.dtype.kind == "f" else fold.dtype)


def floats(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The arithmetic of means."""
    return np.dtype(np.float32 if dtype.itemsize <= 4 and dtype.kind == "f" else np.float64)


def _counts(axes: Sequence[Windows], dtype: np.dtype[Any]) -> Any:
    """How many positions of each window count: one number where that is all of every window, else `[*windows]`."""
    if all(axis.is_full for axis in axes):
        return prod([axis.kernel for axis in axes])
    counts: Array = np.ones((), dtype)
    for axis in axes:
        counts = counts[..., None] * axis.lengths().astype(dtype)
    return counts


def pooled(source: Array, axes: Sequence[Windows], fold: Fold, dtype: np.dtype[Any]) -> Array:
    """`[N, C, *windows]` of `[N, C, *spatial]`, in blocks, by as many threads as there may be."""
    images, channels = source.shape[:2]
    out = np.empty((images, channels, *[axis.count for axis in axes]), dtype)
    if out.size == 0:
        return out
    size = cut(images, channels, axes, fold.dtype.itemsize, workers.threads())
    if size.holds_all:
        _compute(source, out, fold, Block((), (), axes, [Folding(fold, axes)]))
        return out
    with workers.at_most(size.threads):
        every = blocks(images, channels, axes, size, partial(Folding, fold))
        workers.each(partial(_compute, source, out, fold), every)
    return out


def _compute(source: Array, out: Array, fold: Fold, block: Block[Folding]) -> None:
    """One block of a pool."""
    source, out = source[block.leading], out[*block.leading, *block.place]
    target = out if out.dtype == fold.dtype else workers.scratch("pooled", out.shape, fold.dtype)
    with np.errstate(all="ignore"):  # 0/0 is NaN, and infinities come out as IEEE has them
        first, *others = block.parts
        first(source, target)
        for part in others:
            rest = workers.scratch("pool part", out.shape, fold.dtype)
            part(source, rest)
            fold.combine(target, rest, out=target)
        if fold.finish is not None:
            fold.finish(target, block.axes)
    if target is not out:
        out[...] = target
