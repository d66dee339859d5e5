"""Which sizes a network accepts, compared with judging it with each of them."""

from itertools import product
from typing import Any

import pytest

from service.core.networks import coupled_axes
from service.core.networks.input_sizes import InputSizesQuestion, OutputAxesError, find_input_sizes
from service.core.networks.judge_network import judge
from service.core.networks.trials import Trials
from tests.core.networks.build import CONV, POOL, UP, Posted, network

SKIP: list[Posted] = [{**POOL, "name": "down"}, {**UP, "name": "up"}, {"type": "concat", "inputs": ["up", "input"]}]
VALID: Posted = {**CONV, "padding": 0}
FLAT: Posted = {"type": "flatten"}
HEAD: Posted = {"type": "linear", "in_features": 48, "out_features": 2}
SIZES = range(1, 25)


def asked(layers: list[Posted], **others: Any) -> tuple[Trials, InputSizesQuestion]:
    given = {"channels": {"input": 3}, "given": (None, None), "bounds": (SIZES[0], SIZES[-1]), "batch": 1}
    return Trials(network(layers), 100_000), InputSizesQuestion(**{**given, **others})


def accepted(layers: list[Posted], rows: int, columns: int, output: tuple[int, int] | None = None) -> bool:
    judgement = judge(network(layers, input=(1, 3, rows, columns)))
    return judgement.valid and (output is None or (judgement.output_shape or ())[2:] == output)


@pytest.mark.parametrize(
    ("layers", "output"),
    [
        ([{**VALID, "kernel_size": [5, 2], "stride": [3, 1]}, POOL], None),
        (SKIP, None),
        ([{**VALID, "kernel_size": [7, 3], "name": "conv"}, *SKIP[:2], {**SKIP[2], "inputs": ["up", "conv"]}], None),
        ([{**VALID, "kernel_size": [5, 2], "stride": [3, 1]}], (4, 9)),
        ([VALID, {"type": "adaptive_avg_pool2d", "output_size": [4, 3]}, FLAT, HEAD], None),
    ],
)
def test_independent_axes_accept_every_combination_of_their_sizes(
    layers: list[Posted], output: tuple[int, int] | None
) -> None:
    trials, question = asked(layers, output_size=output)
    result = find_input_sizes(trials, question)
    assert not result.coupled
    each = [{size for first, last in axis.ranges for size in range(first, last + 1)} for axis in result.axes]
    pairs = {pair for pair in product(SIZES, repeat=2) if accepted(layers, *pair, output)}
    assert pairs
    assert set(product(*each)) == pairs


@pytest.mark.parametrize(
    "layers",
    [
        [{**POOL, "stride": [2, 3]}, {**CONV, "out_channels": 4}, FLAT, HEAD],
        [{**VALID, "stride": [3, 1]}, FLAT, HEAD],
    ],
)
def test_coupled_axes_have_a_block_for_all_sizes_that_go_together(layers: list[Posted]) -> None:
    result = find_input_sizes(*asked(layers))
    assert result.coupled
    assert result.blocks is not None
    blocks = [set(product(*(range(first, last + 1) for first, last in block))) for block in result.blocks]
    assert sum(map(len, blocks)) == len(set().union(*blocks))
    assert set().union(*blocks) == {pair for pair in product(SIZES, repeat=2) if accepted(layers, *pair)}
    alike = {size for size in SIZES if accepted(layers, size, size)}
    for axis in result.axes:
        assert {size for first, last in axis.ranges for size in range(first, last + 1)} == alike


def test_blocks_are_left_out_where_there_are_too_many_combinations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coupled_axes, "MOST_COMBINATIONS", 50)
    result = find_input_sizes(*asked([{**VALID, "stride": [3, 1]}, FLAT, HEAD]))
    assert (result.coupled, result.blocks) == (True, None)


def test_an_axis_that_is_given_keeps_its_size() -> None:
    trials, question = asked(SKIP, given=(None, 8))
    assert find_input_sizes(trials, question).axes[0].modulus == 2
    trials, question = asked(SKIP, given=(None, 7))
    assert find_input_sizes(trials, question).axes[0].ranges == ()


def test_an_output_size_needs_as_many_axes_as_the_output_has() -> None:
    with pytest.raises(OutputAxesError) as refused:
        find_input_sizes(*asked([CONV, FLAT], output_size=(3, 3)))
    assert len(refused.value.shape) == 2
