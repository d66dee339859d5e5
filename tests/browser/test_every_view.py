"""What holds in every view: nobody is shut out, nothing is cut off, and the state is in the address."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.views import STATES, VIEWS
from tests.browser.visit import Visit

NARROW = 360  # pixels, of a small phone


BEYOND = """[...document.querySelectorAll("main button, main input, main select, main textarea, main a")]
  .filter((element) => element.checkVisibility() && !element.closest(".scroll, pre, svg"))
  .filter((element) => element.getBoundingClientRect().right > innerWidth).map((element) => element.outerHTML)"""
"""What can be used but lies beyond the window's right edge."""


def in_every_language(view: Visit) -> Iterator[str]:
    """Shows the page in one language after the other, each once it has its answers."""
    for language in ("en", "zh"):
        view.page.locator("#preferences select").first.select_option(language)
        expect(view.page.locator("html")).to_have_attribute("lang", re.compile(f"^{language}"))
        view.settled()
        yield language


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_violation_in_any_language_and_theme(visit: Open, state: str) -> None:
    view = visit(STATES[state], may_refuse=(422,))
    for language in in_every_language(view):
        view.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        for scheme in ("light", "dark"):
            view.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            assert view.violations() == [], (language, scheme)


@pytest.mark.parametrize("state", STATES)
def test_a_narrow_page_does_not_scroll_sideways(visit: Open, state: str) -> None:
    view = visit(STATES[state], width=NARROW, height=740, may_refuse=(422,))
    for language in in_every_language(view):
        assert view.width() <= NARROW, language
        assert view.page.evaluate(BEYOND) == [], language


@pytest.mark.parametrize("name", VIEWS)
def test_the_navigation_leads_to_every_view(visit: Open, name: str) -> None:
    view = visit("#/layer")
    link = view.page.get_by_role("navigation").get_by_role("link", name=name.capitalize(), exact=True)
    link.click()
    expect(link).to_have_attribute("aria-current", "page")
    expect(view.page).to_have_title(f"{name.capitalize()} · Padstride")
    expect(view.page.locator(f".view.{name} h1")).to_be_visible()
    assert view.page.locator("h1").count() == 1


NAMES = {"PyTorch", "Keras", "ONNX", "JAX"}
TITLES = "main h1, main h2, main legend, main summary"
FOCUSED = """(() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  element.dataset.order ??= String(document.querySelectorAll("[data-order]").length);
  const accent = getComputedStyle(document.querySelector("#bottom a")).color;
  const around = [element.parentElement, element.parentElement.parentElement];
  const parts = [element, ...around, ...element.querySelectorAll("rect, path")];
  const drawn = parts.map((part) => getComputedStyle(part));
  const shown = drawn.some((style) => style.outlineStyle === "solid" || style.stroke === accent);
  return [element.dataset.order, shown, element.outerHTML.slice(0, 120)];
})()"""
"""The order of the element that has the focus, whether that can be seen, and what it is; null at the page's end."""
NOT_REACHED = """[...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((element) => element.checkVisibility() && element.tabIndex >= 0 && !element.disabled)
  .filter((element) => element.type !== "radio" && !element.dataset.order).map((element) => element.outerHTML)"""


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_is_in_the_language_that_is_chosen(visit: Open, name: str) -> None:
    """No title of the other language is left."""
    view = visit(f"#/{name}", language="zh")
    view.settled()
    expect(view.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    titles = [text for text in view.page.locator(TITLES).all_inner_texts() if text and text not in NAMES]
    assert titles
    assert [text for text in titles if text.isascii()] == []


@pytest.mark.parametrize("name", VIEWS)
def test_the_tab_key_reaches_everything_once_and_shows_where_it_is(visit: Open, name: str) -> None:
    view = visit(f"#/{name}")
    view.settled()
    seen: list[tuple[str, bool, str]] = []
    for _ in range(400):
        view.page.keyboard.press("Tab")
        focus = view.page.evaluate(FOCUSED)
        if focus is None or (seen and focus[0] == seen[0][0]):
            break
        seen.append(tuple(focus))
    assert [html for _, shown, html in seen if not shown] == []
    assert len(seen) == len({order for order, _, _ in seen})
    assert view.page.evaluate(NOT_REACHED) == []
