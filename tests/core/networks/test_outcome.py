"""What one layer makes of what arrives, and what is cached of it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from service.core.diagnostics import Diagnostic
from service.core.frameworks import DEFAULT_FRAMEWORK
from service.core.geometry.shapes import Shape
from service.core.layers.base import Source
from service.core.networks import outcome as outcomes
from service.core.networks.network import Node
from service.core.networks.outcome import UNKNOWN, Outcome, activation_bytes, outcome_of
from tests.core.networks.build import CONV, POOL, Posted, node


def made(of: Node | Posted, *shapes: Shape | None, sources: Callable[[], tuple[Source, ...]] = tuple) -> tuple[
    Outcome, Sequence[Diagnostic]
]:  # fmt: skip
    built = of if isinstance(of, Node) else node(of)
    return outcome_of(built.description, DEFAULT_FRAMEWORK, shapes, "it", sources)


def never() -> tuple[Source, ...]:
    raise AssertionError("a cached outcome needs no sources")


def test_a_sound_layer_is_inspected_once_for_each_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "_cache", outcomes._Cache())
    first, _ = made(CONV, (1, 3, 9, 7))
    again, diagnostics = made(CONV, (1, 3, 9, 7), sources=never)
    assert again is first
    assert diagnostics == []
    assert made(CONV, (1, 3, 9, 8))[0].output_shape == (1, 4, 9, 8)


def test_a_layer_with_diagnostics_or_without_a_key_is_not_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = outcomes._Cache()
    monkeypatch.setattr(outcomes, "_cache", cache)
    assert [diagnostic.rule.name for diagnostic in made({**POOL, "stride": 1, "padding": 2}, (1, 3, 9, 7))[1]]
    without_key = node(CONV)
    made(replace(without_key, description=replace(without_key.description, key=None)), (1, 3, 9, 7))
    assert cache.outcomes == {}


def test_a_full_cache_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = outcomes._Cache()
    monkeypatch.setattr(outcomes, "_cache", cache)
    monkeypatch.setattr(outcomes, "MOST_CACHED_OUTCOMES", 3)
    for size in range(5, 12):
        made(CONV, (1, 3, size, 7))
        assert 1 <= len(cache.outcomes) <= 3


def test_the_cache_is_bounded_by_the_shapes_that_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = outcomes._Cache()
    monkeypatch.setattr(outcomes, "_cache", cache)
    monkeypatch.setattr(outcomes, "MOST_CACHED_SHAPES", 100)
    for size in range(5, 25):
        made({"type": "unbind", "dim": 2}, (1, 3, size, 7))
        held = sum(1 + len(outcome.outputs) for outcome in cache.outcomes.values())
        assert 0 < held == cache.shapes <= 100


def test_an_outcome_of_very_many_shapes_is_not_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = outcomes._Cache()
    monkeypatch.setattr(outcomes, "_cache", cache)
    made({"type": "unbind", "dim": 2}, (1, 3, 99, 7))
    assert [len(outcome.outputs) for outcome in cache.outcomes.values()] == [99]
    assert len(made({"type": "unbind", "dim": 2}, (1, 3, 100, 7))[0].outputs) == 100
    made({"type": "concat"}, *[(1, 3, 9, 7)] * 101)
    assert len(cache.outcomes) == 1


@pytest.mark.parametrize(
    ("layer", "shape", "error", "output"),
    [
        ({**CONV, "in_channels": 5}, (1, 3, 9, 7), "channel-mismatch", (1, 4, 9, 7)),
        ({**CONV, "groups": 2}, (1, 3, 9, 7), "groups-do-not-divide-channels", (1, 4, 9, 7)),
        ({"type": "linear", "in_features": 5, "out_features": 2}, (1, 12), "feature-mismatch", (1, 2)),
        ({**CONV, "kernel_size": [3, 30]}, (1, 3, 9, 7), "kernel-larger-than-input", (1, 4, None, None)),
        ({**CONV, "padding": [0, 0, 1]}, (1, 3, 9, 7), "rank-mismatch", (1, 4, None, None)),
    ],
)
def test_sizes_go_on_only_where_the_error_leaves_them_certain(
    layer: Posted, shape: Shape, error: str, output: Shape
) -> None:
    outcome, diagnostics = made(layer, shape)
    assert [diagnostic.rule.name for diagnostic in diagnostics] == [error]
    assert outcome.output_shape == output


@pytest.mark.parametrize(
    ("layer", "count", "wanted"),
    [
        ({"type": "relu"}, 2, "one"),
        ({"type": "concat"}, 0, "one or more"),
        ({"type": "constant", "shape": [3]}, 1, "none"),
    ],
)
def test_a_wrong_number_of_inputs_leaves_nothing_known(layer: Posted, count: int, wanted: str) -> None:
    outcome, [diagnostic] = made(layer, *[(1, 3, 9, 7)] * count)
    assert outcome is UNKNOWN
    assert diagnostic.rule.name == "wrong-number-of-inputs"
    assert diagnostic.message.endswith(f"takes {wanted}")


def test_a_parameter_that_weights_need_may_not_be_left_out() -> None:
    diagnostics = made({"type": "conv2d", "kernel_size": 3}, (1, 3, 9, 7))[1]
    assert [(diagnostic.rule.name, diagnostic.location) for diagnostic in diagnostics] == [
        ("missing-parameter", ("layers", 0))
    ]


@pytest.mark.parametrize(("shape", "expected"), [((2, 3, 4), 96), ((None, 3), 12), ((1, None), None), (None, None)])
def test_an_element_takes_4_bytes(shape: Shape | None, expected: int | None) -> None:
    assert activation_bytes(shape) == expected
