"""Threads that compute: NumPy lets go of the interpreter while it copies and multiplies."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from math import prod
from threading import Lock, local
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

_most: ContextVar[int] = ContextVar("_most", default=CORES)
_pools: dict[int, ThreadPoolExecutor] = {}
_pools_lock = Lock()
_local = local()

MOST_KEPT = 2**22
"""Bytes of an array that a thread keeps for the next time."""


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Inside, a computation uses no more threads than this, and no more than there are cores."""
    before = _most.set(max(1, min(threads, CORES)))
    try:
        yield
    finally:
        _most.reset(before)


def threads() -> int:
    """How many threads a computation may use, the caller's own included."""
    return _most.get()


def each(work: Callable[[T], None], items: Iterable[T]) -> None:
    """Do the work for every item, in no order.

    The caller works too and waits only for helpers that have begun, so that requests cannot block each other however
    many there are. The first exception is raised again here.
    """
    remaining = list(items)
    remaining.reverse()  # taken from the end, so that the first come first

    def take() -> None:
        while remaining:
            try:
                item = remaining.pop()
            except IndexError:  # another thread was faster
                return
            try:
                work(item)
            except BaseException:
                remaining.clear()
                raise

    helpers = [_pool().submit(take) for _ in range(min(threads(), len(remaining)) - 1)]
    try:
        take()
    finally:
        begun = [helper for helper in helpers if not helper.cancel()]
    _finish(begun)


def scratch(name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """An array for intermediate results, with anything in it: the same memory for a thread and a name each time.

    Fresh memory is given page by page when it is first written, which takes longer than to write it.
    """
    size = prod(shape) * dtype.itemsize
    if dtype.hasobject or size > MOST_KEPT:
        return np.empty(shape, dtype)
    kept: dict[str, NDArray[Any]] = _local.__dict__
    if name not in kept or kept[name].size < size:
        kept[name] = np.empty(MOST_KEPT, np.uint8)
    return kept[name][:size].view(dtype).reshape(shape)


def _finish(helpers: list[Future[None]]) -> None:
    for helper in helpers:
        helper.result()


def _pool() -> ThreadPoolExecutor:
    """The threads of this process: made when first needed, since none would survive a fork."""
    process = os.getpid()
    with _pools_lock:
        if process not in _pools:
            _pools[process] = ThreadPoolExecutor(max(1, CORES - 1), thread_name_prefix="convolve")
        return _pools[process]
