"""Requests that come at a rate, whatever becomes of them: one thread for all connections.

Clients that are threads wait for each other, and what they measure is mostly that.
"""

import re
import selectors
import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import Self

from tests.resilience.load import Outcome, Request

LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
LATE = 1.0
"""Seconds that a connection may be behind its rate; what it is further behind is not asked for any more."""


class Connection:
    """A connection, the request that is on it, and what has come of its answer."""

    def __init__(self, port: int, due: float) -> None:
        self.port, self.due, self.began = port, due, 0.0
        self.left, self.answer = b"", b""
        self.asked = False
        self.open()

    def open(self) -> None:
        """Connect, anew after an answer that ended the connection."""
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def ask(self, data: bytes) -> None:
        """Begin to send a request."""
        self.began, self.left, self.answer, self.asked = monotonic(), data, b"", True
        self.send()

    def send(self) -> None:
        """Send as much as is taken."""
        with suppress(OSError):  # no room, or no connection any more, which `receive` finds
            self.left = self.left[self.socket.send(self.left) :]

    def receive(self) -> bool:
        """Takes what has come. Returns whether that is the whole answer, or its connection's end."""
        try:
            piece = self.socket.recv(2**18)
        except BlockingIOError:
            return False
        except OSError:
            piece = b""
        self.answer += piece
        head, found, body = self.answer.partition(b"\r\n\r\n")
        length = LENGTH.search(head + b"\r\n")
        return not piece or (bool(found) and length is not None and len(body) >= int(length[1]))

    def outcome(self, request: Request) -> Outcome:
        """What became of the request."""
        head, found, _ = self.answer.partition(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1]) if found else "connection closed"
        return Outcome(
            self.began, monotonic() - self.began, status, request, retry_after=b"\r\nretry-after:" in head.lower()
        )


class Arrivals:
    """`with Arrivals(port, connections=32, request, per_second=80) as load`: `load.outcomes` when it is over."""

    def __init__(self, port: int, connections: int, request: Request, per_second: float) -> None:
        self.request, self.data = request, request.raw()
        self.pause = connections / per_second
        """Seconds between two requests of one connection."""
        began = monotonic()
        self.connections = [Connection(port, began + index / per_second) for index in range(connections)]
        self.outcomes: list[Outcome] = []
        self.stopped = Event()
        self.thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self.began = monotonic()
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self.thread.join()
        self.seconds = monotonic() - self.began
        for connection in self.connections:
            connection.socket.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            for connection in self.connections:
                selector.register(connection.socket, selectors.EVENT_READ, connection)
            while not self.stopped.is_set() or any(connection.asked for connection in self.connections):
                pause = self._ask_those_due(selector)
                for key, events in selector.select(pause):
                    self._go_on(selector, key.data, events)

    def _ask_those_due(self, selector: selectors.BaseSelector) -> float:
        """Begins the requests whose time has come. Returns the seconds until the next."""
        now, first = monotonic(), 0.05
        for connection in self._waiting():
            if connection.due <= now:
                connection.due = max(connection.due, now - LATE) + self.pause
                connection.ask(self.data)
                self._look_for(selector, connection)
            else:
                first = min(first, connection.due - now)
        return first

    def _waiting(self) -> Iterator[Connection]:
        """The connections without a request, unless it is over."""
        return (each for each in self.connections if not each.asked and not self.stopped.is_set())

    def _go_on(self, selector: selectors.BaseSelector, connection: Connection, events: int) -> None:
        """Send more, or take more of an answer."""
        if events & selectors.EVENT_WRITE:
            connection.send()
            self._look_for(selector, connection)
        if not events & selectors.EVENT_READ or not connection.receive():
            return
        if connection.asked:
            self.outcomes.append(connection.outcome(self.request))
        connection.asked = False
        if not connection.answer or b"\r\nconnection: close" in connection.answer[:4096].lower():
            selector.unregister(connection.socket)
            connection.socket.close()
            connection.open()
            selector.register(connection.socket, selectors.EVENT_READ, connection)

    def _look_for(self, selector: selectors.BaseSelector, connection: Connection) -> None:
        """Wait for an answer, and for room where not all of the request has been taken."""
        writing = selectors.EVENT_WRITE if connection.left else 0
        selector.modify(connection.socket, selectors.EVENT_READ | writing, connection)

    def rate(self) -> float:
        """Good answers a second."""
        return sum(each.status == 200 for each in self.outcomes) / self.seconds
