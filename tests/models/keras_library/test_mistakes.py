"""Programs with one mistake each: one error, at what is wrong, and a repair with which Keras builds the model."""

import hashlib

import pytest

from tests.golden.record.keras_source.programs import CHANGES, Change
from tests.models.keras_library.sources import answer_to, errors_in, facts, repaired

RAISED = facts("mistakes")
BUILT = facts("repairs")
ELSEWHERE = {"causal: a branch of other channels": "no number that is tried mends it: the branch and the sum are told"}
"""Mistakes whose line is not found, and why."""


def title(change: Change) -> str:
    return f"{change.program}: {change.title}"


def places_of(change: Change) -> tuple[set[int], set[int]]:
    """The lines at which the error is told, and those of what it is related to."""
    [error] = errors_in(answer_to(change))
    related = {place["source"]["line"] for place in error["related"] if place.get("source")}
    return set(range(error["source"]["line"], error["source"]["end_line"] + 1)), related


def test_keras_refuses_every_one_of_them() -> None:
    assert list(RAISED) == [title(change) for change in CHANGES]
    assert all(fact["lines"] for fact in RAISED.values())
    assert len(CHANGES) >= 20


@pytest.mark.parametrize("change", CHANGES, ids=title)
def test_one_error_is_told_where_keras_raises_or_the_mistake_is(change: Change) -> None:
    told, related = places_of(change)
    assert told & {*RAISED[title(change)]["lines"], *change.lines()}
    if title(change) not in ELSEWHERE:
        assert (told | related) & set(change.lines())


def test_most_have_a_repair_of_their_text() -> None:
    assert len(BUILT) >= 0.75 * len(CHANGES)


@pytest.mark.parametrize("change", [change for change in CHANGES if title(change) in BUILT], ids=title)
def test_with_the_first_repair_keras_builds_the_model(change: Change) -> None:
    text = repaired(change)
    assert text is not None
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == BUILT[title(change)]["digest"]
    assert BUILT[title(change)]["raised"] is None
