"""Warnings about a network as a whole."""

import pytest

from service.core.networks.judge_network import judge
from service.core.networks.warnings import network_warnings
from tests.core.networks.build import CONV, POOL, RELU, UP, Posted, network

DILATED: Posted = {**CONV, "dilation": 2, "padding": 2}
SKIP: list[Posted] = [{**POOL, "name": "down"}, {**UP, "name": "up"}, {"type": "add", "inputs": ["up", "input"]}]


def warned(layers: list[Posted], *sizes: int) -> list[tuple[str, tuple[str | int, ...]]]:
    built = network(layers, input=(1, 3, *sizes))
    return [(diagnostic.rule.name, diagnostic.location) for diagnostic in network_warnings(built, judge(built))]


@pytest.mark.parametrize(
    ("layers", "at"),
    [
        ([DILATED, DILATED], 1),
        ([DILATED, RELU, {**CONV, "kernel_size": 1, "padding": 0}, DILATED], 3),
        ([{**DILATED, "dilation": [1, 2], "padding": [1, 2]}, DILATED], 1),
        ([DILATED, CONV, DILATED], None),
        ([DILATED, POOL, DILATED], None),
        ([{**DILATED, "stride": 2}, DILATED], None),
        ([DILATED, {**DILATED, "dilation": 3, "padding": 3}], None),
        ([DILATED, {**DILATED, "inputs": ["input"]}], None),
    ],
)
def test_a_dilation_repeats_only_through_layers_that_keep_positions(layers: list[Posted], at: int | None) -> None:
    expected = [] if at is None else [("dilation-gridding", ("layers", at, "dilation"))]
    assert warned(layers, 64, 64) == expected


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [((8, 8), 3), ((8, 12), 3), ((9, 8), 3), ((16, 16), 4), ((32, 32), None), ((99, 4), None)],
)
def test_a_convolution_is_too_late_where_its_kernel_meets_padding_only(
    sizes: tuple[int, int], expected: int | None
) -> None:
    """Three pools make 1 position of 8 and 2 of 16, where a kernel of 3 over both of them wastes nothing."""
    layers = [POOL, POOL, POOL, CONV, {**CONV, "kernel_size": 5, "padding": 2}, CONV]
    found = [] if expected is None else [("receptive-field-exceeds-input", ("layers", expected))]
    assert [warning for warning in warned(layers, *sizes) if warning[0] == "receptive-field-exceeds-input"] == found


def test_a_dilated_kernel_that_meets_padding_only_was_made_for_larger_inputs() -> None:
    layers = [POOL, POOL, POOL, {**CONV, "dilation": 2, "padding": 2}]
    assert warned(layers, 8, 8) == []


@pytest.mark.parametrize("sizes", [(8, 6), (64, 2)])
def test_branches_that_meet_for_this_size_only_are_a_warning(sizes: tuple[int, int]) -> None:
    assert warned(SKIP, *sizes) == [("odd-size-before-skip", ("layers", 2, "inputs"))]


@pytest.mark.parametrize(
    "layers",
    [
        [{**POOL, "name": "a"}, {**POOL, "name": "b", "inputs": ["input"]}, {"type": "add", "inputs": ["a", "b"]}],
        [{"type": "global_avg_pool2d", "name": "a"}, {"type": "multiply", "inputs": ["a", "input"]}],
        [{**CONV, "name": "a", "out_channels": 3}, {"type": "add", "inputs": ["a", "input"]}],
    ],
)
def test_branches_that_meet_for_every_size_are_not(layers: list[Posted]) -> None:
    assert warned(layers, 8, 6) == []


def test_an_invalid_network_is_warned_of_its_dilations_only() -> None:
    assert warned([{**DILATED, "in_channels": 9}, DILATED, *SKIP[:2]], 8, 6) == [
        ("dilation-gridding", ("layers", 1, "dilation"))
    ]


@pytest.mark.parametrize(
    ("layers", "at"),
    [
        ([POOL, {"type": "reshape", "shape": [-1, 6]}, {"type": "linear", "out_features": 4}], 1),
        ([POOL, {"type": "flatten", "start_dim": 0}, RELU], 1),
        ([POOL, {"type": "reshape", "shape": [-1, 6]}, {"type": "reshape", "shape": [1, -1]}], None),
        ([POOL, {"type": "reshape", "shape": [1, -1]}], None),
        ([POOL, {"type": "flatten"}], None),
    ],
)
def test_a_reshape_that_changes_the_batch_for_good_is_pointed_out(layers: list[Posted], at: int | None) -> None:
    expected = [] if at is None else [("batch-changed", ("layers", at))]
    assert [warning for warning in warned(layers, 8, 6) if warning[0] == "batch-changed"] == expected
