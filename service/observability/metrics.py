"""Metrics for Prometheus, added up over all workers.

Where `PROMETHEUS_MULTIPROC_DIR` is set, as deploy/gunicorn.conf.py does, prometheus-client keeps each worker's values
in files there, and whichever worker is asked adds them up. Counts of a worker that is gone still count; what it was
doing does not. Without the variable the values are those of this process.
"""

import os
import sys
from collections.abc import Sequence
from typing import Literal

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from service import __version__
from service.observability.entry import Entry

Outcome = Literal["success", "fail"]
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
REVISION = "PADSTRIDE_REVISION"
"""The variable with the revision that was built, if any."""
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
"""Methods that are told apart; a caller may invent others."""
NO_ROUTE = "none"
"""The route of a path at which there is nothing."""
SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""Upper bounds of the histogram: a small question takes under a millisecond, the largest computation some seconds."""

requests = Counter("padstride_http_requests", "Requests answered.", ("route", "method", "status"))
latency = Histogram(
    "padstride_http_request_seconds",
    "Seconds from a request's arrival in a thread to its answer.",
    ("route", "method"),
    buckets=SECONDS,
)
bytes_in = Counter("padstride_http_received_bytes", "Bytes of request bodies.", ("route",))
bytes_out = Counter("padstride_http_sent_bytes", "Bytes of bodies of answers.", ("route",))
heavy_running = Gauge("padstride_heavy_running", "Computation slots in use.", multiprocess_mode="livesum")
heavy_waiting = Gauge("padstride_heavy_waiting", "Requests that wait for a slot.", multiprocess_mode="livesum")
heavy_slots = Gauge("padstride_heavy_slots", "Computation slots there are.", multiprocess_mode="livesum")
heavy_refused = Counter("padstride_heavy_refused", "Requests refused because no slot became free in time.")
multiply_accumulates = Counter("padstride_multiply_accumulates", "Multiply-accumulates computed.", ("algorithm",))
inferences = Counter("padstride_inferences", "Requests for the output of a model.", ("model", "outcome"))
inference_seconds = Counter("padstride_inference_seconds", "Seconds that those took.", ("model", "outcome"))
layers_judged = Counter("padstride_layers_judged", "Layers asked about, alone, in batches and in networks.")
build = Gauge(
    "padstride_build", "What is running; always 1.", ("version", "revision", "python"), multiprocess_mode="max"
)


def count_requests(route: str | None, method: str, status: int, group: Sequence[Entry]) -> None:
    """Count requests of one route, method and status that have been answered."""
    route, method = route or NO_ROUTE, method if method in METHODS else "other"
    requests.labels(route, method, str(status)).inc(len(group))
    bytes_in.labels(route).inc(sum(entry.bytes_in for entry in group))
    bytes_out.labels(route).inc(sum(entry.bytes_out for entry in group))
    observe = latency.labels(route, method).observe
    for entry in group:
        observe(entry.seconds)


def count_computation(algorithm: str, work: int) -> None:
    """Count the multiply-accumulates of a computation."""
    multiply_accumulates.labels(algorithm).inc(work)


def describe_build() -> None:
    """Say what is running."""
    python = ".".join(map(str, sys.version_info[:3]))
    build.labels(__version__, os.environ.get(REVISION, "unknown"), python).set(1)


def count_inference(model: str, outcome: Outcome, seconds: float) -> None:
    """Count a request for the output of a model."""
    inferences.labels(model, outcome).inc()
    inference_seconds.labels(model, outcome).inc(seconds)


def inference_counts() -> dict[tuple[str, str], tuple[int, float]]:
    """How many requests for outputs there were, and how many seconds they took, by model and outcome."""
    counts: dict[tuple[str, str], float] = {}
    seconds: dict[tuple[str, str], float] = {}
    into = {"padstride_inferences_total": counts, "padstride_inference_seconds_total": seconds}
    for metric in _registry().collect():
        for sample in metric.samples:
            if sample.name in into:
                into[sample.name][sample.labels["model"], sample.labels["outcome"]] = sample.value
    return {key: (int(count), seconds.get(key, 0.0)) for key, count in counts.items()}


def exposition() -> bytes:
    """All metrics of all workers, in Prometheus' text format."""
    return generate_latest(_registry())


def _registry() -> CollectorRegistry:
    """Where the metrics of all workers are read."""
    if DIRECTORY not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
