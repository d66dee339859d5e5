"""Integers are exact or refused."""

import numpy as np
import pytest

from service.core.convolve.exact import IntegerOverflowError, computed


def times(source: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return source * weight


def test_a_result_that_fits_although_the_bound_does_not_is_given() -> None:
    source, weight = np.array([[[2**62, 1]]]), np.array([[[1, 2**61]]])
    assert computed(times, source, weight, None, 2).tolist() == [[[2**62, 2**61]]]


def test_a_result_that_does_not_fit_is_refused_with_its_value() -> None:
    source, weight = np.array([[[2**62]]]), np.array([[[2]]])
    with pytest.raises(IntegerOverflowError) as refusal:
        computed(times, source, weight, None, 1)
    assert refusal.value.value == 2**63
    assert refusal.value.dtype == "int64"


def test_unsigned_integers_reach_their_own_limit() -> None:
    source, weight = np.array([[[2**63]]], np.uint64), np.array([[[1]]], np.uint64)
    found = computed(times, source, weight, None, 1)
    assert found.dtype == np.uint64
    assert found.item() == 2**63


def test_small_integers_do_not_wrap_in_their_own_type() -> None:
    source, weight = np.array([[[100]]], np.int8), np.array([[[100]]], np.int8)
    assert computed(times, source, weight, None, 1).item() == 10_000


def test_integers_above_what_floats_hold_keep_their_last_digit() -> None:
    source, weight = np.array([[[2**53 + 1]]]), np.array([[[1]]])
    assert computed(times, source, weight, None, 1).item() == 2**53 + 1
