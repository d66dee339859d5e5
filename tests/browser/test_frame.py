"""The frame of the page: address and history, language, theme, the API key, and the way by the keyboard."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.server import serving

KEY = "a-key-of-these-tests"


class TestAddress:
    """A state is in the address, and a change that is finished can be taken back."""

    def test_a_plain_state_is_a_plain_address(self, visit: Open) -> None:
        view = visit()
        expect(view.page.locator(".result")).to_have_text("6 × 6 → 2 × 2")
        assert view.state() == ""

    def test_a_change_is_in_it_and_a_copy_of_it_shows_the_same(self, visit: Open) -> None:
        view = visit("#/layer")
        view.field("Stride, axis 0").fill("1")
        view.field("Padding").select_option("same")
        expect(view.page.locator(".result")).to_have_text("6 × 6 → 6 × 6")
        other = visit(f"#{view.state()}")
        expect(other.page.locator(".result")).to_have_text("6 × 6 → 6 × 6")
        assert other.field("Stride, axis 1").input_value() == "1"

    def test_back_and_forward_go_from_change_to_change(self, visit: Open) -> None:
        view = visit("#/layer")
        result = view.page.locator(".result")
        view.button("Dilation 2").click()
        expect(result).to_have_text("9 × 9 → 5 × 5")
        view.field("Framework").select_option("jax")
        expect(view.page).to_have_url(re.compile("framework=jax"))
        view.page.go_back()
        expect(view.field("Framework")).to_have_value("pytorch")
        expect(result).to_have_text("9 × 9 → 5 × 5")
        view.page.go_back()
        expect(result).to_have_text("6 × 6 → 2 × 2")
        view.page.go_forward()
        expect(result).to_have_text("9 × 9 → 5 × 5")

    def test_dragging_leaves_one_step_to_go_back(self, visit: Open) -> None:
        view = visit("#/layer")
        before = view.page.evaluate("history.length")
        slider = view.field("Stride")
        slider.focus()
        for _ in range(3):
            view.page.keyboard.press("ArrowRight")
        expect(view.page).to_have_url(re.compile(r"stride=\[5,5\]"))
        assert view.page.evaluate("history.length") <= before + 3

    def test_numbers_are_packed_into_it(self, visit: Open) -> None:
        view = visit("#/layer?input_size=[16,16]")
        view.cell("Input", 0, 0).click()
        view.page.locator(".cell-field").fill("1234")
        view.page.keyboard.press("Enter")
        expect(view.page).to_have_url(re.compile("numbers=~"))
        assert len(view.page.url) < 900
        other = visit(f"#{view.state()}")
        expect(other.cell("Input", 0, 0)).to_have_attribute("aria-label", re.compile("1234"))

    @pytest.mark.parametrize(
        "place",
        [
            "#/nowhere",
            "#/layer?stride=no",
            "#/layer?stride={}",
            "#/layer?unknown=1",
            "#/layer?numbers=~!!!",
            "#/layer?rank=%22two%22",
            "#/layer?chosen=[99,99]",
            "#/layer?chosen=[]",
            "#/layer?numbers=[[1]]&weight=7",
            "#?%",
        ],
    )
    def test_what_cannot_be_read_is_left_out(self, visit: Open, place: str) -> None:
        view = visit(place)
        expect(view.page.locator(".result")).to_have_text("6 × 6 → 2 × 2")

    @pytest.mark.parametrize(
        "place", ["#/layer?stride=[2]", "#/layer?kind=nothing", "#/layer?rank=7", "#/layer?stride=[]"]
    )
    def test_what_is_no_layer_is_refused_and_not_more(self, visit: Open, state: str) -> None:
        view = visit(f"#/layer?{state}", may_refuse=(404, 422))
        expect(view.page.locator("main")).to_contain_text(re.compile("refused|→"))
        view.settled()


class TestPreferences:
    """Language and theme follow the browser until somebody chooses, and are kept."""

    def test_the_browsers_language_is_the_first(self, visit: Open) -> None:
        expect(visit(language="zh-CN").page.locator("h1")).to_have_text("看看一层读了什么")
        expect(visit(language="de").page.locator("h1")).to_have_text("See what a layer reads")

    def test_a_chosen_language_is_kept(self, visit: Open) -> None:
        view = visit("#/layer?stride=[1,1]")
        view.field("Language").select_option("zh")
        expect(view.page.locator("h1")).to_have_text("看看一层读了什么")
        expect(view.page.locator(".result")).to_have_text("6 × 6 → 4 × 4")
        view.page.reload()
        expect(view.page.locator("h1")).to_have_text("看看一层读了什么")
        view.field("语言").select_option("en")
        expect(view.page.locator("h1")).to_have_text("See what a layer reads")
        assert view.page.locator("html").get_attribute("lang") == "en"

    @pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
    def test_the_theme_follows_the_system_until_it_is_chosen(self, visit: Open, scheme: str, other: str) -> None:
        view = visit(scheme=scheme)
        colour = "getComputedStyle(document.body).backgroundColor"
        first = view.page.evaluate(colour)
        view.field("Theme").select_option(other)
        second = view.page.evaluate(colour)
        assert first != second
        view.page.reload()
        expect(view.page.locator("h1")).to_be_visible()
        assert view.page.evaluate(colour) == second
        view.field("Theme").select_option("system")
        assert view.page.evaluate(colour) == first

    def test_the_services_latency_is_shown(self, visit: Open) -> None:
        expect(visit().page.locator("#latency")).to_have_text(re.compile(r"^/v1/[\w-]+ answered in \d+\.\d ms$"))


class TestKeyboard:
    """Nobody needs a mouse."""

    def test_the_first_stop_skips_to_the_content(self, visit: Open) -> None:
        view = visit()
        view.page.keyboard.press("Tab")
        expect(view.page.get_by_text("Skip to the content")).to_be_focused()
        view.page.keyboard.press("Enter")
        expect(view.page.locator("main")).to_be_focused()
        expect(view.page.locator(".result")).to_have_text("6 × 6 → 2 × 2")

    def test_arrows_go_through_the_cells_of_a_plane(self, visit: Open) -> None:
        view = visit("#/layer")
        view.cell("Output", 0, 0).focus()
        view.page.keyboard.press("ArrowRight")
        expect(view.cell("Output", 0, 1)).to_be_focused()
        expect(view.page.locator(".sum b")).to_have_text("-6")
        view.page.keyboard.press("ArrowDown")
        expect(view.page.locator(".sum b")).to_have_text("-13")
        expect(view.cell("Output", 1, 1)).to_be_focused()

    def test_a_number_is_edited_without_a_mouse(self, visit: Open) -> None:
        view = visit("#/layer")
        view.cell("Input", 0, 0).focus()
        view.page.keyboard.press("ArrowRight")
        view.page.keyboard.press("ArrowRight")
        view.page.keyboard.press("Enter")
        view.page.keyboard.type("100")
        view.page.keyboard.press("Enter")
        expect(view.page.locator(".sum b")).to_have_text("103")
        expect(view.cell("Input", 0, 2)).to_be_focused()

    def test_arrows_go_through_the_steps_of_a_staircase(self, visit: Open) -> None:
        view = visit("#/layer")
        view.button("Causal, dilated, 1-D").click()
        view.page.locator(".step").first.focus()
        view.page.keyboard.press("ArrowDown")
        expect(view.page.locator(".step").nth(1)).to_be_focused()
        expect(view.page.locator(".sum b")).to_have_text("-1")

    def test_a_rank_is_chosen_with_the_arrows(self, visit: Open) -> None:
        view = visit("#/layer")
        view.page.get_by_role("radio", name="2-D").focus()
        view.page.keyboard.press("ArrowRight")
        expect(view.page.locator(".result")).to_have_text("6 × 6 × 6 → 2 × 2 × 2")


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service that takes a key."""
    log: Path = tmp_path_factory.mktemp("locked") / "log"
    with serving(log, PADSTRIDE_API_KEYS=sha256(KEY.encode()).hexdigest()) as address:
        yield address


class TestApiKey:
    """A service that wants a key: the page asks for it, and sends it from then on."""

    def test_a_key_opens_the_page(self, visit: Open, locked: str) -> None:
        view = visit(address=locked, may_refuse=(401,))
        field = view.field("This service takes an API key:")
        expect(field).to_be_focused()
        field.fill("another")
        view.page.keyboard.press("Enter")
        expect(view.page.locator("main")).to_contain_text("not one that is known here")
        view.field("This service takes an API key:").fill(KEY)
        view.button("Use it").click()
        expect(view.page.locator(".result")).to_have_text("6 × 6 → 2 × 2")
        expect(view.page.locator("#key")).to_have_count(0)
        view.page.reload()
        expect(view.page.locator(".result")).to_have_text("6 × 6 → 2 × 2")
        assert KEY not in view.page.url

    def test_a_key_that_no_header_can_carry_is_no_error(self, visit: Open, locked: str) -> None:
        view = visit(address=locked, may_refuse=(401,))
        view.field("This service takes an API key:").fill("密钥")
        view.button("Use it").click()
        expect(view.field("This service takes an API key:")).to_be_visible()
        expect(view.page.locator("main")).to_contain_text("not one that is known here")

    def test_the_form_has_no_violation(self, visit: Open, locked: str) -> None:
        view = visit(address=locked, may_refuse=(401,))
        expect(view.field("This service takes an API key:")).to_be_visible()
        assert view.violations() == []
