"""The elements of every window combined into one (a fold), for a block of windows at once.

A maximum or a sum over a box is one over an axis after the other. Along an axis, runs of m elements, combined from
every position on, make runs of 2m: `r_2m[i] = r_m[i] op r_m[i + m*d]`. So k elements take about `log2(k)` steps over
contiguous memory, whatever the shape, and a sum is as exact as one made by pairs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from service.core.convolve.kernels import memory
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.pools.windows import EvenWindows, Windows

MOST_PRODUCT = 256
"""Terms up to which a sum is made as a product with ones, which is faster for short rows. Chosen: it is then as exact
as a sum by pairs."""
BUFFERS = ("pool 0", "pool 1", "pool 2")
"""Names of scratch memory. In a list of them the first two are free, and the last may hold a result."""

Prepare = Callable[[Array], None]
Finish = Callable[[Array, Sequence[Windows]], None]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """How the elements of a window are combined."""

    combine: np.ufunc
    filler: Any
    """The value where there is no input: it changes nothing."""
    dtype: np.dtype[Any]
    """The type of the arithmetic."""
    prepare: Prepare | None = None
    """Changes the elements first, in place."""
    finish: Finish | None = None
    """Changes the results, in place."""


class Folding:
    """A fold over given windows, for blocks of any number of images and channels."""

    def __init__(self, fold: Fold, axes: Sequence[Windows]) -> None:
        self.fold = fold
        self._axes = axes
        self._is_whole = all(axis.count == 1 and axis.dilation == 1 for axis in axes)
        self._widths = [axis.width for axis in axes]

    def __call__(self, source: Array, out: Array) -> None:
        """Write the folded windows of `source[n, c, *spatial]` to `out[n, c, *windows]`."""
        buffers = list(BUFFERS)
        folded = self._region(source, buffers)
        if self._is_whole:
            _write_whole(folded, self.fold.combine, out)
            return
        for position, axis in enumerate(self._axes, start=2):
            folded = self._along(axis, position, folded, out, buffers)
        if folded is not out:
            out[...] = folded[:, :, *[slice(axis.count) for axis in self._axes]]

    def _region(self, source: Array, buffers: list[str]) -> Array:
        """`[n, c, *widths]`: what the windows read, in the type of the arithmetic; the filler outside the input."""
        ways = [axis.read(size) for axis, size in zip(self._axes, source.shape[2:], strict=True)]
        values, fold = source[:, :, *[read for read, _ in ways]], self.fold
        shape = (*values.shape[:2], *self._widths)
        is_inside = values.shape == shape
        if is_inside and values.dtype == fold.dtype and values.flags.c_contiguous and fold.prepare is None:
            return values
        region = _result_buffer(buffers, shape, fold.dtype)
        if not is_inside:
            region[...] = fold.filler
        inside = region[:, :, *[into for _, into in ways]]
        inside[...] = values
        if fold.prepare is not None:
            fold.prepare(inside)
        return region

    def _along(self, axis: Windows, position: int, source: Array, out: Array, buffers: list[str]) -> Array:
        """The windows along one axis; or a run from every position on, where that is about as many.

        Along the last axis only the runs where windows begin are made, if the stride divides the width. They are
        written to `out` if its shape fits.
        """
        is_last, step = position == source.ndim - 1, axis.dilation * prod(source.shape[position + 1 :])
        every = axis.stride if is_last and isinstance(axis, EvenWindows) and source.shape[-1] % axis.stride == 0 else 1
        additions = _additions(axis.kernel, step, every)
        if additions and every > 1:
            shape = (*source.shape[:-1], source.shape[-1] // every)
            if shape == out.shape and out.flags.c_contiguous:
                _runs(source, additions, self.fold.combine, buffers, out.reshape(-1))
                return out
            return _runs(source, additions, self.fold.combine, buffers).reshape(shape)
        runs = _runs(source, additions, self.fold.combine, buffers).reshape(source.shape) if additions else source
        if axis.is_dense:
            return runs
        picked = axis.picked(runs, source, position, self.fold.combine)
        if is_last:
            return picked
        windows = _result_buffer(buffers, picked.shape, picked.dtype)
        windows[...] = picked
        return windows


def _write_whole(values: Array, combine: np.ufunc, out: Array) -> None:
    """Write every channel combined into one number."""
    rows, results = values.reshape(*values.shape[:2], -1), out.reshape(out.shape[:2])
    if combine is np.add and rows.shape[2] <= MOST_PRODUCT:
        np.matmul(rows, np.ones(rows.shape[2], rows.dtype), out=results)
    else:
        combine.reduce(rows, axis=2, out=results)


class Addition(NamedTuple):
    """Runs from every position on, made longer by what lies `shift` elements further in memory."""

    shift: int
    doubles: bool
    """Whether by another such run, or by a single element."""
    every: int
    """Only every so many runs are made."""


@lru_cache(256)
def _additions(kernel: int, step: int, every: int) -> Sequence[Addition]:
    """How single elements become runs of `kernel` elements, `step` apart; the last addition makes every so many."""
    length, additions = 1, []
    for digit in f"{kernel:b}"[1:]:
        additions.append(Addition(length * step, True, 1))
        length *= 2
        if digit == "1":
            additions.append(Addition(length * step, False, 1))
            length += 1
    return [*additions[:-1], *[addition._replace(every=every) for addition in additions[-1:]]]


def _runs(
    source: Array, additions: Sequence[Addition], combine: np.ufunc, buffers: list[str], out: Array | None = None
) -> Array:
    """`[-1]`: the runs that begin at the elements of an array; those that would go past its end hold anything."""
    flat = runs = source.reshape(-1)
    current = 0
    for addition in additions:
        shift, doubles, every = addition
        other = runs if doubles else flat
        length = len(other) - shift
        if addition is additions[-1] and out is not None:
            buffer = out
        elif doubles or every > 1:
            current = 1 - current
            buffer = memory.scratch(buffers[current], (flat.size // every,), flat.dtype)
        runs = combine(runs[:length:every], other[shift::every], out=buffer[: -(-length // every)])
    buffers.append(buffers.pop(current))
    return buffer


def _result_buffer(buffers: list[str], shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """A free buffer for a result; it moves to the end of the list."""
    buffers.append(buffers.pop(0))
    return memory.scratch(buffers[-1], shape, dtype)
