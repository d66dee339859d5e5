"""Beyond operands and output a computation holds at most 64 MB, whatever the layer."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from service.core.convolve import engine
from service.core.convolve.engine import Operands
from service.core.description import Description
from service.core.frameworks import FRAMEWORKS
from service.schemas.layers import describe

MOST = 64 * 2**20
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


def described(layer: dict[str, Any], operands: Operands) -> Description:
    kernel = None if operands.weight is None else list(operands.weight.shape[2:])
    found = describe(
        {"type": "conv2d", **layer},
        ("layer",),
        default_type="conv",
        framework=FRAMEWORKS["pytorch"],
        supplied={} if kernel is None else {"kernel_size": kernel},
    )
    assert isinstance(found, Description)
    return found


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("name", LAYERS)
def test_scratch_is_bounded(name: str, fast: bool) -> None:
    layer, kind, shape, weight_kind, weight = LAYERS[name]
    operands = Operands(source=np.ones(shape, kind), weight=None if weight is None else np.ones(weight, weight_kind))
    row = FRAMEWORKS["pytorch"]
    known = described(layer, operands)
    arrangement = engine.arrange(known, operands, row, None)
    assert not isinstance(arrangement, list)
    job = engine.prepare(known, arrangement, operands, row)
    assert not isinstance(job, list)
    tracemalloc.start()
    try:
        result = engine.run(job, engine.Wish(fast=fast))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - result.output.nbytes < MOST, f"{(peak - result.output.nbytes) / 2**20:.0f} MiB"
