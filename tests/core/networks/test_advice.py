"""Advice on errors that another input would cure, compared with judging the network with every other input."""

import pytest

from service.core.diagnostics import DIAGNOSTICS, Diagnostic
from service.core.geometry.shapes import Shape
from service.core.networks.advice import ADVICE, with_advice
from service.core.networks.advice.mistake import layer_index
from service.core.networks.judge_network import judge
from tests.core.networks.build import CONV, POOL, UP, Posted, network

VALID: Posted = {**CONV, "padding": 0}
CHAIN = [VALID, {**POOL, "name": "first"}, VALID, {**POOL, "name": "second"}, VALID]
SKIP: list[Posted] = [{**POOL, "name": "down"}, {**UP, "name": "up"}, {"type": "add", "inputs": ["up", "input"]}]


def advised(layers: list[Posted], *sizes: int) -> list[Diagnostic]:
    built = network(layers, input=(1, 3, *sizes))
    return [diagnostic for diagnostic in with_advice(built, judge(built)) if diagnostic.is_error]


def is_valid(layers: list[Posted], *sizes: int) -> bool:
    return judge(network(layers, input=(1, 3, *sizes))).valid


def offered(diagnostic: Diagnostic) -> list[str]:
    return [fix.title for fix in diagnostic.fixes if fix.title.startswith("give the input")]


def test_every_rule_with_a_trait_of_advice_is_one_that_a_size_can_cure() -> None:
    names = {trait: {rule.name for rule in DIAGNOSTICS.values() if trait in rule.traits} for trait in ADVICE}
    assert names == {
        "too small": {"kernel-larger-than-input", "empty-output", "padding-exceeds-input"},
        "another input may do": {
            *("branch-shape-mismatch", "feature-mismatch", "in-place-changes-shape", "inner-size-mismatch"),
            "equation-mismatch",
            "axis-size-mismatch",
            "element-count-mismatch",
            "branch-shape-mismatch",
            "feature-mismatch",
            "index-outside-axis",
        },
    }


@pytest.mark.parametrize("sizes", [(9, 30), (30, 5), (7, 11), (1, 1)])
def test_the_smallest_input_raises_only_the_axes_that_are_too_small(sizes: tuple[int, int]) -> None:
    diagnostic = advised(CHAIN, *sizes)[0]
    least = min(size for size in range(min(sizes), 60) if is_valid(CHAIN, *(max(size, own) for own in sizes)))
    rows, columns = (max(least, own) for own in sizes)
    assert offered(diagnostic) == [f"give the input {rows} x {columns}"]


def test_layers_that_shrank_the_input_are_named_the_nearest_first() -> None:
    [diagnostic] = advised(CHAIN, 14, 30)
    assert [related.message for related in diagnostic.related][-3:] == [
        "`second` makes 2 x 6 of 4 x 12",
        "`conv2d_2` makes 4 x 12 of 6 x 14",
        "`first` makes 6 x 14 of 12 x 28",
    ]


def test_only_the_first_error_of_a_rule_gets_advice() -> None:
    big: Posted = {**VALID, "kernel_size": 12, "inputs": ["input"]}
    first, second = advised([big, big], 9, 9)
    assert (len(offered(first)), len(offered(second))) == (1, 0)


def test_other_errors_do_not_count() -> None:
    layers = [{**SKIP[0]}, SKIP[1], {**SKIP[2], "name": "sum"}, {**CONV, "in_channels": 5}]
    mismatch, channels = advised(layers, 9, 8)
    assert offered(mismatch) == ["give the input 8 x 8", "give the input 10 x 8"]
    assert channels.rule.name == "channel-mismatch"
    assert offered(channels) == []


@pytest.mark.parametrize("sizes", [(21, 30), (13, 9), (8, 3)])
def test_the_inputs_beside_this_one_work(sizes: tuple[int, int]) -> None:
    [diagnostic] = advised(SKIP, *sizes)
    nearest = [
        tuple(next(size for size in order if size % 2 == 0) for order in orders)
        for orders in ([range(own, 0, -1) for own in sizes], [range(own, own + 9) for own in sizes])
    ]
    assert offered(diagnostic) == [f"give the input {rows} x {columns}" for rows, columns in nearest]
    assert all(is_valid(SKIP, *other) for other in nearest)


def test_where_axes_are_coupled_the_nearest_sizes_that_go_together_are_offered() -> None:
    layers: list[Posted] = [POOL, {"type": "flatten"}, {"type": "linear", "in_features": 108, "out_features": 2}]
    [diagnostic] = advised(layers, 13, 14)
    pairs = [(rows, columns) for rows in range(9, 40) for columns in range(9, 40) if is_valid(layers, rows, columns)]
    nearest = min(pairs, key=lambda pair: abs(pair[0] - 13) + abs(pair[1] - 14))
    assert offered(diagnostic) == [f"give the input {nearest[0]} x {nearest[1]}"]


@pytest.mark.parametrize(
    ("location", "index"),
    [(("layers", 3, "stride"), 3), (("layers", 3), 3), (("inputs", "a"), None), (("layers",), None), ((), None)],
)
def test_a_diagnostic_is_about_the_layer_that_its_place_names(
    location: tuple[str | int, ...], index: int | None
) -> None:
    rule = DIAGNOSTICS["wrong-type"]
    assert layer_index(Diagnostic(rule, rule.severity, "", location)) == index


def test_inputs_of_different_sizes_get_no_advice() -> None:
    shapes: dict[str, Shape] = {"a": (1, 3, 9, 7), "b": (1, 3, 8, 7)}
    built = network([{"type": "add", "inputs": ["a", "b"]}], **shapes)
    judgement = judge(built)
    assert with_advice(built, judgement) == judgement.diagnostics
