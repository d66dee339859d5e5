"""`POST /v1/output-size`: the output size of one layer for one input, by each framework's rules."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from flask.testing import FlaskClient

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]
Post = Callable[[str, Any], tuple[int, Document]]
Find = Callable[[Document, str], Document]
Size = int | list[int]

PATH = "/v1/output-size"


def test_the_documented_example(answered: Answered) -> None:
    body = {
        "framework": "pytorch",
        "input_size": [224, 224],
        "layer": {"type": "conv2d", "kernel_size": 7, "stride": 2, "padding": 3},
    }
    axis = {
        "input": 224,
        "padding": [3, 3],
        "kernel": 7,
        "effective_kernel": 7,
        "stride": 2,
        "dilation": 1,
        "output": 112,
        "unread": 1,
        "formula": "floor((224 + 3 + 3 - 1*(7 - 1) - 1) / 2) + 1 = 112",
    }
    document = answered(PATH, body)
    expected = {"framework": "pytorch", "output_size": [112, 112], "axes": [axis, axis], "diagnostics": []}
    assert {key: document[key] for key in expected} == expected


class TestTutorial:
    """The first examples of many courses; one of them is wrong in its source."""

    def test_padding_of_1_keeps_the_size_under_a_kernel_of_3(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "kernel_size": 3, "padding": 1, "stride": 1}
        assert answered(PATH, {"input_size": 4, "layer": layer})["output_size"] == [4, 4]

    def test_what_is_left_over_is_floored_with_a_warning(self, answered: Answered, find: Find) -> None:
        document = answered(PATH, {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3, "stride": 2}})
        assert document["output_size"] == [2]
        assert document["axes"][0]["unread"] == 1
        warning = find(document, "unread-input")
        assert warning["severity"] == "warning"
        assert warning["message"].startswith("position 5 of axis 0 is never read")
        assert warning["location"] == "/layer/stride"

    def test_a_stride_of_2_over_5_with_padding_gives_3(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "kernel_size": 3, "padding": 1, "stride": 2}
        document = answered(PATH, {"input_size": 5, "layer": layer})
        assert document["output_size"] == [3, 3]
        assert document["diagnostics"] == []


class TestShapes:
    """`input_shape` in place of `input_size`."""

    def test_a_shape_gives_a_shape(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "out_channels": 5, "kernel_size": [3, 2], "stride": [1, 2]}
        document = answered(PATH, {"input_shape": [7, 4, 9, 6], "layer": layer})
        assert document["output_size"] == [7, 3]
        assert document["output_shape"] == [7, 5, 7, 3]

    def test_a_size_gives_no_shape(self, answered: Answered) -> None:
        assert "output_shape" not in answered(PATH, {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3}})

    def test_the_batch_may_be_null(self, answered: Answered) -> None:
        layer = {"type": "max_pool2d", "kernel_size": [2, 3]}
        assert answered(PATH, {"input_shape": [None, 4, 9, 6], "layer": layer})["output_shape"] == [None, 4, 4, 2]

    def test_keras_has_its_channels_last(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "filters": 5, "kernel_size": [3, 2]}
        document = answered(PATH, {"framework": "keras", "input_shape": [7, 9, 6, 4], "layer": layer})
        assert document["output_shape"] == [7, 7, 5, 5]
        assert document["output_size"] == [7, 5]

    def test_data_format_overrides_the_framework(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "filters": 5, "kernel_size": [3, 2], "data_format": "channels_first"}
        document = answered(PATH, {"framework": "keras", "input_shape": [7, 4, 9, 6], "layer": layer})
        assert document["output_shape"] == [7, 5, 7, 5]

    def test_pytorch_takes_an_input_without_a_batch(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "out_channels": 5, "kernel_size": [3, 2]}
        assert answered(PATH, {"input_shape": [4, 9, 6], "layer": layer})["output_shape"] == [5, 7, 5]

    @pytest.mark.parametrize("framework", ["keras", "onnx", "jax"])
    def test_other_frameworks_need_a_batch(self, refuse: Refuse, find: Find, framework: str) -> None:
        layer = {"type": "conv2d", "out_channels": 5, "kernel_size": [3, 2]}
        document = refuse(PATH, {"framework": framework, "input_shape": [4, 9, 6], "layer": layer})
        assert find(document, "rank-mismatch")["location"] == "/layer/type"

    @pytest.mark.parametrize(
        ("shape", "sizes"), [([2, 3, 9], [7]), ([2, 3, 9, 8], [7, 6]), ([2, 3, 9, 8, 7], [7, 6, 5])]
    )
    def test_a_type_without_its_rank_takes_the_rank_of_the_input(
        self, answered: Answered, shape: list[int], sizes: list[int]
    ) -> None:
        document = answered(PATH, {"input_shape": shape, "layer": {"type": "conv", "kernel_size": 3}})
        assert document["output_size"] == sizes

    def test_a_single_size_applies_to_every_axis(self, answered: Answered) -> None:
        layer = {"type": "conv3d", "kernel_size": [1, 2, 3]}
        assert answered(PATH, {"input_size": 9, "layer": layer})["output_size"] == [9, 8, 7]

    def test_a_wrong_channel_count_is_refused_with_a_fix(self, refuse: Refuse, find: Find) -> None:
        layer = {"type": "conv2d", "in_channels": 5, "kernel_size": 3}
        mismatch = find(refuse(PATH, {"input_shape": [1, 4, 9, 6], "layer": layer}), "channel-mismatch")
        assert mismatch["location"] == "/layer/in_channels"
        assert [fix["applicability"] for fix in mismatch["fixes"]] == ["safe"]


@pytest.mark.parametrize(
    ("layer", "size", "expected"),
    [
        ({"type": "conv2d", "kernel_size": [3, 2], "stride": [2, 3], "dilation": [2, 1]}, [11, 9], [4, 3]),
        ({"type": "conv3d", "kernel_size": [1, 3, 5], "padding": [0, 1, 2], "stride": [1, 2, 3]}, [4, 8, 9], [4, 4, 3]),
        (
            {"type": "conv_transpose2d", "kernel_size": [3, 2], "stride": [2, 3], "output_padding": [1, 0]},
            [4, 5],
            [10, 14],
        ),
        (
            {"type": "conv_transpose2d", "kernel_size": 3, "stride": 2, "padding": 1, "output_size": [8, 11]},
            [4, 6],
            [8, 11],
        ),
        ({"type": "max_pool2d", "kernel_size": [3, 2]}, [9, 7], [3, 3]),
        ({"type": "max_pool2d", "kernel_size": 2, "ceil_mode": True}, [9, 7], [5, 4]),
        ({"type": "max_pool2d", "kernel_size": 2, "stride": 1, "dilation": [2, 3]}, [9, 7], [7, 4]),
        ({"type": "avg_pool2d", "kernel_size": 3, "stride": 2, "padding": 1}, [9, 7], [5, 4]),
        ({"type": "adaptive_avg_pool2d", "output_size": [3, None]}, [9, 7], [3, 7]),
        ({"type": "adaptive_max_pool2d", "output_size": 5}, [9, 7], [5, 5]),
        ({"type": "global_avg_pool2d"}, [9, 7], [1, 1]),
        ({"type": "pad", "padding": [[0, 1], [2, 3]]}, [9, 7], [10, 12]),
        ({"type": "pad", "padding": [-1, 2]}, [9, 7], [7, 11]),
        ({"type": "crop", "cropping": [[1, 2], [0, 3]]}, [9, 7], [6, 4]),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else None,
)
def test_every_kind_of_layer_has_its_size(answered: Answered, layer: Document, size: Size, expected: list[int]) -> None:
    assert answered(PATH, {"input_size": size, "layer": layer})["output_size"] == expected


@pytest.mark.parametrize(
    ("framework", "padding", "pairs"),
    [
        ("pytorch", 1, [[1, 1], [1, 1]]),
        ("pytorch", [1, 2], [[1, 1], [2, 2]]),
        ("pytorch", [[1, 1], [2, 2]], [[1, 1], [2, 2]]),
        ("pytorch", "valid", [[0, 0], [0, 0]]),
        ("pytorch", "same", [[1, 1], [1, 2]]),
        ("keras", "valid", [[0, 0], [0, 0]]),
        ("keras", "same", [[1, 1], [1, 2]]),
        ("keras", "SAME", [[1, 1], [1, 2]]),
        ("onnx", 1, [[1, 1], [1, 1]]),
        ("onnx", [[0, 1], [2, 0]], [[0, 1], [2, 0]]),
        ("onnx", "same_upper", [[1, 1], [1, 2]]),
        ("onnx", "same_lower", [[1, 1], [2, 1]]),
        ("jax", "SAME", [[1, 1], [1, 2]]),
        ("jax", "SAME_LOWER", [[1, 1], [2, 1]]),
        ("jax", "VALID", [[0, 0], [0, 0]]),
        ("jax", [[0, 1], [-1, 2]], [[0, 1], [-1, 2]]),
    ],
)
def test_every_spelling_of_padding_becomes_pairs(
    answered: Answered, framework: str, padding: Any, pairs: list[list[int]]
) -> None:
    layer = {"type": "conv2d", "kernel_size": [3, 4], "padding": padding}
    document = answered(PATH, {"framework": framework, "input_size": [9, 7], "layer": layer})
    assert [axis["padding"] for axis in document["axes"]] == pairs
    expected = [9 + sum(pairs[0]) - 2, 7 + sum(pairs[1]) - 3]
    assert document["output_size"] == expected


@pytest.mark.parametrize(
    ("layer", "pairs"),
    [
        ({"pads": [0, 2, 1, 3]}, [[0, 1], [2, 3]]),
        ({"auto_pad": "SAME_UPPER"}, [[1, 1], [1, 2]]),
        ({"auto_pad": "SAME_LOWER"}, [[1, 1], [2, 1]]),
        ({"auto_pad": "VALID"}, [[0, 0], [0, 0]]),
        ({"auto_pad": "NOTSET", "pads": [0, 2, 1, 3]}, [[0, 1], [2, 3]]),
        ({"auto_pad": "NOTSET"}, [[0, 0], [0, 0]]),
    ],
)
def test_onnx_pads_are_begins_then_ends(answered: Answered, layer: Document, pairs: list[list[int]]) -> None:
    body = {"framework": "onnx", "input_size": [9, 7], "layer": {"type": "conv2d", "kernel_size": [3, 4], **layer}}
    assert [axis["padding"] for axis in answered(PATH, body)["axes"]] == pairs


def test_a_name_with_the_channels_last_takes_a_size(answered: Answered) -> None:
    layer = {"type": "nnx.max_pool", "window_shape": [2, 3]}
    body = {"framework": "jax", "input_size": [8, 9], "layer": layer}
    assert answered(PATH, body)["output_size"] == [7, 7]


@pytest.mark.parametrize("padding", [[[0, 1], [1, 1]], "same_upper", "same_lower", "causal", "full"])
def test_pytorch_refuses_a_padding_that_its_layer_cannot_express(refuse: Refuse, find: Find, padding: Any) -> None:
    layer = {"type": "conv2d", "kernel_size": 2, "padding": padding}
    refusal = find(refuse(PATH, {"input_size": [9, 7], "layer": layer}), "padding-not-supported")
    assert refusal["location"] == "/layer/padding"


@pytest.mark.parametrize(
    ("alias", "name", "value", "framework", "type_name"),
    [
        ("strides", "stride", [2, 3], "keras", "conv2d"),
        ("window_strides", "stride", [2, 3], "jax", "conv2d"),
        ("dilation_rate", "dilation", [2, 1], "keras", "conv2d"),
        ("dilations", "dilation", [2, 1], "onnx", "conv2d"),
        ("rhs_dilation", "dilation", [2, 1], "jax", "conv2d"),
        ("lhs_dilation", "input_dilation", [2, 1], "jax", "conv2d"),
        ("base_dilation", "input_dilation", [2, 1], "jax", "max_pool2d"),
        ("kernel_shape", "kernel_size", [4, 2], "onnx", "conv2d"),
        ("pool_size", "kernel_size", [4, 2], "keras", "max_pool2d"),
        ("window_shape", "kernel_size", [4, 2], "jax", "max_pool2d"),
        ("filters", "out_channels", 6, "keras", "conv2d"),
        ("group", "groups", 2, "onnx", "conv2d"),
        ("feature_group_count", "groups", 2, "jax", "conv2d"),
        ("use_bias", "bias", False, "keras", "conv2d"),
        ("units", "out_features", 6, "keras", "linear"),
        ("epsilon", "eps", 0.1, "keras", "batch_norm2d"),
        ("cropping", "padding", [1, 2], "keras", "crop"),
    ],
)
def test_the_frameworks_own_spellings_mean_the_same(
    answered: Answered, alias: str, name: str, value: Any, framework: str, type_name: str
) -> None:
    needed = {"conv2d": {"kernel_size": 3}, "max_pool2d": {"kernel_size": 3}}.get(type_name, {})
    rest = {"type": type_name, **{key: value for key, value in needed.items() if key != name}}
    body = {"framework": framework, "input_shape": [2, 12, 12, 12]}
    ours = answered(PATH, {**body, "layer": {**rest, name: value}})
    theirs = answered(PATH, {**body, "layer": {**rest, alias: value}})
    assert {**theirs, "diagnostics": []} == {**ours, "diagnostics": []}


def test_a_diagnostic_uses_the_callers_spelling(refuse: Refuse, find: Find) -> None:
    layer = {"type": "conv1d", "kernel_shape": 5, "strides": 2}
    refusal = find(refuse(PATH, {"framework": "onnx", "input_size": 3, "layer": layer}), "kernel-larger-than-input")
    assert refusal["location"] == "/layer/kernel_shape"
    assert refusal["message"] == "the window spans 5 positions on axis 0, but the padded input has only 3 (3 + 0 + 0)"
    assert {"op": "replace", "path": "/layer/kernel_shape", "value": 3} in [
        operation for fix in refusal["fixes"] for operation in fix["patch"]
    ]


CONVOLUTION = {"type": "conv1d", "kernel_size": 3, "stride": 2}
TRANSPOSED = {"type": "conv_transpose1d", "kernel_size": 3, "stride": 2}


class TestFrameworks:
    """The same numbers in every framework, with the sizes that each really gives."""

    @pytest.mark.parametrize(
        ("framework", "layer", "size", "output", "pair"),
        [
            ("pytorch", {"padding": 0}, 6, 2, [0, 0]),
            ("keras", {"padding": "valid"}, 6, 2, [0, 0]),
            ("onnx", {"pads": [0, 0]}, 6, 2, [0, 0]),
            ("jax", {"padding": "VALID"}, 6, 2, [0, 0]),
            ("pytorch", {"padding": 1}, 6, 3, [1, 1]),
            ("keras", {"padding": "same"}, 6, 3, [0, 1]),
            ("onnx", {"auto_pad": "SAME_UPPER"}, 6, 3, [0, 1]),
            ("onnx", {"auto_pad": "SAME_LOWER"}, 6, 3, [1, 0]),
            ("jax", {"padding": "SAME"}, 6, 3, [0, 1]),
            ("jax", {"padding": "SAME_LOWER"}, 6, 3, [1, 0]),
            ("pytorch", {"kernel_size": 7, "padding": 3}, 224, 112, [3, 3]),
            ("keras", {"kernel_size": 7, "padding": "same"}, 224, 112, [2, 3]),
            ("onnx", {"kernel_size": 7, "auto_pad": "SAME_UPPER"}, 224, 112, [2, 3]),
            ("jax", {"kernel_size": 7, "padding": "SAME"}, 224, 112, [2, 3]),
            ("keras", {"padding": "same"}, 7, 4, [1, 1]),
            ("keras", {"padding": "causal"}, 6, 3, [2, 0]),
        ],
    )
    def test_convolutions(
        self, answered: Answered, framework: str, layer: Document, size: int, output: int, pair: list[int]
    ) -> None:
        document = answered(PATH, {"framework": framework, "input_size": size, "layer": {**CONVOLUTION, **layer}})
        assert document["framework"] == framework
        assert document["output_size"] == [output]
        assert document["axes"][0]["padding"] == pair

    @pytest.mark.parametrize(
        ("framework", "layer", "size", "output"),
        [
            ("pytorch", {"type": "max_pool1d", "kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True}, 5, 3),
            ("onnx", {"type": "max_pool1d", "kernel_shape": 2, "strides": 2, "pads": [1, 1], "ceil_mode": True}, 5, 3),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 3, "stride": 2, "padding": 1}, 112, 56),
            (
                "pytorch",
                {"type": "max_pool1d", "kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
                112,
                57,
            ),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 3, "stride": 2}, 112, 55),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 3, "stride": 2, "ceil_mode": True}, 112, 56),
            ("keras", {"type": "max_pool1d", "pool_size": 3, "strides": 2, "padding": "same"}, 112, 56),
            ("pytorch", {"type": "avg_pool1d", "kernel_size": 4, "stride": 4, "padding": 2, "ceil_mode": True}, 9, 3),
            ("onnx", {"type": "avg_pool1d", "kernel_shape": 4, "strides": 4, "pads": [2, 2], "ceil_mode": True}, 9, 3),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 3}, 9, 3),
            ("keras", {"type": "max_pool1d", "pool_size": 3}, 9, 3),
            ("onnx", {"type": "max_pool1d", "kernel_shape": 3}, 9, 7),
        ],
    )
    def test_pools(self, answered: Answered, framework: str, layer: Document, size: int, output: int) -> None:
        document = answered(PATH, {"framework": framework, "input_size": size, "layer": layer})
        assert document["output_size"] == [output]

    @pytest.mark.parametrize(
        ("framework", "layer", "size", "output"),
        [
            ("pytorch", {"padding": 1}, 12, 23),
            ("pytorch", {"padding": 1, "output_padding": 1}, 12, 24),
            ("pytorch", {}, 12, 25),
            ("keras", {"padding": "same"}, 12, 24),
            ("keras", {"padding": "same", "output_padding": 0}, 12, 23),
            ("keras", {"padding": "valid"}, 12, 25),
            ("onnx", {}, 12, 25),
            ("jax", {"padding": "SAME"}, 12, 24),
            ("jax", {"padding": "VALID"}, 12, 25),
            ("jax", {"padding": [[0, 0]]}, 12, 21),
            ("pytorch", {"kernel_size": 4, "padding": 1}, 12, 24),
            ("pytorch", {"kernel_size": 4}, 12, 26),
            ("keras", {"kernel_size": 4, "padding": "same"}, 12, 24),
            ("keras", {"kernel_size": 4, "padding": "valid"}, 12, 26),
            ("jax", {"kernel_size": 4, "padding": "SAME"}, 12, 24),
            ("jax", {"kernel_size": 4, "padding": "VALID"}, 12, 26),
            ("pytorch", {"kernel_size": 2, "stride": 3}, 4, 11),
            ("keras", {"kernel_size": 2, "stride": 3, "padding": "valid"}, 4, 12),
            ("keras", {"kernel_size": 2, "stride": 3, "padding": "valid", "output_padding": 0}, 4, 11),
            ("keras", {"kernel_size": 2, "stride": 3, "padding": "same"}, 4, 12),
            ("onnx", {"kernel_size": 2, "stride": 3}, 4, 11),
            ("jax", {"kernel_size": 2, "stride": 3, "padding": "VALID"}, 4, 12),
            ("onnx", {"output_shape": [24]}, 12, 24),
            ("pytorch", {"padding": 1, "output_size": 24}, 12, 24),
        ],
    )
    def test_transposed_convolutions(
        self, answered: Answered, framework: str, layer: Document, size: int, output: int
    ) -> None:
        document = answered(PATH, {"framework": framework, "input_size": size, "layer": {**TRANSPOSED, **layer}})
        assert document["output_size"] == [output]

    @pytest.mark.parametrize(
        ("framework", "layer", "size", "name"),
        [
            ("pytorch", {**CONVOLUTION, "padding": "same"}, 6, "padding-not-supported"),
            ("pytorch", {**CONVOLUTION, "kernel_size": 5}, 3, "kernel-larger-than-input"),
            ("keras", {**CONVOLUTION, "kernel_size": 5}, 3, "kernel-larger-than-input"),
            ("onnx", {**CONVOLUTION, "kernel_size": 5}, 3, "kernel-larger-than-input"),
            (
                "pytorch",
                {"type": "max_pool1d", "kernel_size": 3, "dilation": 2, "padding": 2},
                9,
                "padding-exceeds-half-kernel",
            ),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 2, "padding": "same"}, 9, "padding-not-supported"),
            ("pytorch", {"type": "avg_pool1d", "kernel_size": 2, "dilation": 2}, 9, "not-supported-by-framework"),
            ("pytorch", {**TRANSPOSED, "output_padding": 2}, 6, "output-padding-out-of-range"),
            ("pytorch", {**TRANSPOSED, "output_size": 17}, 6, "output-padding-out-of-range"),
            ("pytorch", {**TRANSPOSED, "padding": 9}, 6, "empty-output"),
            ("pytorch", {**TRANSPOSED, "padding": "same"}, 6, "padding-not-supported"),
            ("pytorch", {**CONVOLUTION, "padding": 6, "padding_mode": "reflect"}, 6, "padding-exceeds-input"),
            ("pytorch", {**CONVOLUTION, "padding": 7, "padding_mode": "circular"}, 6, "padding-exceeds-input"),
            ("pytorch", {**CONVOLUTION, "lhs_dilation": 2}, 6, "not-supported-by-framework"),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 2, "base_dilation": 2}, 6, "not-supported-by-framework"),
            ("pytorch", {"type": "lp_pool1d", "kernel_size": 2, "base_dilation": 2}, 6, "not-supported-by-framework"),
            ("keras", {"type": "avg_pool1d", "pool_size": 2, "base_dilation": 2}, 6, "not-supported-by-framework"),
            ("onnx", {"type": "avg_pool1d", "kernel_size": 2, "base_dilation": 2}, 6, "not-supported-by-framework"),
            ("onnx", {"type": "min_pool1d", "kernel_size": 2}, 6, "not-supported-by-framework"),
            ("pytorch", {"type": "sum_pool1d", "kernel_size": 2}, 6, "not-supported-by-framework"),
            ("jax", {"type": "max_pool1d", "window_shape": 2, "base_dilation": 0}, 6, "parameter-out-of-range"),
            ("jax", {"type": "max_pool1d", "window_shape": 2, "base_dilation": [2, 2]}, 6, "rank-mismatch"),
            ("pytorch", {"type": "crop", "cropping": 3}, 6, "empty-output"),
            ("keras", {**CONVOLUTION, "padding": 1}, 6, "padding-not-supported"),
            ("keras", {**CONVOLUTION, "dilation": 2}, 9, "stride-with-dilation"),
            ("keras", {"type": "max_pool1d", "pool_size": 2, "ceil_mode": True}, 9, "not-supported-by-framework"),
            ("keras", {**TRANSPOSED, "output_padding": 2}, 6, "output-padding-out-of-range"),
            ("keras", {"type": "conv2d", "kernel_size": 3, "padding": "causal"}, 9, "padding-not-supported"),
            ("onnx", {**CONVOLUTION, "padding_mode": "reflect", "padding": 1}, 6, "not-supported-by-framework"),
            ("onnx", {"type": "adaptive_avg_pool1d", "output_size": 2}, 6, "not-supported-by-framework"),
            ("jax", {"type": "max_pool1d", "window_shape": 2, "ceil_mode": True}, 9, "not-supported-by-framework"),
        ],
    )
    def test_what_a_framework_refuses_is_refused(
        self, refuse: Refuse, find: Find, framework: str, layer: Document, size: int, name: str
    ) -> None:
        document = refuse(PATH, {"framework": framework, "input_size": size, "layer": layer})
        assert find(document, name)["severity"] == "error"
        assert len(document["errors"]) == 1

    @pytest.mark.parametrize(
        ("layer", "size", "output"),
        [
            ({**CONVOLUTION, "padding": 5, "padding_mode": "reflect"}, 6, 7),
            ({**CONVOLUTION, "padding": 6, "padding_mode": "circular"}, 6, 8),
            ({**CONVOLUTION, "padding": 60, "padding_mode": "replicate"}, 6, 62),
            ({**TRANSPOSED, "dilation": 3, "output_padding": 2}, 6, 19),
            ({**CONVOLUTION, "stride": 1, "padding": "same", "dilation": 3}, 6, 6),
        ],
    )
    def test_what_pytorch_accepts_at_its_limits_is_accepted(
        self, answered: Answered, layer: Document, size: int, output: int
    ) -> None:
        assert answered(PATH, {"input_size": size, "layer": layer})["output_size"] == [output]

    def test_jax_gives_an_empty_output_with_a_warning(self, answered: Answered, find: Find) -> None:
        layer = {"type": "conv1d", "kernel_size": 5, "padding": "VALID"}
        document = answered(PATH, {"framework": "jax", "input_size": 3, "layer": layer})
        assert document["output_size"] == [0]
        assert find(document, "empty-output")["severity"] == "warning"


class TestWarnings:
    """What is accepted but is most likely not meant."""

    @pytest.mark.parametrize(("size", "where"), [([7, 8], "axis 1"), ([8, 7], "axis 0")])
    def test_unread_rows_are_named_by_axis(self, answered: Answered, find: Find, size: list[int], where: str) -> None:
        layer = {"type": "conv2d", "kernel_size": 3, "stride": 2}
        assert (
            f"of {where} is never read"
            in find(answered(PATH, {"input_size": size, "layer": layer}), "unread-input")["message"]
        )

    def test_unread_padding_is_no_warning(self, answered: Answered) -> None:
        layer = {"type": "conv1d", "kernel_size": 3, "stride": 2, "padding": 1}
        document = answered(PATH, {"input_size": 6, "layer": layer})
        assert document["axes"][0]["unread"] == 1
        assert document["diagnostics"] == []

    def test_rows_between_windows_are_no_warning(self, answered: Answered) -> None:
        layer = {"type": "conv1d", "kernel_size": 1, "stride": 2}
        assert answered(PATH, {"input_size": 6, "layer": layer})["diagnostics"] == []

    def test_a_window_of_padding_alone_is_a_warning(self, answered: Answered, find: Find) -> None:
        layer = {"type": "conv1d", "kernel_size": 2, "padding": 3}
        assert find(answered(PATH, {"input_size": 6, "layer": layer}), "padding-only-window")["severity"] == "warning"

    def test_uneven_overlap_is_a_checkerboard(self, answered: Answered, find: Find) -> None:
        document = answered(PATH, {"input_size": 6, "layer": {**TRANSPOSED, "kernel_size": 3}})
        assert find(document, "checkerboard")["location"] == "/layer/kernel_size"

    @pytest.mark.parametrize("kernel", [2, 4])
    def test_even_overlap_is_no_checkerboard(self, answered: Answered, kernel: int) -> None:
        document = answered(PATH, {"input_size": 6, "layer": {**TRANSPOSED, "kernel_size": kernel}})
        assert document["diagnostics"] == []


def test_the_default_framework_is_pytorch(answered: Answered) -> None:
    assert answered(PATH, {"input_size": 6, "layer": CONVOLUTION})["framework"] == "pytorch"


def test_onnx_takes_the_opsets_it_knows(client: FlaskClient) -> None:
    for opset in (11, 22):
        body = {"framework": "onnx", "opset": opset, "input_size": 6, "layer": CONVOLUTION}
        assert client.post(PATH, json=body).status_code == 200


@pytest.mark.parametrize("dilation", [1, [1, 1]])
def test_a_parameter_that_changes_nothing_is_accepted_everywhere(answered: Answered, dilation: Size) -> None:
    layer = {"type": "avg_pool2d", "kernel_size": 2, "dilation": dilation}
    assert answered(PATH, {"input_size": 6, "layer": layer})["output_size"] == [3, 3]


class TestWhatPyTorchDoesNotCheck:
    """Wrong values that PyTorch never reads or checks, and the service therefore accepts."""

    TRANSPOSED: ClassVar[Document] = {"type": "conv_transpose1d", "kernel_size": 3, "stride": 2, "out_channels": 4}

    def test_batch_and_channels_of_an_output_size_are_not_checked(self, answered: Answered) -> None:
        layer = {**self.TRANSPOSED, "output_size": [-7, 0, 8]}
        assert answered(PATH, {"input_shape": [1, 2, 3], "layer": layer})["output_shape"] == [1, 4, 8]

    def test_spatial_sizes_are_checked(self, refuse: Refuse, find: Find) -> None:
        layer = {**self.TRANSPOSED, "output_size": [1, 4, -1]}
        diagnostic = find(refuse(PATH, {"input_shape": [1, 2, 3], "layer": layer}), "parameter-out-of-range")
        assert diagnostic["location"] == "/layer/output_size/2"

    def test_an_output_size_needs_as_many_axes_as_the_input(self, refuse: Refuse, find: Find) -> None:
        layer = {"type": "conv_transpose3d", "kernel_size": 2, "out_channels": 3, "output_size": [2, 1]}
        assert find(refuse(PATH, {"input_shape": [3, 4], "layer": layer}), "rank-mismatch")

    def test_an_unused_output_padding_is_not_checked(self, answered: Answered, refuse: Refuse, find: Find) -> None:
        layer = {**self.TRANSPOSED, "output_padding": -1}
        assert answered(PATH, {"input_shape": [1, 2, 3], "layer": {**layer, "output_size": 8}})["output_size"] == [8]
        diagnostic = find(refuse(PATH, {"input_shape": [1, 2, 3], "layer": layer}), "parameter-out-of-range")
        assert diagnostic["location"] == "/layer/output_padding"

    def test_an_average_to_size_1_takes_any_number_of_axes_before(self, answered: Answered, refuse: Refuse) -> None:
        layer = {"type": "adaptive_avg_pool2d", "output_size": 1}
        assert answered(PATH, {"input_shape": [5, 6], "layer": layer})["output_shape"] == [1, 1]
        assert answered(PATH, {"input_shape": [2, 3, 4, 5, 6], "layer": layer})["output_shape"] == [2, 3, 4, 1, 1]
        refuse(PATH, {"input_shape": [2, 3, 4, 5, 6], "layer": {**layer, "output_size": 2}})

    @pytest.mark.parametrize(("shape", "severity"), [([1, 1, 3], "error"), ([1, 2, 3], "warning")])
    def test_circular_padding_that_meets_itself_is_refused_for_one_channel_only(
        self, post: Post, find: Find, shape: list[int], severity: str
    ) -> None:
        layer = {"type": "pad", "padding": [[2, -2]], "mode": "circular"}
        status, document = post(PATH, {"input_shape": shape, "layer": layer})
        assert status == (422 if severity == "error" else 200)
        assert find(document, "padding-meets-itself")["severity"] == severity


def test_an_output_size_below_0_is_always_refused(refuse: Refuse, answered: Answered, find: Find) -> None:
    body = {"framework": "jax", "input_size": 8, "layer": {"type": "crop", "cropping": 4}}
    assert find(answered(PATH, body), "empty-output")["severity"] == "warning"
    assert find(refuse(PATH, {**body, "input_size": 7}), "empty-output")["severity"] == "error"


class TestScales:
    """Scale factors that floats do not hold exactly, as recorded from PyTorch and onnxruntime."""

    LAYER: ClassVar[Document] = {"type": "upsample", "scale_factor": 2.3}

    def test_pytorch_multiplies_in_64_bits(self, answered: Answered) -> None:
        document = answered(PATH, {"input_size": [100], "layer": self.LAYER})
        assert document["output_size"] == [229]
        formula = "floor(100 * 2.3) = 229, since 100 * 2.3 is rounded to 229.99999999999997"
        assert document["axes"][0]["formula"] == formula

    def test_onnx_multiplies_in_32_bits(self, answered: Answered) -> None:
        document = answered(PATH, {"framework": "onnx", "input_size": [100], "layer": self.LAYER})
        assert document["output_size"] == [230]
        assert document["axes"][0]["formula"] == "floor(100 * 2.3) = 230"

    def test_a_whole_factor_is_shown_as_one(self, answered: Answered) -> None:
        document = answered(PATH, {"input_size": [10], "layer": {"type": "upsample", "scale_factor": 2}})
        assert document["axes"][0]["formula"] == "10 * 2 = 20"

    @pytest.mark.parametrize(("size", "location"), [(2.5, "/layer/size"), ([2, 2.5], "/layer/size/1")])
    def test_keras_takes_whole_factors_only(self, answered: Answered, refuse: Refuse, size: Any, location: str) -> None:
        body = {"framework": "keras", "input_size": [10, 10], "layer": {"type": "upsample", "size": size}}
        [diagnostic] = refuse(PATH, body)["errors"]
        assert (diagnostic["name"], diagnostic["location"]) == ("wrong-type", location)
        body["layer"]["size"] = 2
        assert answered(PATH, body)["output_size"] == [20, 20]


class TestWords:
    """What a layer says in its framework's own words."""

    def test_integers_are_booleans_in_onnx(self, answered: Answered, refuse: Refuse) -> None:
        layer = {"type": "max_pool2d", "kernel_shape": [2, 2], "strides": [2, 2], "pads": [1, 1, 1, 1], "ceil_mode": 1}
        assert answered(PATH, {"framework": "onnx", "input_size": 5, "layer": layer})["output_size"] == [3, 3]
        assert refuse(PATH, {"input_size": 5, "layer": layer})["errors"][0]["location"] == "/layer/ceil_mode"
        layer["ceil_mode"] = 2
        body = {"framework": "onnx", "input_size": 5, "layer": layer}
        assert refuse(PATH, body)["errors"][0]["name"] == "wrong-type"

    def test_a_member_that_is_null_is_left_out(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "kernel_size": 3, "stride": 2, "strides": None, "dilation": None, "bias": None}
        document = answered(PATH, {"input_size": 6, "input_shape": None, "opset": None, "layer": layer})
        assert document["output_size"] == [2, 2]

    def test_null_is_a_value_where_a_parameter_has_no_default(self, answered: Answered) -> None:
        # PyTorch's AdaptiveAvgPool2d(None) keeps every axis.
        layer = {"type": "adaptive_avg_pool2d", "output_size": None}
        assert answered(PATH, {"input_size": [7, 5], "layer": layer})["output_size"] == [7, 5]


def test_only_sizes_suspect_no_layout(refuse: Refuse) -> None:
    layer = {"type": "conv_transpose1d", "in_channels": 3, "out_channels": 4, "kernel_size": 3, "output_padding": 1}
    [diagnostic] = refuse(PATH, {"input_size": 3, "layer": layer})["errors"]
    assert diagnostic["name"] == "output-padding-out-of-range"


def test_an_output_longer_than_any_axis_can_be_is_refused(refuse: Refuse) -> None:
    body = {"input_shape": [1] + [2**31 - 1] * 4, "layer": {"type": "flatten"}}
    [error] = refuse("/v1/output-size", body)["errors"]
    assert (error["name"], error["location"]) == ("size-overflow", "/layer")
    assert error["message"] == "axis 1 of the output has 2^123 positions or more; the most is 2^63 - 1"


def test_windows_are_listed_where_they_are_asked_for(answered: Answered) -> None:
    layer = {"type": "conv2d", "kernel_size": [3, 2], "stride": [2, 3], "padding": [1, 0]}
    plain = answered(PATH, {"input_size": [5, 7], "layer": layer})
    listed = answered(PATH, {"input_size": [5, 7], "layer": layer, "windows": True})
    windows = [axis.pop("windows") for axis in listed["axes"]]
    assert windows == [[[-1, 0, 1], [1, 2, 3], [3, 4, 5]], [[0, 1], [3, 4]]]
    assert listed == plain


def test_more_windows_than_the_limit_are_refused_before_they_are_made(post: Post) -> None:
    layer = {"type": "conv1d", "kernel_size": 1000}
    status, document = post(PATH, {"input_size": [10**6], "layer": layer, "windows": True})
    assert (status, document["errors"][0]["location"]) == (413, "/windows")


@pytest.mark.parametrize("path", [PATH, "/v1/compare", "/v1/padding", "/v1/solve", "/v1/convolve"])
@pytest.mark.parametrize("member", [{"inputs": False}, {"inputs": [1]}, {"name": ""}, {"weights_of": 3}])
def test_what_places_a_layer_in_a_network_is_checked_everywhere(post: Post, path: str, member: Document) -> None:
    layer = {"type": "conv1d", "kernel_size": 2, **member}
    asked: Document = {"layer": layer, "input_size": 4, "output_size": 3, "unknown": ["stride"]}
    takes = {PATH: 2, "/v1/compare": 2, "/v1/padding": 3, "/v1/solve": 4}
    body = dict(list(asked.items())[: takes[path]]) if path in takes else {"layer": layer, "input": [1], "weight": [1]}
    status, document = post(path, body)
    (name,) = member
    assert (status, [error["location"] for error in document["errors"]]) == (422, [f"/layer/{name}"])
