"""Changes of text, and diffs applied to it."""

from difflib import unified_diff

import pytest

from tests.mistakes.text_changes import TextChange, applied, lines_changed

BEFORE = "a = 1\nb = 2\nc = 3\nd = 4\ne = 5\nf = 6\ng = 7\nh = 8\n"
AFTER = BEFORE.replace("b = 2", "b = 20").replace("h = 8\n", "")


def test_a_number_is_changed_where_it_stands() -> None:
    assert TextChange("net", 2, 4, 5, "17").made_in(BEFORE) == BEFORE.replace("b = 2", "b = 17")


def test_a_diff_is_applied() -> None:
    diff = "".join(unified_diff(BEFORE.splitlines(True), AFTER.splitlines(True), "a", "b", n=1))
    assert applied(diff, BEFORE) == AFTER
    assert lines_changed(diff) == [2, 8]


def test_a_diff_of_another_text_is_refused() -> None:
    diff = "".join(unified_diff(BEFORE.splitlines(True), AFTER.splitlines(True), "a", "b", n=1))
    with pytest.raises(ValueError, match="is not the diff's"):
        applied(diff, BEFORE.replace("b = 2", "b = 3"))
