"""What the service calls equivalent, against what was run: layers in one framework, their equivalents in the others."""

import json
import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from service.core.frameworks import FRAMEWORKS
from tests.golden.reader import HERE
from tests.golden.record.equivalents.draw import KINDS, case, cases
from tests.golden.record.equivalents.table import BEGIN, DOCUMENT, END, runs, table

Case = dict[str, Any]
RECORDED = HERE / "equivalents"
NAMES = sorted(FRAMEWORKS)
MOST_WITHOUT = 8
"""Kinds, of one framework, that may be without any equivalent elsewhere. Counted: what only PyTorch has."""


@cache
def recorded(origin: str) -> tuple[Case, list[Case]]:
    """The header and the cases drawn in one framework."""
    with (RECORDED / f"{origin}.jsonl").open(encoding="utf-8") as lines:
        header, *rest = map(json.loads, lines)
    return header, rest


@pytest.mark.parametrize("origin", NAMES)
def test_they_were_run_in_the_versions_that_the_service_names(origin: str) -> None:
    assert recorded(origin)[0]["versions"] == {name: row.version for name, row in FRAMEWORKS.items()}


@pytest.mark.parametrize("origin", NAMES)
def test_the_service_still_answers_what_was_run_and_equal(origin: str) -> None:
    for line in recorded(origin)[1]:
        now = case(origin, line["layer"], line["input"], line.get("others", ()))
        assert now is not None, line["layer"]
        for name, answer in line["to"].items():
            assert answer["verdict"] == ("none" if answer["written"] is None else "equal")
            found = {"equal": now["to"][name]["equal"], "written": now["to"][name]["written"]}
            assert found == {"equal": answer["equal"], "written": answer["written"]}, (name, line["layer"])


@pytest.mark.parametrize("origin", NAMES)
def test_there_are_cases_of_every_kind_and_most_have_equivalents(origin: str) -> None:
    header, lines = recorded(origin)
    assert {line["kind"] for line in lines} == set(header["run"])
    assert sum(sum(tally) for kind in header["run"].values() for tally in kind.values()) > 1_000
    alone = [kind for kind, to in header["run"].items() if not any(to[name][0] for name in NAMES if name != origin)]
    assert len(alone) <= MOST_WITHOUT


@pytest.mark.parametrize("origin", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_claimed_of_a_pair_that_was_never_equal(kind: str, origin: str) -> None:
    """Layers drawn anew: where one has an equivalent, or is called equal, the record has one that was run."""
    run = recorded(origin)[0]["run"]
    for drawn in cases(origin, kind, random.Random(f"claims {kind} {origin}"), 6):
        for name, answer in drawn["to"].items():
            if answer["written"] or (answer["equal"] == "values" and name != origin):
                assert run.get(kind, {}).get(name, [0])[0], (name, drawn["layer"])


def rows() -> Iterator[str]:
    yield from table(runs(RECORDED)).splitlines()


def test_the_table_in_the_documentation_is_that_of_the_record() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    inside = text.partition(BEGIN)[2].partition(END)[0]
    assert inside.strip().splitlines() == list(rows())
