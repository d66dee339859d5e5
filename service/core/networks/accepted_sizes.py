"""The sizes of one axis that a network accepts, and the rule behind them."""

from collections.abc import Sequence
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

    def nearest(self, size: int) -> tuple[int | None, int | None]:
        """The accepted sizes closest to a size: not above it, and not below it."""
        below = [min(last, size) for first, last in self.ranges if first <= size]
        above = [max(first, size) for first, last in self.ranges if last >= size]
        return max(below, default=None), min(above, default=None)

    def text(self, bounds: SizeRange) -> str:
        """The rule in words; `bounds` are the sizes that were tried."""
        if self.minimum is None:
            return f"no size from {bounds[0]} to {bounds[1]}"
        if self.modulus == 1:
            return f"every size from {self.minimum}"
        if self.modulus is None or self.residues is None:
            return ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in self.ranges)
        if self.residues == (0,):
            return f"multiples of {self.modulus} from {self.minimum}"
        residues = " or ".join(str(residue) for residue in self.residues)
        return f"from {self.minimum} those that leave {residues} when divided by {self.modulus}"

    @property
    def short_text(self) -> str:
        """The rule in words without its minimum; empty where every size will do, or no modulus says it."""
        if self.modulus in (None, 1) or self.residues is None:
            return ""
        if self.residues == (0,):
            return f"multiples of {self.modulus}"
        return f"sizes that leave {' or '.join(map(str, self.residues))} when divided by {self.modulus}"


def accepted_sizes(first: int, accepted: Flags) -> AcceptedSizes:
    """The rule behind truth values for the sizes from `first` on.

    The modulus is the shortest period that holds from the minimum to the end and comes at least twice.
    """
    sizes = (np.flatnonzero(accepted) + first).tolist()
    if not sizes:
        return AcceptedSizes(ranges=(), minimum=None, modulus=None, residues=None)
    minimum, ranges = sizes[0], tuple(ranges_of(sizes))
    modulus = _period(accepted[minimum - first :])
    residues = None if modulus is None else tuple(sorted({size % modulus for size in sizes}))
    return AcceptedSizes(ranges=ranges, minimum=minimum, modulus=modulus, residues=residues)


def _period(pattern: Flags) -> int | None:
    """The shortest period of a pattern that comes at least twice; None where there is none."""
    periods = range(1, len(pattern) // 2 + 1)
    return next((period for period in periods if (pattern[period:] == pattern[:-period]).all()), None)


def ranges_of(sizes: Sequence[int]) -> list[SizeRange]:
    """Sizes in rising order, as the ranges that they fill."""
    ranges: list[SizeRange] = []
    for size in sizes:
        if ranges and ranges[-1][1] == size - 1:
            ranges[-1] = (ranges[-1][0], size)
        else:
            ranges.append((size, size))
    return ranges
