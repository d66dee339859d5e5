"""The tests ask a real server: that of PADSTRIDE_TEST_URL, else one that is started here."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from padstride import Client

PROJECT = Path(__file__).parents[3]
PATIENCE = 30
"""Seconds until the server must be ready."""
BROKEN = """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3)
        self.norm = nn.BatchNorm2d(32)
        self.second = nn.Conv2d(16, 32, 3)

    def forward(self, x):
        return self.second(self.norm(self.first(x)))
"""
SOUND = BROKEN.replace("BatchNorm2d(32)", "BatchNorm2d(16)")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make shown`."""
    parser.addoption("--anew", action="store_true", help="write the notebook's outputs and the terminal's picture")


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of a server."""
    given = os.environ.get("PADSTRIDE_TEST_URL")
    if given:
        yield given
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    python = os.environ.get("PADSTRIDE_TEST_PYTHON", str(PROJECT / ".venv/bin/python"))
    environment = {"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    server = subprocess.Popen([python, "-m", "service"], cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _wait_for(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(f"{address}/readyz").close()
        except (URLError, ConnectionError):
            assert time.monotonic() < end, "the server did not become ready"
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def client(url: str) -> Iterator[Client]:
    """A client of the server."""
    with Client(url) as client:
        yield client


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A model whose normalisation is made for twice the channels that arrive."""
    path = tmp_path / "model.py"
    path.write_text(BROKEN)
    return path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """The same without its mistake."""
    path = tmp_path / "sound.py"
    path.write_text(SOUND)
    return path
