"""`POST /v1/convolve`: window layers applied to posted arrays."""

import io
import itertools
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from numpy.typing import NDArray
from werkzeug.test import TestResponse

Array = NDArray[Any]
Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Refuse = Callable[..., Document]
PostForm = Callable[..., TestResponse]

PATH = "/v1/convolve"
NPY = "application/x-npy"
IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
KERNEL = [[1, 0], [0, -1]]
SIX = [1, 2, 3, 4, 5, 6]
TENS = [1, 10, 100]


def drawn(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed).integers(-9, 10, shape)


def naive(
    source: Array, weight: Array, stride: list[int], padding: list[int], dilation: list[int], groups: int
) -> Array:
    """A convolution of [N, C, H, W] as its definition has it, product by product."""
    padded = np.pad(source, [(0, 0), (0, 0), *((amount, amount) for amount in padding)])
    outputs, inputs, *kernel = weight.shape
    sizes = [
        (padded.shape[2 + axis] - dilation[axis] * (kernel[axis] - 1) - 1) // stride[axis] + 1 for axis in range(2)
    ]
    result = np.zeros((source.shape[0], outputs, *sizes), source.dtype)
    for n, o, y, x in np.ndindex(*result.shape):
        first = o // (outputs // groups) * inputs
        for c, ky, kx in np.ndindex(inputs, *kernel):
            place = (y * stride[0] + ky * dilation[0], x * stride[1] + kx * dilation[1])
            result[n, o, y, x] += padded[n, first + c, *place] * weight[o, c, ky, kx]
    return result


def test_the_documented_example(answered: Answered) -> None:
    document = answered(PATH, {"input": IMAGE, "weight": KERNEL, "layer": {"stride": 1, "padding": 0}})
    expected = {"output": [[-4, -4], [-4, -4]], "shape": [2, 2], "dtype": "int64", "algorithm": "im2col"}
    assert {key: document[key] for key in expected} == expected


@pytest.mark.parametrize("stride", [[1, 1], [2, 3]])
@pytest.mark.parametrize("padding", [[0, 0], [2, 1]])
@pytest.mark.parametrize("dilation", [[1, 1], [1, 2]])
@pytest.mark.parametrize("groups", [1, 2])
def test_a_convolution_equals_its_definition(
    answered: Answered, stride: list[int], padding: list[int], dilation: list[int], groups: int
) -> None:
    source, weight = drawn(2, 4, 7, 9), drawn(6, 4 // groups, 3, 2, seed=1)
    layer = {"type": "conv2d", "stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    document = answered(PATH, {"input": source.tolist(), "weight": weight.tolist(), "layer": layer})
    assert document["output"] == naive(source, weight, stride, padding, dilation, groups).tolist()


class TestForms:
    """Bare, unbatched and batched inputs, and where their channels stand."""

    @pytest.mark.parametrize("rank", [1, 2, 3])
    def test_bare_arrays_are_one_channel_of_one_batch(self, answered: Answered, rank: int) -> None:
        source, weight = drawn(*(5, 4, 6)[:rank]), drawn(*(2, 3, 1)[:rank], seed=1)
        bare = answered(PATH, {"input": source.tolist(), "weight": weight.tolist()})
        full = answered(
            PATH,
            {
                "input": source[None, None].tolist(),
                "weight": weight[None, None].tolist(),
                "layer": {"type": f"conv{rank}d"},
            },
        )
        assert bare["shape"] == full["shape"][2:]
        assert bare["output"] == full["output"][0][0]

    def test_an_input_without_a_batch_gives_an_output_without_one(self, answered: Answered) -> None:
        source, weight = drawn(3, 5, 4).tolist(), drawn(2, 3, 2, 3, seed=1).tolist()
        answer = answered(PATH, {"input": source, "weight": weight})
        assert answer["shape"] == [2, 4, 2]
        assert [answer["output"]] == answered(PATH, {"input": [source], "weight": weight})["output"]

    def test_each_item_of_a_batch_is_computed_on_its_own(self, answered: Answered) -> None:
        source, weight = drawn(2, 3, 5, 4).tolist(), drawn(2, 3, 2, 3, seed=1).tolist()
        both = answered(PATH, {"input": source, "weight": weight})["output"]
        assert both == [answered(PATH, {"input": image, "weight": weight})["output"] for image in source]

    @pytest.mark.parametrize("batch", [0, 2])
    def test_keras_has_its_channels_last(self, answered: Answered, batch: int) -> None:
        source, weight = drawn(*((batch, 3, 5, 4) if batch else (3, 5, 4))), drawn(6, 3, 2, 3, seed=1)
        ours = answered(PATH, {"input": source.tolist(), "weight": weight.tolist()})
        theirs = answered(
            PATH,
            {
                "framework": "keras",
                "input": np.moveaxis(source, -3, -1).tolist(),
                "weight": weight.transpose(2, 3, 1, 0).tolist(),
            },
        )
        assert theirs["output"] == np.moveaxis(np.array(ours["output"]), -3, -1).tolist()

    def test_keras_keeps_a_transposed_weight_output_first(self, answered: Answered) -> None:
        source, weight = drawn(2, 3, 5, 4), drawn(3, 6, 2, 3, seed=1)
        layer = {"type": "conv_transpose2d", "stride": [2, 3]}
        ours = answered(PATH, {"input": source.tolist(), "weight": weight.tolist(), "layer": layer})
        theirs = answered(
            PATH,
            {
                "framework": "keras",
                "input": np.moveaxis(source, 1, -1).tolist(),
                "weight": weight.transpose(2, 3, 1, 0).tolist(),
                "layer": {**layer, "padding": "valid"},
            },
        )
        assert theirs["output"] == np.moveaxis(np.array(ours["output"]), 1, -1).tolist()

    def test_layout_overrides_the_framework(self, answered: Answered) -> None:
        source, weight = drawn(2, 5, 4, 3).tolist(), drawn(2, 3, 3, 6, seed=1).tolist()
        ours = answered(PATH, {"layout": "channels_last", "input": source, "weight": weight})
        assert ours["output"] == answered(PATH, {"framework": "keras", "input": source, "weight": weight})["output"]

    def test_a_pool_without_its_rank_takes_a_bare_image(self, answered: Answered) -> None:
        document = answered(PATH, {"input": drawn(6, 4).tolist(), "layer": {"type": "max_pool", "kernel_size": [2, 1]}})
        assert document["shape"] == [3, 4]

    def test_a_layer_may_spell_its_kernel_and_channels_as_they_are(self, answered: Answered) -> None:
        layer = {"type": "conv2d", "kernel_size": [2, 3], "in_channels": 3, "out_channels": 6}
        body = {"input": drawn(3, 5, 4).tolist(), "weight": drawn(6, 3, 2, 3).tolist()}
        assert answered(PATH, {**body, "layer": layer})["output"] == answered(PATH, body)["output"]

    def test_a_bias_is_added_per_output_channel(self, answered: Answered) -> None:
        body = {"input": drawn(3, 5, 4).tolist(), "weight": drawn(2, 3, 2, 3).tolist()}
        plain = np.array(answered(PATH, body)["output"])
        biased = np.array(answered(PATH, {**body, "bias": [100, -7]})["output"])
        assert (biased - plain).tolist() == np.broadcast_to([[[100]], [[-7]]], plain.shape).tolist()

    @pytest.mark.parametrize("bias", [5, [5]])
    def test_a_bare_convolution_takes_a_bare_bias(self, answered: Answered, bias: Any) -> None:
        document = answered(PATH, {"input": IMAGE, "weight": KERNEL, "bias": bias})
        assert document["output"] == [[1, 1], [1, 1]]


class TestFrameworks:
    """The same numbers in every framework, with the outputs that each really computes."""

    @pytest.mark.parametrize(
        ("framework", "layer", "output"),
        [
            ("pytorch", {}, [321, 543]),
            ("keras", {"padding": "valid"}, [321, 543]),
            ("onnx", {}, [321, 543]),
            ("jax", {"padding": "VALID"}, [321, 543]),
            ("pytorch", {"padding": 1}, [210, 432, 654]),
            ("keras", {"padding": "same"}, [321, 543, 65]),
            ("onnx", {"auto_pad": "SAME_UPPER"}, [321, 543, 65]),
            ("onnx", {"auto_pad": "SAME_LOWER"}, [210, 432, 654]),
            ("onnx", {"pads": [0, 1]}, [321, 543, 65]),
            ("jax", {"padding": "SAME"}, [321, 543, 65]),
            ("jax", {"padding": "SAME_LOWER"}, [210, 432, 654]),
            ("jax", {"padding": [[1, 0]]}, [210, 432, 654]),
            ("jax", {"padding": [[-1, -1]]}, [432]),
            ("keras", {"padding": "causal"}, [100, 321, 543]),
            ("pytorch", {"padding": 1, "padding_mode": "reflect"}, [212, 432, 654]),
            ("pytorch", {"padding": 1, "padding_mode": "replicate"}, [211, 432, 654]),
            ("pytorch", {"padding": 1, "padding_mode": "circular"}, [216, 432, 654]),
            ("jax", {"lhs_dilation": 2, "padding": [[0, 0]]}, [201, 302, 403, 504, 605]),
        ],
    )
    def test_a_kernel_of_3_over_6_with_stride_2(
        self, answered: Answered, framework: str, layer: Document, output: list[int]
    ) -> None:
        body = {"framework": framework, "input": SIX, "weight": TENS, "layer": {"stride": 2, **layer}}
        document = answered(PATH, body)
        assert document["output"] == output
        assert document["framework"] == framework

    @pytest.mark.parametrize(
        ("framework", "layer", "output"),
        [
            ("pytorch", {"padding": "same"}, [3210, 4321, 5432, 543, 54]),
            ("keras", {"padding": "same"}, [3210, 4321, 5432, 543, 54]),
            ("onnx", {"auto_pad": "SAME_UPPER"}, [3210, 4321, 5432, 543, 54]),
            ("onnx", {"auto_pad": "SAME_LOWER"}, [2100, 3210, 4321, 5432, 543]),
            ("jax", {"padding": "SAME"}, [3210, 4321, 5432, 543, 54]),
        ],
    )
    def test_an_even_kernel_is_padded_unevenly(
        self, answered: Answered, framework: str, layer: Document, output: list[int]
    ) -> None:
        body = {"framework": framework, "input": SIX[:5], "weight": [1, 10, 100, 1000], "layer": layer}
        assert answered(PATH, body)["output"] == output

    @pytest.mark.parametrize(
        ("framework", "layer", "output"),
        [
            ("pytorch", {"padding": 1, "output_padding": 1}, [10, 100, 0, 0, 0, 0]),
            ("pytorch", {"padding": 1, "output_size": [6]}, [10, 100, 0, 0, 0, 0]),
            ("keras", {"padding": "same"}, [1, 10, 100, 0, 0, 0]),
            ("onnx", {"auto_pad": "SAME_UPPER"}, [1, 10, 100, 0, 0, 0]),
            ("onnx", {"auto_pad": "SAME_LOWER"}, [10, 100, 0, 0, 0, 0]),
            ("onnx", {"output_shape": [6]}, [10, 100, 0, 0, 0, 0]),
            ("jax", {"padding": "SAME"}, [100, 10, 1, 0, 0, 0]),
        ],
    )
    def test_a_transposed_kernel_of_3_to_6(
        self, answered: Answered, framework: str, layer: Document, output: list[int]
    ) -> None:
        layer = {"type": "conv_transpose1d", "stride": 2, **layer}
        body = {"framework": framework, "input": [1, 0, 0], "weight": TENS, "layer": layer}
        assert answered(PATH, body)["output"] == output

    @pytest.mark.parametrize(
        ("framework", "layer", "source", "output"),
        [
            ("pytorch", {"type": "avg_pool1d", "kernel_size": 2, "padding": 1}, [1, 2, 3, 4], [0.5, 2.5, 2.0]),
            (
                "pytorch",
                {"type": "avg_pool1d", "kernel_size": 2, "padding": 1, "count_include_pad": False},
                [1, 2, 3, 4],
                [1.0, 2.5, 4.0],
            ),
            (
                "onnx",
                {"type": "avg_pool1d", "kernel_shape": 2, "strides": 2, "pads": [1, 1]},
                [1, 2, 3, 4],
                [1.0, 2.5, 4.0],
            ),
            (
                "onnx",
                {"type": "avg_pool1d", "kernel_shape": 2, "strides": 2, "pads": [1, 1], "count_include_pad": True},
                [1, 2, 3, 4],
                [0.5, 2.5, 2.0],
            ),
            ("pytorch", {"type": "avg_pool1d", "kernel_size": 2, "ceil_mode": True}, [1, 2, 3, 4, 5], [1.5, 3.5, 5.0]),
            ("keras", {"type": "avg_pool1d", "pool_size": 2, "padding": "same"}, [1, 2, 3, 4, 5], [1.5, 3.5, 5.0]),
            (
                "pytorch",
                {"type": "avg_pool2d", "kernel_size": [1, 2], "divisor_override": 4},
                [[1, 2, 3, 4]],
                [[0.75, 1.75]],
            ),
            ("pytorch", {"type": "adaptive_avg_pool1d", "output_size": 3}, [1, 2, 3, 4, 5, 6, 7], [2.0, 4.0, 6.0]),
            ("pytorch", {"type": "adaptive_max_pool1d", "output_size": 3}, [1, 2, 3, 4, 5, 6, 7], [3, 5, 7]),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 2, "padding": 1}, [-1, -2, -3, -4], [-1, -2, -4]),
            ("keras", {"type": "max_pool1d", "pool_size": 2, "padding": "same"}, [-1, -2, -3], [-1, -3]),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 2, "stride": 1, "dilation": 2}, [1, 5, 2, 4], [2, 5]),
            ("pytorch", {"type": "max_pool1d", "kernel_size": 2, "ceil_mode": True}, [1, 5, 2], [5, 2]),
            ("jax", {"type": "max_pool1d", "window_shape": [2], "base_dilation": [2]}, [-1, -5, -2], [-1, -5, -5, -2]),
            ("jax", {"type": "min_pool1d", "window_shape": [2], "base_dilation": [2]}, [1, 5, 2], [1, 5, 5, 2]),
            ("jax", {"type": "sum_pool1d", "window_shape": [3], "base_dilation": [2]}, [1, 5, 2], [6, 5, 7]),
            ("jax", {"type": "avg_pool1d", "window_shape": [2], "base_dilation": [2]}, [1, 5, 2], [0.5, 2.5, 2.5, 1.0]),
            (
                "jax",
                {"type": "avg_pool1d", "window_shape": [3], "base_dilation": [2], "count_include_pad": False},
                [1, 5, 2],
                [3.0, 5.0, 3.5],
            ),
            (
                "jax",
                {"type": "max_pool1d", "window_shape": [2], "strides": [2], "base_dilation": [2], "padding": "SAME"},
                [1, 5, 2],
                [1, 5, 2],
            ),
            ("pytorch", {"type": "global_avg_pool2d"}, [[1, 2, 6]], [[3.0]]),
            ("pytorch", {"type": "global_max_pool1d"}, [1, 6, 2], [6]),
            ("pytorch", {"type": "pad", "padding": [[1, 2]], "value": 7}, [1, 2, 3], [7, 1, 2, 3, 7, 7]),
            ("pytorch", {"type": "pad", "padding": [[2, 1]], "mode": "reflect"}, [1, 2, 3], [3, 2, 1, 2, 3, 2]),
            ("pytorch", {"type": "pad", "padding": [[2, 1]], "mode": "replicate"}, [1, 2, 3], [1, 1, 1, 2, 3, 3]),
            ("pytorch", {"type": "pad", "padding": [[2, 1]], "mode": "circular"}, [1, 2, 3], [2, 3, 1, 2, 3, 1]),
            ("pytorch", {"type": "crop", "cropping": [[1, 0], [0, 2]]}, [[1, 2, 3], [4, 5, 6]], [[4]]),
        ],
    )
    def test_pools_and_pads(
        self, answered: Answered, framework: str, layer: Document, source: Any, output: Any
    ) -> None:
        source = [source] if layer["type"] == "pad" else source
        output = [output] if layer["type"] == "pad" else output
        assert answered(PATH, {"framework": framework, "input": source, "layer": layer})["output"] == output

    def test_a_reduction_is_applied_where_its_windows_are(self, answered: Answered) -> None:
        layer = {"type": "lax.reduce_window", "computation": "lax.add", "window_dimensions": [1, 2, 1]}
        body = {"framework": "jax", "input": [[[1, 10], [2, 20], [3, 30]]], "layer": layer}
        assert answered(PATH, body)["output"] == [[[3, 30], [5, 50]]]

    def test_jax_gives_an_empty_output(self, answered: Answered) -> None:
        body = {"framework": "jax", "input": [1, 2], "weight": TENS, "layer": {"padding": "VALID"}}
        document = answered(PATH, body)
        assert (document["output"], document["shape"]) == ([], [0])


class TestFlip:
    """Cross-correlation by default, the convolution of textbooks with `flip_kernel`."""

    def test_the_kernel_is_not_flipped_by_default(self, answered: Answered) -> None:
        assert answered(PATH, {"input": [1, 0, 0, 0, 0], "weight": TENS, "layer": {"padding": 2}})["output"][:3] == [
            100,
            10,
            1,
        ]

    def test_flip_kernel_flips_every_spatial_axis(self, answered: Answered) -> None:
        source, weight = drawn(2, 3, 5, 4).tolist(), drawn(6, 3, 2, 3, seed=1)
        flipped = answered(PATH, {"input": source, "weight": weight.tolist(), "flip_kernel": True})
        by_hand = answered(PATH, {"input": source, "weight": weight[:, :, ::-1, ::-1].tolist()})
        assert flipped["output"] == by_hand["output"]

    def test_a_flipped_kernel_is_what_numpy_calls_a_convolution(self, answered: Answered) -> None:
        body = {"input": SIX, "weight": TENS, "flip_kernel": True, "layer": {"padding": 2}}
        assert answered(PATH, body)["output"] == np.convolve(SIX, TENS).tolist()

    def test_keras_kernels_are_flipped_on_their_own_axes(self, answered: Answered) -> None:
        source, weight = drawn(5, 4, 3).tolist(), drawn(2, 3, 3, 6, seed=1)
        body = {"framework": "keras", "input": source}
        flipped = answered(PATH, {**body, "weight": weight.tolist(), "flip_kernel": True})
        assert flipped["output"] == answered(PATH, {**body, "weight": weight[::-1, ::-1].tolist()})["output"]


class TestExplain:
    """The window, products and sum behind an output."""

    def test_the_documented_positions(self, answered: Answered) -> None:
        document = answered(PATH, {"input": IMAGE, "weight": KERNEL, "explain": [[0, 0], [1, 1]]})
        first, last = document["explain"]
        assert first == {
            "position": [0, 0],
            "output": -4,
            "window": [[1, 2], [4, 5]],
            "weights": [[1, 0], [0, -1]],
            "products": [[1, 0], [0, -5]],
            "sum": -4,
        }
        assert (last["position"], last["window"], last["sum"]) == ([1, 1], [[5, 6], [8, 9]], -4)

    @pytest.mark.parametrize(
        ("framework", "layer"),
        [
            ("pytorch", {"type": "conv2d", "stride": [2, 1], "padding": [1, 2], "dilation": [1, 2], "groups": 2}),
            ("pytorch", {"type": "conv2d", "padding": 1, "padding_mode": "reflect", "groups": 2}),
            ("onnx", {"type": "conv2d", "pads": [0, 2, 1, 0], "group": 2}),
            ("jax", {"type": "conv2d", "padding": [[1, 0], [1, 1]], "lhs_dilation": [2, 1], "feature_group_count": 2}),
            ("pytorch", {"type": "conv_transpose2d", "stride": [2, 3], "padding": [1, 0], "groups": 2}),
            ("onnx", {"type": "conv_transpose2d", "strides": [2, 3], "auto_pad": "SAME_UPPER", "group": 2}),
        ],
    )
    def test_every_sum_and_its_bias_is_the_output(self, answered: Answered, framework: str, layer: Document) -> None:
        source, weight, bias = drawn(1, 4, 5, 6).tolist(), drawn(4, 2, 2, 3, seed=1).tolist(), [3, -5, 7, 9]
        positions = [list(place) for place in itertools.product([0], [0, 3], [0, 2], [0, 3])]
        body = {"framework": framework, "input": source, "weight": weight, "bias": bias, "layer": layer}
        document = answered(PATH, {**body, "explain": positions})
        assert len(document["explain"]) == len(positions)
        output = np.array(document["output"])
        for explanation in document["explain"]:
            products = np.array(explanation["products"])
            assert explanation["sum"] == products.sum()
            summed = explanation["sum"] + explanation["bias"]
            assert summed == explanation["output"] == output[tuple(explanation["position"])]

    def test_a_keras_position_is_channels_last(self, answered: Answered) -> None:
        body = {"framework": "keras", "input": drawn(1, 5, 4, 3).tolist(), "weight": drawn(2, 3, 3, 6, seed=1).tolist()}
        document = answered(PATH, {**body, "explain": [[0, 3, 1, 5]]})
        assert document["explain"][0]["output"] == document["output"][0][3][1][5]
        assert document["explain"][0]["sum"] == document["output"][0][3][1][5]

    def test_a_pool_shows_its_window_with_null_outside(self, answered: Answered) -> None:
        layer = {"type": "max_pool1d", "kernel_size": 2, "padding": 1}
        [explanation] = answered(PATH, {"input": [4, 2, 3], "layer": layer, "explain": [[0]]})["explain"]
        assert (explanation["window"], explanation["output"]) == ([None, 4], 4)

    def test_a_flipped_kernel_is_explained_flipped(self, answered: Answered) -> None:
        body = {"input": SIX, "weight": TENS, "flip_kernel": True, "explain": [[0]]}
        [explanation] = answered(PATH, body)["explain"]
        assert explanation["products"] == [100, 20, 3]

    def test_nothing_is_explained_by_default(self, answered: Answered) -> None:
        assert "explain" not in answered(PATH, {"input": IMAGE, "weight": KERNEL})


class TestArrays:
    """Every form an array may have, in and out."""

    @pytest.mark.parametrize(
        "dtype",
        ["float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"],
    )
    def test_base64_of_every_type_is_read(self, answered: Answered, dtype: str) -> None:
        data = b64encode(np.array([[1, 2, 3], [4, 5, 6]], dtype).tobytes()).decode()
        document = answered(PATH, {"input": {"shape": [2, 3], "dtype": dtype, "base64": data}, "weight": [[1, 2]]})
        assert document["output"] == [[5, 8], [14, 17]]

    def test_a_flat_list_is_row_major(self, answered: Answered) -> None:
        document = answered(PATH, {"input": {"shape": [2, 3], "data": SIX}, "weight": [[1, 2]]})
        assert document["output"] == [[5, 8], [14, 17]]

    @pytest.mark.parametrize(
        ("source", "dtype"), [([1, 2], "int64"), ([1.0, 2], "float64"), ([1, 2.5], "float64"), ([2**63, 1], "uint64")]
    )
    def test_the_type_of_a_list_is_that_of_its_numbers(self, answered: Answered, source: list[Any], dtype: str) -> None:
        document = answered(PATH, {"input": source, "layer": {"type": "max_pool1d", "kernel_size": 2}})
        assert document["dtype"] == dtype

    @pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
    def test_dtype_makes_the_numbers_that_type(self, answered: Answered, dtype: str) -> None:
        document = answered(PATH, {"input": IMAGE, "weight": KERNEL, "dtype": dtype})
        assert document["dtype"] == dtype
        assert document["output"] == [[-4.0, -4.0], [-4.0, -4.0]]

    def test_an_arrays_own_type_overrides_dtype(self, answered: Answered) -> None:
        source = {"shape": [2], "dtype": "float32", "data": [1, 2]}
        body = {"input": source, "dtype": "float64", "layer": {"type": "max_pool1d", "kernel_size": 2}}
        assert answered(PATH, body)["dtype"] == "float32"

    def test_uint64_takes_all_its_numbers(self, answered: Answered) -> None:
        layer = {"type": "max_pool1d", "kernel_size": 2, "stride": 1}
        document = answered(PATH, {"input": [2**64 - 1, 1, 7], "dtype": "uint64", "layer": layer})
        assert (document["output"], document["dtype"]) == ([2**64 - 1, 7], "uint64")

    def test_narrow_integers_are_summed_without_wrapping(self, answered: Answered) -> None:
        document = answered(PATH, {"input": [100, 100], "weight": [100, 100], "dtype": "int8"})
        assert (document["output"], document["dtype"]) == ([20000], "int64")

    @pytest.mark.parametrize("big", [2**53 + 1, 2**62 - 1, 3037000499**2])
    def test_integers_are_exact_beyond_what_floats_hold(self, answered: Answered, big: int) -> None:
        assert answered(PATH, {"input": [big, 1], "weight": [1, 1]})["output"] == [big + 1]

    def test_partial_sums_may_leave_the_type_if_the_result_does_not(self, answered: Answered) -> None:
        body = {"input": [2**62, 2**62, -(2**62)], "weight": [1, 1, 1]}
        assert answered(PATH, body)["output"] == [2**62]

    def test_an_answer_is_nested_by_default(self, answered: Answered) -> None:
        document = answered(PATH, {"input": IMAGE, "weight": [[1, 1]]})
        assert document["output"] == [[3, 5], [9, 11], [15, 17]]
        assert document["shape"] == [3, 2]

    def test_an_answer_may_be_flat(self, answered: Answered) -> None:
        document = answered(PATH, {"input": IMAGE, "weight": [[1, 1]], "respond_with": "flat"})
        assert document["output"] == {"shape": [3, 2], "dtype": "int64", "data": [3, 5, 9, 11, 15, 17]}

    def test_an_answer_may_be_base64(self, answered: Answered) -> None:
        document = answered(PATH, {"input": IMAGE, "weight": [[1, 1]], "respond_with": "base64", "dtype": "float32"})
        output = document["output"]
        assert (output["shape"], output["dtype"]) == ([3, 2], "float32")
        assert np.frombuffer(b64decode(output["base64"]), "<f4").tolist() == [3, 5, 9, 11, 15, 17]

    def test_an_answer_can_be_posted_again(self, answered: Answered) -> None:
        for form in ("nested", "flat", "base64"):
            first = answered(PATH, {"input": IMAGE, "weight": [[1, 1]], "respond_with": form})["output"]
            assert answered(PATH, {"input": first, "weight": [[1], [1]]})["output"] == [[12, 16], [24, 28]]

    def test_base64_carries_what_json_cannot(self, answered: Answered) -> None:
        source = np.array([np.nan, np.inf, 1], np.float32)
        body = {
            "input": {"shape": [3], "dtype": "float32", "base64": b64encode(source.tobytes()).decode()},
            "layer": {"type": "pad", "padding": [1]},
            "respond_with": "base64",
        }
        output = answered(PATH, body)["output"]
        values = np.frombuffer(b64decode(output["base64"]), "<f4")
        np.testing.assert_array_equal(values, np.float32([0, np.nan, np.inf, 1, 0]))


class TestNpy:
    """Binary in, binary out."""

    def test_npy_parts_give_the_answer_of_json(self, post_form: PostForm, answered: Answered) -> None:
        source, weight, bias = drawn(2, 3, 5, 4), drawn(6, 3, 2, 3, seed=1), drawn(6, seed=2)
        layer = {"type": "conv2d", "stride": [2, 1], "padding": [1, 0]}
        response = post_form({"layer": layer}, input=source, weight=weight, bias=bias)
        arrays = {"input": source.tolist(), "weight": weight.tolist(), "bias": bias.tolist()}
        assert json.loads(response.data) == answered(PATH, {"layer": layer, **arrays})

    def test_the_accept_header_asks_for_npy(self, post_form: PostForm) -> None:
        response = post_form({}, accept=NPY, input=np.float32(IMAGE), weight=np.float32(KERNEL))
        assert response.status_code == 200
        assert response.content_type == NPY
        output = np.load(io.BytesIO(response.data))
        assert (output.tolist(), output.dtype) == ([[-4, -4], [-4, -4]], np.float32)

    def test_json_may_be_answered_with_npy(self, client: FlaskClient) -> None:
        response = client.post(PATH, json={"input": IMAGE, "weight": KERNEL}, headers={"Accept": NPY})
        assert np.load(io.BytesIO(response.data)).tolist() == [[-4, -4], [-4, -4]]

    def test_a_problem_is_json_even_where_npy_was_asked_for(self, client: FlaskClient) -> None:
        response = client.post(PATH, json={"input": IMAGE}, headers={"Accept": NPY})
        assert response.status_code == 422
        assert response.content_type == "application/problem+json"

    @pytest.mark.parametrize(
        ("accept", "content_type"),
        [
            ("application/json;q=0.5, application/x-npy", NPY),
            ("application/json, application/x-npy;q=0.5", "application/json"),
            ("*/*", "application/json"),
        ],
    )
    def test_the_callers_preference_decides(self, client: FlaskClient, accept: str, content_type: str) -> None:
        response = client.post(PATH, json={"input": IMAGE, "weight": KERNEL}, headers={"Accept": accept})
        assert response.content_type == content_type

    def test_nan_and_infinity_pass_through(self, post_form: PostForm) -> None:
        source = np.array([np.nan, 1, -np.inf, 2], np.float32)
        response = post_form({}, accept=NPY, input=source, weight=np.ones(2, np.float32))
        np.testing.assert_array_equal(np.load(io.BytesIO(response.data)), np.float32([np.nan, -np.inf, -np.inf]))

    def test_a_keras_answer_is_in_row_major_order(self, post_form: PostForm) -> None:
        parts = {"input": drawn(2, 5, 4, 3), "weight": drawn(2, 3, 3, 6, seed=1)}
        response = post_form({"framework": "keras"}, accept=NPY, **parts)
        output = np.load(io.BytesIO(response.data))
        assert output.flags.c_contiguous
        assert output.tolist() == json.loads(post_form({"framework": "keras"}, **parts).data)["output"]

    def test_parts_and_json_may_be_mixed(self, post_form: PostForm) -> None:
        response = post_form({"weight": KERNEL}, input=np.array(IMAGE))
        assert json.loads(response.data)["output"] == [[-4, -4], [-4, -4]]


class TestDiagnostics:
    """Warnings come with the numbers."""

    def test_unread_input_is_a_warning_beside_the_output(self, answered: Answered) -> None:
        document = answered(PATH, {"input": SIX, "weight": TENS, "layer": {"stride": 2}})
        [warning] = document["diagnostics"]
        assert (warning["name"], warning["location"]) == ("unread-input", "/layer/stride")
        assert warning["message"].startswith("position 5 of axis 0 is never read")

    def test_a_sound_request_has_no_diagnostics(self, answered: Answered) -> None:
        assert answered(PATH, {"input": IMAGE, "weight": KERNEL})["diagnostics"] == []


def test_a_global_pool_without_its_axes_can_be_explained(answered: Answered) -> None:
    body = {"framework": "keras", "input": [[[1, 2], [3, 5]]], "layer": {"type": "global_avg_pool1d"}}
    [explanation] = answered(PATH, {**body, "explain": [[0, 1]]})["explain"]
    assert (explanation["output"], explanation["window"]) == (3.5, [2, 5])
