"""How many computations each worker has: each takes its share of the cores, and a full worker passes callers on.

Two threads that compute one thing together hold each other up: while all workers are busy, twice as much was computed
with one thread each. While one is busy, its computation is ready sooner with several.
"""

import mmap
from os import getpid

from service.deployment import CORES
from service.settings import settings

PLACES = 256
MOST = 254
_loads = mmap.mmap(-1, PLACES)
"""A byte for each worker, found by its process id: one more than the computations it has, or 0 where there is none.

In memory that is shared with every process forked from the one that imported this first. Two workers may share a byte:
what is said here is a hint.
"""


def tell(load: int) -> None:
    """Say how many computations this worker has: running, waiting, or being read."""
    _loads[getpid() % PLACES] = 1 + min(load, MOST)


def forget(pid: int) -> None:
    """What a worker had that is gone."""
    _loads[pid % PLACES] = 0


def share_of_cores() -> int:
    """How many threads a computation should use, the caller's own included; at least one."""
    slots = settings().heavy_requests
    running = sum(min(byte - 1, slots) for byte in _loads[:] if byte)
    return max(1, CORES // max(1, running))


def another_has_less() -> bool:
    """Whether another worker would still have less than this one if it took one computation of it."""
    own = _loads[getpid() % PLACES]
    return any(0 < byte < own - 1 for byte in _loads[:])
