"""How exact float32 is, and what becomes of values that are not finite."""

import numpy as np
import pytest

from service.core.convolve.kernels import run_algorithm
from tests.core.convolve.tasks import KNOWN, task


@pytest.mark.parametrize("name", KNOWN)
def test_float32_is_within_two_millionths_of_the_largest_output(name: str) -> None:
    """By default; `fast` may be off by five times as much."""
    _, fast, layer = KNOWN[name]
    single, double = task(*layer), task(*layer, *((1, 0, 1, 1)[len(layer) - 2 :]), np.float64)
    double.source[...], double.weight[...] = single.source, single.weight
    run_algorithm.convolve(single, fast=fast)
    run_algorithm.convolve(double, "im2col")
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
    run_algorithm.convolve(single)
    run_algorithm.convolve(double, "im2col")
    assert abs(single.out - double.out).max() <= 2e-6 * double.out.max()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["VGG", "MobileNet, depthwise", "a 31x31 kernel, depthwise"])
def test_what_is_not_finite_stays_in_its_windows(name: str, bad: float) -> None:
    layer = task(*KNOWN[name][2])
    layer.source[0, 0, 20, 20] = bad
    with np.errstate(invalid="ignore"):
        assert run_algorithm.convolve(layer) in {"im2col", "shifted"}
    touched = set(np.argwhere(~np.isfinite(layer.out[0, 0])).ravel().tolist())
    reach = layer.kernel[0] // 2
    assert touched == set(range(20 - reach, 20 + reach + 1))
