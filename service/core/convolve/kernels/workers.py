"""Threads that compute: NumPy lets go of the interpreter while it copies and multiplies."""

import ctypes
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from math import prod
from threading import Lock, get_native_id, local
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
MOST_KEPT = 2**23
"""Bytes of an array that an arena keeps for the next time."""

_most: ContextVar[int] = ContextVar("_most", default=CORES)


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Inside, a computation uses no more threads than this, and no more than it may already."""
    before = _most.set(max(1, min(threads, _most.get())))
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
        with arena():
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

    count = min(threads(), len(remaining)) - 1
    if count < 1:
        take()
        return
    pool = _helpers()
    with pool.apart():
        helpers = [pool.executor.submit(take) for _ in range(count)]
        try:
            take()
        finally:
            begun = [helper for helper in helpers if not helper.cancel()]
        for helper in begun:
            helper.result()


# --- threads ----------------------------------------------------------------------------------------------------------


class Helpers:
    """The threads of a process that help its callers.

    Linux may wake a thread on the core of the one that woke it, where one of them waits for the other: callers would
    wait for helpers, and helpers for callers. So these are told where to run while they work together.
    """

    def __init__(self) -> None:
        self.threads: list[int] = []
        self.executor = ThreadPoolExecutor(max(1, CORES - 1), "convolve", lambda: self.threads.append(get_native_id()))
        self._left: tuple[int, int] | None = None

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Inside, the caller stays on the core where it is, and helpers on others."""
        if _core is None:
            yield
            return
        cores, core = os.sched_getaffinity(0), _core()
        if len(cores) < 2 or not _kept_to({core}, [0]):
            yield
            return
        try:
            if self._left != (core, len(self.threads)):
                self._left = core, len(self.threads)
                _kept_to(cores - {core}, self.threads)
            yield
        finally:
            _kept_to(cores, [0])


def _kept_to(cores: set[int], threads: Iterable[int]) -> bool:
    """Let threads run on these cores only, 0 being this one; False where the system refuses."""
    try:
        for thread in threads:
            os.sched_setaffinity(thread, cores)
    except OSError:
        return False
    return True


def _current_core() -> Callable[[], int] | None:
    """The C library's `sched_getcpu`, where there is one and threads can be told where to run."""
    function = getattr(ctypes.CDLL(None), "sched_getcpu", None) if hasattr(os, "sched_setaffinity") else None
    return function if function is not None and function() >= 0 else None


_core = _current_core()
_all_helpers: dict[int, Helpers] = {}
_helpers_lock = Lock()


def _helpers() -> Helpers:
    """The helpers of this process: made when first needed, since none would survive a fork."""
    process = os.getpid()
    with _helpers_lock:
        if process not in _all_helpers:
            _all_helpers[process] = Helpers()
        return _all_helpers[process]


# --- memory -----------------------------------------------------------------------------------------------------------

Arena = dict[str, NDArray[np.uint8]]

_local = local()
_free: list[Arena] = []


@contextmanager
def arena() -> Iterator[None]:
    """Inside, this thread has memory for intermediate results, which others have when it is done."""
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
    """An array for intermediate results, with anything in it: the same memory for an arena and a name each time.

    Fresh memory is given page by page when it is first written, which takes longer than to write it.
    """
    size = prod(shape) * dtype.itemsize
    kept: Arena | None = getattr(_local, "arena", None)
    if kept is None or dtype.hasobject or not 0 < size <= MOST_KEPT:
        return np.empty(shape, dtype)
    if name not in kept or kept[name].size < size:
        kept[name] = np.empty(1 << (size - 1).bit_length(), np.uint8)
    return np.ndarray(shape, dtype, kept[name])
