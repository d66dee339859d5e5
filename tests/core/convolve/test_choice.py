"""Which algorithm computes which layer, and how exactly."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from service.core.convolve.kernels import dispatch
from service.core.convolve.kernels.algorithms import ALGORITHMS, InapplicableError
from service.core.convolve.kernels.choosing import chosen
from service.core.convolve.kernels.task import Task

Array = NDArray[Any]


def task(
    source: tuple[int, ...],
    weight: tuple[int, ...],
    stride: int = 1,
    padding: int = 0,
    dilation: int = 1,
    groups: int = 1,
    dtype: Any = np.float32,
) -> Task:
    """A layer with normally distributed operands, whose sums are about 1."""
    numbers, rank = np.random.default_rng(7), len(source) - 2
    spans = [dilation * (size - 1) + 1 for size in weight[2:]]
    windows = [(size + 2 * padding - span) // stride + 1 for size, span in zip(source[2:], spans, strict=True)]
    return Task(
        source=numbers.standard_normal(source).astype(dtype),
        weight=(numbers.standard_normal(weight) / np.sqrt(np.prod(weight[1:]))).astype(dtype),
        out=np.empty((source[0], weight[0], *windows), dtype),
        firsts=(-padding,) * rank,
        strides=(stride,) * rank,
        dilations=(dilation,) * rank,
        dtype=np.dtype(dtype),
        groups=groups,
    )


KNOWN = {
    "LeNet, first": ("im2col", False, ((1, 1, 32, 32), (6, 1, 5, 5))),
    "AlexNet, first": ("im2col", False, ((1, 3, 224, 224), (64, 3, 11, 11), 4, 2)),
    "ResNet, first": ("im2col", False, ((1, 3, 224, 224), (64, 3, 7, 7), 2, 3)),
    "ResNet, 3x3": ("winograd_rows", False, ((1, 128, 28, 28), (128, 128, 3, 3), 1, 1)),
    "ResNet, 3x3, fast": ("winograd_rows", True, ((1, 128, 28, 28), (128, 128, 3, 3), 1, 1)),
    "VGG, fast": ("winograd_4x4", True, ((1, 256, 56, 56), (256, 256, 3, 3), 1, 1)),
    "ResNet, 3x3 at the end": ("im2col", True, ((1, 512, 7, 7), (512, 512, 3, 3), 1, 1)),
    "ResNet, 3x3 strided": ("im2col", True, ((1, 128, 56, 56), (128, 128, 3, 3), 2, 1)),
    "ResNet, 1x1": ("direct", False, ((1, 64, 56, 56), (256, 64, 1, 1))),
    "ResNet, 1x1 strided": ("im2col", False, ((1, 256, 56, 56), (512, 256, 1, 1), 2)),
    "MobileNet, depthwise": ("shifted", False, ((1, 32, 112, 112), (32, 1, 3, 3), 1, 1, 1, 32)),
    "VGG": ("winograd_rows", False, ((1, 256, 56, 56), (256, 256, 3, 3), 1, 1)),
    "a 31x31 kernel, depthwise": ("fft", False, ((1, 32, 56, 56), (32, 1, 31, 31), 1, 15, 1, 32)),
    "sound": ("im2col", False, ((1, 64, 4000), (64, 64, 2), 1, 0, 16)),
    "video": ("winograd_rows", False, ((1, 64, 8, 28, 28), (64, 64, 3, 3, 3), 1, 1)),
    "dilated": ("winograd_rows", False, ((1, 128, 32, 32), (128, 128, 3, 3), 1, 4, 4)),
}


@pytest.mark.parametrize("name", KNOWN)
def test_the_algorithm_of_a_well_known_layer(name: str) -> None:
    algorithm, fast, layer = KNOWN[name]
    assert chosen(task(*layer), fast=fast).name == algorithm


@pytest.mark.parametrize("name", KNOWN)
def test_float32_is_within_two_millionths_of_the_largest_output(name: str) -> None:
    """By default; `fast` may be off by five times as much."""
    _, fast, layer = KNOWN[name]
    single, double = task(*layer), task(*layer, *((1, 0, 1, 1)[len(layer) - 2 :]), np.float64)
    double.source[...], double.weight[...] = single.source, single.weight
    dispatch.convolve(single, fast=fast)
    dispatch.convolve(double, "im2col")
    assert abs(single.out - double.out).max() <= (1e-5 if fast else 2e-6) * abs(double.out).max()


@pytest.mark.parametrize(
    ("source", "weight"),
    [
        ((1, 256, 40, 30), (128, 256, 3, 1)),
        ((1, 512, 15, 30), (8, 512, 3, 1)),
        ((1, 2048, 17, 20), (2, 2048, 15, 15)),
        ((1, 4096, 12, 12), (48, 4096, 11, 11)),
        ((1, 4096, 4, 4), (8, 4096, 1, 1)),
    ],
    ids=["one column", "few filters", "half a million terms", "as many, many filters", "1x1"],
)
def test_long_sums_are_as_exact(source: tuple[int, ...], weight: tuple[int, ...]) -> None:
    """Of positive numbers, whose partial sums are the largest."""
    single = task(source, weight)
    single.source[...], single.weight[...] = abs(single.source), abs(single.weight)
    double = single._replace(
        source=single.source.astype(np.float64),
        weight=single.weight.astype(np.float64),
        out=np.empty(single.out.shape, np.float64),
        dtype=np.dtype(np.float64),
    )
    dispatch.convolve(single)
    dispatch.convolve(double, "im2col")
    assert abs(single.out - double.out).max() <= 2e-6 * double.out.max()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["VGG", "MobileNet, depthwise", "a 31x31 kernel, depthwise"])
def test_what_is_not_finite_stays_in_its_windows(name: str, bad: float) -> None:
    layer = task(*KNOWN[name][2])
    layer.source[0, 0, 20, 20] = bad
    with np.errstate(invalid="ignore"):
        assert dispatch.convolve(layer) in {"im2col", "shifted"}
    touched = set(np.argwhere(~np.isfinite(layer.out[0, 0])).ravel().tolist())
    reach = layer.kernel[0] // 2
    assert touched == set(range(20 - reach, 20 + reach + 1))


def test_enormous_numbers_do_not_overflow_on_the_way() -> None:
    layer = task((1, 64, 56, 56), (64, 64, 3, 3), 1, 1)
    layer.source[...] *= 1e36
    assert chosen(layer).name == "im2col"
    with pytest.raises(InapplicableError):
        chosen(layer, "winograd_rows")


def test_whole_numbers_in_small_layers_stay_whole() -> None:
    layer = task((1, 8, 16, 16), (8, 8, 3, 3), 1, 1)
    assert not ALGORITHMS[chosen(layer).name].rounds
