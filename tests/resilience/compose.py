"""`python -m tests.resilience.compose`: replicas of the running compose project come, go and are replaced, under load.

Start the project first (`docker compose up --detach --build`). This needs Docker, so it is no test of the suite. The
exit code is 1 where a request failed.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from time import monotonic, sleep

from tests.resilience.load import Load, percentile

PER_SECOND = 90
"""Requests; the proxy takes 100 a second from one address."""
SETTLE = 5.0
"""Seconds of load after each step."""


class Replicas:
    """The replicas of the service, by the command line of Docker."""

    def __init__(self) -> None:
        self.docker = shutil.which("docker") or sys.exit("there is no docker")
        plugin = subprocess.run([self.docker, "compose", "version"], capture_output=True, check=False)
        self.compose = [self.docker, "compose"] if plugin.returncode == 0 else ["docker-compose"]

    def run(self, *command: str) -> str:
        """Run a command. Returns what it writes."""
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def scale(self, count: int) -> None:
        """Have so many."""
        self.run(*self.compose, "up", "--detach", "--no-build", "--no-recreate", "--scale", f"service={count}")

    def end(self, *how: str) -> None:
        """End one, and remove it."""
        replica = self.run(*self.compose, "ps", "--quiet", "service").split()[0]
        for command in how:
            self.run(self.docker, *command.split(), replica)


def steps(replicas: Replicas) -> dict[str, Callable[[], None]]:
    """What is done, in order."""
    return {
        "as it is": lambda: None,
        "scaled to two": lambda: replicas.scale(2),
        "one stopped and removed": lambda: replicas.end("stop", "rm"),
        "replaced": lambda: replicas.scale(2),
        "one killed and removed": lambda: replicas.end("rm --force"),
        "replaced again": lambda: replicas.scale(2),
        "scaled to three": lambda: replicas.scale(3),
        "scaled to one": lambda: replicas.scale(1),
    }


def main() -> None:
    """Ask all the time, and say for each step what became of the requests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="the proxy's")
    port = parser.parse_args().port
    marks: list[tuple[float, str]] = []
    with Load(port, clients=8, per_second=PER_SECOND) as load:
        for name, step in steps(Replicas()).items():
            marks.append((monotonic(), name))
            step()
            sleep(SETTLE)
    marks.append((monotonic(), "end"))
    for (begin, name), (end, _) in pairwise(marks):
        part = [each for each in load.outcomes if begin <= each.began < end]
        slowest = 1000 * percentile([each.seconds for each in part], 1)
        sys.stdout.write(f"{name:<24} {dict(Counter(each.status for each in part))}, slowest {slowest:.0f} ms\n")
    failed = sum(each.status != 200 for each in load.outcomes)
    sys.stdout.write(f"{failed} of {len(load.outcomes)} requests failed\n")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
