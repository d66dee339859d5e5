"""The recorders still draw the recorded cases; for this no framework has to be installed."""

import json
import random
import re
from importlib import import_module
from itertools import islice
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest

from service.core.frameworks import FRAMEWORKS
from tests.golden.reader import HERE, cases
from tests.golden.record import frameworks, layers
from tests.golden.record.frameworks import NAMES
from tests.golden.record.layers.drafts import family_of
from tests.golden.record.layers.sampler import LayerSampler
from tests.golden.record.networks import shape_mistakes, writing_mistakes
from tests.golden.record.networks.mistakes import kinds_in, spoilt
from tests.golden.record.networks.random_networks import draw

DRAWN = 4_000
SEED = 1
WITH_SAMPLER = sorted(module.name for module in iter_modules(layers.__path__) if module.name in NAMES)
"""The frameworks whose layers can be drawn where the framework is not installed."""


def sampler(framework: str) -> LayerSampler:
    drawer: LayerSampler = import_module(f"{layers.__name__}.{framework}.types").SAMPLER
    return drawer


def recorded(framework: str, type_name: str) -> list[str]:
    """The recorded layers and inputs of a type, as text; the recorder draws the operator set with the layer."""
    of_type = [case for case in cases(framework, "shapes") if case["layer"]["type"] == type_name]
    return [as_text(case["layer"] | ({"opset": case["opset"]} if "opset" in case else {}), case) for case in of_type]


def as_text(layer: Any, case: Any) -> str:
    return json.dumps([layer, case["input"]], sort_keys=True)


def test_every_framework_has_a_recorder() -> None:
    assert set(NAMES) == set(FRAMEWORKS)


@pytest.mark.parametrize("framework", NAMES)
def test_the_makefile_can_read_the_packages_of_a_recorder(framework: str) -> None:
    text = (Path(frameworks.__path__[0]) / f"{framework}.py").read_text(encoding="utf-8")
    [packages] = re.findall(r'^PACKAGES = "(.*)"$', text, re.MULTILINE)
    assert packages.split()
    versions = re.findall(r"\d+\.\d+\.\d+", FRAMEWORKS[framework].version)
    assert {package.partition("==")[2] for package in packages.split()} >= set(versions)


@pytest.mark.parametrize("framework", WITH_SAMPLER)
@pytest.mark.parametrize("type_name", ["conv1d", "max_pool2d", "flatten"])
def test_the_recorded_layers_are_drawn_in_their_order(framework: str, type_name: str) -> None:
    stream = sampler(framework).stream(type_name, random.Random(f"{SEED} {type_name}"))
    drawn = (json.dumps([layer, shape], sort_keys=True) for layer, shape in islice(stream, DRAWN))
    in_file = recorded(framework, type_name)
    assert len(in_file) > 50
    assert [text for text in in_file if text not in drawn] == []


@pytest.mark.parametrize("framework", WITH_SAMPLER)
def test_every_weight_is_for_a_family_that_is_drawn(framework: str) -> None:
    families = {family_of(type_name) for type_name in sampler(framework).types}
    assert set(sampler(framework).weights) == families
    assert set(sampler(framework).value_weights) < families


def test_the_recorded_networks_are_drawn_in_their_order() -> None:
    rng = random.Random(f"{SEED} sound")
    assert [draw(rng).body for _ in range(100)] == [case["body"] for case in islice(cases("networks", "sound"), 100)]


def test_the_recorded_mistakes_are_drawn_again() -> None:
    in_file = {case["kind"]: case for case in reversed(list(cases("networks", "mistakes")))}
    kinds = kinds_in(shape_mistakes, writing_mistakes)
    drawn = [spoilt(kind, random.Random(f"{SEED} {kind.name}"))[0] for kind in kinds]
    assert [case | {"pytorch": in_file[case["kind"]]["pytorch"]} for case in drawn] == list(reversed(in_file.values()))


def test_the_recorded_seed_is_the_one_drawn_from_here() -> None:
    headers = [json.loads(path.read_text().partition("\n")[0]) for path in sorted(HERE.glob("*/*.jsonl"))]
    assert {header["seed"] for header in headers} == {SEED}
