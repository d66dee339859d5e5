"""For pytest: a fixture that asks the service, and fails where a network is not sound.

pytest_plugins = ["padstride.pytest"]

def test_the_network_is_sound(padstride):
    padstride.assert_sound("model.py", entry="Net", input_shape=[1, 3, 224, 224])
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from padstride.calls import Layer
from padstride.cli.text import TextPrinter
from padstride.client import Client
from padstride.findings import findings_of
from padstride.models import Model
from padstride.sources import model_of
from padstride.transport import address


class Checker(Client):
    """A client with assertions."""

    def assert_sound(
        self, network: "str | Path | Model | Sequence[Layer]", *, entry: str | None = None, **options: Any
    ) -> None:
        """Fails with every mistake of a network: of a file, of a model, or of a list of layers."""
        __tracebackhide__ = True
        if isinstance(network, str | Path):
            path = Path(network)
            report = self.validate(model_of([path], entry=entry), **options)
        else:
            path = Path("network")
            report = self.validate(network, **options)
        if not report.valid:
            raise AssertionError(_text(report, path))


def _text(report: Any, path: Path) -> str:
    console = Console(width=120, highlight=False, color_system=None)
    printer = TextPrinter(console)
    with console.capture() as captured:
        for finding in findings_of(report, path, address(None)):
            printer.finding(finding)
    return f"the network is not sound\n{captured.get()}"


@pytest.fixture(scope="session")
def padstride() -> Iterator[Checker]:
    """Asks the service at `PADSTRIDE_URL`, else on this machine."""
    with Checker() as checker:
        yield checker
