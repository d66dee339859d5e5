"""Our regular expressions against Python's, on patterns and texts that are drawn."""

import random
import re

import pytest

from service.models.source.expressions_of_text import read_pattern
from tests.models.source.toy import machine_after

PARTS = ["a", "b", ".", "[ab]", "[^a]", r"\d", "(a|b)", "(ab|a)", "(?:b)", "x", "[a-c1-3]", r"\w", "(a?b)", r"(?:\bx)"]
MARKS = ["", "", "*", "+", "?", "{1,2}", "*?"]


@pytest.mark.parametrize("seed", range(5))
def test_a_drawn_pattern_finds_what_pythons_finds(seed: int) -> None:
    drawn = random.Random(seed)
    machine = machine_after("")
    for _ in range(200):
        count = drawn.randint(1, 4)
        pattern = "".join(drawn.choice(PARTS) + drawn.choice(MARKS) for _ in range(count))
        text = "".join(drawn.choice("ab1x ") for _ in range(drawn.randint(0, 8)))
        expected = re.search(pattern, text)
        found = read_pattern(machine, pattern).search(text)
        if expected is None:
            assert found is None, (pattern, text)
        else:
            spans = [found.get(number, (-1, -1)) for number in range(expected.re.groups + 1)] if found else None
            assert spans == [expected.span(number) for number in range(expected.re.groups + 1)], (pattern, text)
