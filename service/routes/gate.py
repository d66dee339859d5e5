"""The gate before heavy work: a few computations at once, a short wait, then 503."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from service.problems import Problem
from service.settings import settings


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
