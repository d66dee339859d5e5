"""Scratch memory for intermediate results, used again by later computations.

Fresh memory is given page by page when it is first written, which takes longer than to write it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from threading import local
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.core.convolve.kernels.cpu_cores import CORES

MOST_KEPT = 2**23
"""Bytes of the largest array that an arena keeps. Chosen: twice the largest band of one thread."""

Arena = dict[str, NDArray[np.uint8]]
"""Scratch memory by name."""

_local = local()
_free: list[Arena] = []


@contextmanager
def arena() -> Iterator[None]:
    """Inside, this thread has an arena for `scratch`; afterwards other threads may have it."""
    if getattr(_local, "arena", None) is not None:
        yield
        return
    try:
        _local.arena = _free.pop()
    except IndexError:
        _local.arena = {}
    try:
        yield
    finally:
        if len(_free) < CORES:
            _free.append(_local.arena)
        _local.arena = None


def scratch(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """An uninitialised array. In an arena the same name gives the same memory each time."""
    size = prod(shape) * dtype.itemsize
    kept: Arena | None = getattr(_local, "arena", None)
    if kept is None or dtype.hasobject or not 0 < size <= MOST_KEPT:
        return np.empty(shape, dtype)
    if name not in kept or kept[name].size < size:
        kept[name] = np.empty(1 << (size - 1).bit_length(), np.uint8)
    return np.ndarray(shape, dtype, kept[name])
