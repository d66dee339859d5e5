"""Programs with one mistake each: one error, at what is wrong, and a repair with which Keras builds the model."""

import hashlib

import pytest

from tests.golden.record.keras_source.programs import CHANGES, Change
from tests.models.keras_library.sources import answer_to, errors_in, facts, repaired

RAISED = facts("mistakes")
BUILT = facts("repairs")
TRANSFER = "transfer_"
"""How the programs are called that begin with a model of `keras.applications`."""
ELSEWHERE = {
    "causal: a branch of other channels": "no number that is tried mends it: the branch and the sum are told",
    "transfer_segmentation: a padding": "the sizes that differ are told, and where the model that makes them is made",
}
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
    own = [change for change in CHANGES if not change.program.startswith(TRANSFER)]
    assert len([change for change in own if title(change) in BUILT]) >= 0.75 * len(own)


def test_some_uses_of_pretrained_models_have_a_repair_of_their_text() -> None:
    """Most of them would need two numbers changed, or an argument that is not there."""
    uses = [change for change in CHANGES if change.program.startswith(TRANSFER)]
    assert len([change for change in uses if title(change) in BUILT]) >= 0.35 * len(uses)


@pytest.mark.parametrize("change", [change for change in CHANGES if title(change) in BUILT], ids=title)
def test_with_the_first_repair_keras_builds_the_model(change: Change) -> None:
    text = repaired(change)
    assert text is not None
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == BUILT[title(change)]["digest"]
    assert BUILT[title(change)]["raised"] is None
