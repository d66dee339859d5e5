"""Convolution as shifted copies of the input, each times one weight: for depthwise layers and very few channels."""

from itertools import product
from math import prod

import numpy as np

from service.core.convolve import im2col, workers
from service.core.convolve.padding import Array
from service.core.convolve.problem import Problem, blocks, cut

BLOCK_BYTES = 2**22
"""Channels and rows are taken in blocks of about this many bytes, which stay in the cache for every weight."""


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`, in any arithmetic."""
    for part in cut(problem, _window_bytes, BLOCK_BYTES // 8, (*im2col.sums_apart(problem), "filters")):
        workers.each(_block, blocks(part.prepared(), _bytes, min(BLOCK_BYTES, _bytes(part) // workers.threads() + 1)))


def _window_bytes(problem: Problem) -> int:
    return int(problem.source.shape[1] * prod(problem.spans) * problem.itemsize)


def _bytes(problem: Problem) -> int:
    """What the region, the sums and the products being added take."""
    outputs = problem.out.shape[1] * prod(problem.windows)
    region = problem.source.shape[1] * prod(problem.reached)
    return int(len(problem.source) * (region + 2 * outputs) * problem.itemsize)


def _block(problem: Problem) -> None:
    """Add up all products of one block."""
    parts = problem.residues()
    sizes = tuple(max(reached) for reached in zip(*(part.reached for _, part in parts), strict=True))
    sums = None
    for _, part in parts:
        region = im2col.runs(part, sizes, alike=len(parts) > 1)
        begins = sums is None
        if sums is None:
            steps = im2col.row_steps(part, region)
            counts = (im2col.positions(problem.windows, steps),) if steps else problem.windows
            shape = (problem.groups, len(problem.weight) // problem.groups, len(region), *counts)
            sums = workers.scratch("sums", shape, problem.dtype)
        _accumulate(sums, part, im2col.windows(region, part, counts), begins=begins)
    assert sums is not None
    flat = sums.reshape(len(problem.weight), *sums.shape[2:])
    problem.put(problem.out.swapaxes(0, 1), im2col.as_windows(flat, problem, steps))


def _accumulate(sums: Array, problem: Problem, windows: Array, *, begins: bool) -> None:
    """Add all products with one region: of one channel at a time, those with a column of the kernel at once."""
    weight = problem.weight.reshape(problem.groups, -1, *problem.weight.shape[1:])
    windows = windows.reshape(problem.groups, -1, *windows.shape[1:], copy=False)
    factors, seen = np.moveaxis(weight, -1, 0), np.moveaxis(windows, 1 + problem.rank, 0)
    rows = tuple(range(1, problem.rank))
    positions = tuple(range(problem.rank, problem.rank + sums.ndim - 2))
    term = workers.scratch("term", (len(sums), *sums.shape[2:]), sums.dtype)
    for output in range(sums.shape[1]):
        total, into = sums[:, output], sums[:, output] if begins else term
        for column, channel in product(range(len(factors)), range(weight.shape[2])):
            operands = (
                factors[column, :, output, channel],
                (0, *rows),
                seen[column, :, channel],
                (0, *rows, *positions),
            )
            np.einsum(*operands, (0, *positions), out=into)
            if into is term:
                np.add(total, term, out=total)
            into = term
