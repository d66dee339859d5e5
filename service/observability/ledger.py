"""The ledger: what requests leave to be logged and counted, kept until a thread does it, many at once.

In each request that would cost as much as the answer to a small question: a write gives up the interpreter, for which
all other threads wait, and each value of a metric is written to a file that /metrics reads.
"""

import atexit
from collections import defaultdict, deque
from threading import Lock, Thread
from time import sleep

from service.observability import logs, metrics
from service.observability.entry import Entry

SECONDS = 0.1
"""How long an entry may wait. Chosen."""
MOST_WAITING = 50_000
"""Entries that may wait; the oldest are dropped where the log is read more slowly than it is written. Chosen."""


class Ledger:
    """What has not been logged and counted yet."""

    def __init__(self) -> None:
        self.by_itself = True
        """Whether a thread settles it; tests do so themselves."""
        self._entries: deque[Entry] = deque(maxlen=MOST_WAITING)
        self._layers: deque[int] = deque(maxlen=MOST_WAITING)
        self._settling = Lock()
        self._started = False

    def answered(self, entry: Entry) -> None:
        """Keep a request that has been answered."""
        self._entries.append(entry)
        if self.by_itself and not self._started:
            self._start()

    def judged(self, layers: int) -> None:
        """Keep how many layers have been judged."""
        self._layers.append(layers)

    def settle(self) -> None:
        """Count and log all that has been kept."""
        with self._settling:
            layers = [self._layers.popleft() for _ in range(len(self._layers))]
            entries = [self._entries.popleft() for _ in range(len(self._entries))]
            if layers:
                metrics.layers_judged.inc(sum(layers))
            groups: defaultdict[tuple[str | None, str, int], list[Entry]] = defaultdict(list)
            for entry in entries:
                groups[entry.route, entry.method, entry.status].append(entry)
            for group, of_group in groups.items():
                metrics.count_requests(*group, of_group)
            logs.log_requests(entries)

    def _start(self) -> None:
        """Start the thread; not before the first request, as threads do not survive a fork."""
        self._started = True
        Thread(target=self._keep_settling, name="ledger", daemon=True).start()
        atexit.register(self.settle)

    def _keep_settling(self) -> None:
        while True:
            sleep(SECONDS)
            self.settle()


LEDGER = Ledger()
