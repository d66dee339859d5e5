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
Post = Callable[[str, Any], tuple[int, Document]]

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
    steps = written if isinstance(written, list) else [{"type": layer["type"], **written}]
    expected = convolved(client, "pytorch", layer, source, weight)
    for step in steps:
        flipped = weight is not None and name == "jax" and "transpose" in step["type"]
        kernel_now = np.flip(weight) if flipped and weight is not None else weight
        source = convolved(client, name, step, source, kernel_now if "conv" in step["type"] else None)
    np.testing.assert_allclose(source, expected)


def convolved(client: FlaskClient, framework: str, layer: Document, source: Any, weight: Any) -> Any:
    body = {"framework": framework, "layer": layer, "input": source.tolist()}
    if weight is not None:
        body["weight"] = weight.tolist()
    answer = client.post("/v1/convolve", json=body, headers={"Accept": "application/x-npy"})
    assert answer.status_code == 200, answer.json
    return np.load(io.BytesIO(answer.data))


def verdict(answered: Answered, name: str, layer: Document, framework: str = "pytorch", **shape: Any) -> Document:
    """What one framework makes of a layer that another was asked for."""
    body = {"framework": framework, "layer": layer, **shape}
    found: Document = answered(PATH, body)["frameworks"][name]
    return found


def test_values_that_were_not_compared_are_not_called_equal(answered: Answered) -> None:
    layer = {"type": "pixel_shuffle", "scale_factor": 2}
    found = verdict(answered, "keras", layer, input_shape=[1, 16, 4, 6])
    assert found["equal"] is None
    assert "only the sizes were compared, not the values" in found["notes"]


def test_flattening_takes_another_order_where_the_channels_come_last(answered: Answered) -> None:
    found = verdict(answered, "keras", {"type": "flatten"}, input_shape=[1, 16, 4, 5])
    assert found["equal"] == "shape"
    assert found["written"] == [{"type": "permute", "dims": [3, 1, 2]}, {"type": "flatten"}]
    assert verdict(answered, "onnx", {"type": "flatten"}, input_shape=[1, 16, 4, 5])["equal"] == "values"
    assert verdict(answered, "keras", {"type": "flatten"}, input_shape=[1, 16, 1, 1])["equal"] == "values"


def test_a_batch_normalisation_says_its_epsilon_and_turns_its_momentum_round(answered: Answered) -> None:
    layer = {"type": "batch_norm2d", "num_features": 16}
    found = verdict(answered, "keras", layer, input_shape=[1, 16, 4, 5])
    assert (found["equal"], found["written"]) == ("shape", {"epsilon": 1e-05, "momentum": 0.9})
    assert verdict(answered, "onnx", layer, input_shape=[1, 16, 4, 5])["equal"] == "values"
    said = {"type": "batch_norm2d", "epsilon": 0.001, "momentum": 0.75}
    found = verdict(answered, "pytorch", said, "keras", input_shape=[1, 4, 5, 16])
    assert found["written"] == {"num_features": 16, "eps": 0.001, "momentum": 0.25}


SAME = {"type": "max_pool2d", "pool_size": 3, "strides": 2, "padding": "same"}
UPPER = {"type": "max_pool1d", "kernel_shape": [4], "strides": [1], "auto_pad": "SAME_UPPER"}
CEIL = {"type": "max_pool2d", "kernel_size": 2, "stride": 2, "ceil_mode": True}
LOWEST = -3.4028234663852886e38


@pytest.mark.parametrize(
    ("framework", "layer", "shape", "name", "written"),
    [
        ("keras", SAME, [1, 112, 96, 2], "pytorch", {"kernel_size": 3, "stride": 2, "padding": 0, "ceil_mode": True}),
        ("keras", SAME, [1, 111, 97, 2], "pytorch", {"kernel_size": 3, "stride": 2, "padding": 1}),
        ("onnx", UPPER, [1, 2, 9], "pytorch",
         [{"type": "pad", "padding": [[1, 2]], "value": LOWEST},
          {"type": "max_pool1d", "kernel_size": 4, "stride": 1, "padding": 0}]),
        ("keras", {"type": "avg_pool1d", "pool_size": 3, "strides": 2, "padding": "same"}, [1, 9, 2], "pytorch",
         {"kernel_size": 3, "stride": 2, "count_include_pad": False, "padding": 1}),
        ("pytorch", {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1}, [1, 4, 112, 96], "keras",
         [{"type": "max_pool2d", "pool_size": 3, "strides": 1, "padding": "same"},
          {"type": "max_pool2d", "pool_size": 1, "strides": 2, "padding": "valid"}]),
        ("pytorch", CEIL, [1, 4, 7, 8], "jax",
         [{"type": "max_pool2d", "window_shape": [2, 2], "strides": [2, 2], "padding": [[0, 1], [0, 0]]}]),
        ("pytorch", CEIL, [1, 4, 7, 8], "onnx",
         {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [0, 0, 0, 0], "ceil_mode": 1}),
        ("keras", {"type": "depthwise_conv2d", "kernel_size": 3, "depth_multiplier": 2}, [1, 9, 8, 4], "pytorch",
         [{"type": "conv2d", "kernel_size": 3, "stride": 1, "groups": 4, "in_channels": 4, "out_channels": 8,
           "padding": 0}]),
        ("keras", {"type": "conv1d", "kernel_size": 3, "filters": 2, "padding": "causal"}, [1, 9, 4], "pytorch",
         [{"type": "pad", "padding": [[2, 0]]},
          {"type": "conv1d", "kernel_size": 3, "stride": 1, "in_channels": 4, "out_channels": 2, "padding": 0}]),
        ("pytorch", {"type": "conv2d", "kernel_size": 3, "stride": 2, "dilation": 2, "out_channels": 2},
         [1, 4, 19, 18], "keras",
         [{"type": "conv2d", "kernel_size": 3, "strides": 1, "dilation_rate": 2, "filters": 2, "padding": "valid"},
          {"type": "max_pool2d", "pool_size": 1, "strides": 2, "padding": "valid"}]),
        ("pytorch", {"type": "conv2d", "kernel_size": 3, "padding": [1, 2], "padding_mode": "reflect"},
         [1, 4, 9, 8], "jax",
         [{"type": "pad", "padding": [[1, 1], [2, 2]], "mode": "reflect"},
          {"type": "conv2d", "kernel_size": [3, 3], "window_strides": [1, 1], "in_channels": 4,
           "padding": [[0, 0], [0, 0]]}]),
        ("pytorch", {"type": "adaptive_avg_pool2d", "output_size": [6, 4]}, [1, 4, 12, 8], "onnx",
         [{"type": "avg_pool2d", "kernel_shape": [2, 2], "strides": [2, 2], "pads": [0, 0, 0, 0]}]),
        ("pytorch", {"type": "adaptive_avg_pool2d", "output_size": 6}, [1, 4, 13, 8], "onnx", None),
        ("onnx", {"type": "global_avg_pool2d"}, [1, 4, 13, 8], "pytorch",
         [{"type": "adaptive_avg_pool2d", "output_size": 1}]),
        ("onnx", {"type": "global_avg_pool2d"}, [1, 4, 13, 8], "keras", {"keepdims": True}),
        ("pytorch", {"type": "lp_pool1d", "norm_type": 2, "kernel_size": 2}, [1, 4, 8], "onnx",
         {"kernel_shape": [2], "strides": [2], "p": 2, "pads": [0, 0]}),
        ("pytorch", {"type": "lp_pool1d", "norm_type": 3, "kernel_size": 2}, [1, 4, 8], "onnx", None),
        ("pytorch", {"type": "upsample", "scale_factor": 2, "mode": "bilinear"}, [1, 4, 8, 5], "keras",
         {"size": 2, "interpolation": "bilinear"}),
        ("pytorch", {"type": "upsample", "scale_factor": 2, "mode": "bilinear", "align_corners": True}, [1, 4, 8, 5],
         "keras", None),
    ],
)  # fmt: skip
def test_what_is_written(
    answered: Answered, framework: str, layer: Document, shape: list[int], name: str, written: Any
) -> None:
    assert verdict(answered, name, layer, framework, input_shape=shape)["written"] == written


@pytest.mark.parametrize("family", ["max_pool", "avg_pool", "conv"])
@pytest.mark.parametrize(
    ("changed", "padding"), [({"input_dilation": 2, "kernel_size": 3}, [[1, 2]]), ({"kernel_size": 9}, [[1, 2]])]
)
def test_what_only_jax_has_is_written_as_it_is_and_in_jax_only(
    answered: Answered, family: str, changed: Document, padding: Any
) -> None:
    """An input dilation, and an output without positions."""
    layer = {"type": f"{family}1d", "stride": 1, "padding": padding, **changed}
    found = answered(PATH, {"framework": "jax", "input_size": [5], "layer": layer})["frameworks"]
    assert found["jax"]["equal"] == "values"
    assert found["jax"]["written"]["padding"] == padding
    for name in ("pytorch", "keras", "onnx"):
        assert (found[name]["accepted"], found[name]["equal"], found[name]["written"]) == (False, None, None)


def test_a_lowest_number_stands_for_minus_infinity_and_the_note_says_so(answered: Answered) -> None:
    found = verdict(answered, "pytorch", UPPER, "onnx", input_size=9)
    assert any("lowest 32-bit float in place of minus infinity" in note for note in found["notes"])


def test_a_grouped_convolution_needs_the_channels(answered: Answered) -> None:
    layer = {"type": "depthwise_conv2d", "kernel_size": 3}
    found = verdict(answered, "pytorch", layer, "keras", input_size=[9, 8])
    assert found["written"] is None
    assert any("give `input_shape`" in note for note in found["notes"])


def test_layers_that_name_axes_by_position_keep_the_order_of_axes(answered: Answered) -> None:
    layer = {"type": "linear", "in_features": 16, "out_features": 4}
    found = verdict(answered, "keras", layer, input_shape=[2, 5, 16])
    assert (found["accepted"], found["equal"], found["written"]) == (True, "values", {"units": 4})
    permute = {"type": "permute", "dims": [0, 2, 3, 1]}
    assert verdict(answered, "keras", permute, input_shape=[1, 3, 8, 9])["written"] == {"dims": [2, 3, 1]}


def test_a_flipped_kernel_is_said(answered: Answered) -> None:
    layer = {"type": "conv_transpose2d", "kernel_size": 3, "stride": 2}
    found = verdict(answered, "jax", layer, input_size=[9, 8])
    assert any("transpose_kernel=True" in note for note in found["notes"])


def test_a_product_is_compared_with_the_shapes_of_both_factors(answered: Answered, refuse: Refuse) -> None:
    body = {"layer": {"type": "bmm"}, "input_shapes": [[2, 3, 4], [2, 4, 5]]}
    assert answered(PATH, body)["frameworks"]["jax"]["written"] == [{"type": "matmul"}]
    [diagnostic] = refuse(PATH, {**body, "input_shapes": [[2, 3, 4]]})["errors"]
    assert diagnostic["location"] == "/input_shapes"


def test_a_rectifier_with_a_bound_is_a_clamp_where_there_is_none(answered: Answered) -> None:
    body = {"framework": "keras", "layer": {"type": "ReLU", "max_value": 6}, "input_shape": [2, 3]}
    verdict = answered(PATH, body)["frameworks"]["pytorch"]
    assert (verdict["equal"], verdict["written"]) == (None, [{"type": "clamp", "min": 0.0, "max": 6.0}])


def test_windows_are_listed_for_each_framework_that_accepts(answered: Answered) -> None:
    layer = {"type": "conv_transpose1d", "kernel_size": 3, "stride": 2}
    plain = answered(PATH, {"framework": "keras", "input_size": [2], "layer": layer})
    listed = answered(PATH, {"framework": "keras", "input_size": [2], "layer": layer, "windows": True})
    windows = {name: [axis.pop("windows") for axis in found["axes"]] for name, found in listed["frameworks"].items()}
    assert listed == plain
    assert windows["keras"] == windows["pytorch"]
    assert windows["keras"] == [[[0, None, None], [None, 0, None], [1, None, 0], [None, 1, None], [None, None, 1]]]
    assert windows["jax"] == [[[1, None, 0]]]


def test_more_windows_than_the_limit_in_all_frameworks_are_refused(answered: Answered, post: Post) -> None:
    body = {"input_size": [10_000], "layer": {"type": "conv1d", "kernel_size": 3}, "windows": True}
    status, document = post(PATH, body)
    assert (status, document["errors"][0]["location"]) == (413, "/windows")
    assert len(answered("/v1/output-size", body)["axes"][0]["windows"]) == 9_998
