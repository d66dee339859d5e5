"""Models of `keras.applications` that are called by name, against what Keras made of the same calls."""

import gzip
import json
import os
import re
from collections import Counter
from typing import Any

import pytest

from service.models.keras_library.applications import MODELS
from service.models.keras_library.entry import find_model
from service.models.keras_library.library import LIBRARY
from service.models.posted import PostedModel
from service.models.source.machine import Machine
from tests.golden.reader import HERE
from tests.golden.test_models import recorded
from tests.models.files import errors_of, judged
from tests.models.keras_library.sources import JUDGE, read
from tests.models.keras_library.test_applications import ARGUMENTS, differing, weighted

SOURCE = "import keras\n\nmodel = keras.applications.{}\n"
FILE = os.environ.get("KERAS_CALLS", HERE / "keras_source" / "applications.jsonl.gz")
with gzip.open(FILE, "rt", encoding="utf-8") as lines:
    HEADER, *CALLS = map(json.loads, lines)
MADE = {fact["call"]: fact for fact in CALLS if "layers" in fact}
REFUSED = {fact["call"]: fact for fact in CALLS if "raised" in fact}
STEP = 1 if os.environ.get("EVERY_MODEL") else 4
"""Of so many calls one is compared, since all take a minute."""
SAID_OTHERWISE = re.compile("alpha|`classes`|weights`|classifier_activation")
"""What messages are about that Keras words differently in each family."""


def layers_of(source: str) -> tuple[str, list[list[Any]]]:
    """The name of the model, and of each of its layers the name, the class, the shape and the number of weights."""
    document = judged(read(source))
    assert errors_of(document) == []
    weights: Counter[str] = Counter()
    for layer in document["layers"]:
        weights[layer["name"].partition("/")[0]] += layer["parameters"] + layer["buffers"]
    machine = Machine(PostedModel(files={"": source}), LIBRARY, JUDGE)
    model = find_model(machine)
    rows = []
    for layer in machine.attribute(model, "layers"):
        name, output = machine.attribute(layer, "name"), machine.attribute(layer, "output")
        rows.append([name, machine.type_name(layer), list(machine.attribute(output, "shape")), weights[name]])
    return machine.attribute(model, "name"), rows


def test_every_model_of_keras_is_recorded() -> None:
    assert {call.partition("(")[0] for call in MADE} == set(MODELS)
    assert len(MADE) >= 70
    assert len(REFUSED) >= 30


@pytest.mark.parametrize("call", list(MADE)[::STEP])
def test_a_model_has_the_layers_that_keras_gives_it_in_its_order(call: str) -> None:
    name, rows = layers_of(SOURCE.format(call))
    assert rows == MADE[call]["layers"]
    assert name == MADE[call]["name"]


@pytest.mark.parametrize("call", list(MADE)[::STEP])
def test_nothing_of_a_model_is_left_unsaid_and_every_layer_is_where_it_is_called(call: str) -> None:
    reading = read(SOURCE.format(call))
    assert reading.not_understood == reading.mistakes == ()
    for index in range(len(reading.network["layers"])):
        assert reading.places["layers", index].line == 3


@pytest.mark.parametrize("call", REFUSED)
def test_what_keras_refuses_is_told_once_where_the_model_is_called(call: str) -> None:
    [mistake] = read(SOURCE.format(call)).mistakes
    assert mistake.name == REFUSED[call]["raised"]
    assert mistake.place.line == 3
    if not SAID_OTHERWISE.search(REFUSED[call]["message"]):
        told, raised = " ".join(mistake.message.split()), REFUSED[call]["message"]
        assert told in (raised, raised.strip("'"))


@pytest.mark.parametrize("model", list(recorded("keras"))[1::STEP], ids=lambda model: model["model"])
def test_a_model_has_the_figures_that_were_measured_while_keras_ran_it(model: dict[str, Any]) -> None:
    shape = ARGUMENTS.get(model["model"], {}).get("input_shape")
    sizes = "" if shape is None else f", input_shape={tuple(shape)}"
    document = judged(read(SOURCE.format(f"{model['model']}(weights=None{sizes})")))
    assert not differing(document, weighted(model["figures"]))
    assert {kind: document["totals"][kind] for kind in ("parameters", "buffers")} == model["totals"]
