"""Refusals of computations before a thread takes the request, while all slots and all places before them are taken.

A refusal that goes the long way, through a thread, the HTTP parser and Flask, costs some milliseconds on cores that are
busy: at five times the capacity a third of the computations that could have been done. This one looks at the bytes that
have arrived and answers those of the plainest form. Everything else goes the long way, and nothing of it has been read.
"""

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter, time

from service.observability import traces
from service.observability.entry import Entry
from service.observability.ledger import LEDGER
from service.observability.trace_context import trace_id_of
from service.operations.convolve import OPERATION
from service.problems import Problem
from service.routes.error_handlers import written
from service.routes.records import client_address, request_id_of
from service.routes.slots import gate
from service.security_headers import LINES
from service.settings import settings

PATH = OPERATION.path
BEGINNING = f"POST {PATH} HTTP/1.1\r\n".encode()
LONGEST_HEAD = 4096
"""Bytes of a head that is looked at. Chosen: far more than callers send, and nginx adds three short fields."""
LARGEST = 2**18
"""Bytes of a request, head and body, that is answered here. Chosen: more has seldom arrived when the head has."""
NAME = re.compile(rb"[A-Za-z0-9-]{1,64}")
VALUE = re.compile(rb"[\t\x20-\x7e]*")
LENGTH = re.compile(r"[0-9]{1,9}", re.ASCII)
OTHER_FORMS = frozenset({"HTTP_TRANSFER_ENCODING", "HTTP_EXPECT", "HTTP_CONNECTION", "HTTP_UPGRADE"})
"""Fields that say how the body comes, or what becomes of the connection."""

Refuse = Callable[[socket.socket, object, bool], bool]
_arrived = memoryview(bytearray(LARGEST))
"""What has arrived on a connection; used by the main loop only, one connection after the other."""


def refuser() -> Refuse | None:
    """What refuses early; None where the settings ask for what only the long way does with each request."""
    asked = settings()
    if asked.api_keys or asked.api_keys_file or asked.cors_origins or traces.tracer() is not None:
        return None
    return refused


@dataclass(frozen=True)
class Plain:
    """A request of the plainest form that has arrived as a whole, and is still to be read."""

    fields: dict[str, str]
    """Its header, named as in WSGI."""
    body_bytes: int
    whole: int
    """Bytes of head and body."""


def refused(connection: socket.socket, peer: object, last: bool) -> bool:
    """Answers the next request on a connection, if it has arrived, is plain, and is one too many.

    Args:
        connection: where it comes from; it does not block.
        peer: the address at the other end, as the socket module has it.
        last: whether the answer says that the connection ends with it.

    Returns:
        Whether it did. If not, nothing has been read.
    """
    if gate().load() < gate().slots:
        return False
    began = perf_counter()
    asked = _plain_request(connection)
    if asked is None:
        return False
    try:
        gate().require_a_place()
    except Problem as problem:
        connection.recv_into(_arrived, asked.whole)
        _answer(connection, asked, problem, peer, began, last=last)
        return True
    return False


def _plain_request(connection: socket.socket) -> Plain | None:
    """The next request on a connection; None where it is another one, or of another form, or not there as a whole."""
    try:
        count = connection.recv_into(_arrived, LARGEST, socket.MSG_PEEK)
    except OSError:
        return None
    head = bytes(_arrived[: min(count, LONGEST_HEAD)])
    end = head.find(b"\r\n\r\n")
    if end < 0 or not head.startswith(BEGINNING):
        return None
    fields = _fields_in(head[len(BEGINNING) : end])
    if fields is None or not fields.keys().isdisjoint(OTHER_FORMS):
        return None
    length = fields.get("HTTP_CONTENT_LENGTH", "")
    if not LENGTH.fullmatch(length) or end + 4 + int(length) > count:
        return None
    return Plain(fields, int(length), end + 4 + int(length))


def _fields_in(lines: bytes) -> dict[str, str] | None:
    """The fields of a head; None where one is repeated, or is not plain ASCII."""
    fields: dict[str, str] = {}
    for line in lines.split(b"\r\n"):
        name, _, value = line.partition(b":")
        key = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
        if key in fields or not NAME.fullmatch(name) or not VALUE.fullmatch(value):
            return None
        fields[key] = value.decode().strip()
    return fields


def _answer(
    connection: socket.socket, asked: Plain, problem: Problem, peer: object, began: float, *, last: bool
) -> None:
    """Send a refusal, and keep it for the log and the metrics."""
    request_id, traceparent = request_id_of(asked.fields), asked.fields.get("HTTP_TRACEPARENT")
    trace_id = trace_id_of(traceparent)
    status, media_type, body = written(problem, PATH, request_id)
    head = [
        f"HTTP/1.1 {status} Service Unavailable",
        f"Connection: {'close' if last else 'keep-alive'}",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        *(f"{name}: {value}" for name, value in problem.headers.items()),
        f"X-Request-ID: {request_id}",
        *([f"traceparent: {traceparent}"] if trace_id is not None else []),
    ]
    answer = "\r\n".join([*head, LINES]).encode() + b"\r\n" + body
    with suppress(OSError):  # the caller has left, or takes no answer: the next look at the connection shows it
        if connection.send(answer) < len(answer):
            connection.shutdown(socket.SHUT_RDWR)
    LEDGER.answered(
        Entry(
            time=time(),
            request_id=request_id,
            trace_id=trace_id,
            client=client_address({"REMOTE_ADDR": peer[0] if isinstance(peer, tuple) else "", **asked.fields}),
            method="POST",
            route=PATH,
            path=PATH,
            status=status,
            seconds=perf_counter() - began,
            bytes_in=asked.body_bytes,
            bytes_out=len(body),
        )
    )
