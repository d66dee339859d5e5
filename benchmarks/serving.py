"""Starts gunicorn, configured as in production, and connects to it."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

PROJECT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(*application: str) -> Iterator[http.client.HTTPConnection]:
    """A connection to one worker of an application, configured as in production; by default of the service."""
    with running(*application) as (_, port):
        yield connected(port)


@contextmanager
def running(*application: str, workers: int = 1, python: str = sys.executable) -> Iterator[tuple[int, int]]:
    """The process id of a gunicorn, configured as in production, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [python, "-m", "service", *application]
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(workers)}
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid, port
    finally:
        process.terminate()
        process.wait()


def connected(port: int) -> http.client.HTTPConnection:
    """A connection, as soon as the port is open. Raises SystemExit after ten seconds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(100):
        try:
            connection.connect()
        except OSError:
            sleep(0.1)
        else:
            return connection
    raise SystemExit(f"nothing listens on port {port}")


def workers_of(arbiter: int) -> list[int]:
    """The process ids of a gunicorn's workers."""
    return [int(pid) for pid in Path(f"/proc/{arbiter}/task/{arbiter}/children").read_text(encoding="ascii").split()]


def processor_seconds(pid: int) -> float:
    """The processor time that a process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
