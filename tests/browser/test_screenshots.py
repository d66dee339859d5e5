"""Pictures of the explorer for the documentation, taken by `make screenshots`: each view, in light and in dark."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import Open
from tests.browser.views import PICTURES

LARGEST = 150_000  # bytes of a picture
WIDTH = 1280
COLOURS = 256


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_each_view(visit: Open, pictures: Path, name: str, scheme: str) -> None:
    place, height = PICTURES[name]
    view = visit(place, scheme=scheme, width=WIDTH, height=height)
    view.settled()
    file = pictures / f"explorer-{name}-{scheme}.png"
    with Image.open(BytesIO(view.page.screenshot(animations="disabled"))) as picture:
        picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    assert file.stat().st_size < LARGEST
