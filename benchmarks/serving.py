"""Starts one gunicorn worker, configured as in production, and connects to it."""

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


@contextmanager
def serving(*application: str) -> Iterator[http.client.HTTPConnection]:
    """A connection to one worker of an application, configured as in production; by default of the service."""
    with serving_process(*application) as (connection, _):
        yield connection


@contextmanager
def serving_process(*application: str) -> Iterator[tuple[http.client.HTTPConnection, int]]:
    """The same, with the id of the process that the worker is a child of."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", *application]
    environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(
        command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield connected(port), process.pid
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
