"""The sizes of one axis that a network accepts, and the rule behind them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from service.core.networks.trials import Flags

SizeRange = tuple[int, int]
"""The first and the last of some sizes in a row."""


@dataclass(frozen=True, kw_only=True)
class AcceptedSizes:
    """The accepted sizes of one axis: all from a minimum on that leave some residues, or just the ranges."""

    ranges: tuple[SizeRange, ...]
    minimum: int | None
    modulus: int | None
    residues: tuple[int, ...] | None
    last: int = 0
    """The largest size that was tried; beyond it only the rule tells what is accepted."""

    def nearest(self, size: int) -> tuple[int | None, int | None]:
        """The accepted sizes closest to a size: not above it, and not below it; beyond those tried, by the rule."""
        below = [min(last, size) for first, last in self.ranges if first <= size]
        above = [max(first, size) for first, last in self.ranges if last >= size]
        if self.modulus is not None and self.residues:
            below += [size - gap for gap in self._gaps(size, -1) if size - gap > self.last]
            if not above:
                start = max(size, self.last + 1)
                above = [start + gap for gap in self._gaps(start, 1)]
        return max(below, default=None), min(above, default=None)

    def _gaps(self, size: int, direction: int) -> Iterator[int]:
        """How far the nearest size of each residue is, upwards or downwards."""
        for residue in self.residues or ():
            yield direction * (residue - size) % (self.modulus or 1)

    def text(self, bounds: SizeRange) -> str:
        """The rule in words; `bounds` are the sizes that were tried."""
        if self.minimum is None:
            return f"no size from {bounds[0]} to {bounds[1]}"
        if self.modulus == 1:
            return f"every size from {self.minimum}"
        if self.modulus is None or self.residues is None:
            return ", ".join(map(range_text, self.ranges))
        if len(self.residues) == 1:
            return f"{self._formula}, n >= {self.minimum // self.modulus}"
        return f"{self._formula}, from {self.minimum}"

    @property
    def short_text(self) -> str:
        """The rule in words without its minimum; empty where every size will do, or no modulus says it."""
        if self.modulus in (None, 1) or self.residues is None:
            return ""
        return f"multiples of {self.modulus}" if self.residues == (0,) else self._formula

    @property
    def _formula(self) -> str:
        """`16*n + 12`, or `16*n + r` with its residues."""
        residues = self.residues or ()
        if residues == (0,):
            return f"{self.modulus}*n"
        if len(residues) == 1:
            return f"{self.modulus}*n + {residues[0]}"
        runs = [
            text
            for first, last in ranges_of(residues)
            for text in ([f"{first} to {last}"] if last - first > 1 else map(str, range(first, last + 1)))
        ]
        return f"{self.modulus}*n + r with r = {' or '.join(runs)}"


def accepted_sizes(first: int, accepted: Flags) -> AcceptedSizes:
    """The rule behind truth values for the sizes from `first` on.

    The modulus is the shortest period that holds from the minimum to the end and comes at least twice.
    """
    last, sizes = first + len(accepted) - 1, (np.flatnonzero(accepted) + first).tolist()
    if not sizes:
        return AcceptedSizes(ranges=(), minimum=None, modulus=None, residues=None, last=last)
    minimum, ranges = sizes[0], tuple(ranges_of(sizes))
    modulus = _period(accepted[minimum - first :])
    residues = None if modulus is None else tuple(sorted({size % modulus for size in sizes}))
    return AcceptedSizes(ranges=ranges, minimum=minimum, modulus=modulus, residues=residues, last=last)


def in_common(some: AcceptedSizes, others: AcceptedSizes) -> AcceptedSizes:
    """The sizes that two axes accept alike."""
    if some == others:
        return some
    last = min(some.last, others.last)
    both = [_flags(axis, last) for axis in (some, others)]
    return accepted_sizes(0, both[0] & both[1])


def _flags(axis: AcceptedSizes, last: int) -> Flags:
    """For each size from 0 to the last whether an axis accepts it."""
    flags = np.zeros(last + 1, np.bool_)
    for start, stop in axis.ranges:
        flags[start : stop + 1] = True
    return flags


def _period(pattern: Flags) -> int | None:
    """The shortest period of a pattern that comes at least twice; None where there is none."""
    periods = range(1, len(pattern) // 2 + 1)
    return next((period for period in periods if (pattern[period:] == pattern[:-period]).all()), None)


def range_text(sizes: SizeRange) -> str:
    """A range in words."""
    first, last = sizes
    return f"{first}" if first == last else f"{first} to {last}"


def ranges_of(sizes: Sequence[int]) -> list[SizeRange]:
    """Sizes in rising order, as the ranges that they fill."""
    ranges: list[SizeRange] = []
    for size in sizes:
        if ranges and ranges[-1][1] == size - 1:
            ranges[-1] = (ranges[-1][0], size)
        else:
            ranges.append((size, size))
    return ranges
