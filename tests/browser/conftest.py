"""A browser and a service for the whole run; a fresh page, with nothing remembered, for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import launched
from tests.browser.server import serving
from tests.browser.visit import Visit

Open = Callable[..., Visit]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of `make screenshots`."""
    parser.addoption("--screenshots", action="store_true", help="write the pictures of docs/images")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service."""
    with serving(tmp_path_factory.mktemp("service") / "log") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with launched() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, service: str) -> Iterator[Open]:
    """`visit("#/layer", language="zh", scheme="dark", width=360)` opens a page; its complaints fail the test."""
    visits: list[Visit] = []

    def opened(
        place: str = "",
        *,
        language: str = "en",
        scheme: str = "light",
        width: int = 1280,
        height: int = 900,
        motion: str = "reduce",
        may_refuse: tuple[int, ...] = (),
        address: str = service,
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale=language,
            reduced_motion=motion,  # type: ignore[arg-type]
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        visits.append(Visit(context, address, may_refuse=may_refuse))
        return visits[-1].go(place)

    yield opened
    for each in visits:
        each.page.context.close()
    for each in visits:
        each.finish()


@pytest.fixture
def pictures(request: pytest.FixtureRequest) -> Path:
    """Where pictures of the page go. Without the option the test is skipped, so that a run leaves no file behind."""
    if not request.config.getoption("--screenshots"):
        pytest.skip("pictures are taken by `make screenshots`")
    return Path(__file__).parents[2] / "docs" / "images"
