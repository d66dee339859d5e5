"""Refusals before a thread takes the request: the same answer as the long way's, and only to plain requests."""

import json
import socket
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from service.observability.entry import Entry
from service.observability.ledger import LEDGER
from service.routes.early_refusals import refused, refuser
from service.routes.slots import gate
from service.settings import settings
from tests.conftest import Limited

PATH = "/v1/convolve"
BODY = b'{"layer": {}, "input": [[1]]}'
FIELDS = {"Host": "x", "Content-Type": "application/json", "Content-Length": str(len(BODY)), "X-Request-ID": "abc"}
Pair = tuple[socket.socket, socket.socket]


def request(fields: dict[str, str] = FIELDS, body: bytes = BODY, first: str = f"POST {PATH} HTTP/1.1") -> bytes:
    """The bytes of a request."""
    return "\r\n".join([first, *(f"{name}: {value}" for name, value in fields.items()), "\r\n"]).encode() + body


@pytest.fixture
def pair() -> Iterator[Pair]:
    """The caller's end and the service's end of a connection."""
    caller, service = socket.socketpair()
    service.setblocking(False)
    with caller, service:
        yield caller, service


@pytest.fixture
def full(limited: Limited) -> Iterator[FlaskClient]:
    """A client of a service whose only slot is taken, and where nobody may wait."""
    client = limited(heavy_waiting=0)
    with gate().slot():
        yield client


def parts_of(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """The status, the header and the body of an answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def test_the_answer_is_that_of_the_long_way(full: FlaskClient, pair: Pair) -> None:
    caller, service = pair
    traceparent = f"00-{'1' * 32}-{'2' * 16}-01"
    fields = FIELDS | {"traceparent": traceparent}
    caller.sendall(request(fields))
    assert refused(service, ("127.0.0.1", 5), False)
    status, headers, body = parts_of(caller.recv(2**16))
    expected = full.post(PATH, data=BODY, headers=fields)
    assert status == expected.status_code == 503
    assert json.loads(body) == expected.json
    assert headers.pop("Connection") == "keep-alive"
    assert headers == dict(expected.headers)
    assert (headers["Retry-After"], headers["X-Request-ID"], headers["traceparent"]) == ("1", "abc", traceparent)


def test_the_next_request_stays_on_the_connection(full: FlaskClient, pair: Pair) -> None:
    caller, service = pair
    caller.sendall(request() + request(FIELDS | {"X-Request-ID": "second"}))
    for request_id, last in (("abc", False), ("second", True)):
        assert refused(service, ("127.0.0.1", 5), last)
        _, headers, _ = parts_of(caller.recv(2**16))
        assert (headers["X-Request-ID"], headers["Connection"]) == (request_id, "close" if last else "keep-alive")
    assert not refused(service, ("127.0.0.1", 5), False)


def test_a_refusal_is_logged_and_counted(full: FlaskClient, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    entries: list[Entry] = []
    monkeypatch.setattr(LEDGER, "answered", entries.append)
    caller, service = pair
    caller.sendall(request())
    assert refused(service, ("192.0.2.7", 5), False)
    answer = caller.recv(2**16)
    [entry] = entries
    assert entry[1:8] == ("abc", None, "192.0.2.7", "POST", PATH, PATH, 503)
    assert (entry.bytes_in, entry.bytes_out) == (len(BODY), len(parts_of(answer)[2]))


def without(name: str) -> dict[str, str]:
    """The usual header but for a field."""
    return {key: value for key, value in FIELDS.items() if key != name}


@pytest.mark.parametrize(
    "data",
    [
        request(first="POST /v1/compare HTTP/1.1"),
        request(first=f"GET {PATH} HTTP/1.1"),
        request(first=f"POST {PATH}?x=1 HTTP/1.1"),
        request(first=f"POST {PATH} HTTP/1.0"),
        request(without("Content-Length")),
        request(FIELDS | {"Content-Length": "-1"}),
        request(FIELDS | {"Content-Length": "29, 29"}),
        request(FIELDS | {"Content-Length": "\u00b2"}),
        request(FIELDS | {"content-length": "5"}),
        request(FIELDS | {"Transfer-Encoding": "chunked"}),
        request(without("Content-Length") | {"Transfer-Encoding": "chunked"}),
        request(FIELDS | {"Expect": "100-continue"}),
        request(FIELDS | {"Connection": "close"}),
        request(FIELDS | {"Upgrade": "h2c"}),
        request(FIELDS | {"X_Forwarded_For": "192.0.2.1"}),
        request(FIELDS | {"X-Folded": "a\r\n b"}),
        request(FIELDS | {"X-Bare": "a\nTransfer-Encoding: chunked"}),
        request(FIELDS | {"X-Bare": "a\rb"}),
        request(FIELDS | {"X-Space ": "b"}),
        request(FIELDS | {"X-Long": "a" * 5000}),
        request()[:40],
        request()[:-1],
        b"",
        b"\x00" * 50,
    ],
)
def test_what_is_not_plain_or_not_whole_is_left_to_the_long_way(full: FlaskClient, pair: Pair, data: bytes) -> None:
    caller, service = pair
    caller.sendall(data)
    assert not refused(service, ("127.0.0.1", 5), False)
    caller.shutdown(socket.SHUT_WR)
    assert service.recv(2**16) == data


def test_a_caller_who_has_left_stops_nothing(full: FlaskClient, pair: Pair) -> None:
    caller, service = pair
    caller.sendall(request())
    caller.close()
    assert refused(service, ("127.0.0.1", 5), False)


def test_who_finds_a_place_is_not_refused(limited: Limited, pair: Pair) -> None:
    limited(heavy_waiting=1)
    caller, service = pair
    caller.sendall(request())
    assert not refused(service, ("127.0.0.1", 5), False)
    with gate().slot():
        assert not refused(service, ("127.0.0.1", 5), False)
        with gate().place(), gate().place():
            assert refused(service, ("127.0.0.1", 5), False)


@pytest.mark.parametrize(
    ("variable", "value"), [("CORS_ORIGINS", "https://example.com"), ("API_KEYS", "a" * 64), ("MAX_LAYERS", "5")]
)
def test_settings_that_need_the_long_way_for_each_request(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"PADSTRIDE_{variable}", value)
    settings.cache_clear()
    assert (refuser() is None) == (variable != "MAX_LAYERS")
    monkeypatch.undo()
    settings.cache_clear()
