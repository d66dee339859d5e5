"""Run the service in the folder of its project, with a Python that has what it needs.

padstride serve --port 8000
"""

import argparse
import os
import sys
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from padstride.cli.words import UNTIL_STOPPED
from padstride.errors import PadstrideError

HELP = "run the service, in the folder of its project"
EXIT_CODES = UNTIL_STOPPED


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    parser.add_argument("--port", default="8000", help="the port to listen at (default: 8000)")


def run(options: argparse.Namespace, _console: Console) -> int:
    """Becomes the service."""
    sys.path.insert(0, str(Path.cwd()))
    if find_spec("service") is None or find_spec("service.gunicorn_arbiter") is None:
        raise PadstrideError(
            "the service is not in this folder: run `make serve` or `docker compose up` in its project"
        )
    os.environ |= {"HOST": options.host, "PORT": options.port}
    os.execv(sys.executable, [sys.executable, "-m", "service"])  # noqa: S606 - the service takes this process' place
