"""The cores that this process may use, and which of them its threads run on."""

import ctypes
import os
from collections.abc import Callable, Iterable

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
"""How many cores this process may use."""


def move(threads: Iterable[int], cores: set[int]) -> bool:
    """Make threads run on these cores only; thread 0 is the calling one.

    Returns:
        False where the system refuses.
    """
    try:
        for thread in threads:
            os.sched_setaffinity(thread, cores)
    except OSError:
        return False
    return True


def _core_reader() -> Callable[[], int] | None:
    """The C library's `sched_getcpu`, where there is one and threads can be moved."""
    function = getattr(ctypes.CDLL(None), "sched_getcpu", None) if hasattr(os, "sched_setaffinity") else None
    return function if function is not None and function() >= 0 else None


current_core = _core_reader()
"""The core that the calling thread runs on; None where the system does not tell it or cannot move threads."""
