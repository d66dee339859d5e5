"""Clients that ask without pause over connections that they keep, and record what becomes of each request."""

import http.client
import json
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event, Thread
from time import monotonic, sleep
from typing import Self

CHEAP = b'{"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}}'
REFUSED = "connection refused"


@dataclass(frozen=True)
class Request:
    """What a client asks."""

    path: str = "/v1/output-size"
    body: bytes | None = CHEAP
    content_type: str = "application/json"

    def raw(self) -> bytes:
        """The request as it is sent."""
        method = "GET" if self.body is None else "POST"
        head = [f"{method} {self.path} HTTP/1.1", "Host: localhost"]
        if self.body is not None:
            head += [f"Content-Type: {self.content_type}", f"Content-Length: {len(self.body)}"]
        return "\r\n".join([*head, "\r\n"]).encode() + (self.body or b"")


@dataclass(frozen=True)
class Outcome:
    """What became of a request: a status, or why there is none."""

    began: float
    seconds: float
    status: int | str
    request: Request
    retry_after: bool = False


class Client(Thread):
    """One connection that is used again until an answer or the other side closes it."""

    def __init__(self, port: int, requests: Sequence[Request], stopped: Event, per_second: float | None = None) -> None:
        super().__init__(daemon=True)
        self.port, self.requests, self.stopped = port, requests, stopped
        self.pause = 1 / per_second if per_second else 0
        self.outcomes: list[Outcome] = []
        self.connection: socket.socket | None = None

    def run(self) -> None:
        """Ask until told to stop."""
        count, due = 0, monotonic()
        while not self.stopped.is_set():
            self.outcomes.append(self.outcome(self.requests[count % len(self.requests)]))
            count += 1
            if self.outcomes[-1].status == REFUSED:
                sleep(0.01)
            if self.pause:
                due = max(due + self.pause, monotonic() - 1)
                sleep(max(0, due - monotonic()))
        self.close()

    def outcome(self, request: Request) -> Outcome:
        """Ask once."""
        began = monotonic()
        status, retry_after = self.ask(request)
        return Outcome(began, monotonic() - began, status, request, retry_after)

    def ask(self, request: Request) -> tuple[int | str, bool]:
        """The status of the answer, or what went wrong; and whether it says when to come again."""
        fresh = self.connection is None
        try:
            if self.connection is None:
                self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=90)
                self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except ConnectionRefusedError:
            return REFUSED, False
        except OSError as error:
            return f"no connection: {error!r}", False
        try:
            self.connection.sendall(request.raw())
            answer = http.client.HTTPResponse(self.connection)
            answer.begin()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return f"{'new' if fresh else 'kept'} connection: {error!r}", False
        if answer.will_close:
            self.close()
        return answer.status, answer.headers["Retry-After"] is not None

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Load:
    """`with Load(port, clients=8) as load`: clients that ask meanwhile; `load.outcomes` when it is over."""

    def __init__(
        self, port: int, clients: int = 8, requests: Sequence[Request] = (Request(),), per_second: float | None = None
    ) -> None:
        self.stopped = Event()
        rate = per_second / clients if per_second else None
        self.clients = [Client(port, requests, self.stopped, rate) for _ in range(clients)]

    def __enter__(self) -> Self:
        self.began = monotonic()
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Let every client finish its request."""
        self.stopped.set()
        for client in self.clients:
            client.join()
        self.seconds = monotonic() - self.began

    @property
    def outcomes(self) -> list[Outcome]:
        """What became of all requests, in the order in which they began."""
        return sorted((each for client in self.clients for each in client.outcomes), key=lambda each: each.began)

    def failed(self) -> Counter[int | str]:
        """What is no answer below 500 and no refused connection, and how often."""
        return Counter(each.status for each in self.outcomes if not fine(each.status))

    def answers(self) -> set[int | str]:
        """Everything that became of a request."""
        return {each.status for each in self.outcomes}

    def rate(self) -> float:
        """Good answers a second."""
        return sum(each.status == 200 for each in self.outcomes) / self.seconds


def fine(status: int | str) -> bool:
    """Whether a request was answered, or its connection refused before anything was sent."""
    return status == REFUSED or (isinstance(status, int) and status < 500)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that a share of the values does not exceed."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def document(port: int, path: str) -> tuple[int, object]:
    """The status and the JSON of one GET on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
