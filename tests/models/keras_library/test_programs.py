"""Small programs of our own, read without being run, against what Keras gave when it ran them."""

from collections import defaultdict
from typing import Any

import pytest

from tests.golden.record.keras_source.programs import MAKERS, programs
from tests.models.files import Document, errors_of, judged, outputs_of
from tests.models.keras_library.sources import facts, listed_names, read

FACTS = facts("facts")
PROGRAMS = programs()
FRAMES = "time_distributed"


def document_of(name: str) -> Document:
    shapes = {word: tuple(shape) for word, shape in FACTS[name]["inputs"].items()}
    return judged(read(PROGRAMS[name], entry=MAKERS.get(name), input_shapes=shapes))


def calls_of(pairs: Any) -> dict[str, list[Any]]:
    """The shapes that each layer gave, call by call, without the number of the call."""
    found = defaultdict(list)
    for name, shapes in pairs:
        found[name.partition("#")[0]].append(shapes)
    return found


def test_there_are_facts_of_every_program() -> None:
    assert list(FACTS) == list(PROGRAMS)
    assert len(PROGRAMS) >= 30


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_read_whole_and_nothing_in_it_is_wrong(name: str) -> None:
    reading = read(PROGRAMS[name], entry=MAKERS.get(name), input_shapes=_declared(name))
    assert reading.not_understood == ()
    assert reading.mistakes == ()
    assert errors_of(judged(reading)) == []


def _declared(name: str) -> dict[str, Any]:
    """Only the shapes that the program does not say."""
    return {"input": tuple(FACTS[name]["inputs"]["input"])} if name == "subclassed" else {}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_layer_gives_the_shapes_that_it_gave_in_keras(name: str) -> None:
    document = document_of(name)
    ours = calls_of((layer["name"], outputs_of(layer)) for layer in document["layers"])
    theirs = calls_of(FACTS[name]["shapes"].items())
    assert {layer: ours[layer] for layer in theirs if not _runs_whole(layer, ours)} == {
        layer: shapes for layer, shapes in theirs.items() if not _runs_whole(layer, ours)
    }
    outputs = document.get("output_shapes", {"": document["output_shape"]}).values()
    assert sorted(map(list, outputs)) == FACTS[name]["outputs"]


def _runs_whole(layer: str, ours: dict[str, Any]) -> bool:
    """Whether Keras runs as one layer what is told in parts here: a `Lambda`, or a model at each step."""
    return layer not in ours and any(name.startswith(f"{layer}/") for name in ours)


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_many_weights_are_counted_as_keras_has(name: str) -> None:
    totals = document_of(name)["totals"]
    assert totals["parameters"] + totals["buffers"] == FACTS[name]["weights"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_model_lists_its_layers_in_the_order_of_keras(name: str) -> None:
    assert listed_names(PROGRAMS[name], entry=MAKERS.get(name)) == FACTS[name]["layers"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_layer_has_its_place_in_the_text(name: str) -> None:
    reading = read(PROGRAMS[name], entry=MAKERS.get(name), input_shapes=_declared(name))
    lines = PROGRAMS[name].splitlines()
    for index in range(len(reading.network["layers"])):
        place = reading.places["layers", index]
        assert place.text in lines[place.line - 1]
