"""What pools make of their windows, however they are cut."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from service.core.convolve import engine
from service.core.convolve.explain import explained
from service.core.convolve.kernels.integers import IntegerOverflowError
from service.core.convolve.kernels.pools import blocks
from tests.core.convolve.jobs import Array, drawn, prepared

Case = tuple[dict[str, Any], tuple[int, ...], str]

LAYERS: dict[str, Case] = {
    "a maximum": (
        {"type": "max_pool2d", "kernel_size": [3, 2], "stride": [2, 1], "padding": [1, 0]},
        (2, 3, 9, 8),
        "f4",
    ),
    "a maximum of bytes": ({"type": "max_pool2d", "kernel_size": [2, 3], "stride": 2}, (1, 2, 7, 9), "i1"),
    "a maximum of halves": ({"type": "max_pool1d", "kernel_size": 5, "stride": 1, "padding": 2}, (2, 2, 30), "f2"),
    "a maximum of the widest": ({"type": "max_pool1d", "kernel_size": 2, "stride": 3}, (1, 1, 17), "u8"),
    "dilated": (
        {"type": "max_pool2d", "kernel_size": [3, 2], "stride": [1, 3], "dilation": [2, 5], "padding": [1, 1]},
        (1, 2, 11, 13),
        "f4",
    ),
    "past the end": (
        {"type": "max_pool2d", "kernel_size": 3, "stride": [2, 4], "ceil_mode": True, "padding": 1},
        (1, 2, 8, 11),
        "f4",
    ),
    "on three axes": (
        {"type": "max_pool3d", "kernel_size": [2, 3, 1], "stride": [1, 2, 3], "padding": [1, 1, 0]},
        (1, 2, 5, 7, 9),
        "f4",
    ),
    "a mean": (
        {"type": "avg_pool2d", "kernel_size": [3, 4], "stride": [1, 2], "padding": [1, 2], "count_include_pad": False},
        (2, 2, 9, 10),
        "f4",
    ),
    "a mean of bytes": ({"type": "avg_pool2d", "kernel_size": [7, 2], "stride": [7, 3]}, (2, 2, 14, 9), "u1"),
    "a mean of everything": ({"type": "avg_pool2d", "kernel_size": [6, 5]}, (3, 2, 6, 5), "f4"),
    "as many as asked for": ({"type": "adaptive_avg_pool2d", "output_size": [5, 3]}, (2, 2, 13, 12), "f4"),
    "more than there are": ({"type": "adaptive_max_pool2d", "output_size": [4, 9]}, (1, 2, 10, 7), "f4"),
    "a window a row": ({"type": "adaptive_avg_pool3d", "output_size": [3, 1, None]}, (1, 2, 4, 5, 3), "f4"),
    "the largest of all": ({"type": "adaptive_max_pool1d", "output_size": 1}, (2, 3, 300), "i8"),
}


def made_of(family: str) -> Callable[[Array], Any]:
    """What an output is of what its window holds."""
    return np.max if "max" in family else np.mean


@pytest.fixture(params=["whole", "in small blocks", "in parts of windows"])
def _cut(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "whole":
        for name in ("BLOCK_BYTES", "WHOLE_BYTES", "LARGE_BYTES", "THREAD_BYTES"):
            monkeypatch.setattr(blocks, name, 100 if request.param == "in small blocks" else 16)
        monkeypatch.setattr(blocks, "LEAST_WINDOWS", 1 if request.param == "in small blocks" else 100)
        monkeypatch.setattr(blocks, "MOST_INDICES", 2)


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize("name", LAYERS)
def test_every_output_is_made_of_its_window(name: str) -> None:
    layer, shape, dtype = LAYERS[name]
    job = prepared(layer, drawn(shape, dtype))
    result = engine.run(job)
    positions = list(np.ndindex(result.output.shape))
    for position, explanation in zip(positions, explained(job, result, positions), strict=True):
        inside = [value for value in explanation.window.ravel() if value is not None]
        expected = made_of(layer["type"])(np.array(inside))
        np.testing.assert_allclose(result.output[position], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize("power", [1.0, 2.0, 2.5])
def test_a_root_of_powers(power: float) -> None:
    source = abs(drawn((2, 3, 9, 7), "float32"))
    layer = {"type": "lp_pool2d", "kernel_size": [3, 2], "stride": [2, 1], "norm_type": power}
    output = engine.run(prepared(layer, source)).output
    windows = np.lib.stride_tricks.sliding_window_view(source, (3, 2), (2, 3))[:, :, ::2]
    np.testing.assert_allclose(output, (windows.astype(float) ** power).sum((-2, -1)) ** (1 / power), rtol=1e-5)


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("family", ["max", "avg"])
def test_what_is_not_finite_stays_in_its_windows(family: str, bad: float) -> None:
    layer = {"type": f"{family}_pool2d", "kernel_size": [5, 3], "stride": 1, "padding": [2, 1]}
    source = drawn((1, 2, 12, 11), "float32")
    source[0, 1, 6, 4] = bad
    touched = np.zeros((1, 2, 12, 11), bool)
    touched[0, 1, 4:9, 3:6] = bad != -np.inf or family == "avg"
    np.testing.assert_array_equal(~np.isfinite(engine.run(prepared(layer, source)).output), touched)


@pytest.mark.usefixtures("_cut")
@pytest.mark.parametrize(("family", "padding"), [("max", -np.inf), ("min", np.inf), ("sum", 0), ("avg", 0)])
def test_what_lies_between_the_positions_of_a_dilated_input_is_padding(family: str, padding: float) -> None:
    layer = {"type": f"{family}_pool2d", "window_shape": [5, 3], "strides": [2, 1], "window_dilation": [1, 2]}
    layer |= {"base_dilation": [3, 2], "padding": [[4, 1], [1, -2]]}
    layer |= {"count_include_pad": False} if family == "avg" else {}
    source = drawn((2, 3, 7, 6), "float64")

    def windows_of(array: Array) -> Array:
        spread = np.full((2, 3, 24, 12), float(padding))
        spread[:, :, 4:23:3, 1::2] = array
        return np.lib.stride_tricks.sliding_window_view(spread[..., :10], (5, 5), (2, 3))[:, :, ::2, :, :, ::2]

    choose = {"max": np.max, "min": np.min}.get(family, np.sum)
    expected = choose(windows_of(source), axis=(-2, -1))
    if family == "avg":
        with np.errstate(invalid="ignore"):  # 0/0 where a window has no input
            expected = expected / windows_of(np.ones_like(source)).sum((-2, -1))
    output = engine.run(prepared(layer, source, framework="jax")).output
    np.testing.assert_allclose(output, expected, rtol=1e-12)


def test_a_sum_of_integers_is_exact_or_refused() -> None:
    layer = {"type": "sum_pool1d", "window_shape": [3]}
    big = np.array([[[2**62, 2**62, -(2**62), 2**62]]])
    assert engine.run(prepared(layer, big, framework="jax")).output.tolist() == [[[2**62, 2**62]]]
    with pytest.raises(IntegerOverflowError):
        engine.run(prepared(layer, abs(big), framework="jax"))


@pytest.mark.parametrize("layer", ["max_pool2d", "avg_pool2d", "global_avg_pool2d"])
def test_channels_may_come_last(layer: str) -> None:
    source = drawn((3, 10, 12, 5), "float32")
    size = {} if layer.startswith("global") else {"pool_size": [2, 3]}
    last = engine.run(prepared({"type": layer, **size}, source, framework="keras")).output
    first = {"type": layer, **size, "data_format": "channels_first"}
    moved = engine.run(prepared(first, np.ascontiguousarray(np.moveaxis(source, -1, 1)), framework="keras")).output
    np.testing.assert_allclose(last, moved if last.ndim == 2 else np.moveaxis(moved, 1, -1), rtol=1e-6)


# --- how exact --------------------------------------------------------------------------------------------------------


TENTHS = np.full(240_000, 0.1, np.float32)
HARD_TO_SUM = {
    "everything": ({"type": "adaptive_avg_pool2d", "output_size": 1}, TENTHS.reshape(1, 2, 300, 400), "pytorch"),
    "channels last": ({"type": "global_avg_pool2d"}, TENTHS.reshape(1, 300, 400, 2), "keras"),
    "a large kernel": (
        {"type": "avg_pool2d", "kernel_size": 200, "stride": 50},
        TENTHS.reshape(1, 2, 300, 400),
        "pytorch",
    ),
    "a long kernel": (
        {"type": "avg_pool1d", "kernel_size": 20_000, "stride": 1000},
        TENTHS.reshape(1, 2, 120_000),
        "pytorch",
    ),
    "uneven": ({"type": "adaptive_avg_pool2d", "output_size": 7}, 1000 + TENTHS.reshape(1, 2, 300, 400), "pytorch"),
    "drawn": ({"type": "avg_pool2d", "kernel_size": 100, "stride": 1}, drawn((1, 2, 300, 200), "float32"), "pytorch"),
}
"""Layers with many elements in a window; sums in float32, one after the other, would be off by up to 8e-4."""


@pytest.mark.parametrize("name", HARD_TO_SUM)
def test_means_in_float32_are_within_two_millionths(name: str) -> None:
    layer, source, framework = HARD_TO_SUM[name]
    single = engine.run(prepared(layer, source, framework=framework)).output
    double = engine.run(prepared(layer, source.astype(float), framework=framework)).output
    assert single.dtype == np.float32
    assert abs(single - double).max() <= 2e-6 * abs(double).max()
