"""The image view: a picture through a layer, as binary arrays, and what padding does at its border."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.visit import Visit

PIXELS = """(index) => {
  const canvas = document.querySelectorAll(".pictures canvas")[index];
  return Array.from(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data);
}"""
GIVE = """async (event) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 33, height: 21 });
  canvas.getContext("2d").fillRect(2, 2, 9, 9);
  const data = new DataTransfer();
  data.items.add(new File([await new Promise((done) => canvas.toBlob(done))], "small.png", { type: "image/png" }));
  const given = { clipboardData: data, dataTransfer: data, bubbles: true, cancelable: true };
  document.body.dispatchEvent(event === "paste" ? new ClipboardEvent(event, given) : new DragEvent(event, given));
}"""


def sizes(visit: Visit, picture: str, result: str) -> None:
    """The titles say these sizes."""
    titles = visit.page.locator(".pictures figcaption")
    expect(titles.nth(0)).to_have_text(re.compile(f"^Picture, {picture}"))
    expect(titles.nth(1)).to_have_text(f"Result, {result}")


def pixels(visit: Visit, index: int) -> Any:
    """What a canvas shows: that of the picture, 0, or of the result, 1."""
    return visit.page.evaluate(PIXELS, index)


class TestResult:
    """The picture goes to the service and comes back changed."""

    def test_the_identity_changes_no_pixel(self, visit: Open) -> None:
        view = visit("#/image?kernel=identity")
        sizes(view, "480 × 320", "480 × 320")
        expect(view.page.get_by_text("asked and answered in")).to_be_visible()
        assert pixels(view, 1) == pixels(view, 0)

    def test_arrays_travel_as_files(self, visit: Open) -> None:
        view = visit("#/image")
        sizes(view, "480 × 320", "480 × 320")
        assert any(path == "/v1/convolve" and body is None for path, body in view.asked)

    def test_same_halves_at_stride_two(self, visit: Open) -> None:
        view = visit("#/image")
        view.field("Stride").first.fill("2")
        sizes(view, "480 × 320", "240 × 160")

    def test_a_pool(self, visit: Open) -> None:
        view = visit("#/image")
        view.page.get_by_text("Max pool", exact=True).click()
        sizes(view, "480 × 320", "120 × 80")
        expect(view.page.get_by_role("heading", name="What happens at the border")).to_be_hidden()

    def test_a_number_of_the_kernel_is_typed(self, visit: Open) -> None:
        view = visit("#/image")
        sizes(view, "480 × 320", "480 × 320")
        view.cell("Kernel", 1, 1).click()
        view.page.keyboard.type("9")
        view.page.keyboard.press("Enter")
        expect(view.field("Filter").last).to_have_value("own")
        assert "weight=[[-1,-1,-1],[-1,9,-1],[-1,-1,-1]]" in view.state()

    def test_a_refusal_stands_below_its_field(self, visit: Open) -> None:
        view = visit("#/image?kind=max_pool&stride=2&pool_padding=5", may_refuse=(422,))
        expect(view.page.locator(".field.failed .failure")).to_contain_text("more than half of kernel_size 4")

    def test_the_range_of_the_numbers_is_said(self, visit: Open) -> None:
        view = visit("#/image")
        expect(view.page.get_by_text(re.compile("lie between -926 and 1275. A screen shows 0 to 255"))).to_be_visible()
        view.page.get_by_text("stretched to fit").click()
        expect(view.page.get_by_text("-926 is drawn as 0 and 1275 as 255")).to_be_visible()


class TestPictures:
    """A picture of one's own, in each way that it can come."""

    def test_it_is_pasted_or_dropped(self, visit: Open) -> None:
        view = visit("#/image")
        for event in ("paste", "drop"):
            sizes(view, "480 × 320", "480 × 320")
            view.page.evaluate(GIVE, event)
            sizes(view, "33 × 21", "33 × 21")
            view.button("Use the lighthouse").click()

    def test_what_is_no_picture_is_told(self, visit: Open) -> None:
        view = visit("#/image")
        file = {"name": "notes.png", "mimeType": "image/png", "buffer": b"no picture"}
        view.page.locator("#picture-file").set_input_files(file)  # type: ignore[arg-type]
        expect(view.page.get_by_text("cannot read notes.png as a picture")).to_be_visible()


class TestBorder:
    """One corner with three kinds of padding."""

    def test_zeros_make_an_edge_and_a_reflection_none(self, visit: Open) -> None:
        view = visit("#/image")
        view.page.get_by_text("The red numbers along the edge").click()
        rows = view.page.locator(".corners + details tr")
        expect(rows.nth(0)).to_have_text("Picture" + "216" * 6)
        expect(rows.nth(1)).to_have_text("valid" + "0" * 6)
        expect(rows.nth(2)).to_have_text("same, zeros" + "1080" + "648" * 5)
        expect(rows.nth(3)).to_have_text("same, reflection" + "0" * 6)

    def test_without_padding_pixels_are_missing(self, visit: Open) -> None:
        view = visit("#/image?kernel=gaussian")
        canvas = view.page.locator(".corner canvas").nth(1)
        expect(canvas).to_have_attribute("width", "26")
        expect(view.page.locator(".corner canvas").nth(2)).to_have_attribute("width", "28")
