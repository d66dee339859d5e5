"""SIGTERM under load: nobody who was connected goes without an answer."""

import signal
from pathlib import Path
from time import monotonic, sleep

from tests.resilience.conftest import Report
from tests.resilience.load import REFUSED, Load, Request, document
from tests.resilience.servers import running

SLOW = Request(
    "/v1/convolve",
    b'{"layer": {"type": "conv2d", "kernel_size": 1, "in_channels": 1, "out_channels": 1},'
    b' "input": {"shape": [1, 1, 600, 600], "data": [' + b"1.5," * 359_999 + b'1.5]}, "weight": [[[[1.0]]]]}',
)
"""A request with an answer of some megabytes."""


def test_sigterm_under_load_fails_no_request(tmp_path: Path, rounds: int, report: Report) -> None:
    answered = 0
    for _ in range(rounds):
        with running(tmp_path) as service, Load(service.port, clients=8) as load:
            sleep(0.5)
            assert service.stop() == 0
            load.stop()
        assert not load.failed()
        assert sum(each.status == 200 for each in load.outcomes) > 8
        assert any(each.status == REFUSED for each in load.outcomes)
        answered += sum(each.status == 200 for each in load.outcomes)
    report("SIGTERM under load", f"{rounds} times, 8 clients, {answered} answered, 0 lost")


def test_a_long_request_is_finished_and_says_that_its_connection_closes(tmp_path: Path) -> None:
    with running(tmp_path, workers=1) as service, Load(service.port, clients=2, requests=[SLOW]) as load:
        sleep(1)
        assert service.stop() == 0
        load.stop()
    assert not load.failed()
    assert any(each.status == 200 for each in load.outcomes)


def test_readiness_fails_first_and_requests_are_still_answered(tmp_path: Path) -> None:
    with running(tmp_path, workers=1, drain_seconds=3) as service:
        service.process.send_signal(signal.SIGTERM)
        began = monotonic()
        sleep(0.5)
        status, problem = document(service.port, "/readyz")
        assert status == 503
        assert isinstance(problem, dict)
        assert problem["detail"] == "the service is stopping"
        assert document(service.port, "/healthz")[0] == 200
        assert document(service.port, "/v1/layers")[0] == 200
        assert service.process.wait(20) == 0
        assert monotonic() - began > 3


def test_a_second_sigterm_ends_the_wait(tmp_path: Path) -> None:
    with running(tmp_path, workers=1, drain_seconds=60) as service:
        service.process.send_signal(signal.SIGTERM)
        sleep(0.5)
        assert service.stop(10) == 0
