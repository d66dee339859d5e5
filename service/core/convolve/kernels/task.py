"""A convolution as the algorithms see it, and how it is cut into smaller ones.

Everything in a Problem is a view: cutting copies nothing. Padding is never stored; it is where `region` finds no input.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import product
from math import gcd, prod
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.padding import Array

MOST_RESIDUES = 4
"""Into so many parts a convolution is split to read its input in runs."""


class Problem(NamedTuple):
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
        return tuple([d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilations, strict=True)])

    @property
    def reached(self) -> tuple[int, ...]:
        """How far all windows reach together: `s*(p - 1) + d*(k - 1) + 1`."""
        along = zip(self.windows, self.strides, self.kernel, self.dilations, strict=True)
        return tuple([s * (p - 1) + d * (k - 1) + 1 for p, s, k, d in along])

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

    def region(self, sizes: tuple[int, ...] = (), name: str = "region") -> Array:
        """`[N, C, *reached]`: what the windows see; a view where there is nothing to add or to convert.

        With `sizes` so much from the first window on: zeros past the last one, or copies where the padding copies.
        """
        sizes = sizes or self.reached
        source = self.source
        if self.mode != "zeros" and not self.is_inside:
            return self._copied(source, sizes)
        from_input, into = [], []
        for first, reached, size, hole in zip(
            self.firsts, self.reached, source.shape[2:], self.holes or (1,) * self.rank, strict=True
        ):
            least, end = max(0, -(-first // hole)), min(size, -(-(first + reached) // hole))
            from_input.append(slice(least, max(least, end)))
            into.append(slice(least * hole - first, max(0, (end - 1) * hole - first + 1), hole))
        seen: Array = source[:, :, *from_input]
        if seen.shape[2:] == sizes:
            return seen.astype(self.dtype, copy=False)
        found = workers.scratch(name, (*source.shape[:2], *sizes), self.dtype)
        found[...] = 0
        if seen.size:
            found[:, :, *into] = seen
        return found

    def residues(self) -> "list[tuple[tuple[slice, ...], Problem]]":
        """The convolution as a sum of ones with smaller strides, each with the kernel elements that it takes.

        With a stride s an element k reads the inputs o*s + k*d: always those with the same remainder by s, side by
        side once the others are left out. With g = gcd(s, d) elements s/g apart share a remainder, and read d/g apart.
        The axes along which memory runs come first, as long as there are few parts.
        """
        if set(self.strides) == {1}:
            return [((slice(None),) * self.rank, self)]
        whole, count, axes = self.materialised(), 1, []
        for axis in reversed(range(self.rank)):
            parts = whole._axis_residues(axis)
            if count * len(parts) > MOST_RESIDUES:
                parts = [(slice(None), slice(None), whole.firsts[axis], whole.strides[axis], whole.dilations[axis])]
            count *= len(parts)
            axes.append(parts)
        return [
            (
                tuple(one[0] for one in chosen),
                whole._replace(
                    source=whole.source[:, :, *(one[1] for one in chosen)],
                    weight=whole.weight[:, :, *(one[0] for one in chosen)],
                    firsts=tuple(one[2] for one in chosen),
                    strides=tuple(one[3] for one in chosen),
                    dilations=tuple(one[4] for one in chosen),
                ),
            )
            for chosen in product(*reversed(axes))
        ]

    def _axis_residues(self, axis: int) -> list[tuple[slice, slice, int, int, int]]:
        """Of one axis, per remainder: its kernel elements, its inputs, the first window, the stride, the dilation."""
        stride, dilation = self.strides[axis], self.dilations[axis]
        common = gcd(stride, dilation)
        found = []
        for element in range(min(stride // common, self.kernel[axis])):
            first, remainder = divmod(self.firsts[axis] + element * dilation, stride)
            elements = slice(element, None, stride // common)
            found.append((elements, slice(remainder, None, stride), first, 1, dilation // common))
        return found

    def materialised(self) -> "Problem":
        """The same with an input that has its padding and its holes, unless the padding is all zeros anyway."""
        if self.is_inside or (self.mode == "zeros" and set(self.holes) <= {1}):
            return self
        return self._replace(source=self.region(name="whole"), firsts=(0,) * self.rank, holes=(), mode="zeros")

    def _copied(self, source: Array, sizes: tuple[int, ...]) -> Array:
        """A region of an input that is padded by copying from itself."""
        for axis, (first, reached) in enumerate(zip(self.firsts, sizes, strict=True), start=2):
            places = np.arange(first, first + reached)
            source = np.take(source, source_positions(places, source.shape[axis], self.mode), axis)
        return source.astype(self.dtype, copy=False)

    def prepared(self) -> "Problem":
        """The same with the weight in the arithmetic's type, and in one piece."""
        return self._replace(weight=np.ascontiguousarray(self.weight, self.dtype))

    def matrices(self) -> Array:
        """The weight as `[groups, O/groups, depth]`."""
        return self.weight.reshape(self.groups, len(self.weight) // self.groups, self.depth)

    # --- cutting ------------------------------------------------------------------------------------------------------

    def images(self, first: int, stop: int) -> "Problem":
        """Some images of the batch."""
        return self._replace(source=self.source[first:stop], out=self.out[first:stop])

    def filters(self, first: int, stop: int) -> "Problem":
        """Some output channels; only where there is one group."""
        bias = None if self.bias is None else self.bias[first:stop]
        return self._replace(weight=self.weight[first:stop], out=self.out[:, first:stop], bias=bias)

    def some_groups(self, first: int, stop: int) -> "Problem":
        """Some groups, with their channels."""
        inputs, outputs = self.source.shape[1] // self.groups, len(self.weight) // self.groups
        return self._replace(
            source=self.source[:, first * inputs : stop * inputs],
            weight=self.weight[first * outputs : stop * outputs],
            out=self.out[:, first * outputs : stop * outputs],
            bias=None if self.bias is None else self.bias[first * outputs : stop * outputs],
            groups=stop - first,
        )

    def channels(self, first: int, stop: int) -> "Problem":
        """The part of the sums over some input channels; only where there is one group."""
        rest = self._rest(first)
        return rest._replace(source=self.source[:, first:stop], weight=self.weight[:, first:stop])

    def places(self, axis: int, first: int, stop: int) -> "Problem":
        """Some windows along a spatial axis."""
        along = (slice(None),) * (2 + axis) + (slice(first, stop),)
        firsts = list(self.firsts)
        firsts[axis] += first * self.strides[axis]
        return self._replace(out=self.out[along], firsts=tuple(firsts))

    def undilated(self, axis: int) -> "Iterator[Problem]":
        """The same without dilation on one axis: windows d apart read the same inputs, and none of the others."""
        dilation = self.dilations[axis]
        if dilation == 1:
            yield self
            return
        whole = self.materialised()
        before = (slice(None),) * (2 + axis)
        for place in range(min(dilation, self.windows[axis])):
            first, remainder = divmod(whole.firsts[axis] + place, dilation)
            yield whole._replace(
                source=whole.source[(*before, slice(remainder, None, dilation))],
                out=whole.out[(*before, slice(place, None, dilation))],
                firsts=(*whole.firsts[:axis], first, *whole.firsts[axis + 1 :]),
                dilations=(*whole.dilations[:axis], 1, *whole.dilations[axis + 1 :]),
            )

    def taps(self, axis: int, first: int, stop: int) -> "Problem":
        """The part of the sums over some kernel elements along a spatial axis."""
        along = (slice(None),) * (2 + axis) + (slice(first, stop),)
        firsts = list(self.firsts)
        firsts[axis] += first * self.dilations[axis]
        return self._rest(first)._replace(weight=self.weight[along], firsts=tuple(firsts))

    def _rest(self, first: int) -> "Problem":
        """The part of the sums from some term on: only the part with the first term brings the bias."""
        return self if first == 0 else self._replace(adds=True, bias=None)

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


def strided(array: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """A view of an array from its first element on."""
    if array.flags.c_contiguous and not array.dtype.hasobject:
        return np.ndarray(shape, array.dtype, array, 0, strides)
    return as_strided(array, shape, strides)


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


Size = Callable[[Problem], int]


def bands(problem: Problem, size: Size, most: int, threads: int = 1) -> list[Problem]:
    """The problem in images, or in parts of images along the first axis that is long enough, of about `most` at most.

    As many images as fit stay together; there are as many parts for each thread. `size` grows with the number of
    images, and with that of windows.
    """
    number = -(-size(problem) // most)
    number = -(-number // threads) * threads
    if number <= 1:
        return [problem]
    images = len(problem.source)
    if images > 1:
        found = [problem.images(*some) for some in pieces(images, -(-images // number))]
        return found if number <= images else [band for image in found for band in bands(image, size, most)]
    for axis, count in enumerate(problem.windows):
        if count > 1:
            least, rows = size(problem.places(axis, 0, 1)), -(-count // number)
            found = [problem.places(axis, *some) for some in pieces(count, rows)]
            return found if least <= most else [band for part in found for band in bands(part, size, most)]
    return [problem]


def blocks(problem: Problem, size: Size, most: int, threads: int = 1) -> list[Problem]:
    """As many groups together as fit, each such part in bands; there are as many parts for each thread."""
    number = -(-size(problem) // most)
    number = -(-number // threads) * threads
    if number <= 1 or problem.groups == 1:
        return bands(problem, size, most, threads)
    parts = [problem.some_groups(*some) for some in pieces(problem.groups, -(-problem.groups // number))]
    return parts if number <= problem.groups else [band for part in parts for band in bands(part, size, most)]


def cut(problem: Problem, size: Size, most: int, ways: Sequence[str]) -> Iterator[Problem]:
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
