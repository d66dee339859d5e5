"""`POST /v1/compare`: one layer in every framework, whether it computes the same, and how to write it there."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]

PATH = "/v1/compare"
NAMES = ("pytorch", "keras", "onnx", "jax")


def verdicts(document: Document) -> dict[str, tuple[list[int] | None, str | None]]:
    return {name: (verdict["output_size"], verdict["equal"]) for name, verdict in document["frameworks"].items()}


@pytest.mark.parametrize(
    ("framework", "layer", "size", "expected"),
    [
        # the same words, other values: "same" puts the odd position after, PyTorch wants stride 1
        (
            "keras",
            {"type": "conv1d", "kernel_size": 3, "strides": 2, "padding": "same"},
            6,
            {"pytorch": (None, None), "keras": ([3], "values"), "onnx": ([3], "values"), "jax": ([3], "values")},
        ),
        # a pool's stride is its kernel in PyTorch and Keras, 1 in ONNX and JAX
        (
            "pytorch",
            {"type": "max_pool1d", "kernel_size": 2},
            6,
            {"pytorch": ([3], "values"), "keras": ([3], "values"), "onnx": ([5], "neither"), "jax": ([5], "neither")},
        ),
        # what an average counts: padding in PyTorch, not in ONNX
        (
            "pytorch",
            {"type": "avg_pool1d", "kernel_size": 3, "stride": 2, "padding": 1},
            7,
            {"pytorch": ([4], "values"), "keras": (None, None), "onnx": ([4], "shape"), "jax": ([4], "values")},
        ),
        # a transposed convolution: padding crops in PyTorch and ONNX; JAX flips no kernel and reads padding otherwise
        (
            "pytorch",
            {"type": "conv_transpose1d", "kernel_size": 3, "stride": 2, "padding": 1},
            12,
            {"pytorch": ([23], "values"), "keras": (None, None), "onnx": ([23], "values"), "jax": ([23], "shape")},
        ),
        # a window larger than its input: an error, or an empty array
        (
            "jax",
            {"type": "conv1d", "kernel_size": 5},
            3,
            {"pytorch": (None, None), "keras": (None, None), "onnx": (None, None), "jax": ([0], "values")},
        ),
    ],
    ids=["same", "stride", "average", "transposed", "empty"],
)
def test_every_framework_has_its_own_verdict(
    answered: Answered, framework: str, layer: Document, size: int, expected: Document
) -> None:
    document = answered(PATH, {"framework": framework, "input_size": size, "layer": layer})
    assert verdicts(document) == expected
    assert document["output_size"] == expected[framework][0]


def test_a_disagreement_is_a_warning_with_both_numbers(answered: Answered) -> None:
    layer = {"type": "max_pool1d", "kernel_size": 2}
    document = answered(PATH, {"input_size": 6, "layer": layer})
    assert [diagnostic["name"] for diagnostic in document["diagnostics"]] == ["frameworks-disagree"] * 2
    assert document["diagnostics"][0]["message"] == (
        "PyTorch and ONNX disagree: the size is [3] in one and [5] in the other"
    )
    assert not answered(PATH, {"input_size": 6, "layer": {**layer, "stride": 2}})["diagnostics"]


def test_a_refusal_has_its_reason_and_its_place(answered: Answered) -> None:
    layer = {"type": "conv2d", "kernel_size": 3, "stride": 2, "dilation": 2}
    verdict = answered(PATH, {"input_size": [9, 7], "layer": layer})["frameworks"]["keras"]
    assert verdict["accepted"] is False
    assert [(diagnostic["name"], diagnostic["location"]) for diagnostic in verdict["diagnostics"]] == [
        ("stride-with-dilation", "/layer/dilation")
    ]


def test_a_size_that_a_tool_reports_differently_is_noted(answered: Answered) -> None:
    layer = {"type": "max_pool1d", "kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True}
    document = answered(PATH, {"input_size": 5, "layer": layer})
    assert document["frameworks"]["onnx"]["output_size"] == [3]
    assert document["frameworks"]["onnx"]["notes"] == ["onnx.shape_inference reports 4 here up to opset 21"]
    assert document["frameworks"]["pytorch"]["notes"] == []
    too_large = answered(PATH, {"input_size": 3, "layer": {"type": "conv1d", "kernel_size": 5}})
    assert too_large["frameworks"]["onnx"]["notes"] == ["onnx.shape_inference reports -1 here instead of an error"]


def test_a_shape_is_put_into_each_frameworks_order(answered: Answered) -> None:
    layer = {"type": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": [3, 2]}
    document = answered(PATH, {"input_shape": [1, 3, 9, 7], "layer": layer})
    assert [document["frameworks"][name]["output_size"] for name in NAMES] == [[7, 6]] * 4


def test_an_input_has_to_be_given(refuse: Refuse) -> None:
    [diagnostic] = refuse(PATH, {"layer": {"type": "conv1d", "kernel_size": 3}})["errors"]
    assert diagnostic["name"] == "missing-parameter"


WRITTEN = ("padding", "output_padding", "count_include_pad")
"""Parameters that `written` decides."""

LAYERS: list[tuple[Document, list[int]]] = [
    ({"type": "conv2d", "kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 0]}, [7, 6]),
    ({"type": "conv2d", "kernel_size": [2, 4], "padding": "same"}, [5, 6]),
    ({"type": "conv2d", "kernel_size": 3, "dilation": [1, 2], "padding": [2, 3]}, [7, 6]),
    ({"type": "conv1d", "kernel_size": 4, "stride": 3}, [11]),
    ({"type": "avg_pool2d", "kernel_size": 2, "stride": [1, 2], "padding": 1}, [5, 6]),
    ({"type": "avg_pool2d", "kernel_size": 3, "stride": 1, "padding": 1, "count_include_pad": False}, [5, 6]),
    ({"type": "avg_pool2d", "kernel_size": 3, "stride": 1, "padding": 1}, [5, 6]),
    ({"type": "max_pool2d", "kernel_size": [3, 2], "stride": 2}, [7, 6]),
    ({"type": "conv_transpose2d", "kernel_size": [3, 4], "stride": 2, "padding": 1, "output_padding": [1, 0]}, [4, 3]),
]


@pytest.mark.parametrize(("layer", "size"), LAYERS, ids=[str(number) for number in range(len(LAYERS))])
@pytest.mark.parametrize("name", NAMES)
def test_the_written_layers_compute_the_same_values(
    client: FlaskClient, answered: Answered, layer: Document, size: list[int], name: str
) -> None:
    """`written` is run as its framework runs it, and compared with the layer itself."""
    written = answered(PATH, {"input_size": size, "layer": layer})["frameworks"][name]["written"]
    assert written is not None
    numbers = np.random.default_rng(sum(size))
    source = numbers.integers(-4, 5, size).astype(float)
    kernel = layer["kernel_size"] if isinstance(layer["kernel_size"], list) else [layer["kernel_size"]] * len(size)
    weight = None if "pool" in layer["type"] else numbers.integers(-4, 5, kernel).astype(float)
    kept = {key: value for key, value in layer.items() if key not in WRITTEN}
    kept.setdefault("stride", layer["kernel_size"] if "pool" in layer["type"] else 1)
    steps = written if isinstance(written, list) else [{**kept, **written}]
    expected = convolved(client, "pytorch", layer, source, weight)
    for step in steps:
        own = {**kept, **step} if step["type"] == layer["type"] else step
        flipped = weight is not None and name == "jax" and "transpose" in own["type"]
        kernel_now = np.flip(weight) if flipped and weight is not None else weight
        applies = weight is not None and own["type"] == layer["type"]
        source = convolved(client, name, own, source, kernel_now if applies else None)
    np.testing.assert_allclose(source, expected)


def convolved(client: FlaskClient, framework: str, layer: Document, source: Any, weight: Any) -> Any:
    body = {"framework": framework, "layer": layer, "input": source.tolist()}
    if weight is not None:
        body["weight"] = weight.tolist()
    answer = client.post("/v1/convolve", json=body, headers={"Accept": "application/x-npy"})
    assert answer.status_code == 200, answer.json
    return np.load(io.BytesIO(answer.data))


@pytest.mark.parametrize(
    "layer", [{"type": "flatten"}, {"type": "batch_norm2d", "num_features": 16}], ids=lambda layer: layer["type"]
)
def test_values_that_were_not_compared_are_not_called_equal(answered: Answered, layer: Document) -> None:
    # Keras flattens in another order, and its batch normalisation has another epsilon.
    frameworks = answered(PATH, {"input_shape": [1, 16, 4, 4], "layer": layer})["frameworks"]
    assert frameworks["pytorch"]["equal"] == "values"
    assert [frameworks[name]["equal"] for name in ("keras", "onnx", "jax")] == [None] * 3
    assert frameworks["keras"]["notes"] == ["only the sizes were compared, not the values"]
