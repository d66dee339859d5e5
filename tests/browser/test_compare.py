"""The compare view: one layer in four columns, and what differs first."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.visit import Visit


def column(visit: Visit, title: str) -> Locator:
    """The column of a framework."""
    return visit.page.get_by_role("article", name=title, exact=True)


def test_a_refusal_stands_beside_what_the_others_compute(visit: Open) -> None:
    view = visit("#/compare")
    expect(column(view, "PyTorch").locator(".diagnostic.error")).to_contain_text('"same" with stride 1 only')
    expect(column(view, "PyTorch").locator("pre")).to_have_text(
        "nn.ZeroPad2d((0, 1, 0, 1))\nnn.Conv2d(1, 1, kernel_size=3, stride=2, padding=0)"
    )
    for title in ("Keras", "ONNX", "JAX"):
        expect(column(view, title).locator(".result")).to_have_text("3 × 3")
        expect(column(view, title).locator(".strip figcaption")).to_contain_text("0 before + 6 + 1 after")
    expect(column(view, "ONNX")).to_contain_text("The same values as Keras.")


def test_the_first_number_that_differs_is_marked(visit: Open) -> None:
    view = visit("#/compare")
    view.button("Average pool, padding 1").click()
    expect(column(view, "ONNX").locator(".cell.differs")).to_have_attribute("data-at", "0,0")
    expect(column(view, "ONNX")).to_contain_text("First other number, at (0, 0): 3; PyTorch has 0.75")
    expect(column(view, "ONNX").locator(".part.differs")).to_have_class(re.compile("of-numbers"))
    expect(column(view, "JAX").locator(".differs")).to_have_count(0)


def test_a_size_that_differs_is_marked_before_all_else(visit: Open) -> None:
    view = visit("#/compare")
    view.button("Transposed, padding 0").click()
    expect(column(view, "JAX").locator(".part.differs")).to_have_class(re.compile("of-size"))
    expect(view.page.locator(".summary")).to_contain_text("JAX gives another size than PyTorch on axis 0.")
    expect(column(view, "JAX").locator(".strip .cropped")).to_have_count(4)


def test_where_the_choice_refuses_another_is_the_measure(visit: Open) -> None:
    view = visit("#/compare")
    view.button("Even kernel").click()
    expect(column(view, "ONNX")).to_contain_text("the measure here")
    expect(column(view, "Keras").locator("pre")).to_contain_text("layers.ZeroPadding1D((2, 1))")


def test_a_wrong_value_is_told_beside_its_field(visit: Open) -> None:
    view = visit("#/compare?kernel_size=[0,0]", may_refuse=(422,))
    expect(view.page.locator(".field.failed .failure")).to_contain_text("kernel_size is 0, below 1")
    expect(view.page.locator(".column")).to_have_count(0)


def test_a_long_input_is_compared_without_its_windows(visit: Open) -> None:
    view = visit("#/compare?input_size=[100000,100000]")
    expect(column(view, "Keras").locator(".result")).to_have_text("50000 × 50000")


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh")])
def test_anybody_can_use_it(visit: Open, scheme: str, language: str) -> None:
    view = visit("#/compare?kind=conv_transpose&input_size=[3,3]", scheme=scheme, language=language, width=360)
    expect(view.page.locator(".cell.differs")).to_have_count(1)
    assert view.width() == 360
    assert view.violations() == []
