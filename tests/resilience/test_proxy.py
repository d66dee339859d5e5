"""Slow clients in front of nginx cost nobody else anything."""

import http.client
import socket
from collections.abc import Iterable
from time import monotonic, sleep

from tests.resilience.conftest import Floors, Report
from tests.resilience.load import Load, percentile
from tests.resilience.slow import half_open

CONNECTIONS = 400
CLOSED_IN_SECONDS = 15


def seconds_until_closed(connections: Iterable[socket.socket], began: float) -> float:
    """Waits until the other side has closed all of them. Returns the seconds since they were opened."""
    for connection in connections:
        while data(connection):
            pass
    return monotonic() - began


def data(connection: socket.socket) -> bytes:
    """What arrives; nothing at the end."""
    try:
        return connection.recv(4096)
    except ConnectionResetError:
        return b""


def test_half_sent_requests_hold_nobody_up(front: int, floors: Floors, report: Report) -> None:
    began = monotonic()
    with half_open(front, CONNECTIONS) as connections:
        with Load(front, clients=4, per_second=100) as load:
            sleep(5)
        closed = seconds_until_closed(connections, began)
    slowest = percentile([each.seconds for each in load.outcomes], 0.99)
    report("400 half-open connections", f"p99 of others {1000 * slowest:.0f} ms, all closed after {closed:.1f} s")
    assert {each.status for each in load.outcomes} == {200}
    assert len(load.outcomes) > 100
    assert slowest < floors.patience
    assert closed < CLOSED_IN_SECONDS


def test_a_body_above_the_proxys_limit_is_refused_before_it_is_sent(front: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front, timeout=10)
    connection.putrequest("POST", "/v1/convolve")
    connection.putheader("Content-Length", str(300 * 2**20))
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert b"the body is larger than 257 MiB, the most that is passed on" in answer.read()
    connection.close()


def test_the_metrics_are_not_for_everyone(front: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front, timeout=10)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.read().startswith(b'{"type":"about:blank","title":"Not Found","status":404')
    connection.close()
