"""Integers are exact or refused."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from service.core.convolve.kernels import run_algorithm
from service.core.convolve.kernels.integers import IntegerOverflowError, arithmetic, checked, widest
from service.core.convolve.kernels.task import Task


def products(source: NDArray[Any], weight: NDArray[Any]) -> NDArray[Any]:
    """The sum over the kernel where it first fits, in the arithmetic that the operands call for."""
    dtype, terms = arithmetic(source, weight, None, weight.size), source.shape[-1] - weight.shape[-1] + 1
    result = widest(source, weight)
    out = np.empty((1, 1, terms), object if dtype.kind == "O" else result)
    place = {"firsts": (0,), "strides": (1,), "dilations": (1,)}
    run_algorithm.convolve(Task(source=source, weight=weight, out=out, dtype=dtype, **place))
    return checked(out, result)


def test_a_result_that_fits_although_the_bound_does_not_is_given() -> None:
    source, weight = np.array([[[2**62, 1]]]), np.array([[[1, 2**61]]])
    assert products(source, weight).tolist() == [[[2**62 + 2**61]]]


def test_a_result_that_does_not_fit_is_refused_with_its_value() -> None:
    with pytest.raises(IntegerOverflowError) as refusal:
        products(np.array([[[2**62]]]), np.array([[[2]]]))
    assert refusal.value.value == 2**63
    assert refusal.value.dtype == "int64"


def test_unsigned_integers_reach_their_own_limit() -> None:
    result = products(np.array([[[2**63]]], np.uint64), np.array([[[1]]], np.uint64))
    assert result.dtype == np.uint64
    assert result.item() == 2**63


def test_small_integers_do_not_wrap_in_their_own_type() -> None:
    assert products(np.array([[[100]]], np.int8), np.array([[[100]]], np.int8)).item() == 10_000


def test_integers_above_what_floats_hold_keep_their_last_digit() -> None:
    assert products(np.array([[[2**53 + 1]]]), np.array([[[1]]])).item() == 2**53 + 1
