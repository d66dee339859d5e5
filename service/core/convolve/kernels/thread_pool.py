"""Threads that compute together: NumPy releases the interpreter lock while it copies and multiplies."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock, get_native_id
from typing import TypeVar

from service.core.convolve.kernels.cpu_cores import CORES, current_core, move
from service.core.convolve.kernels.memory import arena

T = TypeVar("T")

_most: ContextVar[int] = ContextVar("_most", default=CORES)


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Inside, a computation uses no more threads than this, and no more than it was allowed before."""
    before = _most.set(max(1, min(threads, _most.get())))
    try:
        yield
    finally:
        _most.reset(before)


def threads() -> int:
    """How many threads a computation may use, the caller's own included."""
    return _most.get()


def run_in_threads(work: Callable[[T], None], items: Iterable[T]) -> None:
    """Do the work for every item, in several threads and in no fixed order.

    The caller works too. It waits only for helpers that have begun, so requests cannot block each other, however many
    there are.

    Raises:
        BaseException: the first exception that the work raised. Items that have not begun are dropped.
    """
    remaining = list(items)
    remaining.reverse()  # taken from the end, so that the first item comes first

    def take_items() -> None:
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
        take_items()
        return
    helpers = _helpers()
    with helpers.apart():
        futures = [helpers.executor.submit(take_items) for _ in range(count)]
        try:
            take_items()
        finally:
            begun = [future for future in futures if not future.cancel()]
        for future in begun:
            future.result()


class Helpers:
    """The threads of a process that help its callers.

    Linux may wake a thread on the core of the thread that woke it. Where one of the two waits for the other, callers
    and helpers would share one core while others stay idle. So they are kept on different cores while they work
    together.
    """

    def __init__(self) -> None:
        self.threads: list[int] = []
        self.executor = ThreadPoolExecutor(max(1, CORES - 1), "convolve", lambda: self.threads.append(get_native_id()))
        self._moved: tuple[int, int] | None = None
        """The core that the helpers keep off, and how many of them do."""

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Inside, the caller stays on the core where it is, and the helpers stay on others."""
        if current_core is None:
            yield
            return
        cores, core = os.sched_getaffinity(0), current_core()
        if len(cores) < 2 or not move([0], {core}):
            yield
            return
        try:
            if self._moved != (core, len(self.threads)):
                self._moved = core, len(self.threads)
                move(self.threads, cores - {core})
            yield
        finally:
            move([0], cores)


_all_helpers: dict[int, Helpers] = {}
"""The helpers of each process, by its id."""
_helpers_lock = Lock()


def _helpers() -> Helpers:
    """The helpers of this process: made when first needed, since threads do not survive a fork."""
    process = os.getpid()
    with _helpers_lock:
        if process not in _all_helpers:
            _all_helpers[process] = Helpers()
        return _all_helpers[process]
