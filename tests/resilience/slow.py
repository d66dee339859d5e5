"""Clients that do as little as they can."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

HALF = b"POST /v1/output-size HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 64\r\n"


@contextmanager
def answered_and_open(port: int, count: int) -> Iterator[None]:
    """Connections whose last answer has come, and that the clients leave open."""
    with ExitStack() as stack:
        for _ in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            connection.recv(4096)
        yield


@contextmanager
def half_open(port: int, count: int) -> Iterator[list[socket.socket]]:
    """Connections on which half of a request's head has been sent, or the head and half of its body."""
    with ExitStack() as stack:
        connections = []
        for index in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            connection.sendall(HALF if index % 2 else HALF + b"\r\n{")
            connections.append(connection)
        yield connections
