"""Translations hold: what the service writes was run, and it computed what its original computes."""

import json
from math import prod
from typing import Any

import pytest

from service.core.frameworks import FRAMEWORKS
from service.models.writers.table import TARGETS
from service.operations.write_network import OPERATION
from tests.golden.reader import HERE
from tests.golden.record.translations import models_in_keras, models_in_pytorch
from tests.golden.record.translations.weights import told
from tests.golden.test_models import recorded

RECORD: dict[str, Any] = json.loads((HERE / "translations" / "facts.json").read_text(encoding="utf-8"))
BANKS = {"pytorch": models_in_pytorch, "keras": models_in_keras}
STEP = 16
"""Of so many of torchvision's models one is written."""
NEAR = 1e-5
"""Of the largest value. Measured: the worst is a fifth of it."""


def label(case: dict[str, Any]) -> str:
    return f"{case['name']} from {case['from']} to {case['to']}"


def test_they_were_run_in_the_versions_that_the_service_names() -> None:
    assert RECORD["versions"] == {name: FRAMEWORKS[name].version for name in BANKS}


def test_every_network_was_written_for_every_target() -> None:
    written = {(case["name"], case["from"], case["to"]) for case in RECORD["cases"]}
    assert written == {(name, source, to) for source, bank in BANKS.items() for name in bank.MODELS for to in TARGETS}


@pytest.mark.parametrize("case", RECORD["cases"], ids=label)
def test_the_service_still_writes_what_was_run_and_equal(case: dict[str, Any]) -> None:
    """With its weights where the answer says, all outputs are the original's, in the order of axes that it tells."""
    bank = BANKS[case["from"]]
    _, text = bank.MODELS[case["name"]]
    posted = {"source": bank.HEAD + text}
    answer = OPERATION.respond({"format": case["to"], "model": posted, "input_shapes": case["input_shapes"]})
    assert answer["source"] == case["translation"]
    assert {name: told(place) for name, place in answer["weights"].items()} == case["weights"]
    for output in case["outputs"]:
        assert output["difference"] is not None
        assert output["difference"] <= NEAR * max(output["largest"], 1)
        assert output["deviation"] > 0, "an output that is the same everywhere shows nothing"


def test_every_number_of_real_models_has_a_place() -> None:
    """The arrays that have one are all parameters and statistics of what was written; no two go to the same."""
    written = 0
    for model in [*recorded("torchvision")][1::STEP]:
        answer = OPERATION.respond({**model["body"], "format": "keras"})
        if answer["source"] is not None:
            written += 1
            places, totals = answer["weights"].values(), answer["report"]["totals"]
            assert sum(prod(place["shape"]) for place in places) == totals["parameters"] + totals["buffers"]
            assert len({place["to"] for place in places}) == len(places)
    assert written >= 4


@pytest.mark.parametrize("name", models_in_pytorch.REFUSED)
def test_what_has_no_equivalent_is_named_and_not_written(name: str) -> None:
    shapes, layer, text = models_in_pytorch.REFUSED[name]
    posted = {"source": models_in_pytorch.HEAD + text}
    answer = OPERATION.respond({"format": "keras", "model": posted, "input_shapes": shapes})
    assert answer["source"] is None
    assert [diagnostic["name"] for diagnostic in answer["diagnostics"]] == ["no-equivalent"]
    assert answer["diagnostics"][0]["message"].startswith(f"`{layer}` ")
