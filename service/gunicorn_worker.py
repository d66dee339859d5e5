"""gunicorn's worker: its own refusals are problem documents, and bodies are read without copies."""

import socket
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import orjson
from gunicorn import util
from gunicorn.http.body import Body, LengthReader
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


class LengthBody(Body):
    """A body of known length that is read straight into memory; gunicorn's own reader copies it three times."""

    reader: LengthReader

    def readinto(self, memory: memoryview) -> int:
        """Reads what has arrived, as far as it fits.

        Returns:
            The number of bytes; 0 at the end of the body, or where the client has left.
        """
        memory = memory[: self.reader.length]
        count = self._held(memory) or self._received(memory)
        self.reader.length -= count
        return count

    def _held(self, memory: memoryview) -> int:
        """Reads what arrived together with the headers, and keeps the rest, which may be another request.

        Returns:
            The number of bytes.
        """
        held = self.reader.unreader.take_buffered()
        count = min(len(held), len(memory))
        memory[:count] = held[:count]
        self.reader.unreader.unread(held[count:])
        return count

    def _received(self, memory: memoryview) -> int:
        """Reads from the connection; one on which that fails takes no other request.

        Returns:
            The number of bytes.
        """
        connection: socket.socket = self.reader.unreader.sock  # type: ignore[attr-defined]  # of a socket's unreader
        self.failed = True
        count = connection.recv_into(memory) if memory else 0
        self.failed = False
        return count


class Worker(ThreadWorker):
    """A threaded worker that answers what it cannot pass on with `application/problem+json`."""

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Passes a request on, with a body that is read without copies where its length is known."""
        if type(req.body.reader) is LengthReader:
            req.body = LengthBody(req.body.reader)
        return super().handle_request(req, conn)

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
    """The whole answer, head and body; only a client's mistake is described in detail."""
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
