"""What one small question costs beside a bare Flask and Pydantic view, under the same gunicorn, in the same run.

Two servers run side by side, each with as many workers as there are cores: the service, and `benchmarks/bare.py`.
They are asked alternately, over eight connections that are kept open. Two figures are told of each: the requests a
second, and the processor time that the workers take for one, which other load on the machine disturbs less.

The questions are convolutions of images. "the same" is one question again and again; "all different" are random layers
of which the service has nothing to say but the sizes, as the bare view; "many with a warning" are random layers as they
come, of which more than half are answered with a warning.
"""

import json
import os
import random
import selectors
import socket
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from time import monotonic
from typing import Any

from benchmarks.batch import layers
from benchmarks.serving import connected, processor_seconds, running, workers_of
from service.operations.output_size import OPERATION

PATH = "/v1/output-size"
BARE = "benchmarks.bare:app"
KEPT = ("--max-requests", "0")
"""No worker is replaced in the middle of a round."""
CONNECTIONS = 8
ROUNDS = 15
SECONDS = 1.0


def questions() -> dict[str, list[dict[str, Any]]]:
    """The questions of each kind."""
    same = {"input_size": [224, 224], "layer": {"type": "conv2d", "kernel_size": [3, 3], "stride": 1, "padding": 1}}
    rng = random.Random(1)
    drawn = [question | {"input_size": [rng.randint(16, 4000), rng.randint(16, 4000)]} for question in layers(40_000)]
    plain = [question for question in drawn if not OPERATION.respond(question)["diagnostics"]]
    return {"the same": [same], "all different": plain, "many with a warning": drawn}


def posted(question: dict[str, Any]) -> bytes:
    """The bytes of a request."""
    body = json.dumps(question).encode()
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\nUser-Agent: bench\r\n"
    return head.encode() + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@dataclass
class Client:
    """A connection that is kept open, and what has arrived of its answer."""

    connection: socket.socket
    arrived: bytes = b""

    def receives_all(self) -> bool:
        """Whether an answer is complete, once more of it has arrived.

        Raises:
            SystemExit: where it is no 200.
        """
        self.arrived += self.connection.recv(65_536)
        head, _, body = self.arrived.partition(b"\r\n\r\n")
        if not self.arrived.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"the answer was {self.arrived[:500]!r}")
        if not body or b"Content-Length: %d\r\n" % len(body) not in head + b"\r\n":
            return False
        self.arrived = b""
        return True


def answered(port: int, requests: Iterator[bytes], seconds: float) -> float:
    """The requests answered in a second, over several connections, each of which asks again once it is answered."""
    clients = [Client(socket.create_connection(("127.0.0.1", port))) for _ in range(CONNECTIONS)]
    count, ready = 0, selectors.DefaultSelector()
    for client in clients:
        ready.register(client.connection, selectors.EVENT_READ, client)
        client.connection.sendall(next(requests))
    began = monotonic()
    while (took := monotonic() - began) < seconds:
        for key, _ in ready.select():
            if key.data.receives_all():
                key.data.connection.sendall(next(requests))
                count += 1
    for client in clients:
        client.connection.close()
    return count / took


def measured(server: tuple[int, int], requests: Iterator[bytes]) -> tuple[float, float]:
    """The requests answered in a second, and the processor's microseconds for each."""
    arbiter, port = server
    before = _taken(arbiter)
    rate = answered(port, requests, SECONDS)
    return rate, 1e6 * (_taken(arbiter) - before) / (rate * SECONDS)


def _taken(arbiter: int) -> float:
    """The processor time that the workers have taken so far."""
    return sum(map(processor_seconds, workers_of(arbiter)))


def compare(servers: Sequence[tuple[int, int]], asked: Sequence[dict[str, Any]]) -> str:
    """The medians of several rounds: ours, the bare view's, and what part of the bare view's throughput ours is."""
    requests = cycle([posted(question) for question in asked])
    rounds = [[measured(server, requests) for server in servers] for _ in range(ROUNDS)]
    (our_rate, our_time), (bare_rate, bare_time) = (
        [statistics.median(column) for column in zip(*of_one, strict=True)] for of_one in zip(*rounds, strict=True)
    )
    ratios = [ours[0] / bare[0] for ours, bare in rounds]
    figures = f"{our_rate:>9,.0f}{bare_rate:>9,.0f}{statistics.median(ratios):>8.0%}"
    return f"{figures}{our_time:>10.0f}{bare_time:>9.0f}{bare_time / our_time:>8.0%}"


def main() -> None:
    """Print for each kind of question the requests a second, and the processor time of one."""
    workers = len(os.sched_getaffinity(0))
    heads = "".join(f"{head:>{width}}" for head, width in (("ours/s", 9), ("bare/s", 9), ("", 8)))
    print(f"{PATH + f', {workers} workers':<32}{heads}{'ours µs':>10}{'bare µs':>9}")
    with running(*KEPT, workers=workers) as ours, running(*KEPT, BARE, workers=workers) as bare:
        for _, port in (ours, bare):
            connected(port).close()
            answered(port, cycle([posted(layers(1)[0])]), 1)
        for name, asked in questions().items():
            print(f"{name:<32}{compare((ours, bare), asked)}", flush=True)


if __name__ == "__main__":
    main()
