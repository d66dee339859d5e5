"""Logs and metrics of a gunicorn with several workers, as it is deployed."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.request import Request, urlopen

import pytest

REPOSITORY = Path(__file__).parents[2]
GUNICORN = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
QUESTION = b'{"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}}'
ANSWERED = 'padstride_http_requests_total{method="POST",route="/v1/output-size",status="200"}'


class Server:
    """A gunicorn with two workers."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.directory, self.out, self.err = folder / "metrics", folder / "out", folder / "err"
        self.directory.mkdir()
        (self.directory / "counter_1.db").write_bytes(b"left by an earlier run")
        environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "PROMETHEUS_MULTIPROC_DIR": str(self.directory),
        }
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = subprocess.Popen(GUNICORN, cwd=REPOSITORY, env=environment, stdout=out, stderr=err)

    def get(self, path: str, body: bytes | None = None) -> str:
        """The answer to a request."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - our own server
            return str(answer.read().decode())

    def metrics(self) -> dict[str, float]:
        """The values of all metrics."""
        samples = [line.rpartition(" ") for line in self.get("/metrics").splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in samples}

    def workers(self) -> list[int]:
        """The process ids of the workers that have said that they started and have not been missed."""
        return [line["process"] for line in lines_of(self.err) if line["event"].startswith("Booting worker")]


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds; what cannot be asked yet does not."""
    end = monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except (OSError, KeyError):
            pass
        assert monotonic() < end, "it does not become so"
        sleep(0.05)


def lines_of(file: Path) -> list[dict[str, Any]]:
    """The lines of a log, each of which has to be JSON."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that has just started."""
    started = Server(tmp_path)
    try:
        wait_for(lambda: started.metrics()["padstride_heavy_slots"] == 2)
        yield started
    finally:
        started.process.terminate()
        started.process.wait()


def test_counts_of_all_workers_are_added_up_and_outlive_them(server: Server) -> None:
    for _ in range(20):
        server.get("/v1/output-size", QUESTION)
    wait_for(lambda: server.metrics()[ANSWERED] == 20)
    first, _ = server.workers()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(server.workers()) == 3)
    for _ in range(5):
        server.get("/v1/output-size", QUESTION)
    wait_for(lambda: server.metrics()[ANSWERED] == 25)
    wait_for(lambda: server.metrics()["padstride_heavy_slots"] == 2)
    assert f"gauge_livesum_{first}.db" not in {file.name for file in server.directory.iterdir()}


def test_every_line_is_json_and_the_last_request_is_logged(server: Server) -> None:
    server.get("/v1/output-size", QUESTION)
    server.get("/v1/limits")
    server.process.terminate()
    assert server.process.wait() == 0
    assert sorted(line["path"] for line in lines_of(server.out)) == ["/v1/limits", "/v1/output-size"]
    assert [line["level"] for line in lines_of(server.err)].count("error") == 0


def test_what_goes_wrong_at_the_start_is_json() -> None:
    command = [*GUNICORN, 'json:loads("{")']  # an application that cannot be made
    environment = {**os.environ, "PORT": "0", "WEB_CONCURRENCY": "1"}
    finished = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, timeout=60, check=False)
    written = finished.stderr.decode().splitlines()
    lines = [json.loads(line) for line in written if line.startswith("{")]
    assert len(lines) >= len(written) - 1  # gunicorn also prints the text of the exception
    assert finished.returncode != 0
    assert any("JSONDecodeError" in line.get("exception", "") for line in lines)
