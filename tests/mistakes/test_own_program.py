"""Every integer of a small program changed in turn: what PyTorch refuses is found and led to, the rest is sound.

What PyTorch makes of each change was recorded by `python -m tests.golden.record.changed_sources.own`.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.mistakes.service import ask, errors_of
from tests.mistakes.sources import figures
from tests.mistakes.text_changes import TextChange, applied

HERE = Path(__file__).parent / "own"
TEXT = (HERE / "mixed.py.txt").read_text(encoding="utf-8")
FACTS = json.loads((HERE / "mixed.json").read_text(encoding="utf-8"))
WITHOUT_ELEMENTS = [(51, 0), (53, 0)]
"""Weights of size 0, which are not judged, and said to be so."""
NOT_LED_TO = {(52, 2): "a batch of 2 in a weight meets the batch far behind: too many other numbers are tried before"}
"""Changes whose line is not named, and why."""


def change_of(facts: dict[str, Any]) -> TextChange:
    return TextChange(*(facts[name] for name in ("stem", "line", "column", "end", "new")))


def told(facts: dict[str, Any]) -> str:
    return f"{facts['line']}:{facts['column']}={facts['new']}"


@cache
def answer_to(text: str) -> dict[str, Any]:
    return ask({"input_shape": FACTS["input"], "model": {"source": text, "entry": "Net"}})


@pytest.mark.parametrize("facts", [each for each in FACTS["changes"] if "shape" in each], ids=told)
def test_what_pytorch_takes_is_sound(facts: dict[str, Any]) -> None:
    answer = answer_to(change_of(facts).made_in(TEXT))
    assert answer["valid"]
    assert answer["output_shape"] == facts["shape"]


@pytest.mark.parametrize("facts", [each for each in FACTS["changes"] if "error" in each], ids=told)
def test_what_pytorch_refuses_is_one_error_that_leads_to_the_number(facts: dict[str, Any]) -> None:
    text = change_of(facts).made_in(TEXT)
    answer = answer_to(text)
    if (facts["line"], int(facts["new"])) in WITHOUT_ELEMENTS:
        assert "not-understood" in {diagnostic["name"] for diagnostic in answer["diagnostics"]}
        return
    found = figures(answer, facts["line"])
    assert found["one error"]
    assert found["leads to the line"] is ((facts["line"], int(facts["new"])) not in NOT_LED_TO), errors_of(answer)


def test_the_first_repair_of_each_leaves_a_sound_program() -> None:
    for facts in FACTS["changes"][::6]:
        text = change_of(facts).made_in(TEXT)
        for repair in answer_to(text).get("repairs", [])[:1]:
            assert answer_to(applied(repair["diff"], text))["valid"]
