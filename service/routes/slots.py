"""Computation slots: a few computations at a time, a short queue for them, and 503 for whoever would wait too long."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Event, Lock
from time import perf_counter

from service import computing
from service.observability import metrics
from service.problems import Problem
from service.settings import settings

NEWEST = 0.2
"""The weight of the newest computation in the mean of how long they take."""


class Gate:
    """The slots of one worker process and the queue before them; its counts may be read at any time."""

    def __init__(self) -> None:
        self.slots = settings().heavy_requests
        self.running = 0
        self.admitted = 0
        """How many have been let in as a whole: their bodies are read, they wait, compute or are answered."""
        self._queue: deque[Event] = deque()
        self._lock = Lock()
        self._mean_seconds = 0.0
        self._tell()

    @property
    def waiting(self) -> int:
        """How many wait for a slot."""
        return len(self._queue)

    def load(self) -> int:
        """How many have been let in, or hold a slot or wait for one; without the lock a first guess."""
        return max(self.admitted, self.running + len(self._queue))

    def _tell(self) -> None:
        """Let the other workers know."""
        computing.tell(self.load())

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Holds a slot.

        Raises:
            Problem: with status 503 when there are too many before it, or none becomes free in time.
        """
        self._enter()
        began = perf_counter()
        try:
            yield
        finally:
            self._leave(perf_counter() - began)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Lets a computation in before its body is read; inside, it takes a slot.

        Without it, several would be let in while their bodies are read, and all but one be refused after that.

        Raises:
            Problem: with status 503 where there are too many before it.
        """
        with self._lock:
            self._require_a_place()
            self.admitted += 1
            self._tell()
        try:
            yield
        finally:
            with self._lock:
                self.admitted -= 1
                self._tell()

    def require_a_place(self) -> None:
        """Raises a Problem with status 503 where a computation that came now would be refused at once."""
        with self._lock:
            self._require_a_place()

    def _enter(self) -> None:
        with self._lock:
            if self.running < self.slots:
                self.running += 1
                metrics.heavy_running.inc()
                self._tell()
                return
            self._require_a_turn(self.waiting)
            turn = Event()
            self._queue.append(turn)
            metrics.heavy_waiting.inc()
        if not turn.wait(settings().heavy_wait_seconds):
            self._give_up(turn)

    def _give_up(self, turn: Event) -> None:
        """Leaves the queue, unless the turn has come just now."""
        with self._lock:
            if not turn.is_set():
                self._queue.remove(turn)
                metrics.heavy_waiting.dec()
                self._refuse(f"none became free within {settings().heavy_wait_seconds} s")

    def _require_a_place(self) -> None:
        """Raises a Problem where all slots are taken or spoken for, and too many wait for one."""
        if self.load() >= self.slots:
            self._require_a_turn(self.load() - self.slots)

    def _require_a_turn(self, before: int) -> None:
        """Raises a Problem where it is known already that no slot becomes free in time."""
        expected = self._mean_seconds * (before + 1) / self.slots
        if before >= settings().heavy_waiting:
            self._refuse(f"{before} requests are waiting already")
        if expected > settings().heavy_wait_seconds:
            self._refuse(f"one is expected in {expected:.1f} s, after {before} that are waiting")

    def _refuse(self, reason: str) -> None:
        metrics.heavy_refused.inc()
        detail = f"busy: {self.slots} of {self.slots} computation slots are in use; {reason}"
        raise Problem(503, detail, headers={"Retry-After": "1"})

    def _leave(self, seconds: float) -> None:
        """Hands the slot to whoever waits longest; a newcomer that took it would make others wait too long."""
        with self._lock:
            self._mean_seconds += NEWEST * (seconds - self._mean_seconds)
            if self._queue:
                self._queue.popleft().set()
                metrics.heavy_waiting.dec()
            else:
                self.running -= 1
                metrics.heavy_running.dec()
                self._tell()


@cache
def gate() -> Gate:
    """The gate of this process."""
    return Gate()


@contextmanager
def compute_slot() -> Iterator[None]:
    """Holds one of the slots.

    Raises:
        Problem: with status 503 when none becomes free in time.
    """
    with gate().slot():
        yield


@contextmanager
def place() -> Iterator[None]:
    """Lets a computation in before its body is read and checked, which may cost as much as the computation.

    Raises:
        Problem: with status 503 when there are too many before it.
    """
    with gate().place():
        yield
