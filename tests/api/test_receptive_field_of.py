"""`receptive_field_of`: the exact box of input pixels that one output of a network's layer depends on."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]
Find = Callable[[Document, str], Document]
Limited = Callable[..., Any]
Problem = Callable[[Any, int], Document]

PATH = "/v1/networks/validate"
CONV = {"type": "conv2d", "out_channels": 4, "kernel_size": 3, "padding": 1}


@pytest.fixture
def boxes(answered: Answered) -> Callable[..., list[Any]]:
    """`boxes(shape, layers, (name, output), ...)` gives the box of each output."""

    def asked(shape: list[int], layers: list[Document], *outputs: tuple[str, list[int]], **others: Any) -> list[Any]:
        wanted = [{"layer": name, "output": output} for name, output in outputs]
        body = {"input_shape": shape, "layers": layers, "receptive_field_of": wanted, **others}
        shown = answered(PATH, body)["receptive_fields"]
        assert [(field["layer"], field["output"]) for field in shown] == [(name, output) for name, output in outputs]
        return [field["box"] for field in shown]

    return asked


def test_a_box_is_clipped_to_the_input(boxes: Callable[..., list[Any]]) -> None:
    layers = [{**CONV, "name": "a"}, {**CONV, "name": "b", "stride": [2, 1]}]
    outputs = [("a", [0, 0]), ("a", [4, 3]), ("b", [1, 6]), ("b", [4, 0])]
    assert boxes([1, 3, 9, 7], layers, *outputs) == [
        [[0, 1], [0, 1]],
        [[3, 5], [2, 4]],
        [[0, 4], [4, 6]],
        [[6, 8], [0, 2]],
    ]


@pytest.mark.parametrize(
    ("layer", "output", "box"),
    [
        (
            {**CONV, "dilation": 3, "padding": 1},
            [0, 0],
            [[2, 5], [2, 5]],
        ),  # -1, 2, 5: what is read, not what is spanned
        ({**CONV, "padding_mode": "circular"}, [0, 3], [[0, 8], [2, 4]]),
        ({**CONV, "padding_mode": "reflect", "padding": 2}, [0, 3], [[0, 2], [1, 3]]),
        ({"type": "max_pool2d", "kernel_size": 2}, [1, 2], [[2, 3], [4, 5]]),
        ({"type": "adaptive_avg_pool2d", "output_size": [2, 3]}, [1, 1], [[4, 8], [2, 4]]),
        ({"type": "conv_transpose2d", "out_channels": 2, "kernel_size": 3, "stride": 2}, [4, 5], [[1, 2], [2, 2]]),
        ({"type": "conv_transpose2d", "out_channels": 2, "kernel_size": 1, "stride": 2}, [4, 5], None),
        ({"type": "upsample", "scale_factor": 2}, [5, 4], [[2, 2], [2, 2]]),
        ({"type": "upsample", "scale_factor": 2, "mode": "bilinear"}, [5, 0], [[2, 3], [0, 0]]),
        ({"type": "pad", "padding": [[2, 0], [0, 0]]}, [3, 3], [[1, 1], [3, 3]]),
        ({"type": "pad", "padding": [[2, 0], [0, 0]]}, [1, 3], None),
        ({"type": "crop", "padding": [[2, 0], [1, 0]]}, [3, 3], [[5, 5], [4, 4]]),
        ({"type": "relu"}, [3, 4], [[3, 3], [4, 4]]),
        ({"type": "flatten"}, [7 * 3 + 2], [[3, 3], [2, 2]]),
        ({"type": "linear", "out_features": 5}, [3, 4], [[0, 8], [0, 6]]),
    ],
)
def test_every_kind_of_layer_reads_what_it_reads(
    boxes: Callable[..., list[Any]], layer: Document, output: list[int], box: Any
) -> None:
    assert boxes([1, 3, 9, 7], [{**layer, "name": "x"}], ("x", output)) == [box]


def test_branches_see_what_either_sees(boxes: Callable[..., list[Any]]) -> None:
    layers = [
        {**CONV, "name": "wide", "kernel_size": [5, 1], "padding": [2, 0], "out_channels": 3},
        {"type": "add", "name": "sum", "inputs": ["wide", "input"]},
        {"type": "concat", "name": "rows", "dim": 2, "inputs": ["wide", "input"]},
    ]
    outputs = [("sum", [4, 3]), ("rows", [4, 3]), ("rows", [9, 3])]
    assert boxes([1, 3, 9, 7], layers, *outputs) == [[[2, 6], [3, 3]], [[2, 6], [3, 3]], [[0, 0], [3, 3]]]


def test_keras_has_its_positions_before_the_channels(boxes: Callable[..., list[Any]]) -> None:
    layer = {"type": "conv2d", "name": "x", "filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}
    assert boxes([1, 8, 7, 3], [layer], ("x", [0, 0]), framework="keras") == [[[0, 2], [0, 1]]]


def test_several_inputs_have_a_box_each(answered: Answered) -> None:
    layers = [{**CONV, "name": "a", "inputs": ["left"]}, {"type": "add", "name": "sum", "inputs": ["a", "right"]}]
    shapes = {"left": [1, 3, 9, 7], "right": [1, 4, 9, 7], "other": [1, 4, 9, 7]}
    body = {"inputs": shapes, "layers": layers, "receptive_field_of": [{"layer": "sum", "output": [4, 3]}]}
    [shown] = answered(PATH, body)["receptive_fields"]
    assert shown["boxes"] == {"left": [[3, 5], [2, 4]], "right": [[4, 4], [3, 3]], "other": None}
    assert shown["box"] == shown["boxes"]["left"]


def test_what_a_mistake_leaves_unknown_is_null(boxes: Callable[..., list[Any]]) -> None:
    layers = [{**CONV, "name": "a", "kernel_size": 30}, {**CONV, "name": "b"}]
    assert boxes([1, 3, 9, 7], layers, ("b", [0, 0])) == [None]


@pytest.mark.parametrize(
    ("wanted", "name", "location"),
    [
        ({"layer": "conv", "output": [0, 0]}, "unknown-input", "/receptive_field_of/0/layer"),
        ({"layer": "a", "output": [0]}, "wrong-type", "/receptive_field_of/0/output"),
        ({"layer": "a", "output": [0, 7]}, "parameter-out-of-range", "/receptive_field_of/0/output/1"),
        ({"layer": "a", "output": [0, -1]}, "parameter-out-of-range", "/receptive_field_of/0/output/1"),
        ({"layer": "a"}, "missing-parameter", "/receptive_field_of/0"),
        ({"layer": "a", "output": [0, 0], "at": 1}, "unknown-parameter", "/receptive_field_of/0/at"),
        ({"layer": "a", "output": "0"}, "wrong-type", "/receptive_field_of/0/output"),
    ],
)
def test_an_output_that_does_not_exist_is_refused(refuse: Refuse, wanted: Document, name: str, location: str) -> None:
    body = {"input_shape": [1, 3, 9, 7], "layers": [{**CONV, "name": "a"}], "receptive_field_of": [wanted]}
    [diagnostic] = refuse(PATH, body)["errors"]
    assert (diagnostic["name"], diagnostic["location"]) == (name, location)


def test_the_layers_that_are_walked_through_are_limited(limited: Limited, problem: Problem) -> None:
    body = {"input_shape": [1, 3, 9, 7], "layers": [{**CONV, "name": "a"}] * 3}
    body["receptive_field_of"] = [{"layer": "a", "output": [0, column]} for column in range(4)]
    document = problem(limited(max_traced_layers=11).post(PATH, json=body), 413)
    assert "12, above the limit of 11 (`max_traced_layers`)" in document["detail"]


def test_axes_of_two_thousand_million_positions_are_answered(boxes: Callable[..., list[Any]]) -> None:
    size = 2**31 - 1
    layers = [
        {"type": "conv1d", "name": "a", "out_channels": 1, "kernel_size": 2**30, "padding": 5},
        {"type": "adaptive_avg_pool1d", "name": "b", "output_size": 3},
    ]
    assert boxes([1, 1, size], layers, ("a", [0]), ("b", [2])) == [[[0, 2**30 - 6]], [[715827884, size - 1]]]


def test_an_output_that_is_asked_for_again_is_walked_through_once(limited: Limited) -> None:
    wanted = {"layer": "a", "output": [0, 0]}
    body = {"input_shape": [1, 3, 9, 7], "layers": [{**CONV, "name": "a"}], "receptive_field_of": [wanted] * 4}
    answer = limited(max_traced_layers=1).post(PATH, json=body).json
    assert len(answer["receptive_fields"]) == 4
    assert len({str(box) for box in answer["receptive_fields"]}) == 1
