"""gunicorn's worker: its own refusals are problem documents, bodies are read without copies, and it leaves in peace."""

import mmap
import random
import selectors
import socket
from functools import partial
from http import HTTPStatus
from time import monotonic
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
from gunicorn.workers.gthread import TConn, ThreadWorker

from service import computing, lifecycle
from service.deployment import deployment
from service.security_headers import LINES

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
    """A threaded worker that answers what it cannot pass on with `application/problem+json`.

    The arbiter makes it, with its time to leave, and then forks: `ready` is memory that both see.
    """

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.born = monotonic()
        self.leaves_at = self.born + 3600 * deployment().worker_hours * random.uniform(0.8, 1.2)  # noqa: S311 - no secret
        self._ready = mmap.mmap(-1, 1)

    def is_ready(self) -> bool:
        """Whether the worker has loaded the application."""
        return self._ready[0] == 1

    # --- a worker's life ---

    def load_wsgi(self) -> None:
        """Loads the application; an answer that it begins while the worker leaves closes its connection.

        So does one while the worker has more to compute than another. A proxy uses the connection again that was
        answered last: it would ask a full worker again and again. A new connection is accepted by who is idle.
        """
        super().load_wsgi()
        from service.routes import early_refusals, slots  # only now, with the application: metrics need their directory

        self._gate, self._refuse = slots.gate(), early_refusals.refuser()
        application = self.wsgi

        def answer(environ: Any, start_response: Any) -> Any:
            def start(*head: Any) -> Any:
                if not self.alive or computing.another_has_less():
                    start_response.__self__.force_close()  # gunicorn decides before the application computes
                return start_response(*head)

            return application(environ, start)

        self.wsgi = answer

    def run(self) -> None:
        """Serves until the worker is told to leave."""
        self._ready[0] = 1
        super().run()

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """Begins or ends accepting; where the whole service stops, what has been opened is still accepted."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive and lifecycle.stopping():
            for listener in self.sockets:
                while self._accepted(listener):
                    pass
                listener.close()  # the last worker's close refuses every further connection at once

    def _accepted(self, listener: Any) -> bool:
        """Accepts a connection. Returns whether one was waiting."""
        before = self.nr_conns
        self.accept(listener)
        return self.nr_conns > before

    def _cap_keepalive(self, deadline: float) -> None:
        """Where only this worker leaves, idle connections have until `graceful_timeout` for one request more."""
        if lifecycle.stopping():
            super()._cap_keepalive(deadline)  # type: ignore[misc]  # the stubs are older

    # --- requests ---

    def enqueue_req(self, conn: TConn) -> None:
        """Passes a connection to a thread; where a new one may bring one request too many, not before it has."""
        if conn.initialized or conn.data_ready or not self._refuses():
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.keepalived_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """Passes the next request on a connection to a thread, or refuses it."""
        if not self._refuses() or not self._refused(conn):
            conn.data_ready = True
            super().on_client_socket_readable(conn, client)

    def _refuses(self) -> bool:
        """Whether refusals may be due; not while the worker leaves, which ends connections in another way."""
        return self.alive and self._refuse is not None and self._gate.load() >= self._gate.slots

    def _refused(self, conn: TConn) -> bool:
        """Refuses the next request on a connection, where it is one too many. Returns whether it was."""
        assert self._refuse is not None
        last = computing.another_has_less()
        if not self._refuse(conn.sock, conn.client, last):
            return False
        self.keepalived_conns.remove(conn)
        if last:
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            conn.close()
        else:
            conn.set_timeout()
            self.keepalived_conns.append(conn)
        return True

    def handle(self, conn: TConn) -> Any:
        """Answers a request; where the connection ends, it waits here, and not in the main loop, for the client."""
        result = super().handle(conn)
        if result is False:
            util.close_graceful(conn.sock)
        return result

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """Keeps the connection for its next request, or forgets it."""
        if not fs.cancelled() and fs.exception() is None and fs.result() is False:
            self.nr_conns -= 1  # `handle` has closed it
        else:
            super().finish_request(conn, fs)

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
        f"{LINES}"
        f"X-Request-ID: {request_id}\r\n\r\n"
    )
    return head.encode() + body
