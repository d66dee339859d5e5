"""Real gunicorn and real nginx on loopback, started as they are deployed."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.resilience.load import document

REPOSITORY = Path(__file__).parents[2]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A port that nobody uses."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Service:
    """gunicorn with its workers."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in children.split()]

    def ready(self, workers: int, seconds: float = 20) -> float:
        """Waits until so many workers have started, as the log says, and the service is ready.

        Returns:
            The seconds that it took.
        """
        began = monotonic()
        while monotonic() - began < seconds:
            if len(self.workers()) == workers and all(serves(pid) for pid in self.workers()) and self.is_ready():
                return monotonic() - began
            sleep(0.02)
        raise AssertionError(f"not ready after {seconds} s:\n{self.log.read_text()[-2000:]}")

    def is_ready(self) -> bool:
        """Whether `/readyz` says so."""
        try:
            return document(self.port, "/readyz")[0] == 200
        except OSError:
            return False

    def stop(self, seconds: float = 30) -> int:
        """Sends SIGTERM. Returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


def serves(pid: int) -> bool:
    """Whether a worker waits for connections: it has its pool's pipe and a poller."""
    try:
        links = [str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return False
    return any("eventpoll" in link for link in links)


@contextmanager
def running(folder: Path, workers: int = 2, **settings: object) -> Iterator[Service]:
    """The service with so many workers, ready."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the fault suite looks at processes in /proc, which only Linux has")
    port, log = free_port(), folder / f"service-{monotonic_name()}.log"
    own = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": str(workers)}
    environment = {**os.environ, **own, **{f"PADSTRIDE_{name.upper()}": str(value) for name, value in settings.items()}}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "service"], cwd=REPOSITORY, env=environment, stdout=stream, stderr=stream
        )
    service = Service(process, port, log)
    try:
        service.ready(workers, 60)
        yield service
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def monotonic_name() -> str:
    """A part of a file's name that no other has."""
    return f"{monotonic():.6f}".replace(".", "")


SUBSTITUTIONS = (
    (r"listen 8080 default_server;", "listen 127.0.0.1:{port} default_server;"),
    (r"server service:8000 resolve[^;]*;", "server 127.0.0.1:{service};"),
    (r"resolver 127\.0\.0\.11[^;]*;", ""),
    (r"/tmp/", "{folder}/"),  # noqa: S108 - of the container, which nobody else writes to
    (r"rate=100r/s", "rate=100000r/s"),
    (r"access_log /dev/stdout requests;", "access_log off;"),
)
"""What differs from deploy/nginx.conf: addresses and paths of this machine, one client that is many, and no log."""


@contextmanager
def proxy(folder: Path, service: int) -> Iterator[int]:
    """The port of an nginx with the deployed configuration, in front of the service's port."""
    assert NGINX is not None
    port = free_port()
    text = (REPOSITORY / "deploy/nginx.conf").read_text(encoding="utf-8")
    for pattern, other in SUBSTITUTIONS:
        text, count = re.subn(pattern, other.format(port=port, service=service, folder=folder), text)
        assert count, f"deploy/nginx.conf has no {pattern}"
    configuration = folder / "nginx.conf"
    configuration.write_text(text, encoding="utf-8")
    command = [NGINX, "-c", str(configuration), "-e", str(folder / "nginx-error.log"), "-g", "daemon off;"]
    with (folder / "nginx.log").open("wb") as stream:
        process = subprocess.Popen(command, stderr=stream)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)
