"""Many inputs at once give each of them what judging it alone gives."""

import numpy as np
import pytest

from service.core.geometry.shapes import Shape
from service.core.networks.judge_network import judge
from service.core.networks.trials import TooManyTrialsError, TrialResult, Trials, tensor_shapes
from tests.core.networks.build import CONV, POOL, RELU, UP, Posted, network

SKIP: list[Posted] = [{**POOL, "name": "down"}, {**UP, "name": "up"}, {"type": "add", "inputs": ["up", "input"]}]
NETWORKS: dict[str, list[Posted]] = {
    "a chain": [{**CONV, "padding": 0}, RELU, POOL, {**CONV, "padding": 0}, POOL],
    "a skip": SKIP,
    "a broadcast": [{"type": "global_avg_pool2d", "name": "mean"}, {"type": "multiply", "inputs": ["mean", "input"]}],
    "a head": [POOL, {"type": "flatten"}, {"type": "linear", "in_features": 36, "out_features": 2}],
    "a mistake": [{**CONV, "in_channels": 5}, POOL],
}
SHAPES: list[Shape] = [(1, 3, rows, columns) for rows in range(1, 13) for columns in (1, 4, 7, 8)]


def tried(layers: list[Posted], shapes: list[Shape], **others: object) -> TrialResult:
    return Trials(network(layers), 10_000, **others).try_inputs({"input": shapes})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NETWORKS)
def test_each_input_gets_what_it_gets_alone(name: str) -> None:
    layers = NETWORKS[name]
    result = tried(layers, SHAPES)
    for trial, shape in enumerate(SHAPES):
        alone = judge(network(layers, input=shape))
        assert result.accepted[trial] == alone.valid
        if alone.valid:
            shapes = [result.tensors[index].shape(trial) for index in range(len(layers))]
            assert shapes == [layer.outcome.output_shape for layer in alone.layers]


def test_a_shape_that_arrives_again_is_tried_once() -> None:
    trials = Trials(network([POOL, POOL, CONV]), 9)
    trials.try_inputs({"input": [(1, 3, size, 8) for size in (8, 9, 10, 11)]})
    assert trials.budget == 9 - 4 - 2 - 1  # 4 sizes, of which 4 and 5 are left, of which only 2 is left


def test_a_spent_budget_stops_the_trials() -> None:
    with pytest.raises(TooManyTrialsError):
        Trials(network([POOL, POOL, CONV]), 6).try_inputs({"input": [(1, 3, size, 8) for size in (8, 9, 10, 11)]})


def test_errors_of_some_layers_may_be_ignored() -> None:
    layers = [{**CONV, "in_channels": 5}, {**CONV, "kernel_size": 8, "padding": 0}]
    shapes: list[Shape] = [(1, 3, size, 9) for size in (7, 8, 9)]
    assert tried(layers, shapes).accepted.tolist() == [False, False, False]
    assert tried(layers, shapes, errors_ignored_in=frozenset({0})).accepted.tolist() == [False, True, True]


def test_a_network_may_be_tried_from_the_middle() -> None:
    trials = Trials(network([CONV, {**POOL, "name": "pool"}, {**CONV, "kernel_size": 4, "padding": 0}]), 10)
    result = trials.try_from({1: tensor_shapes([(1, 4, 3, 9), (1, 4, 4, 9), (1, 4, 3, 9)])})
    assert result.accepted.tolist() == [False, True, False]
    assert result.tensors.keys() == {1, 2}
    assert result.tensors[2].shape(1) == (1, 4, 1, 6)
    assert result.tensors[2].shape(0) is None


def test_equal_shapes_are_kept_once() -> None:
    tensor = tensor_shapes([(1, 2), (1, 3), (1, 2)])
    assert tensor.different == [(1, 2), (1, 3)]
    assert np.array_equal(tensor.indices, [0, 1, 0])


@pytest.mark.parametrize(
    ("layers", "can_run"),
    [
        (SKIP, True),
        ([{**CONV, "in_channels": 5}], True),
        ([{**RELU, "inputs": ["nowhere"]}], False),
        ([{**RELU, "name": "a", "inputs": ["a"]}], False),
    ],
)
def test_only_a_network_whose_layers_have_their_inputs_can_run(layers: list[Posted], can_run: bool) -> None:
    assert Trials(network(layers), 1).can_run == can_run


def test_every_output_of_a_layer_that_is_tried_is_counted() -> None:
    trials = Trials(network([{"type": "unbind", "dim": 1}], input=(1, 3, 9)), 10)
    trials.try_inputs({"input": [(1, 3, 9), (1, 2, 9), (1, 3, 9)]})
    assert trials.budget == 10 - 3 - 2


def test_what_follows_alike_from_the_input_is_kept_once() -> None:
    result = tried([{**CONV, "name": str(width), "out_channels": width} for width in range(1, 6)], SHAPES)
    assert len({id(result.tensors[index].indices) for index in range(5)}) == 1
    assert result.tensors[0].indices.itemsize == 1


def test_combinations_of_several_inputs_are_told_apart() -> None:
    layers: list[Posted] = [
        {"type": "adaptive_max_pool2d", "output_size": [1, None], "name": "row", "inputs": ["input"]},
        {"type": "adaptive_max_pool2d", "output_size": [None, 1], "name": "column", "inputs": ["input"]},
        {"type": "add", "inputs": ["row", "column", "row"]},
    ]
    trials = Trials(network(layers), 1000)
    result = trials.try_inputs({"input": SHAPES})
    assert [result.tensors[2].shape(trial) for trial in range(len(SHAPES))] == SHAPES
    placed = 3 * len(SHAPES)
    assert 0 <= 1000 - placed - trials.budget < 10, "beside the layers that are placed, little is counted"
