"""Jobs as requests make them."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.core.convolve import engine
from service.core.convolve.engine import Job, Operands
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import FRAMEWORKS
from service.schemas.read_layer import describe

Array = NDArray[Any]


def prepared(layer: dict[str, Any], source: Array, weight: Array | None = None, framework: str = "pytorch") -> Job:
    row, operands = FRAMEWORKS[framework], Operands(source=source, weight=weight)
    kernel = None if weight is None else list(weight.shape[2:])
    supplied = {} if kernel is None else {"kernel_size": kernel}
    described = describe(layer, ("layer",), default_type="conv", framework=row, supplied=supplied)
    assert isinstance(described, PostedLayer)
    arrangement = engine.arrange(described, operands, row, None)
    assert not isinstance(arrangement, list)
    job = engine.prepare(described, arrangement, operands, row)
    assert not isinstance(job, list), job
    return job


def held(compute: Callable[[], Array | None]) -> float:
    """The most MiB held at once beyond what came out."""
    tracemalloc.start()
    try:
        output = compute()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return float(peak - (0 if output is None else output.nbytes)) / 2**20


def drawn(shape: tuple[int, ...], dtype: str = "float64") -> Array:
    numbers = np.random.default_rng(11)
    if np.dtype(dtype).kind == "f":
        return numbers.standard_normal(shape).astype(dtype)
    return numbers.integers(0, 100, shape).astype(dtype)
