"""A convolution as the algorithms see it, and how it is cut into smaller ones.

Everything in a Problem is a view: cutting copies nothing. Padding is never stored; it is where `region` finds no input.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from typing import Any

import numpy as np

from service.core.convolve import workers
from service.core.convolve.padding import Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`out[n, o, p] = sum over c, k of x[n, c, first + p*s + k*d] * w[o, c, k]`, c over the channels of o's group."""

    source: Array
    """`[N, C, *spatial]`, neither padded nor dilated."""
    weight: Array
    """`[O, C/groups, *kernel]`."""
    out: Array
    """`[N, O, *windows]`, written to."""
    firsts: tuple[int, ...]
    """Where the first window begins on each axis: `-before` of the padding."""
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    dtype: np.dtype[Any]
    """The arithmetic: float32, float64, int64 or Python's integers."""
    groups: int = 1
    holes: tuple[int, ...] = ()
    """The input's dilation: `hole - 1` zeros between neighbours; empty for none."""
    mode: str = "zeros"
    bias: Array | None = None
    """One number per output channel, in the arithmetic's type, added to the sums."""
    adds: bool = False
    """Whether `out` is added to, because it holds a part of the sums already."""

    @property
    def kernel(self) -> tuple[int, ...]:
        """The kernel's sizes."""
        return self.weight.shape[2:]

    @property
    def windows(self) -> tuple[int, ...]:
        """The output's spatial sizes."""
        return self.out.shape[2:]

    @property
    def rank(self) -> int:
        """Spatial axes."""
        return len(self.strides)

    @property
    def spans(self) -> tuple[int, ...]:
        """How far one window reaches: `d*(k - 1) + 1`."""
        return tuple(d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilations, strict=True))

    @property
    def reached(self) -> tuple[int, ...]:
        """How far all windows reach together: `s*(p - 1) + d*(k - 1) + 1`."""
        return tuple(s * (p - 1) + e for p, s, e in zip(self.windows, self.strides, self.spans, strict=True))

    @property
    def itemsize(self) -> int:
        """The bytes of a number."""
        return int(self.dtype.itemsize)

    @property
    def depth(self) -> int:
        """Products in one output: `C/groups * prod(kernel)`."""
        return prod(self.weight.shape[1:])

    @property
    def work(self) -> int:
        """Multiply-accumulates."""
        return self.out.size * self.depth

    @property
    def is_inside(self) -> bool:
        """Whether every window reads nothing but input."""
        sizes = self.source.shape[2:]
        fits = zip(self.firsts, self.reached, sizes, strict=True)
        return all(hole == 1 for hole in self.holes) and all(f >= 0 and f + r <= size for f, r, size in fits)

    @property
    def is_float(self) -> bool:
        """Whether the arithmetic rounds."""
        return self.out.dtype.kind == "f"

    # --- reading ------------------------------------------------------------------------------------------------------

    def region(self) -> Array:
        """`[N, C, *reached]`: what the windows see; a view where there is nothing to add or to convert."""
        source = self.source
        if self.mode != "zeros" and not self.is_inside:
            return self._copied(source)
        from_input, into = [], []
        for first, reached, size, hole in zip(
            self.firsts, self.reached, source.shape[2:], self.holes or (1,) * self.rank, strict=True
        ):
            least, end = max(0, -(-first // hole)), min(size, -(-(first + reached) // hole))
            from_input.append(slice(least, max(least, end)))
            into.append(slice(least * hole - first, max(0, (end - 1) * hole - first + 1), hole))
        seen: Array = source[:, :, *from_input]
        if seen.shape[2:] == self.reached:
            return seen.astype(self.dtype, copy=False)
        found = workers.scratch("region", (*source.shape[:2], *self.reached), self.dtype)
        found[...] = 0
        if seen.size:
            found[:, :, *into] = seen
        return found

    def _copied(self, source: Array) -> Array:
        """A region of an input that is padded by copying from itself."""
        for axis, (first, reached) in enumerate(zip(self.firsts, self.reached, strict=True), start=2):
            places = np.arange(first, first + reached)
            source = np.take(source, source_positions(places, source.shape[axis], self.mode), axis)
        return source.astype(self.dtype, copy=False)

    def matrices(self) -> Array:
        """The weight as `[groups, O/groups, depth]`, in the arithmetic's type."""
        rows = self.weight.reshape(self.groups, len(self.weight) // self.groups, self.depth)
        return rows.astype(self.dtype, copy=False)

    # --- cutting ------------------------------------------------------------------------------------------------------

    def images(self, first: int, stop: int) -> "Problem":
        """Some images of the batch."""
        return replace(self, source=self.source[first:stop], out=self.out[first:stop])

    def filters(self, first: int, stop: int) -> "Problem":
        """Some output channels; only where there is one group."""
        bias = None if self.bias is None else self.bias[first:stop]
        return replace(self, weight=self.weight[first:stop], out=self.out[:, first:stop], bias=bias)

    def some_groups(self, first: int, stop: int) -> "Problem":
        """Some groups, with their channels."""
        inputs, outputs = self.source.shape[1] // self.groups, len(self.weight) // self.groups
        return replace(
            self,
            source=self.source[:, first * inputs : stop * inputs],
            weight=self.weight[first * outputs : stop * outputs],
            out=self.out[:, first * outputs : stop * outputs],
            bias=None if self.bias is None else self.bias[first * outputs : stop * outputs],
            groups=stop - first,
        )

    def channels(self, first: int, stop: int) -> "Problem":
        """The part of the sums over some input channels; only where there is one group."""
        rest = self._rest(first)
        return replace(rest, source=self.source[:, first:stop], weight=self.weight[:, first:stop])

    def places(self, axis: int, first: int, stop: int) -> "Problem":
        """Some windows along a spatial axis."""
        along = (slice(None),) * (2 + axis) + (slice(first, stop),)
        firsts = list(self.firsts)
        firsts[axis] += first * self.strides[axis]
        return replace(self, out=self.out[along], firsts=tuple(firsts))

    def taps(self, axis: int, first: int, stop: int) -> "Problem":
        """The part of the sums over some kernel elements along a spatial axis."""
        along = (slice(None),) * (2 + axis) + (slice(first, stop),)
        firsts = list(self.firsts)
        firsts[axis] += first * self.dilations[axis]
        return replace(self._rest(first), weight=self.weight[along], firsts=tuple(firsts))

    def _rest(self, first: int) -> "Problem":
        """The part of the sums from some term on: only the part with the first term brings the bias."""
        return self if first == 0 else replace(self, adds=True, bias=None)

    # --- writing ------------------------------------------------------------------------------------------------------

    def put(self, out: Array, sums: Array) -> None:
        """Write or add sums `[O, ...]` to a part of the output with all its channels."""
        if self.bias is not None:
            sums = np.add(sums, self.bias.reshape(-1, *(1,) * (sums.ndim - 1)), dtype=self.dtype)
        if self.adds:
            out += sums.astype(out.dtype, copy=False)
        else:
            out[...] = sums


def source_positions(places: Array, size: int, mode: str) -> Array:
    """Positions of an input that is padded by copying from itself, as the positions of what is copied, in order."""
    if mode == "reflect" and size > 1:
        turned = np.mod(places, 2 * (size - 1))
        folded: Array = np.minimum(turned, 2 * (size - 1) - turned)
        return folded
    found: Array = np.mod(places, size) if mode == "circular" else np.clip(places, 0, size - 1)
    return found


def pieces(count: int, most: int) -> Iterator[tuple[int, int]]:
    """`range(count)` in as few even pieces as none of which is longer than `most`."""
    number = -(-count // max(1, most))
    for index in range(number):
        yield index * count // number, (index + 1) * count // number


def halved(problem: Problem, way: str) -> list[Problem]:
    """The problem cut in two in one way; as it is where it cannot be cut so."""
    if way == "images":
        count, cut = len(problem.source), problem.images
    elif way == "groups":
        count, cut = problem.groups, problem.some_groups
    elif way in ("filters", "channels"):
        count, cut = problem.weight.shape[way == "channels"], problem.filters if way == "filters" else problem.channels
        count = count if problem.groups == 1 else 1
    else:
        sizes = problem.windows if way == "places" else problem.kernel
        axis = next((axis for axis, size in enumerate(sizes) if size > 1), 0)
        count, cut = sizes[axis], partial(problem.places if way == "places" else problem.taps, axis)
    return [cut(0, count // 2), cut(count // 2, count)] if count > 1 else [problem]


def cut(problem: Problem, size: Callable[[Problem], int], most: int, ways: Sequence[str]) -> Iterator[Problem]:
    """The problem halved in the first way that is possible until no part is larger than `most`.

    Parts of the same sums, cut by channels or taps, come in order: they have to be computed one after the other.
    """
    if size(problem) > most:
        for way in ways:
            parts = halved(problem, way)
            if len(parts) > 1:
                for part in parts:
                    yield from cut(part, size, most, ways)
                return
    yield problem
