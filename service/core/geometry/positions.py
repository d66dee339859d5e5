"""Sets of positions along one axis: which inputs some outputs read.

A set is an array of different integers in rising order. A set that may have more than MOST_POSITIONS is kept as its
first and last position alone, which is all that a box of pixels needs; what is read of it is then read of those two.
"""

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]

MOST_POSITIONS = 100_000
"""Positions of one set that are kept, at 8 bytes each. Chosen: more than any axis of an image has."""


def all_positions(size: int) -> Positions:
    """All positions of an axis of this size."""
    return np.arange(size) if size <= MOST_POSITIONS else np.array([0, size - 1])


def inside(positions: Positions, size: int) -> Positions:
    """Those that are positions of an axis of this size."""
    return positions[(positions >= 0) & (positions < size)]


def in_windows(starts: Positions, kernel: int, dilation: int) -> Positions:
    """All of `start + k*dilation` for k below `kernel`."""
    if starts.size * kernel <= MOST_POSITIONS:
        return np.unique(starts[:, None] + dilation * np.arange(kernel))
    return np.array([starts.min(), starts.max() + (kernel - 1) * dilation])


def in_windows_inside(starts: Positions, kernel: int, dilation: int, size: int) -> Positions:
    """All of `start + k*dilation` for k below `kernel` that are positions of an axis of this size."""
    first = np.maximum(-(starts // dilation), 0)
    last = np.minimum((size - 1 - starts) // dilation, kernel - 1)
    reads_any = first <= last
    starts, first, last = starts[reads_any], first[reads_any], last[reads_any]
    if starts.size * kernel <= MOST_POSITIONS:
        return inside(in_windows(starts, kernel, dilation), size)
    return np.unique([(starts + first * dilation).min(), (starts + last * dilation).max()])


def in_ranges(firsts: Positions, stops: Positions) -> Positions:
    """All positions of some ranges, each from its first to before its stop."""
    longest = int((stops - firsts).max(initial=0))
    if firsts.size * longest > MOST_POSITIONS:
        return np.array([firsts.min(), stops.max() - 1])
    positions: Positions = firsts[:, None] + np.arange(longest)
    return np.unique(positions[positions < stops[:, None]])


def copied_by_padding(positions: Positions, size: int, mode: str) -> Positions:
    """The input positions whose values stand at some positions of the padded input, counted from the input's first.

    Padding that copies nothing (zeros, a constant) has none.
    """
    if mode == "reflect" and size > 1:
        there_and_back = np.mod(positions, 2 * (size - 1))
        return np.unique(np.minimum(there_and_back, 2 * (size - 1) - there_and_back))
    if mode == "symmetric":
        there_and_back = np.mod(positions, 2 * size)
        return np.unique(np.minimum(there_and_back, 2 * size - 1 - there_and_back))
    if mode == "circular":
        return np.unique(np.mod(positions, size))
    if mode == "replicate":
        return np.unique(np.clip(positions, 0, size - 1))
    return inside(positions, size)
