"""How long the service takes to start, and what memory its idle workers take.

Each start is `python -m service` with two workers, until `/readyz` answers 200. The processor time of the arbiter and
its workers is told too, which other load on the machine disturbs less. The first start compiles what has no bytecode
yet; it is not counted.
"""

import socket
import statistics
from dataclasses import astuple, dataclass
from pathlib import Path
from time import monotonic, sleep

from benchmarks.serving import processor_seconds, running, workers_of

WORKERS = 2
STARTS = 7
FIGURES = ("s", "s of processor time", "MB a worker, its share", "MB a worker, its own")
"""What the fields of `Start` are called."""
PATIENCE = 0.005
"""Seconds between two questions whether it is ready."""
READYZ = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Start:
    """One start of the service."""

    seconds: float
    processor_seconds: float
    """Of the arbiter and its workers together, until ready."""
    shared_mb: float
    """Memory of the largest worker, each page divided by the number of processes that share it."""
    own_mb: float
    """Memory of the largest worker that it shares with no other process."""


def is_ready(port: int) -> bool:
    """Whether `/readyz` answers 200."""
    try:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(READYZ)
            return connection.recv(4096).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def memory_mb(pid: int) -> tuple[float, float]:
    """The memory of a process in MB of 10^6 bytes: its share of what it has, and what it has alone."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    sizes = {name: int(value.split()[0]) * 1024 / 1e6 for name, value in (line.split(":", 1) for line in lines)}
    return sizes["Pss"], sizes["Private_Clean"] + sizes["Private_Dirty"]


def start() -> Start:
    """Start the service once, and stop it."""
    began = monotonic()
    with running(workers=WORKERS) as (arbiter, port):
        while not is_ready(port):
            sleep(PATIENCE)
        seconds = monotonic() - began
        taken = sum(processor_seconds(pid) for pid in (arbiter, *workers_of(arbiter)))
        sleep(1)  # the workers are idle now
        memory = [memory_mb(pid) for pid in workers_of(arbiter)]
    return Start(seconds, taken, *(max(column) for column in zip(*memory, strict=True)))


def main() -> None:
    """Print the median and the worst of several starts."""
    start()
    columns = list(zip(*(astuple(start()) for _ in range(STARTS)), strict=True))
    print(f"{f'start to ready, {WORKERS} workers':<32}{'median':>10}{'most':>10}")
    for name, column in zip(FIGURES, columns, strict=True):
        print(f"{name:<32}{statistics.median(column):>10.2f}{max(column):>10.2f}")


if __name__ == "__main__":
    main()
