"""The queue before the computation slots: who waits, who is refused at once."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from os import getpid
from threading import Event, Thread
from time import sleep

import pytest

from service import computing
from service.problems import Problem
from service.routes import slots
from service.routes.slots import Gate, gate
from service.settings import settings
from tests.conftest import Limited

Limit = Callable[..., Gate]


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Limit]:
    """`limit(heavy_waiting=1)` gives a gate with other settings."""

    def make(**limits: float) -> Gate:
        for name, value in limits.items():
            monkeypatch.setenv(f"PADSTRIDE_{name.upper()}", str(value))
        settings.cache_clear()
        return Gate()

    yield make
    monkeypatch.undo()
    settings.cache_clear()


class Holder(Thread):
    """Holds a slot until it is released."""

    def __init__(self, gate: Gate) -> None:
        super().__init__(daemon=True)
        self.gate, self.released, self.refusal = gate, Event(), ""
        self.start()

    def run(self) -> None:
        """Wait for a slot and hold it."""
        try:
            with self.gate.slot():
                self.released.wait(10)
        except Problem as problem:
            self.refusal = problem.detail


def until(condition: Callable[[], bool]) -> None:
    for _ in range(500):
        if condition():
            return
        sleep(0.01)
    pytest.fail("did not happen")


def refusal(gate: Gate) -> str:
    """The refusal of one more request."""
    with pytest.raises(Problem) as caught, gate.slot():
        pass
    assert caught.value.status == 503
    assert caught.value.headers == {"Retry-After": "1"}
    return caught.value.detail


def test_one_more_than_may_wait_is_refused_at_once(limit: Limit) -> None:
    gate = limit(heavy_waiting=2, heavy_wait_seconds=10)
    holders = [Holder(gate) for _ in range(3)]
    until(lambda: (gate.running, gate.waiting) == (1, 2))
    assert refusal(gate) == "busy: 1 of 1 computation slots are in use; 2 requests are waiting already"
    for holder in holders:
        holder.released.set()
    for holder in holders:
        holder.join()
        assert not holder.refusal
    assert (gate.running, gate.waiting) == (0, 0)


def test_who_would_wait_too_long_is_refused_at_once(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = limit(heavy_wait_seconds=0.05)
    monkeypatch.setattr(slots, "perf_counter", count(step=0.06).__next__)
    for _ in range(12):
        with gate.slot():
            pass
    with gate.slot():
        assert "one is expected in 0.1 s, after 0 that are waiting" in refusal(gate)


def test_a_slot_that_does_not_become_free_is_a_refusal_in_time(limit: Limit) -> None:
    gate = limit(heavy_wait_seconds=0.1)
    with gate.slot():
        assert refusal(gate).endswith("none became free within 0.1 s")
    assert gate.waiting == 0


def test_slots_are_handed_on_in_order(limit: Limit) -> None:
    gate, order = limit(), []

    def take(number: int) -> None:
        with gate.slot():
            order.append(number)

    threads = [Thread(target=take, args=(number,)) for number in range(5)]
    with gate.slot():
        for number, thread in enumerate(threads):
            thread.start()
            until(lambda number=number: gate.waiting == number + 1)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]
    assert (gate.running, gate.waiting) == (0, 0)


def test_many_short_computations_wait_for_each_other(limit: Limit) -> None:
    gate = limit(heavy_requests=2, heavy_waiting=5)
    with ExitStack() as held:
        held.enter_context(gate.slot())
        held.enter_context(gate.slot())
        waiting = [Holder(gate) for _ in range(5)]
        until(lambda: gate.waiting == 5)
        for holder in waiting:
            holder.released.set()
    for holder in waiting:
        holder.join()
        assert not holder.refusal
    with gate.slot(), gate.slot():
        assert gate.running == 2


@pytest.mark.parametrize("path", ["/v1/convolve", "/v2/models/conv2d/infer"])
def test_a_full_queue_is_told_before_the_body_is_read(limited: Limited, path: str) -> None:
    client = limited(heavy_waiting=0)
    with gate().slot():
        response = client.post(path, data=b"no JSON", content_type="application/json")
        assert response.status_code == 503
        assert b"0 requests are waiting already" in response.data
    assert client.post(path, data=b"no JSON", content_type="application/json").status_code == 400


def test_requests_whose_bodies_are_read_are_counted(limit: Limit) -> None:
    gate = limit(heavy_waiting=1)
    with gate.place(), gate.place():
        with pytest.raises(Problem) as caught, gate.place():
            pass
        assert caught.value.detail.endswith("1 requests are waiting already")
        with gate.slot():
            assert gate.running == 1
    with gate.place():
        assert gate.admitted == 1


def test_a_computation_takes_its_share_of_the_cores(limit: Limit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "CORES", 4)
    monkeypatch.setattr(computing, "_loads", bytearray(computing.PLACES))
    gate = limit(heavy_waiting=9)
    assert computing.share_of_cores() == 4
    with gate.place(), gate.place(), gate.place(), gate.slot():
        assert computing.share_of_cores() == 4
        assert not computing.another_has_less()
        monkeypatch.setattr(computing, "getpid", lambda: 1)
        computing.tell(1)
        assert (computing.share_of_cores(), computing.another_has_less()) == (2, False)
        monkeypatch.setattr(computing, "getpid", getpid)
        assert computing.another_has_less()
        computing.forget(1)
        assert not computing.another_has_less()
