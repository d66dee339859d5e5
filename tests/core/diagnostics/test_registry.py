"""The registry of diagnostics takes a code and a name once, and stamps facts with their rule."""

from collections.abc import Iterator

import pytest

from service.core.diagnostics import DIAGNOSTICS, Fact, placed
from service.core.diagnostics.features import feature_mismatch
from service.core.diagnostics.malformed import wrong_type
from service.core.diagnostics.registry import diagnostic


def new_diagnostic() -> Iterator[Fact]:
    """A pattern.

    What to do about it.
    """
    yield Fact("never")


def test_a_code_is_taken_once() -> None:
    with pytest.raises(ValueError, match="R105 new-diagnostic is registered twice"):
        diagnostic("R105")(new_diagnostic)
    assert "new-diagnostic" not in DIAGNOSTICS


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="Z999 feature-mismatch is registered twice"):
        diagnostic("Z999")(feature_mismatch)


def test_a_fact_knows_its_rule_and_its_place() -> None:
    [placed_fact] = placed(wrong_type("stride", "3", "an integer", ("layer", "stride")))
    assert (placed_fact.rule.name, placed_fact.rule.code) == ("wrong-type", "R105")
    assert (placed_fact.location, placed_fact.severity) == (("layer", "stride"), "error")


def test_a_fact_without_a_rule_is_a_defect() -> None:
    with pytest.raises(ValueError, match="a fact without rule or place: nobody knows"):
        placed([Fact("nobody knows", anchor=())])
