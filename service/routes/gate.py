"""The gate before heavy work: a few computations at once, a short wait, then 503."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from threading import BoundedSemaphore

from service.problems import Problem
from service.settings import settings

Turn = Callable[[int], AbstractContextManager[None]]
"""What work on so many layers waits for."""


@cache
def _turns() -> BoundedSemaphore:
    return BoundedSemaphore(settings().heavy_requests)


@contextmanager
def heavy_work() -> Iterator[None]:
    """Hold one of the turns while computing; a Problem with status 503 when none comes free in time."""
    wait = settings().heavy_wait_seconds
    if not _turns().acquire(timeout=wait):
        detail = f"all {settings().heavy_requests} computations that run at once are taken; none ended within {wait} s"
        raise Problem(503, detail, headers={"Retry-After": "1"})
    try:
        yield
    finally:
        _turns().release()


def turn_for(layers: int) -> AbstractContextManager[None]:
    """A turn for judging so many layers, each time one is judged again counted; few are judged at once."""
    return heavy_work() if layers >= settings().large_network_layers else nullcontext()


def at_once(_layers: int) -> AbstractContextManager[None]:
    """No turn, for work that is part of what has one."""
    return nullcontext()
