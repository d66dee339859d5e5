"""Laws of the convolution: every algorithm is the naive loop, and the transposed one is the adjoint.

Each algorithm is given only layers that it applies to, so that it must compute every one of them. What it refuses is
tested in `tests/core/convolve/kernels/test_choose_algorithm.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from service.core.convolve.kernels import integers, run_algorithm
from service.core.convolve.kernels.algorithms import ALGORITHMS, im2col, winograd_rows
from service.core.convolve.kernels.integers import IntegerOverflowError
from service.core.convolve.kernels.task import Task

Array = NDArray[Any]
Range = tuple[int, int]
EXACT = ("im2col", "shifted", "direct")
"""The algorithms that compute in any arithmetic."""


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The layers to draw: the least and the most of each parameter."""

    rank: Range = (1, 3)
    kernel: Range = (1, 3)
    first_kernel: Range | None = None
    """Along the first axis; None where it is like the others."""
    stride: Range = (1, 3)
    dilation: Range = (1, 2)
    padding: Range = (0, 2)
    groups: Range = (1, 2)
    crop: Range = (0, 3)
    """Transposed: how many outputs are left out before, on every axis."""
    longer: Range = (0, 2)
    """Transposed: how many outputs are added after, on every axis."""


PLAIN: Mapping[str, Bounds] = {
    "direct": Bounds(kernel=(1, 1), stride=(1, 1), padding=(0, 0), groups=(1, 1)),
    "im2col": Bounds(),
    "shifted": Bounds(),
    "winograd_rows": Bounds(rank=(2, 3), first_kernel=(2, 5), stride=(1, 1), groups=(1, 1)),
    "winograd_4x4": Bounds(rank=(2, 2), kernel=(3, 3), stride=(1, 1), dilation=(1, 1), groups=(1, 1)),
    "fft": Bounds(),
}
"""The convolutions that each algorithm applies to."""

TRANSPOSED: Mapping[str | None, Bounds] = {
    "direct": replace(PLAIN["direct"], crop=(0, 0), longer=(0, 0)),
    "im2col": Bounds(padding=(0, 0)),
    "shifted": Bounds(padding=(0, 0)),
    "col2im": Bounds(padding=(0, 0)),
    None: Bounds(padding=(0, 0)),
}
"""The transposed convolutions that each algorithm applies to, by itself or to all their phases; None: the fastest."""


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

    def task(self, dtype: Any, source: Array | None = None) -> Task:
        out = np.full((len(self.source), len(self.weight), *self.windows), 77, dtype)
        return Task(
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
def layers(draw: st.DrawFn, bounds: Bounds = PLAIN["im2col"]) -> Layer:
    """A convolution each of whose axes has its own kernel, stride, dilation and padding."""
    rank, groups = draw(st.integers(*bounds.rank)), draw(st.integers(*bounds.groups))

    def per_axis(least: int, most: int) -> list[int]:
        return [draw(st.integers(least, most)) for _ in range(rank)]

    kernel, strides, dilations = per_axis(*bounds.kernel), per_axis(*bounds.stride), per_axis(*bounds.dilation)
    if bounds.first_kernel is not None:
        kernel[0] = draw(st.integers(*bounds.first_kernel))
    before, after = per_axis(*bounds.padding), per_axis(*bounds.padding)
    spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilations, strict=True)]
    shortest = zip(spans, before, after, per_axis(0, 4), strict=True)
    sizes = [max(1, e - b - a) + more for e, b, a, more in shortest]
    per_in, per_out, batch = (draw(st.integers(1, 3)) for _ in range(3))
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    source = numbers.integers(-5, 6, (batch, per_in * groups, *sizes))
    weight = numbers.integers(-5, 6, (per_out * groups, per_in, *kernel))
    return Layer(source, weight, strides, dilations, before, after, groups)


def computed(task: Task, algorithm: str) -> Array:
    """What an algorithm makes of a task that it applies to."""
    with patch.object(winograd_rows, "LEAST_CHANNELS", 1):
        assert run_algorithm.convolve(task, algorithm, fast=True) == algorithm
    return task.out


@given(data=st.data())
@pytest.mark.parametrize("algorithm", EXACT)
def test_integers_are_the_naive_loop_in_every_arithmetic(algorithm: str, data: st.DataObject) -> None:
    layer = data.draw(layers(PLAIN[algorithm]))
    expected = naive(layer)
    for dtype in (np.float64, np.int64, object):
        output = computed(layer.task(dtype, layer.source.astype(dtype)), algorithm)
        np.testing.assert_array_equal(output, expected)


@given(data=st.data())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("algorithm", [name for name, algorithm in ALGORITHMS.items() if not algorithm.transposed])
def test_every_algorithm_is_the_naive_loop_but_for_rounding(algorithm: str, dtype: Any, data: st.DataObject) -> None:
    """Against the largest sum of absolute products: a small sum of large products has lost its digits already."""
    layer = data.draw(layers(PLAIN[algorithm]))
    output = computed(layer.task(dtype, layer.source.astype(dtype)), algorithm)
    scale = 25 * np.prod(layer.weight.shape[1:])
    assert abs(output - naive(layer)).max() <= 30 * np.finfo(dtype).eps * scale


@given(layer=layers(), band=st.integers(1, 500))
def test_bands_of_any_size_give_the_same(layer: Layer, band: int) -> None:
    """Also where a single window is more than a band, and sums are made in parts."""
    with (
        patch.object(im2col, "LEAST_BAND", band),
        patch.object(im2col, "MOST_BAND", band),
        patch.object(im2col, "WEIGHT_BYTES", band),
    ):
        task = layer.task(np.int64)
        im2col.run(task)
    np.testing.assert_array_equal(task.out, naive(layer))


@given(data=st.data())
@pytest.mark.parametrize("algorithm", TRANSPOSED)
def test_the_transposed_convolution_is_the_adjoint(algorithm: str | None, data: st.DataObject) -> None:
    """`<conv(x), y> = <x, conv_transpose(y)>`: exactly, on integers, cropped and lengthened as it may be."""
    bounds = TRANSPOSED[algorithm]
    layer = data.draw(layers(bounds))
    crop, longer = data.draw(st.integers(*bounds.crop)), data.draw(st.integers(*bounds.longer))
    forward = naive(layer)
    y = np.random.default_rng(forward.size).integers(-5, 6, forward.shape).astype(np.float64)
    spans = [d * (k - 1) + 1 for d, k in zip(layer.dilations, layer.weight.shape[2:], strict=True)]
    full = [(p - 1) * s + e for p, s, e in zip(layer.windows, layer.strides, spans, strict=True)]
    sizes = [max(1, size - crop + longer) for size in full]
    task = layer.task(np.float64)._replace(
        source=y,
        weight=layer.weight.astype(np.float64),
        out=np.full((*layer.source.shape[:2], *sizes), 77.0),
        firsts=(crop,) * len(sizes),
        transposed=True,
    )
    name = run_algorithm.convolve(task, algorithm)
    assert algorithm is None or name in (algorithm, "phases")  # "phases" where no output has any input
    kept = (slice(None), slice(None), *(slice(crop, crop + size) for size in sizes))
    lengthened = np.pad(layer.source, [(0, 0), (0, 0), *((0, crop + longer + size) for size in sizes)])[kept]
    inside = np.zeros_like(layer.source)
    inside[kept] = layer.source[kept]
    assert int((naive(replace(layer, source=inside)) * y).sum()) == int((lengthened * task.out).sum())


@given(layer=layers(), scale=st.sampled_from([1, 2**20, 2**28, 2**29]))
def test_integers_are_exact_or_refused(layer: Layer, scale: int) -> None:
    """Whether floats, 64-bit or Python's integers do the work; what does not fit is refused."""
    large = replace(layer, source=layer.source * scale, weight=layer.weight * scale)
    expected = naive(replace(large, source=large.source.astype(object), weight=large.weight.astype(object)))
    dtype = integers.arithmetic(large.source, large.weight, None, int(np.prod(large.weight.shape[1:])))
    task = large.task(object if dtype.kind == "O" else np.int64)._replace(dtype=dtype)
    run_algorithm.convolve(task)
    if not -(2**63) <= expected.min() <= expected.max() < 2**63:
        with pytest.raises(IntegerOverflowError):
            integers.checked(task.out, np.dtype(np.int64))
        return
    assert (integers.checked(task.out, np.dtype(np.int64)).astype(object) == expected).all()
