"""A service for the whole run, and one copy of what each generator makes of openapi.yaml."""

import shutil
from collections.abc import Iterator

import pytest

from tests.browser.server import serving
from tests.generated.generators import GENERATORS, OUT, generate

collect_ignore = ["node_modules", "out"]
"""What generators write has tests of its own."""


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service."""
    with serving(tmp_path_factory.mktemp("service") / "log") as address:
        yield address


@pytest.fixture(scope="session", autouse=True)
def _generated() -> None:
    """Everything that is generated, made anew."""
    shutil.rmtree(OUT, ignore_errors=True)
    for name in GENERATORS:
        generate(name)
