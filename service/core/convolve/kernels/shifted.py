"""Convolution as shifted copies of the input, each times one weight: for depthwise layers and very few channels."""

from itertools import product
from math import prod

import numpy as np

from service.core.convolve.kernels import im2col, workers
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem, blocks

BLOCK_BYTES = 2**22
"""Channels and rows are taken in blocks of about this many bytes, which stay in the cache for every weight."""


LONG_RUN = 1000
"""Positions from which on it pays to add up several columns of a kernel at once."""


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`, in any arithmetic."""
    for part in im2col.bounded(problem, BLOCK_BYTES // 8):
        workers.each(_block, blocks(part.prepared(), _bytes, BLOCK_BYTES, workers.threads()))


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
    """Add all products with one region: of one channel at a time, those with some columns of the kernel at once."""
    weight = problem.weight.reshape(problem.groups, -1, *problem.weight.shape[1:])
    windows = windows.reshape(problem.groups, -1, *windows.shape[1:], copy=False)
    kernel = tuple(range(1, 1 + problem.rank))
    positions = tuple(range(len(kernel) + 1, len(kernel) + sums.ndim - 1))
    term = workers.scratch("term", (len(sums), *sums.shape[2:]), sums.dtype)
    for output in range(sums.shape[1]):
        total, into = sums[:, output], sums[:, output] if begins else term
        for channel, columns in product(range(weight.shape[2]), _columns(problem, sums.shape[-1])):
            factors, seen = weight[:, output, channel, ..., columns], windows[:, channel]
            seen = seen[(slice(None),) * problem.rank + (columns,)]
            np.einsum(factors, (0, *kernel), seen, (0, *kernel, *positions), (0, *positions), out=into)
            if into is term:
                np.add(total, term, out=total)
            into = term


def _columns(problem: Problem, run: int) -> list[slice]:
    """The columns of the kernel, in parts that `einsum` adds up along the run of positions, which it does fast.

    It does where positions lie closer to each other than the inputs of the columns do: every other column of a kernel
    without dilation. Where runs are short a single column is better, since that leaves it fewer axes to go through.
    """
    count = problem.kernel[-1]
    step = 1 if problem.dilations[-1] > 1 else 2 if run >= LONG_RUN else count
    return [slice(first, None, step) for first in range(min(step, count))]
