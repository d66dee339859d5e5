"""Convolution as shifted copies of the input, each times one weight: for depthwise layers and very few channels."""

from itertools import product
from math import prod
from typing import Any

import numpy as np

from service.core.convolve import im2col, workers
from service.core.convolve.padding import Array
from service.core.convolve.problem import Problem, cut

BLOCK_BYTES = 2**18
"""Channels and rows are taken in blocks of about this many bytes, which stay in the cache for every weight."""


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`, in any arithmetic."""
    for part in cut(problem, _window_bytes, BLOCK_BYTES // 4, im2col.sums_apart(problem)):
        workers.each(_block, cut(part, _bytes, BLOCK_BYTES, ("images", "groups", "filters", "places")))


def _window_bytes(problem: Problem) -> int:
    return int(problem.source.shape[1] * prod(problem.spans) * problem.itemsize)


def _bytes(problem: Problem) -> int:
    """What the region, the sums and the product being added take."""
    outputs = problem.out.shape[1] * prod(problem.windows)
    region = problem.source.shape[1] * prod(problem.reached)
    return int(len(problem.source) * (region + outputs) * problem.itemsize)


def _block(problem: Problem) -> None:
    """Add up all products of one block."""
    region, per_group = problem.region(), problem.weight.shape[1]
    weight = problem.weight.astype(problem.dtype, copy=False)
    weight = weight.reshape(problem.groups, -1, *weight.shape[1:])
    for channel in range(per_group):
        shifts, pitch = im2col.windows(problem, np.ascontiguousarray(region[:, channel::per_group]))
        if channel == 0:
            sums = np.empty((*weight.shape[:2], *shifts.shape[1 + problem.rank :]), problem.dtype)
        _accumulate(sums, shifts, weight[:, :, channel], starts=channel == 0)
    flat = sums.reshape(len(problem.weight), *sums.shape[2:])
    problem.put(problem.out.swapaxes(0, 1), im2col.as_windows(flat, problem, pitch))


def _accumulate(sums: Array, shifts: Array, weight: Array, *, starts: bool) -> None:
    """`sums[g, o] += x[g, shifted by k] * w[g, o, k]` over all k; the first product starts the sums."""
    kernel = weight.shape[2:]
    every: Any = slice(None)
    spread = (...,) + (None,) * (sums.ndim - 2)
    term = np.empty((len(sums), *sums.shape[2:]), sums.dtype)
    for output in range(sums.shape[1]):
        total, begins = sums[:, output], starts
        for element in product(*map(range, kernel)):
            seen, factor = shifts[(every, *element)], weight[(every, output, *element)][spread]
            if begins:
                np.multiply(seen, factor, out=total)
            else:
                total += np.multiply(seen, factor, out=term)
            begins = False
