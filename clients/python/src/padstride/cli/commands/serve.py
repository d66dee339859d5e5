"""Run the service in the folder of its project, with a Python that has what it needs.

padstride serve --port 8000
"""

import argparse
import os
import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from rich.console import Console

from padstride.cli.words import UNTIL_STOPPED, port
from padstride.errors import PadstrideError

HELP = "run the service, in the folder of its project"
EXIT_CODES = UNTIL_STOPPED
PACKAGE = re.compile(r"[\w.-]+")
"""The name at the beginning of a requirement."""


def describe(parser: argparse.ArgumentParser) -> None:
    """The options."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default: 127.0.0.1)")
    parser.add_argument("--port", type=port, default="8000", help="the port to listen at (default: 8000)")


def run(options: argparse.Namespace, _console: Console) -> int:
    """Becomes the service."""
    if not Path("service/gunicorn_arbiter.py").is_file():
        raise PadstrideError(
            "the service is not in this folder: run `make serve` or `docker compose up` in its project"
        )
    if missing := _missing():
        raise PadstrideError(
            f"{sys.executable} lacks what the service needs: {', '.join(missing)}; "
            "run `make serve`, which makes an environment with it"
        )
    os.environ |= {"HOST": options.host, "PORT": str(options.port)}
    os.execv(sys.executable, [sys.executable, "-m", "service"])  # noqa: S606 - the service takes this process' place


def _missing() -> list[str]:
    """The packages that the service needs and this Python does not have."""
    required = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return [name for text in required for name in PACKAGE.findall(text)[:1] if not _is_installed(name)]


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
