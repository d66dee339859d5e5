"""Exported programs read from the files that `torch.export` writes, against what every node made when they ran."""

import json
from typing import Any

import pytest

from service.models.exported_program.symbols import Symbols
from service.models.reading import NodePlace, UnreadableModelError
from tests.golden.reader import HERE
from tests.models.files import Document, errors_of, judged, outputs_of, posted, read, recorded

SMALL = list(recorded("exported"))
REAL = list(recorded("torchvision"))
OF_WEIGHTS = ("parameter", "buffer", "tensor_constant", "input")


def title(model: Document) -> str:
    return f"{model['model']}-{model['form']}"


def disagreements(model: Document) -> list[str]:
    """What the reader makes otherwise than the run did."""
    reading = read(posted(model, input_shapes={name: tuple(shape) for name, shape in model["inputs"].items()}))
    document = judged(reading)
    wrong, compared = errors_of(document) + [entry.message for entry in reading.not_understood], 0
    for index, layer in enumerate(document["layers"]):
        place = reading.places["layers", index]
        assert isinstance(place, NodePlace)
        for name, shape in zip(place.outputs, outputs_of(layer), strict=False):
            if place.operator not in OF_WEIGHTS and name in model["shapes"]:
                compared += 1
                if shape != model["shapes"][name]:
                    wrong.append(f"{name}, {layer['type']}, is {model['shapes'][name]}, not {shape}")
    if document["totals"]["parameters"] != model["parameters"]:
        wrong.append(f"{document['totals']['parameters']} parameters, not {model['parameters']}")
    if compared < 0.4 * len(model["shapes"]):
        wrong.append(f"only {compared} of {len(model['shapes'])} shapes are there to be compared")
    return wrong


@pytest.mark.parametrize("model", SMALL, ids=title)
def test_every_node_is_as_it_was_in_a_run(model: Document) -> None:
    assert disagreements(model) == []


@pytest.mark.skipif(not REAL, reason="they were not recorded on this machine")
def test_real_models_are_read_whole() -> None:
    wrong = {title(model): said[:3] for model in REAL if (said := disagreements(model))}
    assert not wrong, f"{len(wrong)} of {len(REAL)}: {wrong}"


def test_the_recordings_are_there() -> None:
    assert (HERE / "readers" / "exported.jsonl.gz").exists()
    assert len(SMALL) >= 14


def named(name: str, form: str = "whole") -> Document:
    return next(model for model in SMALL if (model["model"], model["form"]) == (name, form))


def test_layers_are_called_after_their_modules() -> None:
    reading = read(posted(named("convolutions")))
    names = [layer["name"] for layer in reading.network["layers"]]
    assert names[:6] == ["stem.0", "stem.1", "stem.2", "depthwise", "norm", "hardswish"]
    place = reading.places["layers", 0]
    assert place == NodePlace(
        node="conv2d", operator="torch.ops.aten.conv2d.default", outputs=("conv2d",), module="stem.0"
    )


def test_sizes_that_are_symbols_are_unknown_until_the_request_gives_them() -> None:
    reading = read(posted(named("dynamic")))
    assert reading.network["input_shape"] == [None, 3, None, None]
    document = judged(reading)
    assert document["valid"]
    assert document["output_shape"] == (None, None, 5)
    larger = judged(read(posted(named("dynamic"), input_shapes={"input": (4, 3, 40, 60)})))
    assert larger["valid"]
    assert larger["output_shape"] == (4, 2400, 5)


def test_a_resized_branch_takes_the_size_of_the_other_one() -> None:
    layers = {layer["name"]: layer for layer in read(posted(named("dynamic"))).network["layers"]}
    [resized] = [layer for layer in layers.values() if layer["type"] == "F.interpolate"]
    assert resized["size"] == {"like": "side"}


def test_weights_that_several_nodes_take_are_counted_once() -> None:
    reading = read(posted(named("tied")))
    types = [(layer["name"], layer["type"]) for layer in reading.network["layers"]]
    assert ("words.weight", "parameter") in types
    assert ("twice.weight", "parameter") in types
    assert [kind for _, kind in types].count("F.linear") == 3
    assert judged(reading)["totals"]["parameters"] == 30 * 8 + 6 * 8 + 8 * 8 + 8 + 16


EXPRESSIONS = {
    "Symbol('s77', positive=True, integer=True)": 6,
    "Mul(Integer(2), Symbol('s77', positive=True))": 12,
    "2*s77 + s0//2 - 1": 13,
    "FloorDiv(Add(Symbol('s77'), Integer(-1)), Integer(2))": 2,
    "Max(1, s0)": 4,
    "Mul(Symbol('unknown'), Integer(2))": None,
    "s77//0": None,
    "Pow(Integer(10), Integer(100000000))": None,
    "__import__('os').system('true')": None,
    "s77.__class__": None,
    "(" * 300 + ")" * 300: None,
    "-" * 1500 + "1": None,
    "9" * 1900: None,
    "": None,
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_an_expression_is_folded_as_far_as_its_symbols_are_known(text: str) -> None:
    symbols = Symbols()
    symbols.values |= {"s77": 6, "s0": 4}
    assert symbols.value(text) == EXPRESSIONS[text]


def program(
    *nodes: Document, inputs: Document | None = None, outputs: tuple[str, ...] = ("y",), **metas: Any
) -> Document:
    """A program of some nodes, as its JSON has it."""
    sizes = {"x": [2, 3, 8, 8], **metas}
    tensors = {name: {"sizes": [{"as_int": size} for size in shape]} for name, shape in sizes.items()}
    graph = {
        "inputs": [{"as_tensor": {"name": "x"}}],
        "outputs": [{"as_tensor": {"name": name}} for name in outputs],
        "nodes": list(nodes),
        "tensor_values": tensors,
    }
    specs = [{"user_input": {"arg": {"as_tensor": {"name": "x"}}}}]
    whole = {"graph_module": {"graph": graph, "signature": {"input_specs": specs, **(inputs or {})}}}
    return {"text": json.dumps(whole)}


def node(target: str, made: str, **arguments: Document) -> Document:
    given = [{"name": name, "arg": value} for name, value in arguments.items()]
    return {"target": target, "inputs": given, "outputs": [{"as_tensor": {"name": made}}], "metadata": {}}


X = {"as_tensor": {"name": "x"}}


def test_an_operator_that_is_not_known_is_opaque_with_the_shape_that_the_file_declares() -> None:
    reading = read(posted(program(node("torch.ops.mine.blur.default", "y", image=X), y=[2, 3, 4, 4])))
    [layer] = reading.network["layers"]
    assert layer == {"name": "y", "type": "opaque", "output_shape": [2, 3, 4, 4], "inputs": ["input"]}
    [unknown] = reading.not_understood
    assert unknown.message == "the operator `torch.ops.mine.blur.default` is not known"


def test_a_known_operator_with_an_unknown_argument_is_opaque_too() -> None:
    odd = node("torch.ops.aten.relu.default", "y", self=X, sharpness={"as_int": 3})
    reading = read(posted(program(odd, y=[2, 3, 8, 8])))
    assert reading.network["layers"][0]["type"] == "opaque"


def test_infinity_is_the_largest_number() -> None:
    above = node("torch.ops.aten.ge.Scalar", "y", self=X, other={"as_float": "-Infinity"})
    reading = read(posted(program(above, y=[2, 3, 8, 8])))
    assert reading.network["layers"][0]["other"] < -1e308
    assert judged(reading)["valid"]


REFUSED = {
    "no graph": ({"text": '{"graph_module": {}}'}, "the file has no graph of an exported program"),
    "a tensor from nowhere": (
        program(node("torch.ops.aten.relu.default", "y", self={"as_tensor": {"name": "z"}})),
        "`y` takes `z`, which nothing before it makes",
    ),
    "an output from nowhere": (
        program(node("torch.ops.aten.relu.default", "y", self=X), outputs=("z",)),
        "the graph gives out `z`, which nothing makes",
    ),
    "no outputs": (program(outputs=()), "nothing comes out of the exported program that it made"),
    "no input shape": (
        program(node("torch.ops.aten.relu.default", "y", self=X), x=[0, 3]),
        "the program declares no shape of its input `x` that a network has",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why(name: str) -> None:
    model, message = REFUSED[name]
    with pytest.raises(UnreadableModelError) as error:
        read(posted(model))
    assert error.value.message == message
