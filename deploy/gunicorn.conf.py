"""How gunicorn serves Padstride: `gunicorn --config deploy/gunicorn.conf.py`, from the project's folder."""

import ctypes
import gc
import importlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from threading import Thread

from gunicorn.workers.base import Worker

from service import computing
from service.check_settings import require_good_settings
from service.deployment import deployment
from service.gunicorn_arbiter import Arbiter
from service.observability.logs import CONFIGURATION

# Requests already run in parallel. Matrix products that use every core as well make all requests slower.
# This is set before the workers import NumPy, which reads it once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

SHARED_MEMORY = Path("/dev/shm")

# Here, in the arbiter: a worker that cannot start would be started again and again.
require_good_settings()

wsgi_app = "service.app:create_app()"
bind = f"{deployment().host}:{deployment().port}"

# Threads, because NumPy releases the interpreter lock while it computes, so that cheap requests are answered meanwhile.
worker_class = "service.gunicorn_worker.Worker"
workers = deployment().workers
threads = 8

# Each worker makes the application itself, though on Linux from modules that the arbiter has imported: a worker is then
# ready within a tenth of a second, and not after seconds where the machine is busy. A BLAS library that has threads, or
# that computed before a fork, may hang after it. NumPy's OpenBLAS has no threads here, see OPENBLAS_NUM_THREADS; on
# macOS NumPy may use another.
preload_app = False

# service/gunicorn_arbiter.py replaces workers by memory and age. A count of requests is reached within seconds.
max_requests = 0

# Seconds. A worker that gives no sign of life for this long is killed. This is no limit for requests: the cost of a
# request is computed and limited before its work starts.
timeout = 60

# Seconds to finish accepted requests after SIGTERM. Must be shorter than stop_grace_period in docker-compose.yml.
graceful_timeout = 20

# Seconds. Longer than nginx keeps an idle connection: if the service closed it first, nginx might just be using it.
keepalive = 75

# Bytes and number of fields: far more than the paths, queries and headers of the API need.
limit_request_line = 4_094
limit_request_fields = 64
limit_request_field_size = 8_190

# No header may set the path that the application is mounted at; by default gunicorn accepts that from this machine.
forwarder_headers = ""

# A worker touches a file to show that it is alive. The file is in memory, because a disk can stall.
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None

# The control socket needs a writable home directory, and the server must not be controlled from outside.
control_socket_disable = True

# The application logs its own requests. What gunicorn has to say, at the start too, are lines of JSON as well.
accesslog = None
logconfig_dict = CONFIGURATION


# Options of glibc's malloc, from <malloc.h>. Freed memory is kept for the next request, up to a limit, in one heap for
# all threads. By default the pages of large arrays are returned to the system and cleared again for each request, which
# takes longer than reading or writing them. Any other malloc is left as it is.
MALLOC = {
    -3: 32 * 2**20,  # M_MMAP_THRESHOLD: bytes from which a block comes from the system; the largest value allowed
    -1: 128 * 2**20,  # M_TRIM_THRESHOLD: free bytes that are kept at the end of the heap
    -8: 1,  # M_ARENA_MAX: number of heaps
}


# The workers count into files of a directory of their own, which is in memory too: /metrics adds them up.
METRICS, OWN = "PROMETHEUS_MULTIPROC_DIR", "padstride-metrics-"
if METRICS not in os.environ:
    os.environ[METRICS] = tempfile.mkdtemp(prefix=OWN, dir=worker_tmp_dir)


def on_starting(server: Arbiter) -> None:
    """Begin with no counts of earlier runs, let the project's own arbiter work, and import what the workers need."""
    for file in Path(os.environ[METRICS]).glob("*.db"):
        file.unlink()
    Arbiter.take_over(server)
    if sys.platform == "linux":
        gc.disable()  # what is imported stays: there is nothing to collect
        importlib.import_module("service.app")
        gc.enable()
        gc.freeze()  # a collection writes to every object that it looks at, and would copy the memory that is shared


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Forget what a worker that is gone was doing; what it has done still counts."""
    from prometheus_client.multiprocess import mark_process_dead  # which looks at once whether METRICS is set

    mark_process_dead(worker.pid)
    computing.forget(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Leave no files behind."""
    if Path(os.environ[METRICS]).name.startswith(OWN):
        shutil.rmtree(os.environ[METRICS], ignore_errors=True)


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Let a worker keep its memory; called before it has any threads."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    for option, value in MALLOC.items() if set_option else ():
        set_option(option, value)


def post_worker_init(worker: Worker) -> None:
    """Collect garbage less often, and import the readers of models while the worker already answers.

    A large batch makes many small values, and none of them is in a cycle.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    formats = importlib.import_module("service.models.formats")
    Thread(target=formats.import_readers, name="import-readers", daemon=True).start()


def when_ready(server: Arbiter) -> None:
    """Log the addresses of the service and of its documentation; in a terminal say where the explorer is."""
    for listener in server.LISTENERS:
        if sys.stderr.isatty():
            sys.stderr.write(f"Padstride explorer: {listener}\n")
        server.log.info("Padstride answers at %s, its documentation at %s/docs", listener, listener)
