"""The network view: a model as people have it, what is wrong with it, and what mends it."""

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.visit import Visit

MODELS = Path(__file__).parents[2] / "examples" / "models"
TOY = """{
  "input_shape": [1, 3, 32, 32],
  "layers": [
    {"name": "first", "type": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": 3},
    {"name": "second", "type": "conv2d", "in_channels": 9, "out_channels": 4, "kernel_size": 3}
  ]
}"""
WRONG_LINE = 15
COMPUTED = """from torch import nn


class Net(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.blocks = nn.Sequential(*[nn.Conv2d(3 + 13 * i, width + 2 * i, 3) for i in range(2)])

    def forward(self, x):
        return self.blocks(x)
"""


def says(visit: Visit, word: str) -> None:
    """The verdict is this."""
    expect(visit.page.locator(".verdict .word")).to_have_text(word)


def typed(visit: Visit, text: str) -> None:
    """Put a text into the editor, as by pasting it."""
    says_nothing_of_waiting = re.compile("mistake")
    expect(visit.page.locator(".verdict .word")).to_have_text(says_nothing_of_waiting)
    visit.field("Source").fill(text)


def row(visit: Visit, name: str) -> list[str]:
    """A layer's line of the table."""
    cells = visit.page.get_by_role("row").filter(has=visit.page.get_by_role("button", name=name, exact=True))
    return [text.strip() for text in cells.first.locator("th, td").all_inner_texts()]


def test_it_begins_with_a_model_whose_mistake_is_marked_in_source_and_graph(visit: Open) -> None:
    view = visit("#/network")
    says(view, "✗ 1 mistake")
    expect(view.page.locator(".diagnostic.error")).to_contain_text("`in_channels` is 32".replace("`", ""))
    expect(view.page.locator(".gutter .error")).to_have_text(str(WRONG_LINE))
    expect(view.page.locator("svg .error")).not_to_have_count(0)
    assert row(view, "conv3")[1:3] == ["Conv2d", "1 × 128 × 8 × 8"]


def test_a_fix_is_applied_and_judged_again(visit: Open) -> None:
    view = visit("#/network")
    says(view, "✗ 1 mistake")
    view.button("Apply: set in_channels to 64").click()
    says(view, "✓ No mistake")
    assert "nn.Conv2d(64, 128, kernel_size=3, padding=1)" in view.field("Source").input_value()
    view.page.go_back()
    says(view, "✗ 1 mistake")


def test_what_is_typed_is_judged(visit: Open) -> None:
    view = visit("#/network")
    typed(view, TOY)
    expect(view.page.locator(".diagnostic.error")).to_contain_text("but first produces 8 channels")
    assert row(view, "first")[2] == "1 × 8 × 30 × 30"
    view.field("Source").fill(TOY.replace('"in_channels": 9', '"in_channels": 8'))
    says(view, "✓ No mistake")
    assert row(view, "second")[2] == "1 × 4 × 28 × 28"


def test_what_cannot_be_read_is_told_with_its_line(visit: Open) -> None:
    view = visit("#/network", may_refuse=(400, 422))
    typed(view, "import torch\nfrom torch import nn\n\nclass Net(nn.Module\n    pass\n")
    expect(view.page.locator(".verdict.bad")).to_be_visible()
    expect(view.page.locator(".gutter .error")).not_to_have_count(0)
    expect(view.page.get_by_role("tab", name="Layers")).to_be_hidden()


def test_a_shape_that_is_wanted_is_asked_for(visit: Open) -> None:
    view = visit("#/network", may_refuse=(422,))
    says(view, "✗ 1 mistake")
    view.field("Shape of the input").fill("1, 3, 64, 64")
    view.page.keyboard.press("Enter")
    expect(view.page.get_by_role("table")).to_contain_text("1 × 32 × 64 × 64")


@pytest.mark.parametrize(
    ("file", "shape", "word"),
    [
        ("segmenter.onnx", "", "✓ No mistake"),
        ("thumbnails.keras", "1, 28, 28, 1", "✗ 1 mistake"),
        ("classifier.py", "1, 3, 32, 32", "✗ 1 mistake"),
    ],
)
def test_a_file_is_opened(visit: Open, file: str, shape: str, word: str) -> None:
    view = visit("#/network?example=unet", may_refuse=(400, 422))
    view.settled()
    view.page.locator("input[type=file]").set_input_files(MODELS / file)
    if shape:
        expect(view.page.locator(".verdict.bad")).to_be_visible()
        view.field("Shape of the input").fill(shape)
        view.page.keyboard.press("Enter")
    says(view, word)
    expect(view.page.locator("svg.graph")).to_be_visible()


@pytest.mark.parametrize("name", ["U-Net", "ResNet-18", "ONNX file", "Keras file", "Keras, one mistake"])
def test_each_example_is_judged_and_drawn(visit: Open, name: str) -> None:
    view = visit("#/network")
    says(view, "✗ 1 mistake")
    view.button(name).click()
    expect(view.button(name)).to_have_attribute("aria-pressed", "true")
    view.settled()
    expect(view.page.locator(".verdict .word")).to_have_text(re.compile("mistake"))
    assert view.page.get_by_role("row").count() > 5


def test_a_layer_that_is_chosen_shows_what_it_sees(visit: Open) -> None:
    view = visit("#/network")
    says(view, "✗ 1 mistake")
    view.page.get_by_role("table").get_by_role("button", name="conv2", exact=True).click()
    details = view.page.locator(".details")
    expect(details.get_by_role("heading", name="conv2")).to_be_visible()
    expect(details).to_contain_text("8 × 8, every 2 × 2 pixels")
    expect(details).to_contain_text("sees the pixels")
    assert "layer=conv2" in view.state()
    view.button("Close").click()
    expect(details).to_be_hidden()


def test_each_input_is_drawn_with_what_an_output_sees_of_it(visit: Open) -> None:
    shapes = {"left": [1, 3, 32, 32], "right": [1, 3, 64, 64]}
    layers = [
        {"type": "conv2d", "name": "a", "inputs": ["left"], "out_channels": 8, "kernel_size": 3, "padding": 1},
        {"type": "conv2d", "name": "b", "inputs": ["right"], "out_channels": 8, "kernel_size": 2, "stride": 2},
        {"type": "add", "name": "sum", "inputs": ["a", "b"]},
    ]
    text = json.dumps({"inputs": shapes, "layers": layers})
    view = visit(f"#/network?example=&layer=sum&output=[4,4]&text={quote(text)}")
    says(view, "✓ No mistake")
    details = view.page.locator(".details")
    expect(details).to_contain_text("Of left, output (4, 4) sees the pixels 3–5 × 3–5.")
    expect(details).to_contain_text("Of right, output (4, 4) sees the pixels 8–9 × 8–9.")
    expect(details.locator(".field-inputs svg")).to_have_count(2)


def test_what_no_button_can_mend_is_told(visit: Open) -> None:
    """A value that a program computes is changed by hand."""
    view = visit(f"#/network?example=&input_shape=1, 3, 32, 32&text={quote(COMPUTED)}")
    says(view, "✓ No mistake")
    typed(view, COMPUTED.replace("13 * i", "14 * i"))
    says(view, "✗ 1 mistake")
    expect(view.page.locator(".found")).to_contain_text("To change by hand, where the source computes the value:")


def test_costs_and_input_sizes_are_tabs(visit: Open) -> None:
    view = visit("#/network?example=resnet18")
    says(view, "✓ No mistake")
    view.page.get_by_role("tab", name="Layers").focus()
    view.page.keyboard.press("ArrowRight")
    expect(view.page.get_by_role("tab", name="Costs")).to_be_focused()
    expect(view.page.get_by_role("tabpanel", name="Costs")).to_contain_text("conv1")
    view.page.keyboard.press("ArrowRight")
    expect(view.page.get_by_role("tabpanel", name="Input sizes")).to_contain_text("Axis")
    assert "part=sizes" in view.state()


@pytest.mark.parametrize(("button", "end"), [("JSON", ".json"), ("CSV", ".csv"), ("SVG", ".svg")])
def test_it_can_be_taken_away(visit: Open, button: str, end: str) -> None:
    view = visit("#/network")
    says(view, "✗ 1 mistake")
    with view.page.expect_download() as download:
        view.button(button).click()
    assert download.value.suggested_filename.endswith(end)
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "conv3" in text
    if end == ".json":
        assert json.loads(text)["valid"] is False


def test_the_graph_takes_the_whole_screen_and_gives_it_back(visit: Open) -> None:
    view = visit("#/network")
    says(view, "✗ 1 mistake")
    button = view.button("Use the whole screen")
    button.click()
    expect(view.page.locator(".graph-frame:fullscreen")).to_be_visible()
    button.click()
    expect(view.page.locator(".graph-frame:fullscreen")).to_have_count(0)


def test_the_graph_is_walked_by_keyboard(visit: Open) -> None:
    view = visit("#/network")
    says(view, "✗ 1 mistake")
    view.page.get_by_role("table").get_by_role("button", name="conv1", exact=True).click()
    expect(view.page.locator(".details h2")).to_have_text("conv1")
    view.page.locator(".graph-card [tabindex='0']").first.focus()
    view.page.keyboard.press("ArrowDown")
    expect(view.page.locator(".details h2")).not_to_have_text("conv1")
