"""Mixed load for a long time: nothing fails, and nothing grows."""

from pathlib import Path
from time import monotonic, sleep

import numpy as np

from service.gunicorn_arbiter import megabytes
from tests.resilience.conftest import Floors, Report
from tests.resilience.load import Load
from tests.resilience.servers import Service
from tests.resilience.work import MIXED

SAMPLES = 100
SETTLED = 0.3
"""The share of the time after which caches are full and memory has found its level."""
SLOPE_MINUTES = 5
"""A slope is no slope where less time is looked at."""


def descriptors(pids: list[int]) -> int:
    """Open files and connections of some processes."""
    return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)


def test_nothing_fails_and_nothing_grows(service: Service, front: int, floors: Floors, report: Report) -> None:
    minutes = floors.soak_minutes
    workers = service.workers()
    before = descriptors(workers)
    samples: list[tuple[float, float]] = []
    with Load(front, clients=3, requests=MIXED) as load:
        began = monotonic()
        for _ in range(SAMPLES):
            sleep(60 * minutes / SAMPLES)
            samples.append(((monotonic() - began) / 600, sum(map(megabytes, workers))))
    sleep(1)
    after = descriptors(workers)
    late = np.array(samples[int(SETTLED * SAMPLES) :])
    slope = float(np.polyfit(late[:, 0], late[:, 1], 1)[0])
    statuses = {status: sum(each.status == status for each in load.outcomes) for status in load.answers()}
    report(
        f"soak of {minutes:g} minutes",
        f"{len(load.outcomes)} requests {statuses}, memory {late[0, 1]:.1f} to {late[-1, 1]:.1f} MB, "
        f"slope {slope:.2f} MB in 10 minutes, descriptors {before} to {after}",
    )
    assert service.workers() == workers
    assert set(statuses) == {200, 422}
    assert after - before <= 40, "nginx keeps up to 32 idle connections"
    if minutes >= SLOPE_MINUTES:
        assert slope < 1
