"""Beyond operands and output a computation holds at most 64 MB, whatever the layer."""

from typing import Any

import numpy as np
import pytest

from service.core.convolve import engine
from tests.core.convolve.jobs import held, prepared

MOST = 64
"""MiB."""
Shape = tuple[int, ...]
LAYERS: dict[str, tuple[dict[str, Any], Any, Shape, Any, Shape | None]] = {
    "a large image, padded": ({"padding": 1}, np.float32, (1, 2, 2800, 2800), np.float32, (2, 2, 3, 3)),
    "many channels": ({"padding": 1}, np.float32, (1, 1024, 14, 14), np.float32, (1024, 1024, 3, 3)),
    "bytes, which become floats": ({"padding": 1}, np.int8, (1, 16, 1000, 1000), np.int8, (4, 16, 3, 3)),
    "half precision": ({"padding": 1}, np.float16, (1, 8, 1000, 1000), np.float16, (8, 8, 3, 3)),
    "a weight of bytes": ({"padding": 1}, np.int8, (1, 1024, 7, 7), np.int8, (1024, 1024, 3, 3)),
    "far more padding than input": ({"padding": 3000, "stride": 7}, np.float32, (1, 1, 8, 8), np.float32, (1, 1, 2, 2)),
    "far apart": ({"dilation": 900}, np.float64, (1, 1, 2000, 2000), np.float64, (1, 1, 2, 2)),
    "reflected": (
        {"padding": 1, "padding_mode": "reflect"},
        np.float64,
        (1, 2, 2000, 2000),
        np.float64,
        (1, 2, 3, 3),
    ),
    "depthwise": ({"padding": 1, "groups": 16}, np.float32, (1, 16, 1000, 1000), np.float32, (16, 1, 3, 3)),
    "a large kernel": ({"groups": 4}, np.float32, (1, 4, 1024, 1024), np.float32, (4, 1, 31, 31)),
    "sound": ({"type": "conv1d"}, np.float32, (1, 1, 2_000_000), np.float32, (4, 1, 10)),
    "transposed": ({"type": "conv_transpose2d", "stride": 2}, np.float32, (1, 4, 900, 900), np.float32, (4, 4, 4, 4)),
    "transposed, in groups with a large weight": (
        {"type": "conv_transpose2d", "stride": 2, "groups": 64},
        np.float32,
        (1, 2048, 4, 4),
        np.float32,
        (2048, 128, 8, 8),
    ),
    "transposed bytes, in groups": (
        {"type": "conv_transpose2d", "stride": 3, "groups": 2},
        np.int8,
        (1, 64, 200, 200),
        np.int8,
        (64, 4, 5, 5),
    ),
    "rows of many channels": ({"padding": 1}, np.float32, (1, 256, 40, 200), np.float32, (256, 256, 3, 3)),
    "strided, of many filters": (
        {"stride": 3, "dilation": 2, "padding": 2},
        np.float16,
        (1, 16, 800, 800),
        np.float16,
        (128, 16, 3, 3),
    ),
    "reflected and strided": (
        {"padding": 3, "padding_mode": "reflect", "stride": 2},
        np.float32,
        (1, 8, 1400, 1400),
        np.float32,
        (2, 8, 7, 7),
    ),
    "a batch": ({"padding": 1}, np.float32, (512, 16, 32, 32), np.float32, (16, 16, 3, 3)),
    "a maximum pool": (
        {"type": "max_pool2d", "kernel_size": 3, "stride": 1, "padding": 1},
        np.float32,
        (1, 16, 1000, 1000),
        np.float32,
        None,
    ),
    "a mean of bytes": (
        {"type": "avg_pool2d", "kernel_size": 3, "stride": 2, "padding": 1},
        np.int8,
        (1, 16, 1000, 1000),
        np.int8,
        None,
    ),
}


def scratch(layer: dict[str, Any], source: Any, weight: Any = None, *, fast: bool = False) -> float:
    """The most MiB held beyond operands and output."""
    job = prepared({"type": "conv2d", **layer}, source, weight)
    return held(lambda: engine.run(job, engine.Options(fast=fast)).output)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_scratch_is_bounded(name: str, fast: bool) -> None:
    layer, kind, shape, weight_kind, weight = LAYERS[name]
    arrays = np.ones(shape, kind), None if weight is None else np.ones(weight, weight_kind)
    assert scratch(layer, *arrays, fast=fast) < MOST


def test_scratch_is_bounded_where_only_pythons_integers_are_wide_enough() -> None:
    """The largest such computation that is accepted; sums that fit, of products that might not."""
    weight = np.broadcast_to(np.array([2**30, -(2**30)], np.int64), (1, 2, 2, 2))
    source = np.full((1, 2, 350, 700), 2**40, np.int64)
    assert scratch({}, source, weight) < MOST
