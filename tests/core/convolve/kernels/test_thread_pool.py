"""Threads that compute together."""

import os
from threading import Event, get_ident

import pytest

from service.core.convolve.kernels import thread_pool


def test_everything_is_done_once() -> None:
    done: list[int] = []
    thread_pool.run_in_threads(done.append, range(1000))
    assert sorted(done) == list(range(1000))


def test_a_helper_takes_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of two tasks waits for the other, so that no thread can do both; with one core, too, there is a helper."""
    monkeypatch.setattr(thread_pool, "threads", lambda: 2)
    began, threads = [Event(), Event()], set()

    def meet(number: int) -> None:
        threads.add(get_ident())
        began[number].set()
        assert began[1 - number].wait(10)

    thread_pool.run_in_threads(meet, (0, 1))
    assert len(threads) == 2


@pytest.mark.parametrize("most", [1, thread_pool.CORES])
def test_a_failure_is_raised_and_nothing_is_left_behind(most: int) -> None:
    def fail(number: int) -> None:
        if number == 3:
            raise ZeroDivisionError

    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    with thread_pool.at_most(most):
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                thread_pool.run_in_threads(fail, range(8))
    assert cores is None or os.sched_getaffinity(0) == cores
    thread_pool.run_in_threads(fail, range(3))


def test_where_threads_may_not_be_moved_they_work_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refuse, raising=False)
    done: list[int] = []
    thread_pool.run_in_threads(done.append, range(100))
    assert sorted(done) == list(range(100))


def test_inside_fewer_threads_there_are_never_more() -> None:
    with thread_pool.at_most(1), thread_pool.at_most(100):
        assert thread_pool.threads() == 1
