"""How long the fault suite takes, and what it demands: short among the other tests, in full with `make resilience`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.resilience.servers import NGINX, Service, proxy, running

Report = Callable[[str, str], None]
FIGURES = pytest.StashKey[list[tuple[str, str]]]()


@dataclass(frozen=True)
class Floors:
    """What has to hold. Short runs share their cores with other tests: they look for what hangs or fails."""

    seconds: float
    """How long each load lasts."""
    patience: float
    """Seconds in which 99 of 100 cheap requests and refusals have to be answered."""
    goodput: float
    """The share of the best throughput that is kept under too much load."""
    soak_minutes: float


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether the suite runs in full."""
    return bool(pytestconfig.getoption("--resilience"))


@pytest.fixture(scope="session")
def rounds(full: bool) -> int:
    """How often the service is stopped under load."""
    return 20 if full else 1


@pytest.fixture(scope="session")
def floors(full: bool, pytestconfig: pytest.Config) -> Floors:
    """What is demanded in this run."""
    minutes = pytestconfig.getoption("--soak")
    if full:
        return Floors(seconds=60, patience=0.05, goodput=0.9, soak_minutes=30 if minutes is None else minutes)
    return Floors(seconds=2, patience=5, goodput=0.0, soak_minutes=0.05 if minutes is None else minutes)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service with two workers."""
    with running(tmp_path_factory.mktemp("service"), workers=2) as served:
        yield served


@pytest.fixture(scope="session")
def front(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx in front of the service."""
    if NGINX is None:
        pytest.skip("nginx is not installed (Debian: apt-get install nginx-light)")
    with proxy(tmp_path_factory.mktemp("nginx"), service.port) as port:
        yield port


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Report:
    """`report(test, figure)` shows a figure at the end of the run."""
    figures = pytestconfig.stash.setdefault(FIGURES, [])
    return lambda test, figure: figures.append((test, figure))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show the figures of a run in full."""
    if config.getoption("--resilience"):
        for test, figure in config.stash.get(FIGURES, []):
            terminalreporter.write_line(f"{test}: {figure}")
