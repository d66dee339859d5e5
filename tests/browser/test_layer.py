"""The layer view: from what is typed to the windows, the sum and the request that gives the same."""

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.visit import Visit

FIRST = "floor((6 + 0 + 0 - 1*(3 - 1) - 1) / 2) + 1 = 2"
LINE = (
    "#/layer?rank=1&input_size=[6]&kernel_size=[3]&stride=[1]&amounts=[[0,0]]&dilation=[1]"
    "&output_padding=[0]&output_size=[2]&chosen=[0]"
)
SOBEL = [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]


PADDED = "amounts=[[1,1],[1,1]]"


def shows(visit: Visit, result: str) -> None:
    """The line with both sizes says this."""
    expect(visit.page.locator(".result")).to_have_text(result)


def sums(visit: Visit, value: str) -> None:
    """The sum of the output that is chosen has this value."""
    expect(visit.page.locator(".sum b")).to_have_text(value)


def marked(visit: Visit, plane: str) -> Locator:
    """The marked cells of a plane."""
    return visit.page.get_by_role("grid", name=plane, exact=True).locator(".cell.marked")


class TestTyping:
    """What is typed and chosen is asked, and the answer is drawn."""

    def test_it_begins_with_the_tutorials_example(self, visit: Open) -> None:
        view = visit("#/layer")
        shows(view, "6 × 6 → 2 × 2")
        expect(view.page.locator(".formula")).to_have_text(FIRST)
        expect(view.page.locator(".diagnostic.warning").first).to_contain_text("never read")

    def test_a_typed_number_moves_every_linked_axis(self, visit: Open) -> None:
        view = visit("#/layer")
        view.field("Stride, axis 0").fill("1")
        shows(view, "6 × 6 → 4 × 4")
        assert view.field("Stride, axis 1").input_value() == "1"

    def test_an_axis_alone_once_the_link_is_open(self, visit: Open) -> None:
        view = visit("#/layer")
        view.button("Stride: The same on every axis").click()
        view.field("Stride, axis 1").fill("1")
        shows(view, "6 × 6 → 2 × 4")

    def test_a_slider_is_dragged(self, visit: Open) -> None:
        view = visit("#/layer", may_refuse=(422,))  # on a slow machine the sizes on its way are asked about, 1 too
        slider = view.field("Input size")
        box = slider.bounding_box()
        assert box is not None
        view.page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
        view.page.mouse.down()
        for part in range(1, 11):
            view.page.mouse.move(box["x"] + box["width"] * part / 10, box["y"] + box["height"] / 2)
        view.page.mouse.up()
        shows(view, "32 × 32 → 15 × 15")
        assert "input_size=[32,32]" in view.state()

    def test_padding_on_one_side_is_drawn(self, visit: Open) -> None:
        view = visit("#/layer?framework=onnx")
        view.field("Padding, axis 0, before").fill("1")
        shows(view, "6 × 6 → 3 × 2")
        expect(view.cell("Input", -1, 0)).to_have_class(re.compile("padding"))

    def test_one_slider_pads_every_side(self, visit: Open) -> None:
        view = visit("#/layer?framework=onnx&amounts=[[0,1],[0,0]]")
        view.field("Padding, on every side").press("ArrowRight")
        shows(view, "6 × 6 → 4 × 4")
        assert "amounts=[[2,2],[2,2]]" in view.state()
        expect(view.page.get_by_text("Input, 6 × 6, padded to 10 × 10")).to_be_visible()

    def test_another_framework_pads_the_other_side(self, visit: Open) -> None:
        view = visit("#/layer")
        view.field("Framework").select_option("keras")
        view.field("Padding").select_option("same")
        shows(view, "6 × 6 → 3 × 3")
        expect(view.cell("Input", 6, 6)).to_have_class(re.compile("padding"))
        expect(view.cell("Input", -1, 0)).to_have_count(0)

    @pytest.mark.parametrize(
        ("kind", "result", "label"),
        [
            ("conv_transpose", "6 × 6 → 13 × 13", "Output padding"),
            ("max_pool", "6 × 6 → 2 × 2", "Ceil mode"),
            ("avg_pool", "6 × 6 → 2 × 2", "Ceil mode"),
            ("lp_pool", "6 × 6 → 2 × 2", "Ceil mode"),
            ("adaptive_max_pool", "6 × 6 → 2 × 2", "Output size"),
            ("adaptive_avg_pool", "6 × 6 → 2 × 2", "Output size"),
        ],
    )
    def test_every_kind_is_drawn_and_has_its_own_fields(self, visit: Open, kind: str, result: str, label: str) -> None:
        view = visit("#/layer")
        own = view.page.locator("form").get_by_text(label, exact=True)
        expect(own).to_be_hidden()
        view.field("Kind of layer").select_option(kind)
        shows(view, result)
        expect(own).to_be_visible()
        expect(view.cell("Output", 0, 0)).to_be_visible()

    @pytest.mark.parametrize("kind", ["global_max_pool", "global_avg_pool"])
    def test_what_has_no_window_is_read_as_a_whole(self, visit: Open, kind: str) -> None:
        view = visit("#/layer", may_refuse=(422,))
        view.field("Framework").select_option("keras")
        view.field("Kind of layer").select_option(kind)
        expect(view.page.locator(".result")).to_contain_text("6 × 6 → ")
        expect(view.page.get_by_text("Kernel", exact=True).first).to_be_hidden()

    def test_other_ranks_have_other_fields(self, visit: Open) -> None:
        view = visit("#/layer")
        view.page.locator("form").get_by_text("3-D", exact=True).click()
        shows(view, "6 × 6 × 6 → 2 × 2 × 2")
        expect(view.field("Kernel, axis 2")).to_be_visible()
        expect(view.page.get_by_role("list", name="Axes 0, 1, 2")).to_be_visible()
        view.page.locator("form").get_by_text("1-D", exact=True).click()
        shows(view, "6 → 2")
        expect(view.field("Kernel, axis 1")).to_have_count(0)
        expect(view.page.locator(".staircase .step")).to_have_count(2)

    def test_groups_take_their_own_channels(self, visit: Open) -> None:
        view = visit("#/layer")
        view.page.get_by_label("Groups", exact=True).first.fill("2")
        shows(view, "6 × 6 → 2 × 2")
        sums(view, "7")
        assert "nn.Conv2d(2, 2" in copied(view, "PyTorch")

    def test_a_large_input_is_cut_and_says_so(self, visit: Open) -> None:
        view = visit("#/layer")
        view.button("ResNet's first layer").click()
        shows(view, "224 × 224 → 112 × 112")
        expect(view.page.get_by_text("Drawn up to 64 positions and 40 windows.")).to_be_visible()
        expect(view.button("Play")).to_be_hidden()


def copied(visit: Visit, tab: str) -> str:
    """What the copy button puts on the clipboard for a tab."""
    visit.page.get_by_role("tab", name=tab, exact=True).click()
    visit.button("Copy").click()
    expect(visit.button("Copied")).to_be_visible()
    return str(visit.page.evaluate("navigator.clipboard.readText()"))


class TestRefusals:
    """What the service refuses is said in its own words, beside the field."""

    @pytest.mark.parametrize(
        ("field", "value", "words", "elsewhere"),
        [
            ("Kernel, axis 0", "9", "9 positions", "Stride, axis 0"),
            ("Stride, axis 0", "0", "stride is 0, below 1", "Kernel, axis 0"),
            ("Dilation, axis 0", "-1", "dilation is -1, below 1", "Stride, axis 0"),
            ("Kernel, axis 0", "2.5", "the number 2.5, not an integer", "Stride, axis 0"),
            ("Padding, axis 0, before", "-3", "padding is -3, below 0", "Stride, axis 0"),
        ],
    )
    def test_a_wrong_value_has_the_services_message_below_it(
        self, visit: Open, field: str, value: str, words: str, elsewhere: str
    ) -> None:
        view = visit("#/layer", may_refuse=(422,))
        view.field(field).fill(value)
        shows(view, "6 × 6 → refused")
        failed = view.page.locator(".field.failed")
        expect(failed).to_have_count(1)
        expect(failed.locator(".failure")).to_contain_text(words)
        expect(failed.get_by_label(field, exact=True)).to_be_visible()
        expect(failed.get_by_label(elsewhere, exact=True)).to_have_count(0)
        expect(view.page.get_by_role("grid")).to_have_count(0)

    def test_the_message_goes_once_the_value_is_mended(self, visit: Open) -> None:
        view = visit("#/layer", may_refuse=(422,))
        view.field("Kernel, axis 0").fill("9")
        shows(view, "6 × 6 → refused")
        view.field("Kernel, axis 0").fill("2")
        shows(view, "6 × 6 → 3 × 3")
        expect(view.page.locator(".field.failed")).to_have_count(0)
        expect(view.cell("Output", 2, 2)).to_be_visible()

    def test_the_refused_question_can_be_taken_away(self, visit: Open) -> None:
        view = visit("#/layer", may_refuse=(422,))
        view.field("Kernel, axis 0").fill("9")
        shows(view, "6 × 6 → refused")
        assert '"kernel_size":9' in copied(view, "curl")

    def test_a_diagnostic_links_to_its_page(self, visit: Open) -> None:
        view = visit("#/layer", may_refuse=(422,))
        view.field("Kernel, axis 0").fill("9")
        link = view.page.get_by_role("link", name="kernel-larger-than-input")
        expect(link).to_have_attribute("href", re.compile("/v1/diagnostics/kernel-larger-than-input$"))

    def test_a_service_that_is_gone_is_told(self, visit: Open) -> None:
        view = visit("#/layer")
        shows(view, "6 × 6 → 2 × 2")
        view.page.route("**/v1/output-size", lambda route: route.abort())
        view.field("Stride, axis 0").fill("1")
        expect(view.page.get_by_text("The service does not answer.")).to_be_visible()
        lost = [complaint for complaint in view.complaints if "failed" in complaint.lower()]
        assert lost
        view.complaints[:] = [complaint for complaint in view.complaints if complaint not in lost]


class TestCells:
    """The drawing is pointed at, stepped through and edited."""

    def test_an_output_shows_its_window_and_its_sum(self, visit: Open) -> None:
        view = visit("#/layer")
        sums(view, "7")
        view.cell("Output", 1, 1).hover()
        sums(view, "-13")
        for row in range(6):
            for column in range(6):
                is_read = 2 <= row <= 4 and 2 <= column <= 4
                marked = re.compile(r"\bmarked\b")
                cell = expect(view.cell("Input", row, column))
                (cell.to_have_class if is_read else cell.not_to_have_class)(marked)

    def test_an_input_shows_the_outputs_that_read_it(self, visit: Open) -> None:
        view = visit("#/layer")
        view.cell("Input", 2, 2).hover()
        expect(view.page.locator(".cell.output.marked")).to_have_count(4)
        view.cell("Input", 0, 0).hover()
        expect(view.page.locator(".cell.output.marked")).to_have_count(1)

    def test_a_weight_shows_what_it_multiplies(self, visit: Open) -> None:
        view = visit(f"#/layer?input_size=[5,5]&{PADDED}")
        view.cell("Kernel", 0, 2).hover()
        expect(marked(view, "Kernel")).to_have_attribute("data-at", "0,2")
        places = {cell.get_attribute("data-at") for cell in marked(view, "Input").all()}
        assert places == {f"{row},{column}" for row in (-1, 1, 3) for column in (1, 3, 5)}
        view.page.locator("h1").hover()
        expect(marked(view, "Kernel")).to_have_count(9)

    def test_a_transposed_output_shows_which_weights_meet_an_input(self, visit: Open) -> None:
        view = visit(f"#/layer?kind=conv_transpose&input_size=[3,4]&{PADDED}&chosen=[1,2]")
        sums(view, "0")
        places = {cell.get_attribute("data-at") for cell in marked(view, "Kernel").all()}
        assert places == {"0,1", "2,1"}
        view.cell("Kernel", 0, 1).hover()
        outputs = {cell.get_attribute("data-at") for cell in marked(view, "Output").all()}
        assert outputs == {f"{row},{column}" for row in (1, 3) for column in (0, 2, 4, 6)}

    def test_outputs_of_fewer_inputs_are_paler(self, visit: Open) -> None:
        view = visit(f"#/layer?kind=conv_transpose&input_size=[3,3]&{PADDED}")
        expect(view.page.get_by_text("Output, 5 × 5, paler where fewer inputs meet")).to_be_visible()
        strengths = [
            float(view.cell("Output", row, column).locator("rect").get_attribute("fill-opacity") or 0)
            for row, column in ((0, 0), (0, 1), (1, 1))
        ]
        assert strengths == sorted(set(strengths))
        assert strengths[-1] == 1
        view.button("6, kernel 3, stride 2").click()
        expect(view.page.get_by_text("Output, 2 × 2", exact=True)).to_be_visible()

    def test_what_is_never_read_is_marked(self, visit: Open) -> None:
        view = visit("#/layer")
        expect(view.page.locator(".cell.unread")).to_have_count(11)

    def test_pointing_asks_only_for_the_sum(self, visit: Open) -> None:
        view = visit("#/layer")
        expect(view.page.get_by_role("tab", name="PyTorch")).to_be_visible()
        view.asked.clear()
        view.cell("Output", 0, 1).hover()
        sums(view, "-6")
        assert [path for path, _ in view.asked if path.startswith("/v1")] == ["/v1/convolve"]

    def test_a_number_of_the_input_is_edited(self, visit: Open) -> None:
        view = visit("#/layer")
        sums(view, "7")
        view.cell("Input", 0, 2).click()
        view.page.locator(".cell-field").fill("100")
        view.page.keyboard.press("Enter")
        sums(view, "103")
        expect(view.cell("Output", 0, 0)).to_have_text("103")

    def test_escape_leaves_the_number_as_it_was(self, visit: Open) -> None:
        view = visit("#/layer")
        sums(view, "7")
        view.cell("Input", 0, 2).click()
        view.page.locator(".cell-field").fill("100")
        view.page.keyboard.press("Escape")
        expect(view.page.locator(".cell-field")).to_have_count(0)
        expect(view.cell("Input", 0, 2)).to_have_text("4")

    def test_padding_cannot_be_edited(self, visit: Open) -> None:
        view = visit("#/layer?amounts=[[1,1],[1,1]]")
        view.cell("Input", -1, -1).click()
        expect(view.page.locator(".cell-field")).to_have_count(0)

    def test_a_number_of_the_kernel_is_edited(self, visit: Open) -> None:
        view = visit("#/layer")
        sums(view, "7")
        view.cell("Kernel", 1, 1).click()
        view.page.locator(".cell-field").fill("10")
        view.page.keyboard.press("Enter")
        sums(view, "67")

    def test_a_line_of_numbers_is_edited_too(self, visit: Open) -> None:
        view = visit(LINE)
        shows(view, "6 → 4")
        sums(view, "-1")
        view.cell("Kernel", 0, 1).click()
        view.page.locator(".cell-field").fill("2")
        view.page.keyboard.press("Enter")
        sums(view, "1")
        view.page.locator(".staircase .step").nth(3).hover()
        sums(view, "2")

    def test_the_tour_steps_through_the_outputs(self, visit: Open) -> None:
        view = visit("#/layer")
        sums(view, "7")
        for value in ("-6", "1", "-13", "7"):
            view.button("Step").click()
            sums(view, value)
        view.button("Back").click()
        sums(view, "-13")

    def test_the_tour_plays_and_stops(self, visit: Open) -> None:
        view = visit("#/layer")
        sums(view, "7")
        view.button("Play").click()
        sums(view, "-6")
        sums(view, "1")
        view.button("Pause").click()
        expect(view.button("Play")).to_be_visible()
        at = view.page.locator(".sum").inner_text()
        view.page.wait_for_timeout(900)
        assert view.page.locator(".sum").inner_text() == at

    def test_the_table_says_the_same(self, visit: Open) -> None:
        view = visit("#/layer")
        view.page.get_by_text("The same as a table").click()
        rows = view.page.locator("tbody tr").all_inner_texts()
        assert [row.split("\t") for row in rows] == [
            ["0", "0", "0, 1, 2"],
            ["0", "1", "2, 3, 4"],
            ["1", "0", "0, 1, 2"],
            ["1", "1", "2, 3, 4"],
        ]


class TestPresets:
    """Layers and kernels to begin with."""

    @pytest.mark.parametrize(
        ("name", "result"),
        [
            ("6, kernel 3, stride 2", "6 × 6 → 2 × 2"),
            ("Same size", "5 × 5 → 5 × 5"),
            ("Causal, dilated, 1-D", "12 → 12"),
            ("Dilation 2", "9 × 9 → 5 × 5"),
            ("Doubling (transposed)", "4 × 4 → 8 × 8"),
            ("Ceil mode", "7 × 7 → 4 × 4"),
            ("ResNet's first layer", "224 × 224 → 112 × 112"),
            ("3-D", "8 × 16 × 16 → 8 × 8 × 8"),
        ],
    )
    def test_a_layer(self, visit: Open, name: str, result: str) -> None:
        view = visit("#/layer?stride=[1,1]&kind=avg_pool")
        view.button(name).click()
        shows(view, result)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("Edges", "8"), ("Sobel", "7"), ("Sharpen", "15"), ("Blur", "4.9375"), ("Emboss", "27"), ("Identity", "6")],
    )
    def test_a_kernel(self, visit: Open, name: str, value: str) -> None:
        """Over 3 1 4, 2 6 5, 9 7 9."""
        view = visit("#/layer")
        view.button(name).click()
        sums(view, value)


class TestCopies:
    """The same question for other places."""

    def test_curl_and_python_ask_what_was_asked(self, visit: Open) -> None:
        view = visit("#/layer")
        shows(view, "6 × 6 → 2 × 2")
        asked = next(body for path, body in view.asked if path == "/v1/output-size")
        question = {name: value for name, value in asked.items() if name != "windows"}
        command = copied(view, "curl")
        body = re.search(r"-d '(.*)'$", command)
        assert command.startswith(f"curl -s {view.address}/v1/output-size ")
        assert body is not None
        assert json.loads(body[1]) == question
        assert f"question = {question}".replace("'", '"') in copied(view, "Python")

    def test_frameworks_say_it_in_their_own_words(self, visit: Open) -> None:
        view = visit("#/layer")
        assert copied(view, "PyTorch") == "nn.Conv2d(1, 1, kernel_size=3, stride=2)"
        assert copied(view, "Keras") == 'layers.Conv2D(1, kernel_size=3, strides=2, padding="valid")'

    def test_the_numbers_can_be_asked_for_too(self, visit: Open) -> None:
        view = visit("#/layer")
        command = copied(view, "numbers (curl)")
        body = re.search(r"-d '(.*)'$", command)
        assert body is not None
        assert json.loads(body[1])["weight"] == SOBEL

    def test_tabs_go_by_the_arrow_keys(self, visit: Open) -> None:
        view = visit("#/layer")
        view.page.get_by_role("tab", name="curl", exact=True).focus()
        view.page.keyboard.press("ArrowRight")
        expect(view.page.get_by_role("tab", name="Python", exact=True)).to_be_focused()
        expect(view.page.get_by_role("tabpanel")).to_contain_text("import json")
