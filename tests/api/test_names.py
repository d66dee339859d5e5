"""Layers by the names that the frameworks' users write, and the words that go with them."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

PATH = "/v1/networks/validate"


def judged(answered: Answered, framework: str, layer: Document, *shapes: list[int | None]) -> Document:
    """The answer about one layer with these inputs."""
    inputs = {f"input_{index}": shape for index, shape in enumerate(shapes)}
    body = {"framework": framework, "inputs": inputs, "layers": [{**layer, "inputs": list(inputs)}]}
    return answered(PATH, body)


def messages(document: Document) -> list[tuple[str, str]]:
    return [(diagnostic["name"], diagnostic["message"]) for diagnostic in document["diagnostics"]]


@pytest.mark.parametrize(
    ("framework", "layer", "shape", "expected"),
    [
        ("pytorch", {"type": "nn.Conv2d", "out_channels": 8, "kernel_size": 3}, [1, 3, 8, 9], [1, 8, 6, 7]),
        ("pytorch", {"type": "torch.nn.ConstantPad1d", "padding": [4, 3], "value": 0}, [1, 3, 8], [1, 3, 15]),
        ("pytorch", {"type": "F.pad", "pad": [1, 2, 3, 4]}, [1, 3, 8, 9], [1, 3, 15, 12]),
        ("pytorch", {"type": "torch.flatten"}, [2, 3, 4], [24]),
        ("pytorch", {"type": "nn.Flatten"}, [2, 3, 4], [2, 12]),
        ("keras", {"type": "layers.ZeroPadding2D", "padding": [[1, 2], [3, 4]]}, [None, 8, 9, 3], [None, 11, 16, 3]),
        ("keras", {"type": "Permute", "dims": [2, 1]}, [None, 5, 3], [None, 3, 5]),
        ("pytorch", {"type": "Permute", "dims": [2, 1]}, [1, 5, 3], [1, 3, 5]),
        ("keras", {"type": "MaxPool2D"}, [None, 8, 6, 3], [None, 4, 3, 3]),
        ("onnx", {"type": "Resize", "scales": [1, 1, 2, 3], "mode": "linear"}, [1, 2, 5, 6], [1, 2, 10, 18]),
        ("keras", {"type": "ZeroPadding3D", "padding": [0, [0, 3], [2, 0]]}, [1, 9, 9, 9, 2], [1, 9, 12, 11, 2]),
        (
            "pytorch",
            {"type": "nn.Conv3d", "out_channels": 4, "kernel_size": 3, "stride": [2], "padding": [1]},
            [2, 4, 11, 9, 8],
            [2, 4, 6, 5, 4],
        ),
        ("pytorch", {"type": "nn.MaxPool2d", "kernel_size": [2], "stride": [1]}, [2, 4, 11, 9], [2, 4, 10, 8]),
        ("onnx", {"type": "Pad", "pads": [0, 0, 1, 2, 0, 0, 3, 4]}, [1, 2, 5, 6], [1, 2, 9, 12]),
        ("onnx", {"type": "Reshape", "shape": [0, -1]}, [2, 3, 4], [2, 12]),
        ("onnx", {"type": "MaxPool2d", "kernel_size": 2}, [1, 2, 8, 6], [1, 2, 4, 3]),
        ("jax", {"type": "nnx.Conv", "kernel_size": [3, 3], "out_features": 5}, [1, 8, 9, 2], [1, 8, 9, 5]),
        ("jax", {"type": "nnx.max_pool", "window_shape": [3, 2]}, [1, 8, 9, 2], [1, 6, 8, 2]),
        ("jax", {"type": "nnx.max_pool", "window_shape": [3, 2]}, [8, 9, 2], [6, 8, 2]),
        ("jax", {"type": "nnx.min_pool", "window_shape": [3], "strides": [2]}, [1, 8, 2], [1, 3, 2]),
        (
            "jax",
            {
                "type": "nnx.pool",
                "init": 0,
                "reduce_fn": "lax.add",
                "window_shape": [3, 2],
                "strides": [1, 2],
                "padding": "SAME",
            },
            [1, 8, 9, 2],
            [1, 8, 5, 2],
        ),
        *(
            ("jax", {"type": name, "computation": "lax.max", **layer}, shape, expected)
            for name, layer, shape, expected in (
                (
                    "lax.reduce_window",
                    {"window_dimensions": [1, 3, 2, 1], "init_value": "-inf"},
                    [4, 8, 9, 2],
                    [4, 6, 8, 2],
                ),
                ("jax.lax.reduce_window", {"window_dimensions": [1, 1, 3, 2]}, [4, 2, 8, 9], [4, 2, 6, 8]),
                ("lax.reduce_window", {"window_dimensions": [3, 2, 1]}, [8, 9, 2], [6, 8, 2]),
                ("lax.reduce_window", {"window_dimensions": [1, 3, 2]}, [2, 8, 9], [2, 6, 8]),
                (
                    "lax.reduce_window",
                    {
                        "window_dimensions": [1, 2, 3, 1],
                        "base_dilation": [1, 3, 1, 1],
                        "window_strides": [1, 2, 1, 1],
                        "padding": [[0, 0], [1, 0], [0, 0], [0, 0]],
                        "window_dilation": [1, 1, 2, 1],
                    },
                    [1, 5, 9, 2],
                    [1, 7, 5, 2],
                ),
                (
                    "lax.reduce_window",
                    {
                        "window_dimensions": [1, 2, 1],
                        "base_dilation": [1, 2, 1],
                        "padding": "SAME",
                        "window_strides": [1, 1, 1],
                    },
                    [1, 5, 2],
                    [1, 9, 2],
                ),
            )
        ),
    ],
)
def test_a_name_has_the_meaning_of_its_framework(
    answered: Answered, framework: str, layer: Document, shape: list[int | None], expected: list[int | None]
) -> None:
    document = judged(answered, framework, layer, shape)
    assert (document["valid"], document["output_shape"]) == (True, expected), messages(document)


@pytest.mark.parametrize(
    ("layer", "shape", "location", "told"),
    [
        ({"window_dimensions": [2, 2, 2]}, [4, 5, 6], "window_dimensions", "[0, 1, 2]"),
        ({"window_dimensions": [2, 2]}, [4, 5], "window_dimensions", "[0, 1]"),
        ({"window_dimensions": [2]}, [4], "window_dimensions", "[0]"),
        ({"window_dimensions": [1, 2], "padding": [[1, 0], [0, 0]]}, [4, 5], "window_dimensions", "[0, 1]"),
        ({"window_dimensions": [2, 2, 2, 2, 1]}, [4, 4, 4, 4, 4], "window_dimensions", "[0, 1, 2, 3]"),
        ({"window_dimensions": [1, 2, 1], "base_dilation": [1, 2]}, [1, 5, 2], "base_dilation", "a list of 2"),
        ({"window_dimensions": [1, 2, 1], "base_dilation": 2}, [1, 5, 2], "base_dilation", "2"),
        ({"window_dimensions": [1, 2, 1], "base_dilation": [1, 0, 1]}, [1, 5, 2], "base_dilation", "below 1"),
        ({"window_dimensions": [1, 2, 1], "padding": 1}, [1, 5, 2], "padding", "1"),
        ({"window_dimensions": [1, 2, 1], "padding": "FULL"}, [1, 5, 2], "padding", '"FULL"'),
        ({"window_dimensions": [1, 2, 1], "padding": "SAME"}, [1, 5, 2], "padding", "`window_strides`"),
        ({"window_dimensions": [1, 2, 1], "init_value": 0}, [1, 5, 2], "init_value", "-inf"),
        ({"window_dimensions": [1, 2, 1], "computation": "lax.mul"}, [1, 5, 2], "computation", "lax.mul"),
    ],
)
def test_a_reduction_that_is_no_pool_is_refused_once_and_at_its_place(
    answered: Answered, layer: Document, shape: list[int | None], location: str, told: str
) -> None:
    written = {"type": "lax.reduce_window", "computation": "lax.max", **layer}
    (diagnostic,) = judged(answered, "jax", written, shape)["diagnostics"]
    assert diagnostic["location"] == f"/layers/0/{location}"
    assert told in diagnostic["message"]


@pytest.mark.parametrize("framework", ["pytorch", "keras", "onnx"])
def test_a_sum_of_windows_is_jaxs_alone(answered: Answered, framework: str) -> None:
    layer = {"type": "lax.reduce_window", "computation": "lax.add", "window_dimensions": [1, 2, 1]}
    ((name, _),) = messages(judged(answered, framework, layer, [1, 5, 2]))
    assert name == "not-supported-by-framework"


@pytest.mark.parametrize(
    ("framework", "padding", "shape", "expected"),
    [
        ("pytorch", [4, 3], [1, 3, 20], [1, 3, 27]),
        ("pytorch", [4, 3], [1, 3, 20, 30], [1, 3, 28, 36]),
        ("pytorch", [4, 3, 2, 1], [1, 3, 20, 30], [1, 3, 23, 37]),
        ("onnx", [4, 3, 2, 1], [1, 3, 20, 30], [1, 3, 26, 34]),
        ("keras", [4, 3], [1, 20, 3], [1, 27, 3]),
        ("pytorch", [4, 3], [20, 30], None),
        ("keras", [4, 3, 2, 1], [1, 20, 30, 3], None),
    ],
)
def test_a_flat_list_is_read_as_the_framework_orders_it(
    answered: Answered, framework: str, padding: list[int], shape: list[int | None], expected: list[int] | None
) -> None:
    document = judged(answered, framework, {"type": "pad", "padding": padding}, shape)
    assert (document["output_shape"] if document["valid"] else None) == expected


def test_a_list_with_two_readings_is_refused_with_both(answered: Answered) -> None:
    document = judged(answered, "pytorch", {"type": "pad", "padding": [4, 3]}, [20, 30])
    ((name, message),) = messages(document)
    assert name == "ambiguous-padding"
    assert "[[4, 4], [3, 3]]" in message
    assert "[[4, 3]]" in message


def test_a_name_of_several_frameworks_is_refused_where_its_readings_differ(answered: Answered) -> None:
    layer = {"type": "Conv", "kernel_size": [3, 3], "out_channels": 2}
    ((name, message),) = messages(judged(answered, "pytorch", layer, [1, 3, 8, 8]))
    assert name == "ambiguous-layer-type"
    assert "as JAX has it" in message
    assert "as ONNX has it" in message
    assert judged(answered, "onnx", layer, [1, 3, 8, 8])["output_shape"] == [1, 2, 6, 6]


def test_an_activation_costs_as_much_as_a_layer_of_its_own(answered: Answered) -> None:
    convolution = {"type": "Conv2D", "filters": 64, "kernel_size": 3}
    last = {"type": "Conv2D", "filters": 8, "kernel_size": 3}
    bodies = [
        {"framework": "keras", "input_shape": [1, 8, 8, 3], "layers": layers}
        for layers in ([{**convolution, "activation": "relu"}, last], [convolution, {"type": "ReLU"}, last])
    ]
    within, apart = (answered(PATH, body)["totals"] for body in bodies)
    assert within == apart


@pytest.mark.parametrize(
    ("written", "kind"),
    [("dense", "linear"), ("fc", "linear"), ("maxpool2d", "max_pool2d"), ("deconv2d", "conv_transpose2d"),
     ("bn", "batch_norm"), ("gap", "global_avg_pool"), ("zero_padding2d", "ZeroPadding2D")],
)  # fmt: skip
def test_an_unknown_name_gets_its_true_neighbour(answered: Answered, written: str, kind: str) -> None:
    (diagnostic,) = judged(answered, "keras", {"type": written}, [None, 8, 8, 3])["diagnostics"]
    assert diagnostic["help"].startswith(f"write `{kind}`")


@pytest.mark.parametrize("written", ["gru4", "conv4d", "LSTM", "xyzzy"])
def test_what_only_looks_alike_is_not_suggested(answered: Answered, written: str) -> None:
    (diagnostic,) = judged(answered, "pytorch", {"type": written}, [1, 8, 8])["diagnostics"]
    assert diagnostic["fixes"] == []


@pytest.mark.parametrize(
    "parameter", [{"bias": "yes"}, {"groups": 0}, {"padding_mode": "x"}, {"kernel_initializer": "x"}]
)
def test_what_no_size_depends_on_costs_no_size(answered: Answered, parameter: Document) -> None:
    layer = {"type": "conv2d", "out_channels": 2, "kernel_size": 3, **parameter}
    document = judged(answered, "pytorch", layer, [1, 3, 20, 30])
    assert (document["valid"], document["layers"][0]["output_shape"]) == (False, [1, 2, 18, 28])


def test_messages_repeat_the_type_as_it_was_written(answered: Answered) -> None:
    document = judged(answered, "pytorch", {"type": "nn.Conv2d", "out_channels": 2, "kernel_size": 3}, [1, 8])
    assert "`nn.Conv2d` takes inputs of 3 or 4 axes" in messages(document)[0][1]
    assert document["layers"][0]["name"] == "nn.Conv2d_0"


def test_words_of_another_framework_stay_unknown(answered: Answered) -> None:
    layer = {"type": "conv2d", "out_channels": 2, "kernel_size": 3, "activation": "relu"}
    assert messages(judged(answered, "pytorch", layer, [1, 3, 8, 8]))[0][0] == "unknown-parameter"
    assert judged(answered, "keras", layer, [1, 8, 8, 3])["valid"]


def test_operators_belong_to_operator_sets(answered: Answered) -> None:
    layer = {"type": "Upsample", "scales": [1, 1, 2, 2], "name": "up"}
    for opset, valid in ((9, True), (11, False)):
        body = {"framework": "onnx", "opset": opset, "input_shape": [1, 2, 5, 6], "layers": [layer]}
        assert answered(PATH, body)["valid"] is valid
