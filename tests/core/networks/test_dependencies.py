"""The pixels that one output depends on, compared with a walk back from it by hand."""

from itertools import product

import pytest

from service.core.networks.dependencies import PixelBox, UnknownSizeError, pixel_boxes, position_sizes
from service.core.networks.judge_network import judge
from tests.core.networks.build import CONV, POOL, RELU, Posted, network

WIDE: Posted = {**CONV, "name": "wide", "kernel_size": [5, 1], "padding": [2, 0], "out_channels": 3}


def boxes(layers: list[Posted], target: int, output: list[int]) -> dict[str, PixelBox | None]:
    built = network(layers)
    return pixel_boxes(built, judge(built), target, output)


def walked(chain: list[tuple[int, int, int, int]], size: int, output: int) -> list[int]:
    """The first and the last pixel that windows (kernel, stride, padding, dilation) behind each other read."""
    sizes = [size]
    for kernel, stride, padding, dilation in chain:
        sizes.append((sizes[-1] + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1)
    positions = {output}
    for (kernel, stride, padding, dilation), own in zip(reversed(chain), reversed(sizes[:-1]), strict=True):
        read = {position * stride - padding + k * dilation for position in positions for k in range(kernel)}
        positions = {position for position in read if 0 <= position < own}
    return [min(positions), max(positions)]


ROWS = [(3, 2, 1, 1), (3, 1, 2, 2), (2, 1, 0, 1)]
COLUMNS = [(4, 1, 2, 1), (2, 2, 1, 3), (1, 1, 0, 1)]


@pytest.mark.parametrize("output", list(product([0, 1, 3], [0, 1, 2])))
def test_behind_windows_every_output_has_its_own_box(output: tuple[int, int]) -> None:
    parameters = [dict(zip(("kernel_size", "stride", "padding", "dilation"), map(list, zip(row, column, strict=True)),
                           strict=True)) for row, column in zip(ROWS, COLUMNS, strict=True)]  # fmt: skip
    layers: list[Posted] = [{**CONV, **own} for own in parameters]
    assert boxes(layers, 2, list(output)) == {"input": [walked(ROWS, 9, output[0]), walked(COLUMNS, 7, output[1])]}


def test_merged_branches_read_what_either_reads_and_a_size_of_1_always() -> None:
    layers: list[Posted] = [
        WIDE,
        {"type": "add", "inputs": ["wide", "input"]},
        {"type": "global_avg_pool2d", "name": "mean", "inputs": ["input"]},
        {"type": "multiply", "inputs": ["mean", "input"]},
    ]
    assert boxes(layers, 1, [4, 3]) == {"input": [[2, 6], [3, 3]]}
    assert boxes(layers, 3, [4, 3]) == {"input": [[0, 8], [0, 6]]}


def test_each_part_of_a_concatenation_reads_its_own_branch() -> None:
    layers = [WIDE, {"type": "concat", "dim": 2, "inputs": ["wide", "input"]}]
    assert boxes(layers, 1, [8, 3]) == {"input": [[6, 8], [3, 3]]}
    assert boxes(layers, 1, [9, 3]) == {"input": [[0, 0], [3, 3]]}


def test_a_flattened_feature_has_a_place_until_positions_are_mixed() -> None:
    layers: list[Posted] = [{"type": "flatten"}, RELU, {"type": "linear", "out_features": 2}]
    assert boxes(layers, 1, [63 + 3 * 7 + 5]) == {"input": [[3, 3], [5, 5]]}
    assert boxes(layers, 2, [1]) == {"input": [[0, 8], [0, 6]]}


def test_an_output_made_of_padding_alone_depends_on_nothing() -> None:
    assert boxes([{"type": "pad", "padding": [[2, 0], [0, 0]]}], 0, [1, 3]) == {"input": None}


def test_behind_an_unknown_size_there_is_no_box() -> None:
    with pytest.raises(UnknownSizeError):
        boxes([{**CONV, "kernel_size": 30}, CONV], 1, [0, 0])
    with pytest.raises(UnknownSizeError):
        boxes([{**RELU, "inputs": ["nowhere"]}, {**CONV, "inputs": ["input"]}], 0, [0, 0])


def test_an_output_has_an_index_for_each_spatial_axis_or_for_its_features() -> None:
    built = network([POOL, {"type": "flatten"}, {**CONV, "kernel_size": 30, "inputs": ["input"]}])
    judgement = judge(built)
    layout = built.framework.layout
    assert [position_sizes(judgement, index, layout) for index in range(3)] == [{2: 4, 3: 3}, {1: 36}, None]
