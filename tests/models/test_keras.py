"""Keras models read from the files that Keras writes, against what every layer gave when the models ran."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest

from service.models.posted import PostedModel
from service.models.reading import LayerPlace, UnreadableModelError
from tests.golden.reader import HERE
from tests.golden.test_models import figures_of
from tests.golden.test_models import recorded as models_recorded
from tests.models.files import Document, errors_of, judged, outputs_of, posted, read, recorded

SMALL = list(recorded("keras"))
OLDER = list(recorded("older_keras"))
APPLICATIONS = list(recorded("applications"))


def title(model: Document) -> str:
    return f"{model['model']}-{model['form']}"


FRAMES = "/looks/"
"""What stands in the names of layers that are applied at each frame."""


def by_layer(calls: Iterable[tuple[str, Any]]) -> defaultdict[str, list[Any]]:
    """What all calls of a layer gave, without their order, which a configuration does not say."""
    given: defaultdict[str, list[Any]] = defaultdict(list)
    for name, shapes in calls:
        if not name.endswith("_constant"):
            given[name.partition("#")[0]].append(shapes)
    return given


def disagreements(model: Document) -> list[str]:
    """What the reader makes otherwise than the run did."""
    reading = read(posted(model, input_shapes={name: tuple(shape) for name, shape in model["inputs"].items()}))
    document = judged(reading)
    said = by_layer((layer["name"].partition(FRAMES)[0], outputs_of(layer)) for layer in document["layers"])
    for name in said:
        if FRAMES in " ".join(layer["name"] for layer in document["layers"] if layer["name"].startswith(f"{name}/")):
            said[name] = said[name][-1:]  # a model at each frame ran as one layer, which gave what its last one gives
    ran = by_layer(model["shapes"].items())
    wrong = [
        f"{name} is {ran[name]}, not {said[name]}"
        for name in sorted({*said, *ran})
        if sorted(said[name]) != sorted(ran[name])
    ]
    wrong += errors_of(document) + [entry.message for entry in reading.not_understood]
    wrong += [
        f"{document['totals'][kind]} {kind}, not {model[kind]}"
        for kind in ("parameters", "buffers")
        if document["totals"][kind] != model[kind]
    ]
    return wrong


@pytest.mark.parametrize("model", SMALL, ids=title)
def test_every_layer_is_as_it_was_in_a_run(model: Document) -> None:
    assert disagreements(model) == []


@pytest.mark.parametrize("model", OLDER, ids=title)
def test_configurations_of_keras_2_are_read_as_they_ran(model: Document) -> None:
    assert disagreements(model) == []


@pytest.mark.skipif(not APPLICATIONS, reason="they were not recorded on this machine")
def test_all_of_keras_applications_is_read_whole() -> None:
    wrong = {title(model): said[:3] for model in APPLICATIONS if (said := disagreements(model))}
    assert not wrong


@pytest.mark.parametrize("model", SMALL, ids=title)
def test_without_shapes_from_the_request_the_files_own_are_taken(model: Document) -> None:
    reading = read(posted(model))
    shapes = reading.network.get("inputs") or {"input": reading.network["input_shape"]}
    assert [shape[1:] for shape in shapes.values()] == [shape[1:] for shape in model["inputs"].values()]
    assert judged(reading)["valid"]
    assert len(reading.network["layers"]) >= len(model["shapes"])


@pytest.mark.parametrize("model", SMALL[::3], ids=title)
def test_every_layer_has_its_place(model: Document) -> None:
    reading = read(posted(model))
    for index, layer in enumerate(reading.network["layers"]):
        place = reading.places["layers", index]
        assert isinstance(place, LayerPlace)
        assert layer["name"].partition("#")[0] == place.layer


def as_configuration(body: Document, *, older: bool) -> str:
    """A network of Keras' own words as the configuration of a Functional model."""
    layers = [{"class_name": "InputLayer", "name": "input", "inbound_nodes": [],
               "config": {"name": "input", "batch_shape": body["input_shape"]}}]  # fmt: skip
    for index, layer in enumerate(body["layers"]):
        taken = layer.get("inputs") or [body["layers"][index - 1]["name"] if index else "input"]
        config = {name: value for name, value in layer.items() if name not in ("type", "inputs")}
        function = layer["type"].removeprefix("keras.ops.")
        is_function = function != layer["type"]
        numbers = {name: config.pop(name) for name in ("x2", "x1") if name in config}
        written: Document = {"name": layer["name"], "config": config, "class_name": layer["type"]}
        if is_function and older:
            config["function"] = f"math.{function}"
            written["class_name"] = "TFOpLambda"
        elif is_function:
            written |= {"module": "keras.src.ops.numpy", "class_name": function.title().replace("_", "")}
        layers.append(written | {"inbound_nodes": [called(taken, list(numbers.values()), older=older)]})
    last = body["layers"][-1]["name"]
    whole = {"layers": layers, "input_layers": [["input", 0, 0]], "output_layers": [[last, 0, 0]]}
    return json.dumps({"class_name": "Functional", "config": whole})


def called(taken: list[str], numbers: list[Any], *, older: bool) -> Any:
    """A call in the form of Keras 2 or of Keras 3."""
    if older:
        return [[name, 0, 0, {"y": numbers[0]} if numbers else {}] for name in taken]
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"shape": None, "keras_history": [name, 0, 0]}} for name in taken
    ]
    return {"args": [*tensors, *numbers] if numbers or len(tensors) == 1 else [tensors], "kwargs": {}}


@pytest.mark.parametrize("older", [False, True], ids=["keras 3", "keras 2"])
def test_configurations_of_whole_applications_have_every_recorded_figure(older: bool) -> None:
    """The layers of all applications, as they were recorded for the service, written as configurations and read."""
    _, *models = models_recorded("keras")
    for model in models[int(older) :: 4]:
        reading = read(posted({"text": as_configuration(model["body"], older=older)}))
        document = judged(reading)
        assert document["valid"], model["model"]
        assert reading.not_understood == (), model["model"]
        for layer, figures in zip(document["layers"], model["figures"], strict=True):
            assert figures_of(layer) == figures, (model["model"], layer["name"])
        for kind in ("parameters", "buffers"):
            assert document["totals"][kind] == model["totals"][kind], model["model"]


def test_the_recordings_are_there() -> None:
    assert (HERE / "readers" / "keras.jsonl.gz").exists()
    assert len(SMALL) >= 27


def functional(*layers: Document, outputs: Any = None) -> Document:
    last = layers[-1]["config"]["name"]
    whole = {"layers": list(layers), "input_layers": [["x", 0, 0]], "output_layers": outputs or [[last, 0, 0]]}
    return {"text": json.dumps({"class_name": "Functional", "config": whole})}


def layer(kind: str, name: str, taken: list[str], **config: Any) -> Document:
    nodes = [[[source, 0, 0, {}] for source in taken]] if taken else []
    return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}


IMAGE = layer("InputLayer", "x", [], batch_input_shape=[None, 8, 8, 3])


def test_a_class_of_ones_own_is_opaque_with_the_shape_that_its_takers_declare() -> None:
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 4, 4, 7], "keras_history": ["mine", 0, 0]}}
    taker = {"class_name": "ReLU", "config": {"name": "relu"}, "inbound_nodes": [{"args": [tensor], "kwargs": {}}]}
    mine = {**layer("Conv2D", "mine", ["x"], filters=7, kernel_size=3), "module": "my.package"}
    reading = read(posted(functional(IMAGE, mine, taker)))
    [opaque, relu] = judged(reading)["layers"]
    assert (opaque["type"], opaque["output_shape"], relu["output_shape"]) == (
        "opaque",
        (None, 4, 4, 7),
        (None, 4, 4, 7),
    )
    [unknown] = reading.not_understood
    assert unknown.message == "the layer `mine` of class `Conv2D` is not known"
    assert unknown.place == LayerPlace(layer="mine")


def test_shapes_that_the_file_declares_are_not_taken_for_another_input() -> None:
    tensor = {"class_name": "__keras_tensor__", "config": {"shape": [None, 4, 4, 7], "keras_history": ["mine", 0, 0]}}
    taker = {"class_name": "ReLU", "config": {"name": "relu"}, "inbound_nodes": [{"args": [tensor], "kwargs": {}}]}
    model = functional(IMAGE, layer("Mine", "mine", ["x"]), taker)
    reading = read(posted(model, input_shapes={"input": (None, 16, 16, 3)}))
    assert judged(reading)["layers"][0]["output_shape"] is None


def test_the_code_of_a_lambda_is_not_looked_at() -> None:
    code = layer("Lambda", "code", ["x"], function=["4wEAAA" * 1000, None, None], output_shape=[5, 5, 1])
    reading = read(posted(functional(IMAGE, code)))
    [opaque] = reading.network["layers"]
    assert opaque == {"name": "code", "type": "opaque", "output_shape": [None, 5, 5, 1], "inputs": ["input"]}


def test_a_mistake_in_a_configuration_is_judged_and_not_read_away() -> None:
    reading = read(posted(functional(IMAGE, layer("Conv2D", "conv", ["x"], filters=4, kernel_size=9))))
    document = judged(reading)
    assert not document["valid"]
    assert document["diagnostics"][0]["location"] == "/layers/0/kernel_size"


REFUSED = {
    "an HDF5 file": (
        {"data": "iUhERg0KGgo="}, "the model is an HDF5 file, which is not read", "save it as a `.keras` file",
    ),
    "a layer that is not there": (
        functional(IMAGE, layer("ReLU", "relu", ["y"])), "`y` is taken from, but is no layer of the model",
        "post the configuration as Keras wrote it",
    ),
    "a cycle": (
        functional(IMAGE, layer("ReLU", "a", ["b"]), layer("ReLU", "b", ["a"])),
        "`a` takes what is never there: a call of its own, or none", "post the configuration as Keras wrote it",
    ),
    "two layers of one name": (
        functional(IMAGE, layer("ReLU", "a", ["x"]), layer("ReLU", "a", ["x"])), "`a` is the name of two layers",
        "post the configuration as Keras wrote it",
    ),
    "no layers": (
        {"text": '{"class_name": "Mine", "config": {}}'},
        "the configuration has no layers, as a model of a class of its own has none", "post the `to_json()`",
    ),
    "no shape": (
        {"text": '{"class_name": "Sequential", "config": {"layers": [{"class_name": "ReLU", "config": {}}]}}'},
        "the model does not say the shape of its input `input`", "give it as `input_shape`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_what_to_do(name: str) -> None:
    model, message, help_text = REFUSED[name]
    with pytest.raises(UnreadableModelError) as error:
        read(posted(model))
    assert error.value.message == message
    assert error.value.help.startswith(help_text)


def test_an_input_that_the_model_has_not_is_refused() -> None:
    with pytest.raises(UnreadableModelError, match="the model has no input `other`"):
        read(posted(SMALL[6], input_shapes={"other": (1, 2), "image": (1, 2)}))


def test_a_layer_that_is_called_twice_uses_its_weights_again() -> None:
    twice = {**layer("Dense", "dense", [], units=3), "inbound_nodes": [[["x", 0, 0, {}]], [["x", 0, 0, {}]]]}
    total = {"class_name": "Add", "config": {"name": "sum"},
             "inbound_nodes": [[["dense", 0, 0, {}], ["dense", 1, 0, {}]]]}  # fmt: skip
    reading = read(posted(functional(IMAGE, twice, total)))
    assert [written["name"] for written in reading.network["layers"]] == ["dense", "dense#2", "sum"]
    assert [written.get("weights_of") for written in reading.network["layers"]] == [None, "dense", None]


def test_in_a_sequential_model_the_next_layer_says_what_one_that_is_not_known_gives() -> None:
    layers = [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 8, 8, 3]}},
        {"class_name": "Mine", "config": {"name": "mine"}, "registered_name": "my>Mine"},
        {"class_name": "Dense", "config": {"name": "out", "units": 2}, "build_config": {"input_shape": [None, 4, 6]}},
    ]
    text = "\ufeff" + json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
    document = judged(read(PostedModel(files={"model.json": text})))
    assert [layer["output_shape"] for layer in document["layers"]] == [(None, 4, 6), (None, 4, 2)]
