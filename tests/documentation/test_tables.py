"""What the code's tables hold is documented, and nothing else is."""

import re
from pathlib import Path

import pytest

from service.core.diagnostics import DIAGNOSTICS
from service.core.frameworks import FRAMEWORKS
from service.core.layers import LAYERS
from service.core.layers.parameters import ALIASES, PARAMETERS
from service.deployment import Deployment
from service.settings import Settings

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `PADSTRIDE_(\w+)` \| (\S+) \|", page, re.MULTILINE))
    fields = {**Settings.model_fields, **Deployment.model_fields}
    assert documented == {
        name.upper(): "unset" if field.default == () else str(field.default)
        for name, field in fields.items()
        if field.validation_alias is None
    }


def test_every_parameter_of_every_layer_is_in_the_table_and_the_table_has_no_others() -> None:
    used = {name for kind in LAYERS.values() for name in kind.layer.parameter_names()}
    assert used == set(PARAMETERS)


def test_no_spelling_has_two_meanings_in_one_layer() -> None:
    for kind in LAYERS.values():
        own = set(kind.layer.parameter_names())
        meant = [ALIASES[alias] for alias in ALIASES if alias not in own and ALIASES[alias] in own]
        assert len({alias for alias in ALIASES if ALIASES[alias] in own and alias not in own}) == len(meant)
        assert not own & {alias for alias in ALIASES if ALIASES[alias] in own}


@pytest.mark.parametrize("name", DIAGNOSTICS)
def test_every_diagnostic_has_a_page_of_more_than_a_line(name: str) -> None:
    rule = DIAGNOSTICS[name]
    assert rule.summary.endswith(".")
    assert len(rule.page.splitlines()) > 2
    assert re.fullmatch(r"[A-Z]\d{3}", rule.code)


@pytest.mark.parametrize("kind", LAYERS.values(), ids=LAYERS)
def test_every_layer_says_what_it_does(kind) -> None:
    assert len(kind.summary) > 20
    assert kind.summary.endswith((".", ":"))


def test_every_framework_is_documented() -> None:
    page = (ROOT / "docs/frameworks.md").read_text(encoding="utf-8")
    for framework in FRAMEWORKS.values():
        assert framework.title.split(" ")[0] in page


def test_frameworks_name_only_parameters_that_exist() -> None:
    for framework in FRAMEWORKS.values():
        for rules in framework.rules.values():
            assert rules.lacks <= set(PARAMETERS)


def test_a_changelog_entry_stands_open() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
