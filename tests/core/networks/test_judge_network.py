"""A whole network judged in one walk."""

import pytest

from service.core.geometry.shapes import Shape
from service.core.networks.judge_network import Judgement, judge
from tests.core.networks.build import CONV, POOL, RELU, UP, Posted, network


def shapes(judgement: Judgement) -> list[Shape | None]:
    return [layer.outcome.output_shape for layer in judgement.layers]


def names(judgement: Judgement) -> list[tuple[str, int | None]]:
    """The rule of each diagnostic, and the layer that it is about."""
    return [
        (diagnostic.rule.name, next((part for part in diagnostic.location if isinstance(part, int)), None))
        for diagnostic in judgement.diagnostics
    ]


def test_shapes_follow_the_connections_and_layers_stay_as_listed() -> None:
    judgement = judge(network([{**POOL, "inputs": ["wide"]}, {**CONV, "name": "wide", "inputs": ["input"]}]))
    assert judgement.order == [1, 0]
    assert shapes(judgement) == [(1, 4, 4, 3), (1, 4, 9, 7)]
    assert judgement.layers[0].input_shapes == ((1, 4, 9, 7),)
    assert judgement.output_shape == (1, 4, 9, 7)


def test_behind_an_error_what_depends_on_it_is_not_reported() -> None:
    layers = [{**CONV, "kernel_size": 30}, {**CONV, "kernel_size": 20}, {**CONV, "in_channels": 5}]
    judgement = judge(network(layers))
    assert names(judgement) == [("kernel-larger-than-input", 0), ("channel-mismatch", 2)]
    assert shapes(judgement) == [(1, 4, None, None)] * 3
    assert not judgement.valid


def test_errors_come_before_warnings_and_each_in_the_order_of_the_layers() -> None:
    layers = [
        {**RELU, "name": "lost"},
        {**POOL, "inputs": ["input"]},
        {**CONV, "in_channels": 5},
        {**CONV, "groups": 3},
    ]
    assert names(judge(network(layers))) == [
        ("channel-mismatch", 2),
        ("groups-do-not-divide-channels", 3),
        ("unused-layer", 0),
        ("unread-input", 1),
    ]


def test_layers_in_a_cycle_or_behind_it_have_no_shape_and_the_others_are_judged() -> None:
    layers: list[Posted] = [
        {**RELU, "name": "a", "inputs": ["b"]},
        {**RELU, "name": "b", "inputs": ["a"]},
        {**RELU, "inputs": ["b"]},
        {**CONV, "in_channels": 5, "inputs": ["input"]},
    ]
    judgement = judge(network(layers))
    assert names(judgement)[:2] == [("cycle", 0), ("channel-mismatch", 3)]
    assert shapes(judgement) == [None, None, None, (1, 4, 9, 7)]
    assert judgement.order == [3]


def test_channels_are_traced_to_the_layer_that_makes_them() -> None:
    layers = [{**CONV, "name": "maker"}, RELU, POOL, {**CONV, "in_channels": 5}]
    [mismatch] = [
        diagnostic for diagnostic in judge(network(layers)).diagnostics if diagnostic.rule.name == "channel-mismatch"
    ]
    assert mismatch.related[0].location == ("layers", 0, "out_channels")
    [mismatch] = judge(network([RELU, RELU, {**CONV, "in_channels": 5}])).diagnostics
    assert mismatch.message == "`in_channels` is 5, but the input has 3 channels"


@pytest.mark.parametrize("full", [True, False])
def test_sums_and_fields_are_only_in_a_full_judgement(full: bool) -> None:
    judgement = judge(network([CONV, POOL]), full=full)
    assert bool(judgement.totals) == full
    assert [layer.receptive_field is not None for layer in judgement.layers] == [full, full]


def test_a_merge_has_the_field_of_all_branches_with_the_stride_of_the_largest() -> None:
    layers: list[Posted] = [
        {**CONV, "name": "wide", "kernel_size": [5, 1], "padding": [2, 0], "out_channels": 3},
        {"type": "global_avg_pool2d", "name": "mean"},
        {"type": "multiply", "inputs": ["mean", "wide"]},
        {"type": "add", "inputs": ["wide", "input"]},
    ]
    gated, added = judge(network(layers)).layers[2:]
    assert gated.receptive_field is not None
    assert [axis.stride for axis in gated.receptive_field.axes] == [1, 1]
    assert added.receptive_field is not None
    assert [axis.size for axis in added.receptive_field.axes] == [5, 1]


def test_a_layer_that_mixes_positions_has_no_field_and_neither_has_what_follows() -> None:
    judgement = judge(network([UP, {"type": "linear", "out_features": 2}, CONV]))
    assert [layer.receptive_field is not None for layer in judgement.layers] == [True, False, False]
