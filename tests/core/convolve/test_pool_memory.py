"""Beyond operands and output pools, pads and explanations hold at most 64 MB, whatever the layer."""

from typing import Any

import numpy as np
import pytest

from service.core.convolve import engine
from service.core.convolve.explain import explained
from service.core.convolve.kernels import thread_pool
from tests.core.convolve.jobs import held, prepared

MOST = 64
"""MiB."""
Case = tuple[dict[str, Any], str, tuple[int, ...]]
POOLS: dict[str, Case] = {
    "one huge channel": ({"type": "max_pool2d", "kernel_size": 3, "stride": 2, "padding": 1}, "f4", (1, 1, 4000, 4000)),
    "a mean of bytes": ({"type": "avg_pool2d", "kernel_size": 3, "stride": 2}, "i1", (1, 1, 4000, 4000)),
    "a mean of halves": ({"type": "avg_pool2d", "kernel_size": 2}, "f2", (1, 1, 4000, 4000)),
    "a root of halves": ({"type": "lp_pool2d", "kernel_size": 2, "norm_type": 2.0}, "f2", (1, 1, 4000, 4000)),
    "a mean of all bytes": ({"type": "adaptive_avg_pool2d", "output_size": 1}, "i1", (1, 1, 4000, 4000)),
    "a root of everything": ({"type": "lp_pool2d", "kernel_size": 3000, "norm_type": 2.0}, "f4", (1, 1, 3000, 3000)),
    "the largest of all halves": ({"type": "adaptive_max_pool2d", "output_size": 1}, "f2", (1, 4, 2000, 2000)),
    "a few large windows": ({"type": "adaptive_avg_pool2d", "output_size": 7}, "u1", (1, 1, 4000, 4000)),
    "many uneven windows": ({"type": "adaptive_avg_pool2d", "output_size": 1500}, "i1", (1, 1, 2000, 2000)),
    "far more windows than input": ({"type": "adaptive_max_pool1d", "output_size": 2**22}, "f4", (1, 1, 3000)),
    "large windows that overlap": ({"type": "avg_pool1d", "kernel_size": 2**19, "stride": 9}, "f2", (1, 1, 2**22)),
    "large boxes that overlap": ({"type": "max_pool3d", "kernel_size": 60, "stride": 5}, "f4", (1, 1, 200, 200, 200)),
    "far apart": ({"type": "max_pool1d", "kernel_size": 2, "stride": 1, "dilation": 2**21}, "f2", (1, 1, 2**22)),
    "many small images": ({"type": "max_pool2d", "kernel_size": 2}, "f4", (2**18, 1, 4, 4)),
    "one long row": ({"type": "avg_pool1d", "kernel_size": 3, "stride": 1, "padding": 1}, "i2", (1, 1, 2**22)),
}
PADS: dict[str, Case] = {
    "reflected and cropped": ({"padding": [[2**21, 9 - 2**22]], "mode": "reflect"}, "f8", (1, 1, 2**22)),
    "repeated and cropped": ({"padding": [[-(2**22) + 9, 2**21]], "mode": "replicate"}, "f8", (1, 1, 2**22)),
    "going round": ({"padding": [[500, 500], [-1000, 900]], "mode": "circular"}, "f8", (1, 1, 2000, 2000)),
    "filled": ({"padding": [[500, 500], [-1000, 900]], "value": 0.5}, "f8", (1, 1, 2000, 2000)),
}


@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("name", POOLS)
def test_a_pool_holds_little(name: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_pool, "CORES", 4)
    layer, dtype, shape = POOLS[name]
    job = prepared(layer, np.ones(shape, dtype))
    with thread_pool.at_most(threads):
        assert held(lambda: engine.run(job).output) < MOST


@pytest.mark.parametrize("name", PADS)
def test_a_pad_holds_little(name: str) -> None:
    layer, dtype, shape = PADS[name]
    job = prepared({"type": "pad", **layer}, np.ones(shape, dtype))
    assert held(lambda: engine.run(job).output) < MOST


@pytest.mark.parametrize(
    ("layer", "shape", "weight"),
    [
        ({"type": "conv2d", "padding": 1}, (1, 1, 3000, 3000), (1, 1, 3, 3)),
        ({"type": "conv2d", "padding": 2, "padding_mode": "reflect"}, (1, 1, 3000, 3000), (1, 1, 3, 3)),
        ({"type": "conv3d"}, (1, 1, 1, 3000, 3000), (1, 1, 1, 2, 2)),
        ({"type": "conv_transpose2d", "stride": 1}, (1, 1, 3000, 3000), (1, 1, 2, 2)),
        ({"type": "max_pool3d", "kernel_size": [1, 2, 2], "stride": 2}, (1, 1, 1, 3000, 3000), None),
        ({"type": "pad", "padding": [3, 3], "mode": "reflect"}, (1, 1, 3000, 3000), None),
    ],
)
def test_an_explanation_holds_what_it_shows(
    layer: dict[str, Any], shape: tuple[int, ...], weight: tuple[int, ...] | None
) -> None:
    job = prepared(layer, np.ones(shape, "f4"), None if weight is None else np.ones(weight, "f4"))
    result = engine.run(job)
    positions = [tuple(size - 1 for size in result.output.shape), (0,) * result.output.ndim]

    def explain() -> None:
        for explanation in explained(job, result, positions):
            assert explanation.output == result.output[explanation.position]

    assert held(explain) < 1
