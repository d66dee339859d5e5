"""How gunicorn serves Padstride: `gunicorn --config deploy/gunicorn.conf.py`, from the project's folder."""

import ctypes
import gc
import os
from pathlib import Path

from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker

# Requests run side by side already; a product that spreads over every core as well makes all of them slower.
# Set before the workers import NumPy, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
SHARED_MEMORY = Path("/dev/shm")

wsgi_app = "service.app:create_app()"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"

# Threads, because NumPy lets go of the interpreter while it computes: cheap requests are answered meanwhile.
worker_class = "service.worker.Worker"
workers = int(os.environ.get("WEB_CONCURRENCY", CORES))
threads = 8

# Each worker loads the application itself: a BLAS that has run before a fork may hang after it.
preload_app = False

# Workers are replaced now and then, never all at once, so that no leak grows for ever.
max_requests = 10_000
max_requests_jitter = 1_000

# A worker that gives no sign of life for this long is stuck, and is killed. It bounds no request: the work of a
# request is costed before it starts.
timeout = 60

# What was accepted is finished after SIGTERM; shorter than the stop_grace_period in docker-compose.yml.
graceful_timeout = 20

# Longer than nginx keeps an idle connection, so that it is never the service that closes one just taken up again.
keepalive = 75

# No path, query or header of the API comes near these.
limit_request_line = 4_094
limit_request_fields = 64
limit_request_field_size = 8_190

# No header may move the application to another path; gunicorn lets a client on this machine do so by default.
forwarder_headers = ""

# A worker shows that it lives by touching a file: in memory, since a disk can stall.
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None

# The control socket wants a writable home, and nobody is to steer the server from outside.
control_socket_disable = True

# The application logs its own requests.
accesslog = None


# For glibc's malloc, from <malloc.h>: what is freed is kept for the next request, up to a bound, in one heap for all
# threads. By default the pages of large arrays go back to the system and are cleared anew each time, which takes longer
# than to read or write them. Another malloc is left as it is.
MALLOC = {
    -3: 32 * 2**20,  # M_MMAP_THRESHOLD: bytes from which a block is asked of the system each time; no larger is taken
    -1: 128 * 2**20,  # M_TRIM_THRESHOLD: bytes free at the heap's end that are kept
    -8: 1,  # M_ARENA_MAX: heaps
}


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Lets a worker keep its memory, before it has any threads."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    for option, value in MALLOC.items() if set_option else ():
        set_option(option, value)


def post_worker_init(worker: Worker) -> None:
    """Collects garbage seldom: a large batch makes many small values, none of them in cycles."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def when_ready(server: Arbiter) -> None:
    """Says where a person should look."""
    for listener in server.LISTENERS:
        server.log.info("Padstride answers at %s, its documentation at %s/docs", listener, listener)
