"""For pytest: a fixture that asks the service, and fails where a network is not sound.

pytest_plugins = ["padstride.pytest"]

def test_the_network_is_sound(padstride):
    padstride.assert_sound("model.py", entry="Net", input_shape=[1, 3, 224, 224])
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from padstride.client import Client
from padstride.models import Model
from padstride.options import Layer
from padstride.sources import model_of


class Checker(Client):
    """A client with assertions."""

    def assert_sound(
        self, network: "str | Path | Model | Sequence[Layer]", *, entry: str | None = None, **options: Any
    ) -> None:
        """Fails with every mistake of a network: of a file, of a model, or of a list of layers."""
        __tracebackhide__ = True
        model = replace(model_of(Path(network)), entry=entry) if isinstance(network, str | Path) else network
        report = self.validate(model, **options)
        if not report.valid:
            raise AssertionError(f"the network is not sound\n{report}")


@pytest.fixture(scope="session")
def padstride() -> Iterator[Checker]:
    """Asks the service at `PADSTRIDE_URL`, else on this machine."""
    with Checker() as checker:
        yield checker
