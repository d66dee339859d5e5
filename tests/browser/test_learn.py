"""The lessons: each can be touched, each question is judged by the service."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.visit import Visit

LESSONS = ("padding", "stride", "both", "dilation", "pooling", "field")
ANSWERS = {"padding": 2, "stride": 3, "both": 4, "dilation": 10, "pooling": 4, "field": 7}


def answer(visit: Visit, value: int) -> None:
    """Type an answer and have it checked."""
    visit.page.locator("#lesson-answer").fill(str(value))
    visit.button("Check").click()


def shows(visit: Visit, result: str) -> None:
    """The line with both sizes says this."""
    expect(visit.page.locator(".lesson .result")).to_have_text(result)


class TestQuestions:
    """A right answer is praised, a wrong one is told what its numbers give."""

    @pytest.mark.parametrize("lesson", LESSONS)
    def test_the_right_answer(self, visit: Open, lesson: str) -> None:
        view = visit(f"#/learn?lesson={lesson}")
        answer(view, ANSWERS[lesson])
        expect(view.page.locator(".verdict")).to_contain_text("Right.")
        expect(view.page.locator(".steps a[aria-current]")).to_contain_text("(solved)")

    @pytest.mark.parametrize(
        ("lesson", "wrong", "told"),
        [
            ("padding", 1, "With padding 1 the size becomes 26, not 28"),
            ("stride", 4, "4 would come out with padding 1 on each side."),
            ("stride", 1, "with any padding it is at least 3"),
            ("both", 3, "3 would come out without padding."),
            ("dilation", 9, "padding 1 on each side and output padding 1"),
            ("pooling", 3, "with any padding it is at least 4"),
            ("field", 9, "9 is what one sees through 4 of these layers."),
        ],
    )
    def test_a_wrong_answer(self, visit: Open, lesson: str, wrong: int, told: str) -> None:
        view = visit(f"#/learn?lesson={lesson}")
        answer(view, wrong)
        expect(view.page.locator(".verdict")).to_contain_text("Not quite.")
        expect(view.page.locator(".verdict")).to_contain_text(told)

    def test_an_impossible_answer_is_refused_in_the_services_words(self, visit: Open) -> None:
        view = visit("#/learn", may_refuse=(422,))
        answer(view, -1)
        expect(view.page.locator(".verdict")).to_have_text("padding is -1, below 0")

    def test_what_is_solved_stays_so(self, visit: Open) -> None:
        view = visit("#/learn")
        answer(view, 2)
        expect(view.page.get_by_text("1 of 6 lessons solved.")).to_be_visible()
        view.page.reload()
        expect(view.page.get_by_text("1 of 6 lessons solved.")).to_be_visible()
        view.button("Begin again").click()
        expect(view.page.get_by_text("0 of 6 lessons solved.")).to_be_visible()


class TestLessons:
    """What the sentences say is what the drawing shows."""

    @pytest.mark.parametrize(
        ("lesson", "tries"),
        [
            ("padding", ["5 × 5 → 3 × 3", "5 × 5 → 5 × 5", "5 × 5 → 5 × 5"]),
            ("stride", ["6 → 4", "6 → 2", "6 → 3"]),
            ("both", ["6 × 6 → 3 × 3", "5 × 5 → 3 × 3", "8 × 8 → 4 × 4"]),
            ("dilation", ["9 → 5", "4 → 8", "4 → 9"]),
            ("pooling", ["5 × 5 → 2 × 2", "5 × 5 → 3 × 3", "7 × 7 → 3 × 3"]),
            ("field", ["Layer 3 sees 7", "Layer 3 sees 15", "Layer 2 sees 13"]),
        ],
    )
    def test_every_try(self, visit: Open, lesson: str, tries: list[str]) -> None:
        view = visit(f"#/learn?lesson={lesson}")
        for index, result in enumerate(tries):
            view.page.locator(".tries button").nth(index).click()
            shows(view, result)

    def test_the_wrong_example_shows_what_is_never_read(self, visit: Open) -> None:
        view = visit("#/learn?lesson=stride")
        shows(view, "6 → 2")
        expect(view.cell("Input", 0, 5)).to_have_class(re.compile("unread"))
        expect(view.page.locator(".diagnostic")).to_contain_text("position 5 of axis 0 is never read")

    def test_the_arrow_keys_go_from_lesson_to_lesson(self, visit: Open) -> None:
        view = visit("#/learn")
        view.page.locator(".steps a").first.focus()
        view.page.keyboard.press("ArrowRight")
        expect(view.page.get_by_role("heading", name="Lesson 2: Stride")).to_be_visible()
        view.button("Next: Both together →").press("Enter")
        expect(view.page.get_by_role("heading", name="Lesson 3: Both together")).to_be_focused()

    def test_the_layer_view_opens_with_the_same_layer(self, visit: Open) -> None:
        view = visit("#/learn?lesson=dilation")
        view.page.locator(".tries button").nth(1).click()
        shows(view, "4 → 8")
        view.page.get_by_role("link", name="Open in Layer").click()
        expect(view.page.locator(".layer .result")).to_have_text("4 → 8")

    def test_the_beam_follows_a_cell(self, visit: Open) -> None:
        view = visit("#/learn?lesson=field")
        shows(view, "Layer 3 sees 7")
        view.page.locator("#cell-2-4").hover()
        shows(view, "Layer 2 sees 5")
        expect(view.page.locator(".pyramid .input.marked")).to_have_count(5)
