"""Arrays padded and cropped along their spatial axes."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]
"""Positions added before and after an axis."""
NUMPY_MODES = {
    "constant": "constant",
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def padded(array: Array, pairs: Sequence[Pair], *, mode: str = "constant", value: Any = 0) -> Array:
    """The last axes of an array with `before` and `after` positions added; negative amounts crop.

    Constant and circular padding crop first; reflect and replicate copy from the whole input and crop then.
    """
    leading = array.ndim - len(pairs)
    if NUMPY_MODES[mode] == "constant":
        return _filled(array, pairs, value)
    crops = any(amount < 0 for pair in pairs for amount in pair)
    if crops and mode != "circular":
        return _copied(array, pairs, mirrors=mode == "reflect")
    kept = (slice(None),) * leading + tuple(_kept(pair) for pair in pairs)
    added = [(0, 0)] * leading + [(max(before, 0), max(after, 0)) for before, after in pairs]
    return np.pad(array[kept], added, mode=NUMPY_MODES[mode])  # type: ignore[call-overload, no-any-return]  # of a table


def _filled(array: Array, pairs: Sequence[Pair], value: Any) -> Array:
    """The positions from `-before` to `size + after` of an array that a value surrounds on all sides.

    Cropping may reach past the array, into what is added at the other end.
    """
    leading = array.ndim - len(pairs)
    if not any(before or after for before, after in pairs):
        return array
    sizes = array.shape[leading:]
    shape = [size + before + after for size, (before, after) in zip(sizes, pairs, strict=True)]
    first = [max(-before, 0) for before, _ in pairs]
    stop = [max(min(size + after, size), one) for size, (_, after), one in zip(sizes, pairs, first, strict=True)]
    inner = array[(slice(None),) * leading + tuple(slice(*ends) for ends in zip(first, stop, strict=True))]
    if list(inner.shape[leading:]) == shape:
        return inner
    fraction = array.dtype.kind != "f" and not float(value).is_integer()
    filled = np.full((*array.shape[:leading], *shape), value, np.float64 if fraction else array.dtype)
    places = [
        slice(one + before, one + before + size)
        for one, (before, _), size in zip(first, pairs, inner.shape[leading:], strict=True)
    ]
    if inner.size:
        filled[(slice(None),) * leading + tuple(places)] = inner
    return filled


def _copied(array: Array, pairs: Sequence[Pair], *, mirrors: bool) -> Array:
    """The positions from `-before` to `size + after` of an array that is mirrored once, or whose edges go on."""
    leading = array.ndim - len(pairs)
    sizes = array.shape[leading:]
    shape = [size + before + after for size, (before, after) in zip(sizes, pairs, strict=True)]
    copied = np.empty((*array.shape[:leading], *shape), array.dtype)
    along = [list(_runs(size, pair, mirrors=mirrors)) for size, pair in zip(sizes, pairs, strict=True)]
    for runs in product(*along):
        into, read = ((slice(None),) * leading + ends for ends in zip(*runs, strict=True))
        copied[into] = array[read]
    return copied


def _runs(size: int, pair: Pair, *, mirrors: bool) -> Iterator[tuple[slice, slice]]:
    """Where the positions before, in and after an axis go, and which ones of it they are copied from.

    Mirrored, `p` is `-p` before the axis and `2*(i - 1) - p` after it.
    """
    first, stop, turn = -pair[0], size + pair[1], 2 * (size - 1)
    if first < (end := min(stop, 0)):
        yield slice(0, end - first), slice(-first, -end, -1) if mirrors else slice(0, 1)
    if (start := max(first, 0)) < (end := min(stop, size)):
        yield slice(start - first, end - first), slice(start, end)
    if (start := max(first, size)) < stop:
        back = slice(turn - start, turn - stop if stop <= turn else None, -1)
        yield slice(start - first, stop - first), back if mirrors else slice(size - 1, size)


def _kept(pair: Pair) -> slice:
    before, after = pair
    return slice(max(-before, 0), after if after < 0 else None)


def dilated(array: Array, holes: Sequence[int]) -> Array:
    """The last axes of an array with `hole - 1` zeros between neighbours."""
    if all(hole == 1 for hole in holes):
        return array
    leading = array.ndim - len(holes)
    sizes = [(size - 1) * hole + 1 for size, hole in zip(array.shape[leading:], holes, strict=True)]
    spread = np.zeros((*array.shape[:leading], *sizes), array.dtype)
    spread[(slice(None),) * leading + tuple(slice(None, None, hole) for hole in holes)] = array
    return spread
