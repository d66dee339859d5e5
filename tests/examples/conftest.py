"""A running service, and the example scripts, run against it as a user runs them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from service.app import create_app

REPOSITORY = Path(__file__).parents[2]
NETWORKS = REPOSITORY / "examples" / "networks"

Run = Callable[..., subprocess.CompletedProcess[str]]


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """Run an application on a free port; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of a running service."""
    with listening(create_app()) as address:
        yield address


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("summarize.py", "--url", url)` runs an example, in a directory of its own and without any proxy."""

    def script(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, REPOSITORY / "examples" / name, *arguments],
            cwd=tmp_path,
            env={**os.environ, "no_proxy": "127.0.0.1", "PYTHONWARNINGS": "error"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return script
