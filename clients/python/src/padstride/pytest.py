"""For pytest: a fixture that asks the service, and fails where a network is not sound.

pytest_plugins = ["padstride.pytest"]

def test_the_network_is_sound(padstride):
    padstride.assert_sound("model.py", entry="Net", arguments={"width": 32}, input_shape=[1, 3, 224, 224])
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

import pytest

from padstride.client import Client
from padstride.errors import PadstrideError
from padstride.models import Model
from padstride.options import Layer, ValidateOptions
from padstride.reports import NetworkReport
from padstride.sources import model_of


class Checker(Client):
    """A client with assertions."""

    def assert_sound(
        self,
        network: "str | Path | Model | Sequence[Layer]",
        *,
        entry: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        **options: Unpack[ValidateOptions],
    ) -> None:
        """Fails with every mistake of a network: of a file, of a model, or of a list of layers.

        `entry` and `arguments` say what makes the model of a file, and with what.

        Raises:
            AssertionError: with every mistake at its line.
            FileNotFoundError: where there is no such file.
        """
        __tracebackhide__ = True
        if isinstance(network, str | Path):
            network = replace(_model_at(Path(network)), entry=entry, arguments=arguments)
        report = self._judged(network, options)
        if not report.valid:
            raise AssertionError(f"the network is not sound\n{report}")

    def _judged(self, network: "Model | Sequence[Layer]", options: ValidateOptions) -> NetworkReport:
        """The report; the test fails where there is none, without the frames of the way to the service."""
        __tracebackhide__ = True
        try:
            return self.validate(network, **options)
        except PadstrideError as error:
            reason = str(error)
        pytest.fail(f"the network could not be judged\n{reason}")


def _model_at(path: Path) -> Model:
    __tracebackhide__ = True
    path.stat()  # raises FileNotFoundError, as `Model.of_file` does
    return model_of(path)


@pytest.fixture(scope="session")
def padstride() -> Iterator[Checker]:
    """Asks the service at `PADSTRIDE_URL`, else on this machine."""
    with Checker() as checker:
        yield checker
