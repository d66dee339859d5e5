"""How long the fault suite takes: short among the other tests, in full with `make resilience`."""

import pytest


@pytest.fixture(scope="session")
def full(pytestconfig: pytest.Config) -> bool:
    """Whether the suite runs in full."""
    return bool(pytestconfig.getoption("--resilience"))


@pytest.fixture(scope="session")
def rounds(full: bool) -> int:
    """How often the service is stopped under load."""
    return 20 if full else 2
