"""Laws of the convolution: it is the naive loop, and the transposed one is its adjoint."""

from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.core.convolve import im2col, transposed
from service.core.convolve.exact import IntegerOverflowError, computed

Array = NDArray[Any]


def naive(source: Array, weight: Array, strides: list[int], dilations: list[int], groups: int) -> Array:
    """`y[n, o, p] = sum over c, k of x[n, c, p*s + k*d] * w[o, c, k]`, one product at a time."""
    batch, _, *sizes = source.shape
    outputs, per_group, *kernel = weight.shape
    spans = [d * (k - 1) + 1 for d, k in zip(dilations, kernel, strict=True)]
    windows = [(i - e) // s + 1 for i, e, s in zip(sizes, spans, strides, strict=True)]
    result = np.zeros((batch, outputs, *windows), source.dtype)
    for n, o, *place in product(range(batch), range(outputs), *map(range, windows)):
        first = o // (outputs // groups) * per_group
        for c, *element in product(range(per_group), *map(range, kernel)):
            at = [p * s + k * d for p, s, k, d in zip(place, strides, element, dilations, strict=True)]
            result[(n, o, *place)] += source[(n, first + c, *at)] * weight[(o, c, *element)]
    return result


@st.composite
def problems(draw: st.DrawFn) -> tuple[Array, Array, list[int], list[int], int]:
    """A convolution of 1 to 3 axes, each axis with its own kernel, stride and dilation; small integers."""
    rank = draw(st.integers(1, 3))
    groups = draw(st.integers(1, 2))
    kernel = [draw(st.integers(1, 3)) for _ in range(rank)]
    strides = [draw(st.integers(1, 3)) for _ in range(rank)]
    dilations = [draw(st.integers(1, 2)) for _ in range(rank)]
    sizes = [d * (k - 1) + 1 + draw(st.integers(0, 3)) for k, d in zip(kernel, dilations, strict=True)]
    per_in, per_out, batch = (draw(st.integers(1, 2)) for _ in range(3))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    source = numbers.integers(-5, 6, (batch, per_in * groups, *sizes))
    weight = numbers.integers(-5, 6, (per_out * groups, per_in, *kernel))
    return source, weight, strides, dilations, groups


@given(problem=problems())
def test_windows_copied_in_bands_are_the_naive_loop(problem: tuple[Array, Array, list[int], list[int], int]) -> None:
    np.testing.assert_array_equal(im2col.convolve(*problem), naive(*problem))


@given(problem=problems(), band=st.integers(1, 500))
def test_bands_of_any_size_give_the_same(problem: tuple[Array, Array, list[int], list[int], int], band: int) -> None:
    """Also where one row of the output is more than a band."""
    expected = im2col.convolve(*problem)
    with patch.object(im2col, "BAND_BYTES", band):
        np.testing.assert_array_equal(im2col.convolve(*problem), expected)


@given(problem=problems())
def test_the_transposed_convolution_is_the_adjoint(problem: tuple[Array, Array, list[int], list[int], int]) -> None:
    """`<conv(x), y> = <x, conv_transpose(y)>`: exactly, on integers."""
    source, weight, strides, dilations, groups = problem
    forward = naive(source, weight, strides, dilations, groups)
    y = np.random.default_rng(forward.size).integers(-5, 6, forward.shape)
    backward = transposed.convolve(y, weight, strides, dilations, groups)
    reached = source[(slice(None), slice(None), *(slice(size) for size in backward.shape[2:]))]
    assert int((forward * y).sum()) == int((reached * backward).sum())


@given(problem=problems(), scale=st.sampled_from([1, 2**20, 2**28, 2**29]))
def test_integers_are_exact_in_every_arithmetic(
    problem: tuple[Array, Array, list[int], list[int], int], scale: int
) -> None:
    """Whether floats, 64-bit or Python's integers do the work; what does not fit is refused."""
    source, weight, strides, dilations, groups = problem
    large = source * scale, weight * scale
    terms = int(np.prod(weight.shape[1:]))
    expected = naive(large[0].astype(object), large[1].astype(object), strides, dilations, groups)
    if not -(2**63) <= expected.min() <= expected.max() < 2**63:
        with pytest.raises(IntegerOverflowError):
            computed(lambda x, w: im2col.convolve(x, w, strides, dilations, groups), *large, None, terms)
        return
    found = computed(lambda x, w: im2col.convolve(x, w, strides, dilations, groups), *large, None, terms)
    assert found.dtype == np.int64
    assert (found.astype(object) == expected).all()
