"""Every name that the glossary gives for a framework is one that the service takes there."""

import re

import pytest

from service.core.frameworks import FRAMEWORKS
from service.core.layers import LAYERS
from service.core.layers.names.lookup import meanings, words_in
from service.core.layers.parameters import PARAMETERS
from tests.documentation.examples import ROOT

PAGE = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")


def names(heading: str) -> list[tuple[str, str]]:
    """The names of a table, each with the framework of its column."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|")[3:] for line in section.splitlines() if line.startswith("|")][2:]
    return [
        (framework, name)
        for row in rows
        for framework, cell in zip(FRAMEWORKS, row, strict=True)
        for name in re.findall(r"`([^`]+)`", cell)
    ]


@pytest.mark.parametrize(("framework", "name"), names("Layers"))
def test_a_layer_is_known_by_this_name(framework: str, name: str) -> None:
    assert meanings(name, framework)


@pytest.mark.parametrize(("framework", "name"), names("Parameters"))
def test_a_parameter_is_known_by_this_name(framework: str, name: str) -> None:
    everywhere = {name for row in PARAMETERS.values() for name in row.aliases} | set(PARAMETERS)
    there = {
        word
        for kind in LAYERS.values()
        for own in kind.layer.parameter_names()
        for word in words_in(kind, framework, own)
    }
    assert name in everywhere | there


def test_both_tables_are_looked_at() -> None:
    assert len(names("Layers")) > 35
    assert len(names("Parameters")) > 30
