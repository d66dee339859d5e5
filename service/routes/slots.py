"""Computation slots: a few computations at a time, a short wait for a slot, then 503."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from service.observability import metrics
from service.problems import Problem
from service.settings import settings


@cache
def _slots() -> BoundedSemaphore:
    return BoundedSemaphore(settings().heavy_requests)


@contextmanager
def compute_slot() -> Iterator[None]:
    """Holds one of the slots.

    Raises:
        Problem: with status 503 when none becomes free in time.
    """
    slots, wait = settings().heavy_requests, settings().heavy_wait_seconds
    if not _acquired(wait):
        metrics.heavy_refused.inc()
        detail = f"busy: {slots} of {slots} computation slots are in use; none became free within {wait} s"
        raise Problem(503, detail, headers={"Retry-After": "1"})
    metrics.heavy_running.inc()
    try:
        yield
    finally:
        metrics.heavy_running.dec()
        _slots().release()


def _acquired(wait: float) -> bool:
    """Whether a slot became free in so many seconds."""
    if _slots().acquire(blocking=False):
        return True
    metrics.heavy_waiting.inc()
    try:
        return _slots().acquire(timeout=wait)
    finally:
        metrics.heavy_waiting.dec()
