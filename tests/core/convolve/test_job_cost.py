"""What a job costs: by shapes, and by the arithmetic that its numbers need."""

from typing import Any

import numpy as np
import pytest

from service.core.convolve.job_cost import ARITHMETIC_COST, CALL_COST
from tests.core.convolve.jobs import Array, prepared


def test_a_convolution_costs_its_multiply_accumulates_and_calls() -> None:
    job = prepared({"type": "conv2d", "padding": 1}, np.ones((2, 3, 8, 9)), np.ones((5, 3, 3, 3)))
    assert job.cost.work == 2 * 5 * 8 * 9 * 27 + (2 + 8) * CALL_COST
    assert job.cost.output_elements == 2 * 5 * 8 * 9
    assert job.cost.scratch_elements == 2 * 3 * 10 * 11


def test_a_transposed_convolution_holds_what_it_crops() -> None:
    job = prepared({"type": "conv_transpose1d", "stride": 2, "padding": 3}, np.ones((1, 2, 10)), np.ones((2, 4, 5)))
    assert job.cost.scratch_elements == 4 * (9 * 2 + 5)
    assert job.cost.output_elements == 4 * (9 * 2 + 5 - 6)


@pytest.mark.parametrize(
    ("largest", "kind"), [(1, "f"), (2**24, "f"), (2**26, "i"), (2**30, "i"), (2**31, "O"), (2**40, "O")]
)
def test_integers_cost_more_the_larger_they_are(largest: int, kind: str) -> None:
    """Sums of two products of the largest numbers reach 2**53 from 2**26 on, and 2**63 from 2**31 on."""
    source, weight = np.full((1, 1, 1000), largest), np.full((1, 1, 2), largest)
    job = prepared({"type": "conv1d"}, source, weight)
    assert job.cost.work == 999 * 2 * ARITHMETIC_COST[kind] + (1 + 999) * CALL_COST


@pytest.mark.parametrize(
    ("layer", "weight"), [({"type": "conv1d"}, np.ones((1, 1, 2))), ({"type": "max_pool1d", "kernel_size": 2}, None)]
)
def test_an_empty_output_costs_nothing(layer: dict[str, Any], weight: Array | None) -> None:
    cost = prepared(layer, np.ones((0, 1, 9)), weight).cost
    assert (cost.work, cost.output_elements, cost.scratch_elements) == (0, 0, 0)


def test_what_a_pool_costs_grows_with_its_elements_and_hardly_with_its_kernel() -> None:
    small, large, wide = (
        prepared({"type": "avg_pool2d", "kernel_size": kernel, "stride": 1}, np.broadcast_to(np.float32(1), shape)).cost
        for kernel, shape in ((3, (1, 1, 500, 500)), (3, (1, 4, 500, 500)), (65, (1, 1, 500, 500)))
    )
    assert 3 * small.work < large.work < 5 * small.work
    assert small.work < wide.work < 20 * small.work
    assert small.output_elements == 498 * 498


@pytest.mark.parametrize(
    "layer",
    [
        {"type": "adaptive_avg_pool1d", "output_size": 2**20},
        {"type": "pad", "padding": [[0, 2**20]]},
        {"type": "avg_pool1d", "kernel_size": 2**19, "stride": 2**19},
    ],
    ids=lambda layer: layer["type"],
)
def test_many_positions_along_one_axis_cost_no_calls_of_their_own(layer: dict[str, Any]) -> None:
    job = prepared(layer, np.ones((1, 1, 2**20 - 1), np.float32))
    assert job.cost.work < 20 * 2**20
