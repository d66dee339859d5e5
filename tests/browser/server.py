"""The service as it is deployed, for the browser to ask."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

PROJECT = Path(__file__).parents[2]
SECONDS_TO_START = 60
PATIENCE = "60"  # seconds that a request may wait for its turn: the machine may have other things to do


@contextmanager
def serving(log: Path, **settings: str) -> Iterator[str]:
    """The address of a gunicorn with one worker; `settings` are variables of its environment, `log` is its output."""
    with closing(socket.create_server(("127.0.0.1", 0))) as reserved:
        port = reserved.getsockname()[1]
    own = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    # One worker on a busy machine: questions wait, so that no test depends on how many a view asks at once.
    patient = {"PADSTRIDE_HEAVY_WAIT_SECONDS": PATIENCE, "PADSTRIDE_HEAVY_WAITING": "50"}
    environment = {**os.environ, **own, **patient, **settings}
    with log.open("w") as stream:
        command = [sys.executable, "-m", "service"]
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=stream, stderr=stream)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/readyz", process, log)
        yield address
    finally:
        process.terminate()
        process.wait()
    assert "unexpected error" not in log.read_text(encoding="utf-8")


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until the service answers. Raises RuntimeError where it ends, or takes too long."""
    until = monotonic() + SECONDS_TO_START
    while process.poll() is None and monotonic() < until:
        try:
            with urlopen(address, timeout=5):  # noqa: S310 - the address is ours
                return
        except (URLError, OSError):
            sleep(0.1)
    raise RuntimeError(f"the service did not start:\n{log.read_text(encoding='utf-8')}")
