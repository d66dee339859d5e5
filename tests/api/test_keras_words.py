"""Layers whose words mean something else in Keras, as Keras 3.15.1 answers them."""

from collections.abc import Callable
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

PATH = "/v1/networks/validate"


def output_shape(answered: Answered, layer: Document, *shapes: list[int | None]) -> list[int | None] | None:
    """The shape that comes out, None where the layer is refused."""
    inputs = {f"input_{index}": shape for index, shape in enumerate(shapes)}
    body = {"framework": "keras", "inputs": inputs, "layers": [{**layer, "inputs": list(inputs)}]}
    document = answered(PATH, body)
    return document["output_shape"] if document["valid"] else None


@pytest.mark.parametrize(
    ("target", "shape", "expected"),
    [
        ([57, 47, 1], [None, 2679], [None, 57, 47, 1]),
        ([-1, 2], [2, 3, 4], [2, 6, 2]),
        ([3, -1], [2, 4], None),
        ([4], [2, 2], None),
    ],
)
def test_a_target_shape_leaves_the_batch_out(
    answered: Answered, target: list[int], shape: list[int | None], expected: list[int | None] | None
) -> None:
    assert output_shape(answered, {"type": "reshape", "target_shape": target}, shape) == expected


@pytest.mark.parametrize(
    ("dims", "shape", "expected"),
    [
        ([2, 1], [2, 3, 5], [2, 5, 3]),
        ([3, 1, 2], [2, 3, 5, 1], [2, 1, 3, 5]),
        ([0, 2, 1], [2, 3, 5], [2, 5, 3]),
        ([1, 1], [2, 3, 5], None),
    ],
)
def test_a_permutation_may_leave_the_batch_out(
    answered: Answered, dims: list[int], shape: list[int | None], expected: list[int | None] | None
) -> None:
    assert output_shape(answered, {"type": "permute", "dims": dims}, shape) == expected


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        (([2, 5, 5, 3], [2, 3]), [2, 5, 5, 3]),
        (([2, 3], [2, 5, 5, 3]), [2, 5, 5, 3]),
        (([2, 4, 3], [2, 4]), None),
        (([2, 5, 3], [2, 1]), [2, 5, 3]),
    ],
)
def test_lower_ranks_broadcast_behind_the_batch(
    answered: Answered, shapes: tuple[list[int | None], ...], expected: list[int | None] | None
) -> None:
    assert output_shape(answered, {"type": "multiply"}, *shapes) == expected


def test_an_output_depends_on_all_of_a_branch_of_lower_rank(answered: Answered) -> None:
    layers = [
        {"type": "global_avg_pool1d", "name": "gate"},
        {"type": "multiply", "name": "gated", "inputs": ["input", "gate"]},
    ]
    traced = [{"layer": "gated", "output": [4]}]
    body = {"framework": "keras", "input_shape": [2, 5, 3], "layers": layers, "receptive_field_of": traced}
    assert answered(PATH, body)["receptive_fields"][0]["box"] == [[0, 4]]


@pytest.mark.parametrize(
    ("words", "parameters"),
    [
        ({}, 8),
        ({"scale": False}, 4),
        ({"rms_scaling": True}, 4),
        ({"rms_scaling": True, "scale": False, "center": False}, 4),
        ({"rms_scaling": True, "axis": [1, 2]}, 30),
    ],
)
def test_a_layer_normalization_by_the_mean_square_has_a_scale_and_no_shift(
    answered: Answered, words: Document, parameters: int
) -> None:
    body = {"framework": "keras", "input_shape": [2, 5, 6, 4], "layers": [{"type": "LayerNormalization", **words}]}
    assert answered(PATH, body)["layers"][0]["parameters"] == parameters


@pytest.mark.parametrize(
    ("shapes", "expected"), [(([2, 5, 4], [4]), [2, 5, 4]), (([2, 5, 4], [2, 4]), None), (([3, 5, 4], [3, 4]), None)]
)
def test_a_scaled_sum_aligns_the_last_axes(
    answered: Answered, shapes: tuple[list[int | None], ...], expected: list[int] | None
) -> None:
    assert output_shape(answered, {"type": "CustomScaleLayer", "scale": 0.17}, *shapes) == expected
