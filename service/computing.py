"""How many computations run in all workers, so that each takes no more threads than its share of the cores.

Two threads that compute one thing together hold each other up: while all workers are busy, twice as much was computed
with one thread each. While one is busy, its computation is ready sooner with several.
"""

import mmap
from os import getpid

from service.deployment import CORES

PLACES = 256
_running = mmap.mmap(-1, PLACES)
"""A byte for each worker, found by its process id, in memory that is shared with every process forked from the one that
imported this first. Two workers may share a byte: what is said here is a hint."""


def tell(running: int) -> None:
    """Say how many computations run in this worker."""
    _running[getpid() % PLACES] = min(running, 255)


def forget(pid: int) -> None:
    """What a worker was doing that is gone."""
    _running[pid % PLACES] = 0


def share_of_cores() -> int:
    """How many threads a computation should use, the caller's own included; at least one."""
    return max(1, CORES // max(1, sum(_running[:])))
