"""The solve view: from an output that is wanted to the padding, or to all combinations, that give it."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.visit import Visit

COMBINATIONS = (
    "#/solve?mode=combinations&input_size=[12,12]&wanted=[6,6]&stride=[2,2]&unknown=[%22kernel_size%22,%22padding%22]"
)


def drawn(visit: Visit, title: str) -> None:
    """The picture is of this solution."""
    expect(visit.page.get_by_role("heading", name=title, exact=True)).to_be_visible()


def test_a_size_gives_its_padding_in_every_framework(visit: Open) -> None:
    view = visit("#/solve")
    expect(view.page.locator(".result")).to_have_text("8 × 8 → 4 × 4")
    expect(view.page.get_by_role("row", name="PyTorch")).to_contain_text("padding=1")
    expect(view.page.get_by_role("row", name="ONNX")).to_contain_text("pads=[1, 1, 1, 1]")
    expect(view.page.get_by_role("cell", name="1 to 2", exact=True)).to_have_count(2)
    expect(view.cell("Input", -1, -1)).to_be_visible()


def test_an_output_out_of_reach_offers_the_nearest(visit: Open) -> None:
    view = visit("#/solve")
    view.button("Out of reach").click()
    expect(view.page.locator(".diagnostic.error").first).to_contain_text("at most 4")
    view.button("4 × 4").click()
    expect(view.page.locator(".result")).to_have_text("7 × 7 → 4 × 4")
    assert "wanted" not in view.state()


def test_uneven_padding_is_drawn_as_a_framework_that_takes_it(visit: Open) -> None:
    view = visit("#/solve")
    view.button("Causal, 1-D").click()
    drawn(view, "Drawn: Padding 4 + 0")
    expect(view.page.locator(".view")).to_contain_text("Drawn as ONNX does it.")


def test_a_combination_is_chosen_by_key_and_opened_in_the_layer_view(visit: Open) -> None:
    view = visit(COMBINATIONS)
    view.page.locator("#solution-1").focus()
    view.page.keyboard.press("Enter")
    drawn(view, "Drawn: Kernel 3, Padding 1")
    expect(view.page.locator("#solution-1")).to_be_focused()
    view.page.get_by_role("link", name="Open in the Layer view").click()
    expect(view.page.locator(".view.layer .result")).to_have_text("12 × 12 → 6 × 6")
    assert "kernel_size" not in view.state()
    assert "amounts=[[1,1],[1,1]]" in view.state()
    view.page.go_back()
    drawn(view, "Drawn: Kernel 3, Padding 1")


def test_a_list_that_is_cut_says_so_and_grows(visit: Open) -> None:
    view = visit("#/solve?mode=combinations")
    expect(view.page.locator(".view")).to_contain_text("The 50 simplest of")
    view.button("List up to 200").click()
    expect(view.page.locator("#solution-50")).to_be_attached()


def test_bounds_narrow_the_list(visit: Open) -> None:
    view = visit("#/solve")
    view.button("All that halve 224").click()
    expect(view.page.locator(".solutions tbody tr")).to_have_count(7)
    view.field("Kernel, greatest").fill("3")
    expect(view.page.locator(".solutions tbody tr")).to_have_count(3)


def test_nothing_within_the_bounds_is_an_answer(visit: Open) -> None:
    view = visit("#/solve?mode=combinations&input_size=[7,7]&wanted=[50,50]&unknown=[%22kernel_size%22]")
    expect(view.page.locator(".view")).to_contain_text("No combination within these bounds")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("stride=[0,0]", "stride is 0, below 1"),
        ("wanted=[0,4]", "output_size is 0, below 1"),
        ("mode=combinations&unknown=[]", "unknown is a list of 0, too few"),
        ("mode=combinations&bounds={%22kernel_size%22:[5,1]}", "kernel_size is a list of 2, which holds no value"),
    ],
)
def test_a_wrong_value_is_told_beside_its_field(visit: Open, place: str, message: str) -> None:
    view = visit(f"#/solve?{place}", may_refuse=(422,))
    expect(view.page.locator(".field.failed .failure")).to_contain_text(message)


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
def test_anybody_can_use_it(visit: Open, scheme: str, language: str) -> None:
    view = visit("#/solve?mode=combinations", scheme=scheme, language=language, width=360)
    expect(view.page.locator(".plane").first).to_be_visible()
    assert view.width() == 360
    assert view.violations() == []
