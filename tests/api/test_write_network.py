"""Networks written as source of another framework: what is posted, what is answered, what cannot be written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.models.writers import pytorch_weights

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

WRITE, VALIDATE = "/v1/networks/write", "/v1/networks/validate"
EXAMPLE = (Path(__file__).parents[2] / "examples" / "models" / "classifier.py").read_text(encoding="utf-8")
SOUND = EXAMPLE.replace("nn.Conv2d(32, 128", "nn.Conv2d(64, 128")
IMAGES = [1, 3, 32, 32]


def test_a_source_comes_back_as_source_that_is_judged_alike(answered: Answered) -> None:
    answer = answered(WRITE, {"format": "keras", "input_shape": IMAGES, "model": {"source": SOUND}})
    assert (answer["diagnostics"], answer["input_shapes"]) == ([], {"input": [1, 32, 32, 3]})
    again = answered(VALIDATE, {"model": {"source": answer["source"], "entry": answer["entry"]}})
    original = answered(VALIDATE, {"input_shape": IMAGES, "model": {"source": SOUND}})
    assert again["valid"]
    assert again["totals"]["parameters"] == original["totals"]["parameters"]


def test_there_and_back_again(answered: Answered) -> None:
    there = answered(WRITE, {"format": "keras", "input_shape": IMAGES, "model": {"source": SOUND}})
    back = answered(WRITE, {"format": "pytorch", "model": {"source": there["source"]}})
    assert back["source"].startswith("import torch")
    assert back["report"]["output_shape"] == [None, 10]


def test_a_network_with_a_mistake_is_told_what_it_is(answered: Answered) -> None:
    answer = answered(WRITE, {"format": "keras", "input_shape": IMAGES, "model": {"source": EXAMPLE}})
    assert answer["source"] is None
    assert [each["name"] for each in answer["diagnostics"]] == ["channel-mismatch"]
    assert not answer["report"]["valid"]


def test_every_layer_without_an_equivalent_is_named(answered: Answered) -> None:
    layers = [
        {"name": "first", "type": "max_pool2d", "kernel_size": 2, "return_indices": True},
        {
            "name": "second",
            "type": "conv2d",
            "out_channels": 4,
            "kernel_size": 3,
            "padding": 1,
            "padding_mode": "circular",
        },
    ]
    answer = answered(WRITE, {"format": "keras", "input_shape": [1, 4, 9, 9], "layers": layers})
    assert answer["source"] is None
    named = [(each["name"], each["location"]) for each in answer["diagnostics"]]
    assert ("no-equivalent", "/layers/1") in named


def test_another_format_is_refused(refuse: Refuse) -> None:
    body = {"format": "jax", "input_shape": [1, 3, 8, 8], "layers": [{"type": "relu"}]}
    assert refuse(WRITE, body)["errors"][0]["location"] == "/format"


def weights(answered: Answered, layers: list[Document], **members: Any) -> Any:
    """Where the weights of layers go, in Keras unless something else is said."""
    return answered(WRITE, {"format": "keras", "input_shape": [1, 4, 9, 8], "layers": layers, **members})["weights"]


def test_every_weight_has_its_place(answered: Answered) -> None:
    layers = [
        {"name": "a.conv", "type": "conv2d", "out_channels": 6, "kernel_size": [3, 5], "groups": 2},
        {"name": "norm", "type": "batch_norm2d"},
        {"name": "act", "type": "prelu", "num_parameters": 6},
    ]
    places = weights(answered, layers)
    assert [*places] == [
        "a.conv.weight", "a.conv.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var",
        "act.weight",
    ]  # fmt: skip
    assert places["a.conv.weight"] == {
        "to": "a_conv/kernel", "reshape": None, "transpose": [2, 3, 1, 0], "shape": [3, 5, 2, 6]
    }  # fmt: skip
    assert places["norm.running_var"]["to"] == "norm/moving_variance"
    assert places["act.weight"] == {"to": "act/alpha", "reshape": None, "transpose": [0], "shape": [1, 1, 6]}


def test_the_kernels_of_each_channel_are_taken_apart(answered: Answered) -> None:
    layer = {"name": "deep", "type": "conv2d", "out_channels": 8, "kernel_size": [3, 5], "groups": 4, "bias": False}
    place = {"to": "deep/kernel", "reshape": [4, 2, 3, 5], "transpose": [2, 3, 0, 1], "shape": [3, 5, 4, 2]}
    assert weights(answered, [layer]) == {"deep.weight": place}


def test_weights_that_layers_share_are_named_once(answered: Answered) -> None:
    conv = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}
    layers = [conv | {"name": "first"}, conv | {"name": "second", "weights_of": "first"}]
    assert [*weights(answered, layers)] == ["first.weight", "first.bias"]


def test_arrays_without_a_place_are_told(answered: Answered, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a layer that the table of a framework's weights does not have."""
    monkeypatch.delitem(pytorch_weights.PARTS, "linear")
    body = {"format": "keras", "input_shape": [1, 4], "layers": [{"name": "head", "type": "linear", "out_features": 3}]}
    answer = answered(WRITE, body)
    assert answer["weights"] == {}
    assert [each["layers"] for each in answer["differences"] if "arrays" in each["message"]] == [["head"]]


def test_a_framework_without_names_for_weights_has_none(answered: Answered) -> None:
    layer = {"name": "conv", "type": "conv2d", "out_channels": 4, "kernel_size": 3}
    assert weights(answered, [layer], framework="onnx") is None
    assert weights(answered, [layer | {"kernel_size": 99}]) is None
    assert weights(answered, [{"type": "relu"}]) == {}
