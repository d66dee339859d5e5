"""gunicorn's arbiter, which starts and stops the workers: how the service stops, and how workers are replaced."""

import ctypes
import socket
import struct
from collections import Counter
from pathlib import Path
from time import monotonic, sleep
from typing import Any, cast

from gunicorn import arbiter
from gunicorn.glogging import Logger

from service import lifecycle
from service.deployment import deployment
from service.gunicorn_worker import Worker

CHECK_SECONDS = 10.0
"""Seconds between two looks at the workers' memory."""
CHECKS_ABOVE = 3
"""Looks in a row that have to find a worker too large: one large request is no leak."""
HANDSHAKE_SECONDS = 0.1
"""Seconds in which connections that a client has begun to open are completed; longer than a round trip."""

SO_ATTACH_FILTER = 26
"""Of Linux, from <asm-generic/socket.h>; Python has no name for it."""
DROP_NEW_CONNECTIONS = (
    (0x30, 0, 0, 13),  # load the byte of the TCP header that holds the flags
    (0x45, 0, 1, 0x02),  # is SYN among them?
    (0x06, 0, 0, 0),  # yes: drop the packet
    (0x06, 0, 0, 0xFFFFFFFF),  # no: keep it whole
)
"""A program of the Berkeley Packet Filter: instructions of code, jump if true, jump if false, operand."""


class Arbiter(arbiter.Arbiter):
    """Stops without a connection lost, and replaces one worker at a time, never before the new one is ready."""

    leaving: int | None
    """The process id of the worker that is being replaced."""
    told: bool
    """Whether that worker has been told to leave."""
    above: Counter[int]
    """How often in a row each worker, by process id, was found too large."""
    next_check: float
    stop_at: float | None
    """When to stop, after SIGTERM."""

    @classmethod
    def take_over(cls, server: arbiter.Arbiter) -> None:
        """Make gunicorn's arbiter one of this kind: gunicorn has no setting for its class."""
        server.__class__ = cls
        assert isinstance(server, cls)
        server.leaving, server.told, server.stop_at = None, False, None
        server.above, server.next_check = Counter(), monotonic() + CHECK_SECONDS

    # --- stopping ---

    def handle_term(self) -> None:
        """On SIGTERM `/readyz` fails at once; the service stops after `drain_seconds`, or on a second SIGTERM."""
        if lifecycle.stopping() or not deployment().drain_seconds:
            raise StopIteration
        lifecycle.begin_stop()
        self.stop_at = monotonic() + deployment().drain_seconds

    def stop(self, graceful: bool = True) -> None:
        """Stop the workers; connections that clients have opened are still accepted and answered."""
        lifecycle.begin_stop()
        if graceful and self._owns_listeners():
            for listener in self.LISTENERS:
                drop_new_connections(listener.sock)
            sleep(HANDSHAKE_SECONDS)
        super().stop(graceful)

    def _owns_listeners(self) -> bool:
        """Whether nobody accepts connections after this arbiter: no other arbiter (SIGUSR2), and not systemd."""
        return self.reexec_pid == self.master_pid == 0 and not self.systemd

    # --- replacing workers ---

    def manage_workers(self) -> None:
        """Called at least once a second: keep the number of workers, and replace one where it is time."""
        if self.stop_at is not None and monotonic() >= self.stop_at:
            raise StopIteration
        super().manage_workers()
        if self.leaving is None:
            self._begin_replacing()
        else:
            self._go_on_replacing(self.leaving)

    def reload(self) -> None:
        """On SIGHUP all workers are replaced anyway."""
        self.leaving = None
        super().reload()

    def _own(self) -> dict[int, Worker]:
        """The workers by process id."""
        return cast("dict[int, Worker]", self.WORKERS)

    def _all_ready(self) -> bool:
        """Whether no worker is still starting."""
        return all(worker.is_ready() for worker in self._own().values())

    def _begin_replacing(self) -> None:
        """Start one worker more, where one is to leave and the others are ready."""
        due = self._due()
        if due is not None and self._all_ready():
            self.leaving, reason = due
            self.told = False
            cast("Logger", self.log).info("Replacing worker with pid: %s, because %s", self.leaving, reason)
            self.num_workers += 1
            super().manage_workers()

    def _go_on_replacing(self, leaving: int) -> None:
        """Let the worker leave as soon as all others are ready; finished when it is gone."""
        if leaving not in self._own():
            if not self.told:
                self.num_workers -= 1  # it died before
            self.leaving = None
        elif not self.told and self._all_ready():
            self._own()[leaving].age = 0  # where there are too many workers, those of the lowest age are ended
            self.told = True
            self.num_workers -= 1
            super().manage_workers()

    def _due(self) -> tuple[int, str] | None:
        """The process id of a worker that is to leave, and why."""
        for pid, worker in self._own().items():
            if monotonic() >= worker.leaves_at:
                return pid, f"it is {(monotonic() - worker.born) / 3600:.2g} hours old"
        if monotonic() < self.next_check:
            return None
        self.next_check = monotonic() + CHECK_SECONDS
        limit = deployment().worker_memory_mb
        sizes = {pid: megabytes(pid) for pid in self._own()}
        self.above = Counter({pid: self.above[pid] + 1 for pid, size in sizes.items() if size > limit})
        late = [pid for pid, count in self.above.items() if count >= CHECKS_ABOVE]
        return (late[0], f"it holds {sizes[late[0]]:.0f} MB, above {limit}") if late else None


def megabytes(pid: int) -> float:
    """The memory of a process that it shares with nobody, in MB of 10^6 bytes; 0 where the system does not say."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    fields: dict[str, Any] = dict(line.split(":", 1) for line in status.splitlines())
    return int(fields.get("RssAnon", "0 kB").split()[0]) * 1024 / 1e6


def drop_new_connections(listener: socket.socket) -> None:
    """Let no client begin another connection; those that are begun are completed, and can be accepted.

    A listening socket that is closed resets the connections that nobody has accepted yet. So no new ones may come
    before the last are accepted. A client whose packet is dropped repeats it after a second, and is then refused.
    """
    program = b"".join(struct.pack("HBBI", *instruction) for instruction in DROP_NEW_CONNECTIONS)
    memory = ctypes.create_string_buffer(program, len(program))
    try:
        listener.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(DROP_NEW_CONNECTIONS), ctypes.addressof(memory))
        )
    except OSError:
        return  # not Linux: a few of the newest connections may be reset
