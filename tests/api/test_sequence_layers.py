"""Recurrent layers, attention, wrappers, composites and given weights, as the frameworks answer them when they run."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Shapes = list[list[int | None]]


def judged(answered: Answered, framework: str, layer: Document, shapes: Shapes) -> Document:
    """The whole answer for one layer whose inputs are these."""
    inputs = {f"input_{index}": shape for index, shape in enumerate(shapes)}
    body = {"framework": framework, "inputs": inputs, "layers": [{**layer, "name": "x", "inputs": list(inputs)}]}
    return answered("/v1/networks/validate", body)


def outputs(document: Document) -> list[list[int | None] | None]:
    """The shapes of all outputs of the layer."""
    layer = document["layers"][0]
    shapes: list[list[int | None] | None] = layer.get("output_shapes", [layer["output_shape"]])
    return shapes


def codes(document: Document) -> list[str]:
    """The names of the errors."""
    return [problem["name"] for problem in document["diagnostics"] if problem["severity"] == "error"]


PYTORCH_LSTM = {"type": "torch.nn.LSTM", "input_size": 4, "hidden_size": 6}
KERAS_LSTM = {"type": "LSTM", "units": 5}
CASES: list[tuple[str, Document, Shapes, Shapes, int, int]] = [
    ("pytorch", {**PYTORCH_LSTM, "num_layers": 2, "bidirectional": True, "proj_size": 3}, [[5, 2, 4]],
     [[5, 2, 6], [4, 2, 3], [4, 2, 6]], 1032, 0),
    ("pytorch", {**PYTORCH_LSTM, "batch_first": True}, [[None, 5, 4]], [[None, 5, 6], [1, None, 6], [1, None, 6]],
     288, 0),
    ("pytorch", {"type": "nn.GRU", "input_size": 4, "hidden_size": 6}, [[5, 4], [1, 6]], [[5, 6], [1, 6]], 216, 0),
    ("pytorch", {"type": "RNNCell", "input_size": 4, "hidden_size": 6}, [[2, 4]], [[2, 6]], 72, 0),
    ("keras", KERAS_LSTM, [[None, None, 4]], [[None, 5]], 200, 0),
    ("keras", {"type": "GRU", "units": 5, "return_state": True}, [[2, 3, 4]], [[2, 5], [2, 5]], 165, 0),
    ("keras", {"type": "GRU", "units": 5, "reset_after": False}, [[2, 3, 4]], [[2, 5]], 150, 0),
    ("keras", {"type": "Bidirectional", "layer": {**KERAS_LSTM, "return_state": True}}, [[2, 3, 4]],
     [[2, 10], [2, 5], [2, 5], [2, 5], [2, 5]], 400, 0),
    ("keras", {"type": "Bidirectional", "layer": {**KERAS_LSTM, "return_sequences": True}, "merge_mode": "none"},
     [[2, 3, 4]], [[2, 3, 5], [2, 3, 5]], 400, 0),
    ("keras", {"type": "TimeDistributed", "layer": {"type": "Conv2D", "filters": 5, "kernel_size": 3}},
     [[2, 3, 8, 8, 4]], [[2, 3, 6, 6, 5]], 185, 0),
    ("onnx", {"type": "LSTM", "hidden_size": 6, "direction": "bidirectional"},
     [[5, 2, 4], [2, 24, 4], [2, 24, 6], [2, 48]], [[5, 2, 2, 6], [2, 2, 6], [2, 2, 6]], 0, 0),
    ("onnx", {"type": "GRU", "hidden_size": 6}, [[5, 2, 4]], [[5, 1, 2, 6], [1, 2, 6]], 216, 0),
    ("pytorch", {"type": "MultiheadAttention", "embed_dim": 12, "num_heads": 3, "kdim": 5, "vdim": 7},
     [[4, 2, 12], [6, 2, 5], [6, 2, 7]], [[4, 2, 12], [2, 4, 6]], 480, 0),
    ("pytorch", {"type": "MultiheadAttention", "embed_dim": 12, "num_heads": 3, "batch_first": True,
                 "add_bias_kv": True, "add_zero_attn": True}, [[2, 4, 12]], [[2, 4, 12], [2, 4, 6]], 648, 0),
    ("pytorch", {"type": "F.scaled_dot_product_attention"}, [[2, 3, 4, 8], [1, 6, 8], [6, 5], [1, 6]],
     [[2, 3, 4, 5]], 0, 0),
    ("pytorch", {"type": "F.scaled_dot_product_attention", "enable_gqa": True},
     [[2, 6, 4, 8], [2, 3, 5, 8], [2, 2, 5, 8]], [[2, 6, 4, 8]], 0, 0),
    ("onnx", {"type": "Attention", "q_num_heads": 4, "kv_num_heads": 2}, [[2, 5, 16], [2, 6, 8], [2, 6, 4]],
     [[2, 5, 8]], 0, 0),
    ("keras", {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3, "output_shape": [7, 2],
               "return_attention_scores": True}, [[2, 4, 8], [2, 6, 9], [2, 6, 10]], [[2, 4, 7, 2], [2, 2, 4, 6]],
     278, 0),
    ("keras", {"type": "GroupQueryAttention", "head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
     [[2, 4, 8], [2, 6, 9], [2, 6, 7]], [[2, 4, 8]], 320, 0),
    ("pytorch", {"type": "TransformerEncoderLayer", "d_model": 8, "nhead": 2, "dim_feedforward": 16}, [[5, 2, 8]],
     [[5, 2, 8]], 600, 0),
    ("pytorch", {"type": "nn.utils.spectral_norm", "module": {"type": "ConvTranspose2d", "in_channels": 4,
                 "out_channels": 6, "kernel_size": 3, "groups": 2}}, [[2, 4, 8, 8]], [[2, 6, 10, 10]], 114, 39),
    ("pytorch", {"type": "weight_norm", "layer": {"type": "linear", "in_features": 4, "out_features": 7}}, [[2, 4]],
     [[2, 7]], 42, 0),
    ("keras", {"type": "SpectralNormalization", "layer": {"type": "Dense", "units": 7}}, [[2, 4]], [[2, 7]], 35, 7),
    ("keras", {"type": "Normalization"}, [[None, 224, 224, 3]], [[None, 224, 224, 3]], 0, 7),
    ("keras", {"type": "PReLU", "shared_axes": [1, 2]}, [[2, 8, 8, 4]], [[2, 8, 8, 4]], 4, 0),
    ("keras", {"type": "PReLU"}, [[2, 8, 8, 4]], [[2, 8, 8, 4]], 256, 0),
    ("pytorch", {"type": "F.conv2d", "stride": 2, "groups": 128}, [[2, 128, 58, 58], [128, 1, 3, 3]],
     [[2, 128, 28, 28]], 0, 0),
    ("onnx", {"type": "ConvTranspose", "group": 2}, [[2, 4, 8, 8], [4, 3, 3, 3], [6]], [[2, 6, 10, 10]], 0, 0),
    ("pytorch", {"type": "F.batch_norm", "training": False}, [[2, 24, 8, 8], [24], [24]], [[2, 24, 8, 8]], 0, 0),
    ("onnx", {"type": "BatchNormalization"}, [[2, 3, 5, 5]], [[2, 3, 5, 5]], 6, 6),
    ("onnx", {"type": "LayerNormalization", "axis": 2, "return_statistics": True}, [[2, 3, 4, 5], [4, 5]],
     [[2, 3, 4, 5], [2, 3, 1, 1], [2, 3, 1, 1]], 0, 0),
    ("pytorch", {"type": "torchvision.ops.SqueezeExcitation", "input_channels": 6, "squeeze_channels": 2},
     [[2, 6, 8, 8]], [[2, 6, 8, 8]], 32, 0),
    ("pytorch", {"type": "torchvision.ops.FrozenBatchNorm2d", "num_features": 6}, [[2, 6, 8, 8]], [[2, 6, 8, 8]],
     0, 24),
]  # fmt: skip


@pytest.mark.parametrize(("framework", "layer", "shapes", "expected", "parameters", "buffers"), CASES)
def test_shapes_parameters_and_buffers_are_those_of_the_framework(
    answered: Answered,
    framework: str,
    layer: Document,
    shapes: Shapes,
    expected: Shapes,
    parameters: int,
    buffers: int,
) -> None:
    document = judged(answered, framework, layer, shapes)
    assert codes(document) == []
    assert outputs(document) == expected
    assert (document["layers"][0]["parameters"], document["layers"][0]["buffers"]) == (parameters, buffers)


REFUSED: list[tuple[str, Document, Shapes, str]] = [
    ("pytorch", PYTORCH_LSTM, [[5, 2, 3]], "feature-mismatch"),
    ("pytorch", PYTORCH_LSTM, [[1, 5, 2, 4]], "rank-mismatch"),
    ("pytorch", PYTORCH_LSTM, [[5, 2, 4], [1, 2, 6]], "wrong-number-of-inputs"),
    ("pytorch", PYTORCH_LSTM, [[5, 2, 4], [1, 2, 6], [1, 2, 5]], "input-shape-mismatch"),
    ("pytorch", {**PYTORCH_LSTM, "proj_size": 6}, [[5, 2, 4]], "parameter-out-of-range"),
    ("pytorch", {"type": "lstm", "hidden_size": 6, "return_state": True}, [[5, 2, 4]], "not-supported-by-framework"),
    ("pytorch", {"type": "lstm"}, [[5, 2, 4]], "missing-parameter"),
    ("jax", {"type": "lstm", "hidden_size": 6}, [[5, 2, 4]], "not-supported-by-framework"),
    ("keras", KERAS_LSTM, [[3, 4]], "rank-mismatch"),
    ("keras", {"type": "Bidirectional", "layer": {"type": "Dense", "units": 5}}, [[2, 3, 4]],
     "not-supported-by-framework"),
    ("keras", {"type": "Bidirectional", "layer": {**KERAS_LSTM, "go_backwards": True}}, [[2, 3, 4]],
     "not-supported-by-framework"),
    ("keras", {"type": "SpectralNormalization", "layer": KERAS_LSTM}, [[2, 3, 4]], "not-supported-by-framework"),
    ("onnx", {"type": "LSTM", "hidden_size": 5}, [[5, 2, 4], [1, 24, 4], [1, 20, 5]], "input-shape-mismatch"),
    ("pytorch", {"type": "multihead_attention", "embed_dim": 12, "num_heads": 5}, [[4, 2, 12]],
     "heads-do-not-divide"),
    ("pytorch", {"type": "multihead_attention", "embed_dim": 12, "num_heads": 3}, [[4, 2, 12], [6, 3, 12]],
     "branch-shape-mismatch"),
    ("pytorch", {"type": "scaled_dot_product_attention"}, [[2, 4, 8], [2, 6, 7], [2, 6, 5]], "branch-shape-mismatch"),
    ("pytorch", {"type": "scaled_dot_product_attention"}, [[2, 4, 8], [2, 6, 8], [2, 6, 5], [3, 4, 6]],
     "branch-shape-mismatch"),
    ("keras", {"type": "MultiHeadAttention", "num_heads": 2, "key_dim": 3}, [[2, 4, 8], [3, 6, 8]],
     "branch-shape-mismatch"),
    ("pytorch", {"type": "F.layer_norm", "normalized_shape": [5]}, [[2, 3, 5], [1]], "input-shape-mismatch"),
    ("pytorch", {"type": "F.conv2d"}, [[2, 3, 8, 8], [4, 2, 3, 3]], "input-shape-mismatch"),
    ("onnx", {"type": "Conv"}, [[2, 3, 8, 8], [4, 3, 3, 3], [3]], "input-shape-mismatch"),
    ("pytorch", {"type": "layer_scale", "features": 3}, [[2, 4]], "channel-mismatch"),
]  # fmt: skip


@pytest.mark.parametrize(("framework", "layer", "shapes", "name"), REFUSED)
def test_what_the_framework_refuses_is_an_error(
    answered: Answered, framework: str, layer: Document, shapes: Shapes, name: str
) -> None:
    assert codes(judged(answered, framework, layer, shapes)) == [name]


@pytest.mark.parametrize(
    ("inner", "name", "location"),
    [
        ({"type": "conv2d", "out_channels": 5, "kernel_size": 30}, "kernel-larger-than-input", "/kernel_size"),
        ({"type": "conv2d", "out_channels": 5, "kernel_size": "3"}, "wrong-type", "/kernel_size"),
        ({"type": "conv2d", "kernel_size": 3}, "missing-parameter", ""),
        ({"type": "convv"}, "unknown-layer-type", "/type"),
        (3, "wrong-type", ""),
    ],
)
def test_a_mistake_in_the_layer_held_is_reported_at_its_place(
    answered: Answered, inner: Any, name: str, location: str
) -> None:
    document = judged(answered, "keras", {"type": "time_distributed", "layer": inner}, [[2, 3, 8, 8, 4]])
    errors = [problem for problem in document["diagnostics"] if problem["severity"] == "error"]
    assert [(problem["name"], problem["location"]) for problem in errors] == [(name, "/layers/0/layer" + location)]


def test_a_layer_may_be_held_in_few_others_only(answered: Answered) -> None:
    layer: Document = {"type": "linear", "out_features": 2}
    for _ in range(6):
        layer = {"type": "time_distributed", "layer": layer}
    assert codes(judged(answered, "keras", layer, [[2] * 8])) == ["parameter-out-of-range"]


@pytest.mark.parametrize(
    ("framework", "layer", "shapes", "macs"),
    [
        ("pytorch", PYTORCH_LSTM, [[5, 2, 4]], 5 * 2 * 4 * 6 * (4 + 6)),
        ("keras", {"type": "SimpleRNN", "units": 5}, [[None, 3, 4]], 3 * 5 * (4 + 5)),
        ("pytorch", {"type": "scaled_dot_product_attention"}, [[2, 4, 8], [2, 6, 8], [2, 6, 5]], 2 * 4 * 6 * (8 + 5)),
        ("pytorch", {"type": "multihead_attention", "embed_dim": 12, "num_heads": 3}, [[4, 2, 12]],
         2 * (4 * 4 * 12 * 12 + 2 * 4 * 4 * 12)),
        ("pytorch", {"type": "squeeze_excitation", "in_channels": 6, "squeeze_channels": 2}, [[3, 6, 8, 8]],
         3 * 2 * 6 * 2),
        ("keras", {"type": "TimeDistributed", "layer": {"type": "Dense", "units": 5}}, [[2, 3, 4]], 2 * 3 * 4 * 5),
    ],
)  # fmt: skip
def test_products_are_counted_as_those_of_a_linear_layer(
    answered: Answered, framework: str, layer: Document, shapes: Shapes, macs: int
) -> None:
    assert judged(answered, framework, layer, shapes)["layers"][0]["macs"] == macs


@pytest.mark.parametrize("shape", [[None], [], [None, None, None], [1] * 8])
@pytest.mark.parametrize(
    "layer",
    [
        {"type": "lstm", "hidden_size": 3},
        {"type": "lstm_cell", "hidden_size": 3},
        {"type": "bidirectional", "layer": {"type": "gru", "hidden_size": 3}},
        {"type": "time_distributed", "layer": {"type": "linear", "out_features": 3}},
        {"type": "spectral_norm", "layer": {"type": "conv", "kernel_size": 3, "out_channels": 3}},
        {"type": "multihead_attention", "embed_dim": 4, "num_heads": 2},
        {"type": "transformer_encoder_layer", "d_model": 4, "nhead": 2},
        {"type": "shifted_window_attention", "features": 4, "num_heads": 2, "window_size": [2, 2],
         "shift_size": [0, 0]},
        {"type": "squeeze_excitation", "in_channels": 4, "squeeze_channels": 2},
        {"type": "layer_scale", "features": 4},
        {"type": "frozen_batch_norm"},
        {"type": "rms_norm", "axis": [1]},
        {"type": "layer_norm", "from_axis": 1, "return_statistics": True},
        {"type": "normalization"},
        {"type": "unit_normalization"},
        {"type": "prelu"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("framework", ["pytorch", "keras", "onnx"])
def test_unknown_and_odd_shapes_are_answered(
    answered: Answered, framework: str, layer: Document, shape: list[int | None]
) -> None:
    assert judged(answered, framework, layer, [shape])["layers"][0]["name"] == "x"


@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize(
    "layer",
    [
        {"type": "scaled_dot_product_attention"},
        {"type": "key_dim_attention", "num_heads": 2, "key_dim": 3},
        {"type": "group_query_attention", "head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1},
        {"type": "dot_attention", "return_attention_scores": True},
        {"type": "multihead_attention", "embed_dim": 4, "num_heads": 2},
        {"type": "transformer_decoder_layer", "d_model": 4, "nhead": 2},
        {"type": "conv"},
        {"type": "batch_norm"},
        {"type": "group_norm", "num_groups": 2},
        {"type": "layer_norm"},
        {"type": "prelu"},
        {"type": "lstm", "hidden_size": 3},
    ],
)
@pytest.mark.parametrize("shape", [[], [None], [None, 4], [None, None, 4], [2, 3, 4, 5], [1] * 8])
def test_inputs_of_any_shape_are_answered(
    answered: Answered, layer: Document, shape: list[int | None], count: int
) -> None:
    for framework in ("pytorch", "keras", "onnx"):
        assert judged(answered, framework, layer, [shape] * count)["layers"][0]["name"] == "x"
