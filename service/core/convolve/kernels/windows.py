"""The windows of a pool along one axis: where they begin, how far they reach, and how they are cut."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from service.core.convolve.kernels.padding import Array


@dataclass(frozen=True, kw_only=True)
class Even:
    """Window j holds the positions `first + j*s + k*d`, k below `kernel`; those outside the input are padding."""

    size: int
    """Input positions."""
    first: int
    count: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    counted: tuple[int, int]
    """From which position on, and up to which, they count in a mean."""

    @cached_property
    def width(self) -> int:
        """Positions from the first window to where one more would begin, as far as there is input."""
        span = self.stride * (self.count - 1) + self.dilation * (self.kernel - 1) + 1
        if self.count == 1:
            return span
        rounded = -(-span // self.stride) * self.stride
        return min(rounded, self.size - self.first) if 0 <= self.first <= self.size - span else rounded

    @property
    def is_dense(self) -> bool:
        """Whether a window begins at nearly every position."""
        return self.stride == 1 and self.width < 2 * self.count

    @property
    def is_full(self) -> bool:
        """Whether all positions of all windows count."""
        last = self.first + self.stride * (self.count - 1) + self.dilation * (self.kernel - 1)
        return self.counted[0] <= self.first and last < self.counted[1]

    def lengths(self) -> Array:
        """How many positions of each window count.

        Of the positions `start + k*d`, those from `ceil((least - start)/d)` up to `ceil((end - start)/d)`.
        """
        starts = self.first + np.arange(self.count) * self.stride
        least, end = (-((starts - bound) // self.dilation) for bound in self.counted)
        counted: Array = np.minimum(end, self.kernel) - np.maximum(least, 0)
        return np.maximum(counted, 0)

    def picked(self, runs: Array, source: Array, position: int, combine: np.ufunc) -> Array:
        """The windows, of the runs of `kernel` elements that begin everywhere along an axis."""
        return runs[(slice(None),) * position + (slice(0, self.stride * (self.count - 1) + 1, self.stride),)]

    def some(self, start: int, stop: int) -> "Even":
        """Some of the windows."""
        return replace(self, first=self.first + start * self.stride, count=stop - start)

    def taps(self, start: int, stop: int) -> "Even":
        """Some elements of every window."""
        return replace(self, first=self.first + start * self.dilation, kernel=stop - start)


@dataclass(frozen=True, kw_only=True)
class Uneven:
    """Window j of `total` holds `[floor(j*i/total), ceil((j + 1)*i/total))`, where `total` does not divide i.

    Each has `floor(i/total) + 1` positions or one more.
    """

    size: int
    total: int
    index: int
    """Which window is the first."""
    count: int
    dilation = 1
    is_dense = is_full = False

    @property
    def kernel(self) -> int:
        """What all windows have at least."""
        return self.size // self.total + 1

    @property
    def stride(self) -> int:
        """What is at most between the beginnings of two windows."""
        return self.kernel

    @property
    def first(self) -> int:
        """Where the first window begins."""
        return self.index * self.size // self.total

    @property
    def width(self) -> int:
        """Positions from the first to the last of all windows."""
        return -(-(self.index + self.count) * self.size // self.total) - self.first

    def starts(self) -> Array:
        """Where the windows begin, counted from the first."""
        found: Array = np.arange(self.index, self.index + self.count) * self.size // self.total - self.first
        return found

    def lengths(self) -> Array:
        """How many positions each window has."""
        ends = -(-np.arange(self.index + 1, self.index + self.count + 1) * self.size // self.total)
        found: Array = ends - self.first - self.starts()
        return found

    def picked(self, runs: Array, source: Array, position: int, combine: np.ufunc) -> Array:
        """The windows, of the runs of `kernel` elements that begin everywhere; to the longer ones one more is added."""
        starts = self.starts()
        found = runs.take(starts, position)
        longer = np.flatnonzero(self.lengths() > self.kernel)
        last = source.take(starts[longer] + self.kernel, position)
        places = (slice(None),) * position + (longer,)
        found[places] = combine(found[places], last)
        return found

    def some(self, start: int, stop: int) -> "Windows":
        """Some of the windows; a single one is even."""
        part = replace(self, index=self.index + start, count=stop - start)
        if part.count > 1:
            return part
        return Even(size=self.size, first=part.first, count=1, kernel=part.width, counted=(0, self.size))


Windows = Even | Uneven
