"""The elements of every window combined, for a block of windows at once.

A maximum or a sum over a box is one over an axis after the other. Along an axis runs of m elements, combined from every
position on, make runs of 2m: `r_2m[i] = r_m[i] op r_m[i + m*d]`. So k elements take about `log2(k)` steps over memory
that is contiguous, whatever the shape, and a sum is as exact as one made by pairs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.windows import Even, Windows

MOST_PRODUCT = 256
"""Terms up to which a product with ones is as exact as a sum by pairs; where rows are short it is faster."""
ROOMS = ("pool 0", "pool 1", "pool 2")
"""Names of scratch memory. The last in a list of them may hold something, the first two are free."""

Prepare = Callable[[Array], None]
Finish = Callable[[Array, Sequence[Windows]], None]


@dataclass(frozen=True, kw_only=True)
class Fold:
    """What is made of a window's elements."""

    combine: np.ufunc
    filler: Any
    """What stands where there is no input: it changes nothing."""
    dtype: np.dtype[Any]
    """The arithmetic."""
    prepare: Prepare | None = None
    """What happens to the elements first, in place."""
    finish: Finish | None = None
    """What happens to what came out, in place."""


class Folding:
    """A fold of certain windows, for blocks of as many channels as one likes."""

    def __init__(self, fold: Fold, axes: Sequence[Windows]) -> None:
        self.fold = fold
        self._axes = axes
        self._is_whole = all(axis.count == 1 and axis.dilation == 1 for axis in axes)
        self._widths = [axis.width for axis in axes]
        self._seen = [slice(max(axis.first, 0), max(axis.first + axis.width, 0)) for axis in axes]

    def __call__(self, source: Array, out: Array) -> None:
        """Write to `out[n, c, *windows]` what is made of `source[n, c, *spatial]`."""
        rooms = list(ROOMS)
        found = self._region(source, rooms)
        if self._is_whole:
            _write_whole(found, self.fold.combine, out)
            return
        for position, axis in enumerate(self._axes, start=2):
            found = self._along(axis, position, found, out, rooms)
        if found is not out:
            out[...] = found[:, :, *[slice(axis.count) for axis in self._axes]]

    def _region(self, source: Array, rooms: list[str]) -> Array:
        """`[n, c, *widths]`: what the windows look at, in the arithmetic's type, with the filler outside the input."""
        seen, fold = source[:, :, *self._seen], self.fold
        shape = (*seen.shape[:2], *self._widths)
        is_inside = seen.shape == shape
        if is_inside and seen.dtype == fold.dtype and seen.flags.c_contiguous and fold.prepare is None:
            return seen
        found = _held(rooms, shape, fold.dtype)
        if not is_inside:
            found[...] = fold.filler
        starts = [max(-axis.first, 0) for axis in self._axes]
        inside = found[:, :, *[slice(start, start + size) for start, size in zip(starts, seen.shape[2:], strict=True)]]
        inside[...] = seen
        if fold.prepare is not None:
            fold.prepare(inside)
        return found

    def _along(self, axis: Windows, position: int, source: Array, out: Array, rooms: list[str]) -> Array:
        """The windows along one axis; or what begins at every position, where that is about the same.

        Along the last axis only what begins at windows is made, if the stride divides the width, and in place if it is
        the output.
        """
        is_last, step = position == source.ndim - 1, axis.dilation * prod(source.shape[position + 1 :])
        every = axis.stride if is_last and isinstance(axis, Even) and source.shape[-1] % axis.stride == 0 else 1
        additions = _additions(axis.kernel, step, every)
        if additions and every > 1:
            shape = (*source.shape[:-1], source.shape[-1] // every)
            if shape == out.shape and out.flags.c_contiguous:
                _runs(source, additions, self.fold.combine, rooms, out.reshape(-1))
                return out
            return _runs(source, additions, self.fold.combine, rooms).reshape(shape)
        runs = _runs(source, additions, self.fold.combine, rooms).reshape(source.shape) if additions else source
        if axis.is_dense:
            return runs
        picked = axis.picked(runs, source, position, self.fold.combine)
        if is_last:
            return picked
        found = _held(rooms, picked.shape, picked.dtype)
        found[...] = picked
        return found


def _write_whole(values: Array, combine: np.ufunc, out: Array) -> None:
    """Everything in a channel combined."""
    rows, found = values.reshape(*values.shape[:2], -1), out.reshape(out.shape[:2])
    if combine is np.add and rows.shape[2] <= MOST_PRODUCT:
        np.matmul(rows, np.ones(rows.shape[2], rows.dtype), out=found)
    else:
        combine.reduce(rows, axis=2, out=found)


class Addition(NamedTuple):
    """Runs from every position on made longer by what stands `shift` further in memory."""

    shift: int
    doubles: bool
    """By another such run; otherwise by one element."""
    every: int
    """Only every so many are made."""


@lru_cache(256)
def _additions(kernel: int, step: int, every: int) -> Sequence[Addition]:
    """How single elements become runs of `kernel`, `step` apart; those after the last addition, `every` so many."""
    held, found = 1, []
    for digit in f"{kernel:b}"[1:]:
        found.append(Addition(held * step, True, 1))
        held *= 2
        if digit == "1":
            found.append(Addition(held * step, False, 1))
            held += 1
    return [*found[:-1], *[one._replace(every=every) for one in found[-1:]]]


def _runs(
    source: Array, additions: Sequence[Addition], combine: np.ufunc, rooms: list[str], out: Array | None = None
) -> Array:
    """`[-1]`: the runs that begin at the elements of an array; where they would go past its end there is anything."""
    flat = found = source.reshape(-1)
    turn = 0
    for addition in additions:
        shift, doubles, every = addition
        other = found if doubles else flat
        length = len(other) - shift
        if addition is additions[-1] and out is not None:
            room = out
        elif doubles or every > 1:
            turn = 1 - turn
            room = workers.scratch(rooms[turn], (flat.size // every,), flat.dtype)
        found = combine(found[:length:every], other[shift::every], out=room[: -(-length // every)])
    rooms.append(rooms.pop(turn))
    return room


def _held(rooms: list[str], shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """A free room, which from now on holds something."""
    rooms.append(rooms.pop(0))
    return workers.scratch(rooms[-1], shape, dtype)
