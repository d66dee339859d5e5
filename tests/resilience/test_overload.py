"""More work than the service can do: the cheap endpoints answer, the rest is refused at once, and it passes."""

from time import sleep

import pytest

from tests.resilience.arrivals import Arrivals
from tests.resilience.conftest import Floors, Report
from tests.resilience.load import Load, percentile
from tests.resilience.work import CHEAP, HEAVY

CLIENTS = 4
"""Two for each worker: one that computes and one that waits."""


def good(load: Load) -> float:
    """Computations a second."""
    assert set(load.failed()) <= {503}
    return load.rate()


def slow(load: Load | Arrivals, status: int) -> float:
    """The seconds in which 99 of 100 answers of a status came."""
    return percentile([each.seconds for each in load.outcomes if each.status == status], 0.99)


@pytest.fixture(scope="module")
def peak(front: int, floors: Floors) -> float:
    """The best throughput of computations."""
    with Load(front, CLIENTS, [HEAVY]) as load:
        sleep(floors.seconds / 3)
    assert {each.status for each in load.outcomes} == {200}
    return good(load)


def test_cheap_requests_are_answered_while_all_slots_are_taken(front: int, floors: Floors, report: Report) -> None:
    with Load(front, 8, [HEAVY]) as heavy, Load(front, 2, [CHEAP], per_second=50) as cheap:
        sleep(floors.seconds)
    report(
        "cheap endpoints, heavy work saturated",
        f"p99 {1000 * slow(cheap, 200):.0f} ms, {good(heavy):.0f} heavy a second",
    )
    assert {each.status for each in cheap.outcomes} == {200}
    assert slow(cheap, 200) < floors.patience


@pytest.mark.parametrize("times", [2, 5])
def test_goodput_holds_and_refusals_come_at_once(
    front: int, peak: float, times: int, floors: Floors, report: Report
) -> None:
    with Arrivals(front, 16 * times, HEAVY, per_second=times * peak) as load:
        sleep(floors.seconds)
    with Load(front, 2, [CHEAP, HEAVY]) as after:
        sleep(2)
    refused = [each for each in load.outcomes if each.status == 503]
    assert {each.status for each in load.outcomes} <= {200, 503}
    share = load.rate() / peak
    slowest = slow(load, 503) if refused else 0.0
    offered = len(load.outcomes) / load.seconds
    report(
        f"{times}x the capacity",
        f"peak {peak:.0f} a second, offered {offered:.0f}, goodput {100 * share:.0f} % of the peak, "
        f"{len(refused)} refused, p99 of refusals {1000 * slowest:.0f} ms",
    )
    assert share > floors.goodput
    assert all(each.retry_after for each in refused)
    assert slowest < floors.patience
    assert {each.status for each in after.outcomes} == {200}
