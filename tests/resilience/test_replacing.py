"""Which worker is replaced, and when: the arbiter with workers that are only numbers."""

import os
from collections import Counter
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from service import gunicorn_arbiter
from service.gunicorn_arbiter import CHECK_SECONDS, CHECKS_ABOVE, Arbiter

SMALL, LARGE = 100.0, 5000.0


@pytest.fixture
def arbiter(monkeypatch: pytest.MonkeyPatch) -> Any:
    """An arbiter with two young workers, whose memory is in `arbiter.sizes`, at a time that is in `arbiter.now`."""
    own: Any = Arbiter.__new__(Arbiter)
    own.WORKERS = {pid: SimpleNamespace(born=0.0, leaves_at=inf) for pid in (1, 2)}
    own.above, own.next_check = Counter(), CHECK_SECONDS
    own.sizes, own.now = {1: SMALL, 2: SMALL}, 0.0
    monkeypatch.setattr(gunicorn_arbiter, "megabytes", lambda pid: own.sizes[pid])
    monkeypatch.setattr(gunicorn_arbiter, "monotonic", lambda: own.now)
    return own


def looked(arbiter: Any, *sizes: float) -> list[int | None]:
    """The worker that is due at each look, where the second has these sizes one after the other."""
    due = []
    for size in sizes:
        arbiter.now += CHECK_SECONDS
        arbiter.sizes[2] = size
        found = arbiter._due()
        due.append(found and found[0])
    return due


def test_a_worker_that_stays_large_is_due(arbiter: Any) -> None:
    assert looked(arbiter, *[LARGE] * CHECKS_ABOVE) == [None, None, 2]


def test_one_large_request_is_no_leak(arbiter: Any) -> None:
    assert looked(arbiter, LARGE, LARGE, SMALL, LARGE, LARGE, SMALL) == [None] * 6


def test_between_two_looks_nothing_is_due(arbiter: Any) -> None:
    looked(arbiter, LARGE, LARGE)
    arbiter.now += CHECK_SECONDS / 2
    assert arbiter._due() is None


def test_an_old_worker_is_due_at_once(arbiter: Any) -> None:
    arbiter.WORKERS[1].leaves_at = 3600.0
    arbiter.now = 3599.0
    assert arbiter._due() is None
    arbiter.now = 3601.0
    assert arbiter._due() == (1, "it is 1 hours old")


def test_the_memory_of_a_process_is_read() -> None:
    assert 5 < gunicorn_arbiter.megabytes(os.getpid()) < 5000
    assert gunicorn_arbiter.megabytes(2**22 + 1) == 0
