"""Explanations of outputs: they add up to what was computed, and are shown as JSON."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.core.convolve import engine
from service.core.convolve.explain import explained
from service.rendering import explanation_object
from tests.core.convolve.jobs import drawn, prepared

CONVOLUTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "zeros": ("pytorch", {"padding": [1, 2], "stride": [2, 1], "dilation": [1, 2]}),
    "reflect": ("pytorch", {"padding": [3, 2], "padding_mode": "reflect", "dilation": [2, 1]}),
    "replicate": ("pytorch", {"padding": [4, 1], "padding_mode": "replicate", "stride": 2}),
    "circular": ("pytorch", {"padding": [5, 4], "padding_mode": "circular"}),
    "input dilation": ("jax", {"lhs_dilation": [2, 3], "padding": [[1, 2], [0, 1]], "window_strides": [1, 2]}),
    "cropped": ("jax", {"padding": [[-1, 2], [3, -2]]}),
    "transposed": ("pytorch", {"type": "conv_transpose2d", "stride": [2, 3], "padding": [1, 0], "output_padding": 1}),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_the_products_add_up_to_the_output(name: str) -> None:
    framework, layer = CONVOLUTIONS[name]
    weight = drawn((2, 3, 3, 2) if name == "transposed" else (3, 2, 3, 2))
    job = prepared({"type": "conv2d", **layer}, drawn((2, 2, 6, 7)), weight, framework)
    result = engine.run(job)
    positions = list(np.ndindex(result.output.shape))
    sums = [explanation.sum for explanation in explained(job, result, positions)]
    np.testing.assert_allclose(sums, result.output.ravel(), atol=1e-9)


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_a_pad_shows_where_an_output_came_from(mode: str) -> None:
    job = prepared({"type": "pad", "padding": [[2, 3], [-1, 2]], "mode": mode, "value": 0}, drawn((1, 2, 5, 6)))
    result = engine.run(job)
    positions = list(np.ndindex(result.output.shape))
    for position, explanation in zip(positions, explained(job, result, positions), strict=True):
        [[value]] = explanation.window
        assert result.output[position] == (0 if value is None else value)


def test_only_what_there_is_stands_in_the_answer() -> None:
    """A pool has no weights, and a convolution without a bias has none to show."""
    pool = prepared({"type": "max_pool1d", "kernel_size": 2, "padding": 1}, np.array([4, 2, 3]))
    [explanation] = explained(pool, engine.run(pool), [(0,)])
    assert explanation_object(explanation) == {"position": [0], "output": 4, "window": [None, 4]}

    convolution = prepared({"type": "conv1d"}, np.array([[[4, 2, 3]]]), np.array([[[10, 1]]]))
    [explanation] = explained(convolution, engine.run(convolution), [(0, 0, 1)])
    assert explanation_object(explanation) == {
        "position": [0, 0, 1],
        "output": 23,
        "window": [[2, 3]],
        "weights": [[10, 1]],
        "products": [[20, 3]],
        "sum": 23,
    }


def test_a_bias_of_zero_is_shown() -> None:
    convolution = prepared({"type": "conv1d"}, np.zeros((1, 1, 3)), np.zeros((1, 1, 2)))
    convolution = replace(convolution, operands=replace(convolution.operands, bias=np.zeros(1)))
    [explanation] = explained(convolution, engine.run(convolution), [(0, 0, 1)])
    assert (explanation.sum, explanation.bias) == (0, 0)
    assert list(explanation_object(explanation))[-2:] == ["sum", "bias"]
