"""gunicorn's worker, whose own refusals are problems like the application's: they never reach the application."""

import socket
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import orjson
from gunicorn import util
from gunicorn.http.errors import (  # type: ignore[attr-defined]  # the stubs are older than two of these
    ExpectationFailed,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import ThreadWorker

# The first row that fits. The two header errors are the application's own, though gunicorn calls them parse errors.
STATUSES: tuple[tuple[type[BaseException], HTTPStatus], ...] = (
    (InvalidResponseHeader, HTTPStatus.INTERNAL_SERVER_ERROR),
    (InvalidResponseHeaderName, HTTPStatus.INTERNAL_SERVER_ERROR),
    (ExpectationFailed, HTTPStatus.EXPECTATION_FAILED),
    (LimitRequestHeaders, HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    (LimitRequestLine, HTTPStatus.REQUEST_URI_TOO_LONG),
    (UnsupportedTransferCoding, HTTPStatus.NOT_IMPLEMENTED),
    (ParseException, HTTPStatus.BAD_REQUEST),
    (BaseException, HTTPStatus.INTERNAL_SERVER_ERROR),
)

FAILED = "the service failed on this request; the failure has been logged"


class Worker(ThreadWorker):
    """A threaded worker that answers what it cannot pass on with `application/problem+json`."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        """Answers a request that could not be read; gunicorn closes the connection after it."""
        status = next(status for kind, status in STATUSES if isinstance(exc, kind))
        request_id = uuid4().hex
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            self.log.error("Request %s failed", request_id, exc_info=exc)
        else:
            self.log.warning("Request %s refused with %d: %s", request_id, status, exc)
        try:
            util.write_nonblock(client, problem(status, exc, request_id))
        except OSError:
            self.log.debug("Request %s: the client left before its answer", request_id)


def problem(status: HTTPStatus, error: BaseException, request_id: str) -> bytes:
    """The whole answer, head and body; only a client's mistake is told in detail."""
    body = orjson.dumps(
        {
            "type": "about:blank",
            "title": status.phrase,
            "status": status,
            "detail": FAILED if status is HTTPStatus.INTERNAL_SERVER_ERROR else str(error),
            "request_id": request_id,
            "errors": [],
        }
    )
    head = (
        f"HTTP/1.1 {status} {status.phrase}\r\n"
        "Connection: close\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"X-Request-ID: {request_id}\r\n\r\n"
    )
    return head.encode() + body
