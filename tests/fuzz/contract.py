"""`python -m tests.fuzz.contract`: schemathesis, all phases and checks, against the service under gunicorn.

What follows `--` goes to schemathesis: `python -m tests.fuzz.contract -- --max-time 600 --seed 1`.
"""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz.bodies import ROOT

CONFIG = Path(__file__).with_name("schemathesis.toml")
OPTIONS = (
    "--checks",
    "all",
    "--max-examples",
    "400",
    "--no-shrink",
    "--suppress-health-check",
    "all",
    "--warnings",
    "off",
)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def main(arguments: list[str]) -> int:
    """Starts the service, asks it, and stops it; the code of schemathesis."""
    own = arguments[arguments.index("--") + 1 :] if "--" in arguments else ["--max-time", "600"]
    port = free_port()
    served = os.environ | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    tool = Path(sys.executable).with_name("schemathesis")
    asked = [tool, "--config-file", CONFIG, "run", f"http://127.0.0.1:{port}/openapi.json", "--wait-for-schema", "120"]
    with tempfile.TemporaryFile() as log:
        service = subprocess.Popen([sys.executable, "-m", "service"], cwd=ROOT, env=served, stdout=log, stderr=log)
        try:
            here = os.environ | {"PYTHONPATH": str(ROOT)}
            return subprocess.run([*asked, *OPTIONS, *own], cwd=ROOT, env=here, check=False).returncode
        finally:
            service.terminate()
            service.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
