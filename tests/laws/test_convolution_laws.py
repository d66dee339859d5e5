"""Laws of the convolution: every algorithm is the naive loop, and the transposed one is the adjoint."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.core.convolve.kernels import dispatch as apply
from service.core.convolve.kernels import exact, im2col, winograd_rows
from service.core.convolve.kernels.algorithms import ALGORITHMS, InapplicableError
from service.core.convolve.kernels.exact import IntegerOverflowError
from service.core.convolve.kernels.task import Problem

Array = NDArray[Any]
EXACT = ("im2col", "shifted", "direct")


@dataclass
class Layer:
    """A convolution with its operands, which are small integers."""

    source: Array
    weight: Array
    strides: list[int]
    dilations: list[int]
    before: list[int]
    after: list[int]
    groups: int

    @property
    def windows(self) -> list[int]:
        spans = [d * (k - 1) + 1 for d, k in zip(self.dilations, self.weight.shape[2:], strict=True)]
        padded = zip(self.source.shape[2:], self.before, self.after, strict=True)
        return [(i + b + a - e) // s + 1 for (i, b, a), e, s in zip(padded, spans, self.strides, strict=True)]

    def problem(self, dtype: Any, source: Array | None = None) -> Problem:
        out = np.full((len(self.source), len(self.weight), *self.windows), 77, dtype)
        return Problem(
            source=self.source if source is None else source,
            weight=self.weight,
            out=out,
            firsts=tuple(-amount for amount in self.before),
            strides=tuple(self.strides),
            dilations=tuple(self.dilations),
            dtype=np.dtype(dtype),
            groups=self.groups,
        )


def naive(layer: Layer) -> Array:
    """`y[n, o, p] = sum over c, k of x[n, c, p*s + k*d] * w[o, c, k]`, one product at a time."""
    sizes = [i + b + a for i, b, a in zip(layer.source.shape[2:], layer.before, layer.after, strict=True)]
    source, (outputs, per_group, *kernel) = (
        np.zeros((*layer.source.shape[:2], *sizes), layer.source.dtype),
        layer.weight.shape,
    )
    inside = tuple(slice(b, b + i) for b, i in zip(layer.before, layer.source.shape[2:], strict=True))
    source[(slice(None), slice(None), *inside)] = layer.source
    result = np.zeros((len(source), outputs, *layer.windows), source.dtype)
    for n, o, *place in np.ndindex(*result.shape):
        first = o // (outputs // layer.groups) * per_group
        for c, *element in product(range(per_group), *map(range, kernel)):
            at = [p * s + k * d for p, s, k, d in zip(place, layer.strides, element, layer.dilations, strict=True)]
            result[(n, o, *place)] += source[(n, first + c, *at)] * layer.weight[(o, c, *element)]
    return result


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """A convolution of 1 to 3 axes, each with its own kernel, stride, dilation and padding; or 3x3 or 1x1, stride 1."""
    rank = draw(st.integers(1, 3))
    plain = draw(st.sampled_from([0, 0, 1, 3]))
    groups = 1 if plain else draw(st.integers(1, 2))

    def each(least: int, most: int) -> list[int]:
        return [draw(st.integers(least, most)) for _ in range(rank)]

    kernel = [plain] * rank if plain else each(1, 3)
    strides, dilations = [1] * rank if plain else each(1, 3), [1] * rank if plain == 1 else each(1, 2)
    before, after = ([0] * rank, [0] * rank) if plain == 1 else (each(0, 2), each(0, 2))
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilations, strict=True)]
    short = zip(spans, before, after, each(0, 4), strict=True)
    sizes = [max(1, e - b - a) + more for e, b, a, more in short]
    per_in, per_out, batch = (draw(st.integers(1, 3)) for _ in range(3))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    source = numbers.integers(-5, 6, (batch, per_in * groups, *sizes))
    weight = numbers.integers(-5, 6, (per_out * groups, per_in, *kernel))
    return Layer(source, weight, strides, dilations, before, after, groups)


def computed(problem: Problem, algorithm: str | None) -> Array | None:
    """What an algorithm makes of it; None where it does not apply."""
    try:
        with patch.object(winograd_rows, "LEAST_CHANNELS", 1):
            apply.convolve(problem, algorithm, fast=True)
    except InapplicableError:
        return None
    return problem.out


@settings(deadline=None)
@given(layer=layers())
@pytest.mark.parametrize("algorithm", EXACT)
def test_integers_are_the_naive_loop_in_every_arithmetic(algorithm: str, layer: Layer) -> None:
    expected = naive(layer)
    for dtype in (np.float64, np.int64, object):
        found = computed(layer.problem(dtype, layer.source.astype(dtype)), algorithm)
        assert found is None or (found == expected).all()


@settings(deadline=None)
@given(layer=layers())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_is_the_naive_loop_but_for_rounding(algorithm: str, dtype: Any, layer: Layer) -> None:
    """Against the largest sum of absolute products: a small sum of large products has lost its digits already."""
    found = computed(layer.problem(dtype, layer.source.astype(dtype)), algorithm)
    scale = 25 * np.prod(layer.weight.shape[1:])
    assert found is None or abs(found - naive(layer)).max() <= 30 * np.finfo(dtype).eps * scale


@settings(deadline=None)
@given(layer=layers(), band=st.integers(1, 500))
def test_bands_of_any_size_give_the_same(layer: Layer, band: int) -> None:
    """Also where a single window is more than a band, and sums are made in parts."""
    with (
        patch.object(im2col, "LEAST_BAND", band),
        patch.object(im2col, "MOST_BAND", band),
        patch.object(im2col, "WEIGHT_BYTES", band),
    ):
        problem = layer.problem(np.int64)
        im2col.run(problem)
    np.testing.assert_array_equal(problem.out, naive(layer))


@given(layer=layers(), crop=st.integers(0, 3), longer=st.integers(0, 2))
@pytest.mark.parametrize("algorithm", [*EXACT, "col2im", None])
def test_the_transposed_convolution_is_the_adjoint(algorithm: str | None, layer: Layer, crop: int, longer: int) -> None:
    """`<conv(x), y> = <x, conv_transpose(y)>`: exactly, on integers, cropped and lengthened as it may be."""
    zeros = [0] * len(layer.strides)
    layer = replace(layer, before=zeros, after=zeros)
    spans = [d * (k - 1) + 1 for d, k in zip(layer.dilations, layer.weight.shape[2:], strict=True)]
    if any(i < e for i, e in zip(layer.source.shape[2:], spans, strict=True)):
        return
    forward = naive(layer)
    y = np.random.default_rng(forward.size).integers(-5, 6, forward.shape).astype(np.float64)
    full = [(p - 1) * s + e for p, s, e in zip(layer.windows, layer.strides, spans, strict=True)]
    sizes = [max(1, size - crop + longer) for size in full]
    out = np.full((*layer.source.shape[:2], *sizes), 77.0)
    problem = layer.problem(np.float64)._replace(
        source=y,
        weight=layer.weight.astype(np.float64),
        out=out,
        firsts=(crop,) * len(zeros),
    )
    try:
        apply.transpose(problem, algorithm)
    except InapplicableError:
        return
    seen = tuple(slice(crop, crop + size) for size in sizes)
    reached = np.pad(layer.source, [(0, 0), (0, 0), *((0, crop + longer + size) for size in sizes)])
    reached = reached[(slice(None), slice(None), *seen)]
    inside = np.zeros_like(layer.source)
    inside[(slice(None), slice(None), *seen)] = layer.source[(slice(None), slice(None), *seen)]
    assert int((naive(replace(layer, source=inside)) * y).sum()) == int((reached * out).sum())


@given(layer=layers(), scale=st.sampled_from([1, 2**20, 2**28, 2**29]))
def test_integers_are_exact_or_refused(layer: Layer, scale: int) -> None:
    """Whether floats, 64-bit or Python's integers do the work; what does not fit is refused."""
    large = replace(layer, source=layer.source * scale, weight=layer.weight * scale)
    expected = naive(replace(large, source=large.source.astype(object), weight=large.weight.astype(object)))
    dtype = exact.arithmetic(large.source, large.weight, None, int(np.prod(large.weight.shape[1:])))
    found = large.problem(object if dtype.kind == "O" else np.int64)._replace(dtype=dtype)
    apply.convolve(found)
    if not -(2**63) <= expected.min() <= expected.max() < 2**63:
        with pytest.raises(IntegerOverflowError):
            exact.checked(found.out, np.dtype(np.int64))
        return
    assert (exact.checked(found.out, np.dtype(np.int64)).astype(object) == expected).all()
