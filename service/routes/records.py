"""The record of each request: its id, its trace, its time and its bytes, in the ledger and in the answer's headers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from random import getrandbits
from time import perf_counter, time
from typing import TYPE_CHECKING, Any

from flask import Request, Response, request
from werkzeug.wsgi import get_content_length

from service.observability import traces
from service.observability.entry import Entry
from service.observability.ledger import LEDGER
from service.observability.trace_context import trace_id_of
from service.security_headers import CONSTANT, NOTHING, POLICY
from service.settings import settings

if TYPE_CHECKING:
    from opentelemetry.trace import Span

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
LONGEST_PATH = 500
"""Characters of a path that are logged. Chosen."""
RECORD = "padstride.record"
"""The member of a request's environment that holds its record."""
MOST_BYTES = 2**53
"""Bytes that a caller may announce and that are still counted: what readers of JSON hold exactly."""
LONGEST_ADDRESS = 45
"""Characters of an IPv6 address, at most."""


@dataclass(slots=True)
class Record:
    """What is known of a request when it begins."""

    request_id: str
    traceparent: str | None
    """The trace that it belongs to, as the header says it: the caller's place in it, or that of its own span."""
    span: "Span | None"
    began: float


def at_hand() -> Request:
    """The request itself; Flask's stand-in for it looks it up again at each use, which takes longer than most uses."""
    return request._get_current_object()  # type: ignore[attr-defined,no-any-return]  # the proxy's own method


def begin() -> None:
    """Begin the record of a request, with the id and the trace that the caller names, where they are well-formed."""
    environ = at_hand().environ
    traceparent, span = environ.get("HTTP_TRACEPARENT"), traces.started(environ)
    environ[RECORD] = Record(
        request_id=request_id_of(environ),
        traceparent=traceparent if span is None else traces.traceparent_of(span),
        span=span,
        began=perf_counter(),
    )


def end(response: Response) -> Response:
    """Add the headers of every answer, and keep the request for the log and the metrics."""
    asked = at_hand()
    environ, headers, record = asked.environ, response.headers, record_of(asked)
    headers.add("X-Request-ID", record.request_id)
    for name, value in CONSTANT:
        headers.add(name, value)
    headers.add(POLICY, getattr(response, "policy", NOTHING))
    route = None if asked.url_rule is None else route_of(asked.url_rule.rule)
    method, path, status = asked.method, asked.path[:LONGEST_PATH], response.status_code
    trace_id = trace_id_of(record.traceparent)
    if trace_id is not None:
        headers.add("traceparent", record.traceparent)
    if record.span is not None:
        traces.ended(record.span, method=method, route=route, path=path, status=status)
    LEDGER.answered(
        Entry(
            time=time(),
            request_id=record.request_id,
            trace_id=trace_id,
            client=client_address(environ),
            method=method,
            route=route,
            path=path,
            status=status,
            seconds=perf_counter() - record.began,
            bytes_in=min(get_content_length(environ) or 0, MOST_BYTES),
            bytes_out=int(headers.get("Content-Length") or response.calculate_content_length() or 0),
        )
    )
    return response


def record_of(asked: Request) -> Record:
    """The record of a request."""
    record: Record = asked.environ[RECORD]
    return record


def request_id_of(environ: Mapping[str, Any]) -> str:
    """The id that a caller names, where it is well-formed; else a new one."""
    sent = environ.get("HTTP_X_REQUEST_ID", "")
    return sent if REQUEST_ID.fullmatch(sent) else f"{getrandbits(128):032x}"


def client_address(environ: Mapping[str, Any]) -> str | None:
    """Who asks: the address that the outermost of our own proxies has seen, or that of the connection.

    Each proxy adds an address to the end of `X-Forwarded-For`; what stands before those is the caller's word.
    """
    proxies = settings().trusted_proxies
    if proxies:
        addresses = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(addresses) >= proxies and (address := addresses[-proxies].strip()):
            return str(address[:LONGEST_ADDRESS])
    return environ.get("REMOTE_ADDR")


@cache
def route_of(rule: str) -> str:
    """The path of a route as Flask has it, with the names of its parameters in braces."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)
