"""The windows of a pool along one axis: where they begin, what they span, and parts of them."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import gcd

import numpy as np

from service.core.convolve.kernels.pad_arrays import Array


@dataclass(frozen=True, kw_only=True)
class EvenWindows:
    """Window j holds the positions `first + j*s + k*d` for k below `kernel`; those outside the input are padding.

    Input i is at the position `i * input_dilation`; what lies between is padding too.
    """

    size: int
    """Input positions."""
    first: int
    """Where the first window begins."""
    count: int
    """How many windows there are."""
    kernel: int
    stride: int = 1
    dilation: int = 1
    input_dilation: int = 1
    counted: tuple[int, int]
    """The first position that counts in a mean, and the one after the last."""
    counted_step: int = 1
    """Of these only the positions count that it divides."""

    @cached_property
    def width(self) -> int:
        """Positions from the first window up to where one more would begin, or up to the end of the input."""
        span = self.stride * (self.count - 1) + self.dilation * (self.kernel - 1) + 1
        if self.count == 1:
            return span
        rounded = -(-span // self.stride) * self.stride
        size = self.input_dilation * (self.size - 1) + 1
        return min(rounded, size - self.first) if 0 <= self.first <= size - span else rounded

    @property
    def is_dense(self) -> bool:
        """Whether a window begins at nearly every position."""
        return self.stride == 1 and self.width < 2 * self.count

    @property
    def is_full(self) -> bool:
        """Whether all positions of all windows count."""
        last = self.first + self.stride * (self.count - 1) + self.dilation * (self.kernel - 1)
        return self.counted_step == 1 and self.counted[0] <= self.first and last < self.counted[1]

    def read(self, size: int) -> tuple[slice, slice]:
        """Which of `size` input positions the windows span, and where these are among the positions from `first` on."""
        step = self.input_dilation
        least, end = max(-(-self.first // step), 0), min(-(-(self.first + self.width) // step), size)
        start, count = least * step - self.first, max(end - least, 0)
        return slice(least, least + count), slice(start, start + max((count - 1) * step + 1, 0), step)

    def lengths(self) -> Array:
        """How many positions of each window count.

        Of the positions `start + k*d`, those from `ceil((least - start)/d)` up to `ceil((end - start)/d)`; of these,
        where only every c-th position counts, one k in `c/gcd(c, d)`, if any.
        """
        starts = self.first + np.arange(self.count) * self.stride
        least, end = (-((starts - bound) // self.dilation) for bound in self.counted)
        least, end = np.maximum(least, 0), np.minimum(end, self.kernel)
        common = gcd(self.counted_step, self.dilation)
        every = self.counted_step // common
        if self.counted_step > 1:
            one = -starts // common % every * pow(self.dilation // common, -1, every) % every
            least, end = (-((one - bound) // every) for bound in (least, end))
            end = np.where(starts % common, least, end)
        counted: Array = np.maximum(end - least, 0)
        return counted

    def picked(self, runs: Array, source: Array, position: int, combine: np.ufunc) -> Array:
        """The windows among the runs of `kernel` elements that begin at every position of an axis."""
        return runs[(slice(None),) * position + (slice(0, self.stride * (self.count - 1) + 1, self.stride),)]

    def some(self, start: int, stop: int) -> "EvenWindows":
        """Some of the windows."""
        return replace(self, first=self.first + start * self.stride, count=stop - start)

    def taps(self, start: int, stop: int) -> "EvenWindows":
        """Some elements of every window."""
        return replace(self, first=self.first + start * self.dilation, kernel=stop - start)


@dataclass(frozen=True, kw_only=True)
class UnevenWindows:
    """Window j of `total` holds `[floor(j*i/total), ceil((j + 1)*i/total))`, where `total` does not divide i.

    A window has `floor(i/total) + 1` positions, or one more.
    """

    size: int
    """Input positions."""
    total: int
    """How many windows the whole axis has."""
    index: int
    """Which of them is the first here."""
    count: int
    """How many of them there are here."""
    dilation = 1
    is_dense = is_full = False

    @property
    def kernel(self) -> int:
        """The positions that every window has at least."""
        return self.size // self.total + 1

    @property
    def stride(self) -> int:
        """The most positions between the beginnings of two neighbours."""
        return self.kernel

    @property
    def first(self) -> int:
        """Where the first window begins."""
        return self.index * self.size // self.total

    @property
    def width(self) -> int:
        """Positions from the first to the last of all windows."""
        return -(-(self.index + self.count) * self.size // self.total) - self.first

    def read(self, size: int) -> tuple[slice, slice]:
        """Which input positions the windows span, and where these are among the positions from `first` on."""
        return slice(self.first, self.first + self.width), slice(0, self.width)

    def starts(self) -> Array:
        """Where the windows begin, relative to the first."""
        starts: Array = np.arange(self.index, self.index + self.count) * self.size // self.total - self.first
        return starts

    def lengths(self) -> Array:
        """How many positions each window has."""
        ends = -(-np.arange(self.index + 1, self.index + self.count + 1) * self.size // self.total)
        lengths: Array = ends - self.first - self.starts()
        return lengths

    def picked(self, runs: Array, source: Array, position: int, combine: np.ufunc) -> Array:
        """The windows among the runs of `kernel` elements; longer windows get their last element too."""
        starts = self.starts()
        windows = runs.take(starts, position)
        longer = np.flatnonzero(self.lengths() > self.kernel)
        last = source.take(starts[longer] + self.kernel, position)
        index = (slice(None),) * position + (longer,)
        windows[index] = combine(windows[index], last)
        return windows

    def some(self, start: int, stop: int) -> "Windows":
        """Some of the windows; a single window is even."""
        part = replace(self, index=self.index + start, count=stop - start)
        if part.count > 1:
            return part
        return EvenWindows(size=self.size, first=part.first, count=1, kernel=part.width, counted=(0, self.size))


Windows = EvenWindows | UnevenWindows
