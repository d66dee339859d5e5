"""Sets of positions along one axis: which inputs some outputs read.

A set is an array of different integers in rising order. Sets of more than MOST_POSITIONS are kept by their ends alone,
which is all that a box needs; what is read of a set is then read from its ends.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]

MOST_POSITIONS = 100_000


def every(size: int) -> Positions:
    """All positions of an axis."""
    return np.arange(size) if size <= MOST_POSITIONS else np.array([0, size - 1])


def runs(starts: Positions, count: int, step: int) -> Positions:
    """All of `start + k*step` for k below `count`."""
    if starts.size * count <= MOST_POSITIONS:
        return np.unique(starts[:, None] + step * np.arange(count))
    return np.array([starts.min(), starts.max() + (count - 1) * step])


def runs_inside(starts: Positions, count: int, step: int, size: int) -> Positions:
    """All of `start + k*step` for k below `count` that are positions of an axis of this size."""
    first = np.maximum(-(starts // step), 0)
    last = np.minimum((size - 1 - starts) // step, count - 1)
    reading = first <= last
    starts, first, last = starts[reading], first[reading], last[reading]
    if starts.size * count <= MOST_POSITIONS:
        return inside(runs(starts, count, step), size)
    return np.unique([(starts + first * step).min(), (starts + last * step).max()])


def inside(positions: Positions, size: int) -> Positions:
    """Those that are positions of an axis of this size."""
    return positions[(positions >= 0) & (positions < size)]


def wrapped(positions: Positions, size: int, mode: str) -> Positions:
    """Positions of an input that is padded by copying from itself, as positions of what is copied."""
    if mode == "reflect" and size > 1:
        turned = np.mod(positions, 2 * (size - 1))
        return np.unique(np.minimum(turned, 2 * (size - 1) - turned))
    if mode == "circular":
        return np.unique(np.mod(positions, size))
    if mode == "replicate":
        return np.unique(np.clip(positions, 0, size - 1))
    return inside(positions, size)


def ranges(firsts: Positions, stops: Positions) -> Positions:
    """All positions of some ranges."""
    widest = int((stops - firsts).max(initial=0))
    if firsts.size * widest > MOST_POSITIONS:
        return np.array([firsts.min(), stops.max() - 1])
    taken: Any = firsts[:, None] + np.arange(widest)
    return np.unique(taken[taken < stops[:, None]])
