"""Workers are replaced, and die, without being missed."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

from tests.resilience.conftest import Report
from tests.resilience.load import Load
from tests.resilience.servers import Service, running
from tests.resilience.slow import answered_and_open

HALF_A_SECOND = 0.5 / 3600


def wait_until(condition: Callable[[], bool], seconds: float) -> float:
    """Waits. Returns the seconds that it took."""
    began = monotonic()
    while not condition():
        assert monotonic() - began < seconds, f"not within {seconds} s"
        sleep(0.02)
    return monotonic() - began


def most_and_fewest(service: Service, gone: set[int], seconds: float) -> tuple[int, int]:
    """The largest and the smallest number of workers seen in so many seconds, and until those have gone."""
    seen: list[set[int]] = [gone]
    end = monotonic() + seconds
    while monotonic() < end or seen[-1] & gone:
        assert monotonic() < end + 60, "the workers are not replaced"
        seen.append(set(service.workers()))
        sleep(0.02)
    return max(map(len, seen)), min(map(len, seen))


def test_workers_are_replaced_by_age_one_at_a_time_and_nobody_notices(
    tmp_path: Path, full: bool, report: Report
) -> None:
    with running(tmp_path, workers=2, worker_hours=HALF_A_SECOND) as service:
        before = set(service.workers())
        with Load(service.port, clients=8) as load:
            most, fewest = most_and_fewest(service, before, 60 if full else 1)
        after = set(service.workers())
        log = service.log.read_text()
    report("workers replaced", f"{log.count('Replacing worker')} under load, {len(load.outcomes)} requests, 0 failed")
    assert not load.failed()
    assert {each.status for each in load.outcomes} == {200}
    assert before.isdisjoint(after)
    assert (most, fewest) == (3, 2), "one more while one is replaced, and never fewer than two"
    assert log.count("Replacing worker") >= 2


def test_a_killed_worker_takes_only_its_own_requests_with_it(tmp_path: Path, full: bool, report: Report) -> None:
    clients = 8
    with running(tmp_path, workers=2) as service, Load(service.port, clients) as load:
        sleep(0.5)
        killed = service.workers()[0]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: killed not in service.workers(), 1)
        took = service.ready(2, 10)
        sleep(0.5)
        load.stop()
    failed = sum(load.failed().values())
    report("SIGKILL of a worker", f"{failed} requests of {clients} clients failed, full service after {took:.2f} s")
    assert took < (3 if full else 10)
    assert failed <= clients, "at most one request on each connection of that worker"
    late = [each for each in load.outcomes if each.began > load.began + 0.5 + took + 0.1]
    assert late
    assert {each.status for each in late} == {200}


def test_an_answered_client_that_does_not_close_holds_nobody_up(tmp_path: Path) -> None:
    """gunicorn waits up to two seconds for such a client; in the main loop nobody else would be accepted meanwhile."""
    with running(tmp_path, workers=1) as service, answered_and_open(service.port, 3):
        with Load(service.port, clients=1) as load:
            sleep(0.5)
        assert max(each.seconds for each in load.outcomes) < 1.5
        assert len(load.outcomes) > 10
