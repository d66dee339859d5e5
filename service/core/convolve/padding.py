"""Arrays padded and cropped along their spatial axes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.core.padding import Pair

Array = NDArray[Any]
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
    kept = (slice(None),) * leading + tuple(_kept(pair) for pair in pairs)
    added = [(0, 0)] * leading + [(max(before, 0), max(after, 0)) for before, after in pairs]
    if not any(before or after for before, after in added):
        return array[kept]
    numpy_mode = NUMPY_MODES[mode]
    if numpy_mode == "constant":
        return np.pad(array[kept], added, constant_values=value)
    if numpy_mode == "wrap":
        return np.pad(array[kept], added, mode="wrap")
    copied: Array = np.pad(array, added, mode=numpy_mode)  # type: ignore[call-overload]  # one of a table of modes
    return copied[kept]


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
