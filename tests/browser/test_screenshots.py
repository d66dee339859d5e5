"""Pictures of the explorer for the documentation, taken by `make screenshots`: each view, in light and in dark."""

from pathlib import Path

import pytest

from tests.browser.conftest import Open
from tests.browser.views import PICTURES

LARGEST = 150_000  # bytes of a picture
WIDTH = 1280


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_each_view(visit: Open, pictures: Path, name: str, scheme: str) -> None:
    place, height = PICTURES[name]
    view = visit(place, scheme=scheme, width=WIDTH, height=height)
    view.settled()
    file = pictures / f"explorer-{name}-{scheme}.png"
    view.page.screenshot(path=file, animations="disabled")
    assert file.stat().st_size < LARGEST
