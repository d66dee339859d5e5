"""Whether the service is stopping: gunicorn's arbiter says so once, and all its workers see it."""

import mmap

_stopping = mmap.mmap(-1, 1)
"""One byte that is shared with every process forked from the one that imported this first."""


def begin_stop() -> None:
    """From now on the service is not ready; requests are still answered."""
    _stopping[0] = 1


def stopping() -> bool:
    """Whether the whole service is about to stop, and not only this worker."""
    return _stopping[0] == 1
