"""Arrays padded, cropped and dilated along their spatial axes."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]
"""Positions added before and after an axis; negative amounts crop."""
NUMPY_MODES = {
    "constant": "constant",
    "zeros": "constant",
    "reflect": "reflect",
    "symmetric": "symmetric",
    "replicate": "edge",
    "circular": "wrap",
}
"""Padding modes, and what `numpy.pad` calls them."""


def padded(array: Array, pairs: Sequence[Pair], *, mode: str = "constant", value: Any = 0) -> Array:
    """The last axes of an array with `before` and `after` positions added; negative amounts crop.

    Constant and circular padding crop first. Reflect and replicate copy from the whole input first.
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
    """The positions from `-before` to `size + after` of an array with a constant value around it.

    A crop may be larger than the array; it then removes padding at the other end.
    """
    leading = array.ndim - len(pairs)
    if not any(before or after for before, after in pairs):
        return array
    sizes = array.shape[leading:]
    shape = [size + before + after for size, (before, after) in zip(sizes, pairs, strict=True)]
    first = [max(-before, 0) for before, _ in pairs]
    stop = [max(min(size + after, size), start) for size, (_, after), start in zip(sizes, pairs, first, strict=True)]
    inner = array[(slice(None),) * leading + tuple(slice(*ends) for ends in zip(first, stop, strict=True))]
    if list(inner.shape[leading:]) == shape:
        return inner
    needs_float = array.dtype.kind != "f" and not float(value).is_integer()
    filled = np.full((*array.shape[:leading], *shape), value, np.float64 if needs_float else array.dtype)
    places = [
        slice(start + before, start + before + size)
        for start, (before, _), size in zip(first, pairs, inner.shape[leading:], strict=True)
    ]
    if inner.size:
        filled[(slice(None),) * leading + tuple(places)] = inner
    return filled


def _copied(array: Array, pairs: Sequence[Pair], *, mirrors: bool) -> Array:
    """The positions from `-before` to `size + after` of an array that is mirrored once, or whose edges are repeated."""
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
    """Slices of the result before, in and after an axis, and the slices of the axis that they are copied from.

    Mirrored, position p is a copy of `-p` before the axis, and of `2*(i - 1) - p` after it.
    """
    first, stop, mirror = -pair[0], size + pair[1], 2 * (size - 1)
    if first < (end := min(stop, 0)):
        yield slice(0, end - first), slice(-first, -end, -1) if mirrors else slice(0, 1)
    if (start := max(first, 0)) < (end := min(stop, size)):
        yield slice(start - first, end - first), slice(start, end)
    if (start := max(first, size)) < stop:
        back = slice(mirror - start, mirror - stop if stop <= mirror else None, -1)
        yield slice(start - first, stop - first), back if mirrors else slice(size - 1, size)


def _kept(pair: Pair) -> slice:
    """What negative padding leaves of an axis."""
    before, after = pair
    return slice(max(-before, 0), after if after < 0 else None)


def copied_positions(positions: Array, size: int, mode: str) -> Array:
    """The input positions that these positions in and around an input of `size` are copies of."""
    if mode == "reflect" and size > 1:
        period = 2 * (size - 1)
        forward = np.mod(positions, period)
        mirrored: Array = np.minimum(forward, period - forward)
        return mirrored
    copied: Array = np.mod(positions, size) if mode == "circular" else np.clip(positions, 0, size - 1)
    return copied


def dilated(array: Array, dilations: Sequence[int]) -> Array:
    """The last axes of an array with `dilation - 1` zeros between neighbours."""
    if all(dilation == 1 for dilation in dilations):
        return array
    leading = array.ndim - len(dilations)
    sizes = [(size - 1) * d + 1 for size, d in zip(array.shape[leading:], dilations, strict=True)]
    spread = np.zeros((*array.shape[:leading], *sizes), array.dtype)
    spread[(slice(None),) * leading + tuple(slice(None, None, d) for d in dilations)] = array
    return spread
