"""`POST /v1/padding`: the padding that gives a wanted output size."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

PATH = "/v1/padding"
SIZE = "/v1/output-size"


def test_the_documented_example(answered: Answered) -> None:
    body = {
        "framework": "pytorch",
        "input_size": [224, 224],
        "output_size": [112, 112],
        "layer": {"type": "conv2d", "kernel_size": 7, "stride": 2},
    }
    document = answered(PATH, body)
    assert document["solvable"] is True
    assert document["padding"] == [[3, 3], [3, 3]]
    assert document["symmetric"] is True
    assert [(axis["padding"], axis["total"]) for axis in document["axes"]] == [([3, 3], [5, 6])] * 2
    written = document["written"]
    assert written["pytorch"] == {"padding": 3}
    assert written["onnx"] == {"pads": [3, 3, 3, 3]}
    assert written["keras"] == [
        {"type": "pad", "padding": 3},
        {"type": "conv2d", "kernel_size": 7, "strides": 2, "padding": "valid"},
    ]
    assert written["jax"] == {"padding": [[3, 3], [3, 3]]}


@pytest.mark.parametrize(
    ("layer", "size", "wanted", "padding", "totals"),
    [
        ({"kernel_size": 3}, [9, 7], "same", [[1, 1], [1, 1]], [[2, 2], [2, 2]]),
        ({"kernel_size": [3, 5]}, [9, 7], "same", [[1, 1], [2, 2]], [[2, 2], [4, 4]]),
        ({"kernel_size": [4, 3]}, [9, 7], "same", [[1, 2], [1, 1]], [[3, 3], [2, 2]]),
        ({"kernel_size": 3, "stride": [2, 3]}, [9, 7], "same", [[1, 1], [1, 1]], [[2, 3], [2, 4]]),
        ({"kernel_size": 3, "stride": 2}, [9, 7], [4, 3], [[0, 0], [0, 0]], [[0, 1], [0, 1]]),
        ({"kernel_size": 3, "dilation": [1, 2]}, [9, 7], [9, 7], [[1, 1], [2, 2]], [[2, 2], [4, 4]]),
        ({"kernel_size": 2, "stride": 1}, [9, 7], [10, 6], [[1, 1], [0, 0]], [[2, 2], [0, 0]]),
    ],
)
def test_the_smallest_even_padding_is_chosen_or_else_the_smallest(
    answered: Answered, layer: Document, size: list[int], wanted: Any, padding: Any, totals: Any
) -> None:
    body = {"framework": "jax", "input_size": size, "output_size": wanted, "layer": {"type": "conv2d", **layer}}
    document = answered(PATH, body)
    assert document["padding"] == padding
    assert [axis["total"] for axis in document["axes"]] == totals
    assert document["symmetric"] is all(before == after for before, after in padding)


@pytest.mark.parametrize(("kernel", "stride", "size"), [(3, 1, 7), (3, 2, 7), (4, 3, 11), (7, 2, 224), (1, 2, 8)])
def test_same_is_the_ceiling_of_input_over_stride(answered: Answered, kernel: int, stride: int, size: int) -> None:
    layer = {"type": "conv1d", "kernel_size": kernel, "stride": stride}
    document = answered(PATH, {"framework": "onnx", "input_size": size, "output_size": "same", "layer": layer})
    written = {"framework": "onnx", "input_size": size, "layer": {**layer, **document["written"]["onnx"]}}
    assert answered(SIZE, written)["output_size"] == [-(-size // stride)]


@pytest.mark.parametrize("framework", ["pytorch", "onnx", "jax"])
def test_what_is_written_gives_the_wanted_size(answered: Answered, framework: str) -> None:
    layer = {"type": "conv2d", "kernel_size": [5, 3], "stride": [2, 1]}
    body = {"framework": framework, "input_size": [11, 8], "output_size": [6, 8], "layer": layer}
    written = answered(PATH, body)["written"][framework]
    answer = answered(SIZE, {"framework": framework, "input_size": [11, 8], "layer": {**layer, **written}})
    assert answer["output_size"] == [6, 8]


def test_keras_writes_its_own_same(answered: Answered) -> None:
    layer = {"type": "conv2d", "kernel_size": [3, 5]}
    document = answered(PATH, {"input_size": [9, 7], "output_size": "same", "layer": layer})
    assert document["written"]["keras"] == {"padding": "same"}


def test_pytorch_writes_an_uneven_padding_as_a_layer_before(answered: Answered) -> None:
    document = answered(PATH, {"input_size": 8, "output_size": 8, "layer": {"type": "conv1d", "kernel_size": 4}})
    assert document["written"]["pytorch"] == [
        {"type": "pad", "padding": [[1, 2]]},
        {"type": "conv1d", "kernel_size": 4, "stride": 1, "padding": 0},
    ]


@pytest.mark.parametrize(
    ("size", "wanted", "padding", "extra", "output"),
    [(12, 24, [1, 1], [1], [24]), (12, 23, [1, 1], [0], [23]), (12, 25, [0, 0], [0], [25])],
)
def test_a_transposed_convolution_is_solved_with_its_output_padding(
    answered: Answered, size: int, wanted: int, padding: list[int], extra: list[int], output: list[int]
) -> None:
    layer = {"type": "conv_transpose1d", "kernel_size": 3, "stride": 2}
    document = answered(PATH, {"input_size": size, "output_size": wanted, "layer": layer})
    assert document["padding"] == [padding]
    assert document["output_padding"] == extra
    written = document["written"]["pytorch"]
    assert answered(SIZE, {"input_size": size, "layer": {**layer, **written}})["output_size"] == output


def test_no_solution_is_an_answer_with_the_nearest_sizes(answered: Answered) -> None:
    layer = {"type": "conv2d", "kernel_size": 3, "stride": [1, 2]}
    document = answered(PATH, {"input_size": [9, 7], "output_size": [9, 2], "layer": layer})
    assert document["solvable"] is False
    assert document["padding"] is None
    assert document["axes"][0]["padding"] == [1, 1]
    assert document["axes"][1]["nearest"] == {"below": None, "above": 3}
    assert len(document["diagnostics"]) == 1


def test_what_a_framework_cannot_write_is_null(answered: Answered) -> None:
    """Neither Keras nor JAX has an LP pool."""
    layer = {"type": "lp_pool1d", "kernel_size": 2, "stride": 1}
    written = answered(PATH, {"framework": "onnx", "input_size": 8, "output_size": 8, "layer": layer})["written"]
    assert (written["keras"], written["jax"]) == (None, None)


def test_a_maximum_pool_is_padded_with_the_lowest_number(answered: Answered) -> None:
    layer = {"type": "max_pool1d", "kernel_size": 2, "stride": 1}
    document = answered(PATH, {"input_size": 8, "output_size": 8, "layer": layer})
    assert document["padding"] == [[0, 1]]
    assert document["symmetric"] is False
    assert document["written"]["pytorch"] == [
        {"type": "pad", "padding": [[0, 1]], "value": -3.4028234663852886e38},
        {"type": "max_pool1d", "kernel_size": 2, "stride": 1, "padding": 0},
    ]
    assert document["written"]["onnx"] == {"pads": [0, 1]}


def test_causal_pads_before_only(answered: Answered) -> None:
    layer = {"type": "conv1d", "kernel_size": 3, "dilation": 4}
    document = answered(PATH, {"framework": "keras", "input_size": 15, "output_size": "causal", "layer": layer})
    assert document["padding"] == [[8, 0]]
    assert document["axes"][0]["output"] == 15
    assert document["axes"][0]["total"] == [8, 8]
    assert document["written"]["keras"] == {"padding": "causal"}
    assert document["written"]["pytorch"] == [
        {"type": "pad", "padding": [[8, 0]]},
        {"type": "conv1d", "kernel_size": 3, "stride": 1, "dilation": 4, "padding": 0},
    ]


def test_a_causal_transposed_convolution_crops_after_only(answered: Answered) -> None:
    layer = {"type": "conv_transpose1d", "kernel_size": 5, "stride": 2}
    document = answered(PATH, {"input_size": 4, "output_size": "causal", "layer": layer})
    assert (document["axes"][0]["output"], document["padding"], document["output_padding"]) == (8, [[0, 3]], [0])


@pytest.mark.parametrize(
    ("framework", "layer", "below"),
    [
        ("pytorch", {"type": "max_pool1d", "kernel_size": 4, "stride": 1}, 9),
        ("onnx", {"type": "max_pool1d", "kernel_size": 4, "stride": 1}, 11),
        ("pytorch", {"type": "conv1d", "kernel_size": 1, "padding_mode": "reflect"}, 22),
        ("pytorch", {"type": "conv1d", "kernel_size": 1, "padding_mode": "circular"}, 24),
    ],
)
def test_padding_is_bound_by_what_the_framework_takes(
    answered: Answered, framework: str, layer: Document, below: int
) -> None:
    document = answered(PATH, {"framework": framework, "input_size": 8, "output_size": below + 1, "layer": layer})
    assert document["axes"][0]["nearest"] == {"below": below, "above": None}
    [diagnostic] = document["diagnostics"]
    assert diagnostic["name"] == "unreachable-output-size"
    body = {"framework": framework, "input_size": 8, "output_size": below, "layer": layer}
    written = answered(PATH, body)["written"][framework]
    answer = answered(SIZE, {"framework": framework, "input_size": 8, "layer": {**layer, **written}})
    assert answer["output_size"] == [below]


@pytest.mark.parametrize(
    ("body", "name", "location"),
    [
        ({"output_size": [9, 7, 5]}, "wrong-type", "/output_size"),
        ({"output_size": "full"}, "wrong-type", "/output_size"),
        ({"output_size": 0}, "parameter-out-of-range", "/output_size"),
        ({"output_size": None}, "missing-parameter", ""),
        ({"input_size": [9, 0]}, "parameter-out-of-range", "/input_size/1"),
        ({"layer": {"type": "conv2d", "kernel_size": 3, "stride": 0}}, "parameter-out-of-range", "/layer/stride"),
        ({"layer": {"type": "relu"}}, "unsuitable-layer-type", "/layer/type"),
        ({"layer": {"type": "relux"}}, "unknown-layer-type", "/layer/type"),
    ],
)
def test_a_question_with_a_mistake_is_refused(refuse: Refuse, body: Document, name: str, location: str) -> None:
    question = {"input_size": [9, 7], "output_size": [9, 7], "layer": {"type": "conv2d", "kernel_size": 3}}
    [diagnostic] = refuse(PATH, {**question, **body})["errors"]
    assert (diagnostic["name"], diagnostic["location"]) == (name, location)


def test_a_depthwise_convolution_has_its_padding_too(answered: Answered) -> None:
    layer = {"type": "depthwise_conv2d", "kernel_size": [3, 4], "strides": [1, 2]}
    document = answered(PATH, {"framework": "keras", "input_size": [9, 8], "output_size": "same", "layer": layer})
    assert document["padding"] == [[1, 1], [1, 1]]
    assert document["written"]["keras"] == {"padding": "same"}
    assert document["written"]["pytorch"] is None


def test_onnx_takes_an_output_padding_per_axis(answered: Answered) -> None:
    # onnxruntime refuses one integer: "Mismatched attribute type".
    layer = {"type": "conv_transpose2d", "kernel_size": 3, "stride": 2}
    written = answered(PATH, {"input_size": [28, 28], "output_size": [56, 56], "layer": layer})["written"]
    assert written["onnx"] == {"pads": [1, 1, 1, 1], "output_padding": [1, 1]}
    assert written["pytorch"] == {"padding": 1, "output_padding": 1}


@pytest.mark.parametrize(
    ("framework", "layer", "size", "wanted", "warned"),
    [
        ("pytorch", {"type": "conv2d", "kernel_size": 3}, 56, 224, True),
        ("pytorch", {"type": "conv2d", "kernel_size": 3}, 8, 12, True),
        ("pytorch", {"type": "conv2d", "kernel_size": 3, "dilation": 2}, 8, 12, False),
        ("pytorch", {"type": "conv2d", "kernel_size": 3}, 8, 10, False),
        ("jax", {"type": "max_pool2d", "kernel_size": 2, "stride": 1}, 8, 12, True),
        ("keras", {"type": "conv2d", "kernel_size": 3}, 8, 14, True),
        ("pytorch", {"type": "conv_transpose2d", "kernel_size": 5}, 20, 12, False),
    ],
)
def test_padding_that_holds_a_whole_window_is_a_warning(
    framework: str, layer: Document, size: int, wanted: int, warned: bool, answered: Answered
) -> None:
    document = answered(PATH, {"framework": framework, "input_size": [size] * 2, "output_size": wanted, "layer": layer})
    assert document["solvable"] is True
    found = [(one["name"], one["severity"], one["location"]) for one in document["diagnostics"]]
    assert found == ([("padding-only-window", "warning", "/output_size")] if warned else [])


def test_solutions_that_hold_a_whole_window_are_a_warning(answered: Answered) -> None:
    body = {"layer": {"type": "conv2d"}, "input_size": 10, "output_size": 20, "unknown": ["kernel_size", "padding"]}
    document = answered("/v1/solve", body)
    wasteful = [one for one in document["solutions"] if one["padding"] >= one["kernel_size"]]
    assert 0 < len(wasteful) < len(document["solutions"])
    [warning] = document["diagnostics"]
    assert (warning["name"], warning["location"]) == ("padding-only-window", "/unknown")
    assert warning["message"].startswith(f"{len(wasteful)} of the {len(document['solutions'])} solutions listed ")
    bounded = {**body, "bounds": {"padding": [0, 5], "kernel_size": [11, 11]}, "output_size": 10}
    assert answered("/v1/solve", bounded)["diagnostics"] == []
