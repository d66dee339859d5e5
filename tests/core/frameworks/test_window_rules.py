"""Predicates of a framework's row: on integers, and on columns of them."""

from itertools import product

import numpy as np
import pytest

from service.core.frameworks import FRAMEWORKS
from service.core.frameworks.window_rules import WindowRules

ROWS = [
    pytest.param(rules, id=f"{framework.name}-{family}")
    for framework in FRAMEWORKS.values()
    for family, rules in framework.rules.items()
]
WINDOWS = list(product((1, 2, 3, 4), (1, 2), (1, 3), (0, 1, 2), (0, 2)))
"""Kernel, stride, dilation, padding before and after."""


@pytest.mark.parametrize("rules", ROWS)
def test_a_column_is_judged_as_its_numbers_are(rules: WindowRules) -> None:
    kernel, stride, dilation, before, after = np.array(WINDOWS).T
    size = np.arange(len(WINDOWS)) % 7 + 1
    by_number = [bool(rules.takes_window(*window)) for window in WINDOWS]
    assert (
        np.broadcast_to(rules.takes_window(kernel, stride, dilation, before, after), size.shape).tolist() == by_number
    )
    for predicate, columns in (
        (rules.takes_uneven, (before, after)),
        (rules.takes_negative, (before - 1, after - 1)),
        (rules.takes_input, (size, kernel)),
        (rules.takes_output, (size - 3,)),
    ):
        numbers = [bool(predicate(*row)) for row in zip(*(column.tolist() for column in columns), strict=True)]
        assert np.broadcast_to(predicate(*columns), size.shape).tolist() == numbers


@pytest.mark.parametrize(
    ("framework", "family", "kernel", "most"),
    [
        ("pytorch", "max_pool", 3, 1),
        ("pytorch", "max_pool", 4, 2),
        ("onnx", "max_pool", 3, 2),
        ("onnx", "avg_pool", 1, 0),
    ],
)
def test_a_pool_takes_padding_up_to_the_limit_that_its_kernel_sets(
    framework: str, family: str, kernel: int, most: int
) -> None:
    rules = FRAMEWORKS[framework].rules[family]
    assert rules.takes_padding_of(most, 0, kernel)
    assert not rules.takes_padding_of(0, most + 1, kernel)


def test_keras_takes_a_stride_or_a_dilation_above_1() -> None:
    rules = FRAMEWORKS["keras"].rules["conv"]
    taken = {(s, d): bool(rules.takes_stride_with_dilation(s, d)) for s, d in product((1, 2), (1, 2))}
    assert taken == {(1, 1): True, (1, 2): True, (2, 1): True, (2, 2): False}


@pytest.mark.parametrize(("framework", "stride", "dilation", "limit"), [("pytorch", 2, 3, 3), ("onnx", 2, 3, 2)])
def test_output_padding_stays_below_its_limit(framework: str, stride: int, dilation: int, limit: int) -> None:
    rules = FRAMEWORKS[framework].rules["conv_transpose"]
    taken = [extra for extra in range(-1, 5) if rules.takes_output_padding(extra, stride, dilation)]
    assert taken == list(range(limit))


def test_a_parameter_that_came_later_is_lacking_before() -> None:
    onnx = FRAMEWORKS["onnx"]
    assert "dilation" not in onnx.rules["avg_pool"].lacks
    assert "dilation" in onnx.at(18).rules["avg_pool"].lacks
    assert "dilation" not in onnx.at(19).rules["avg_pool"].lacks
