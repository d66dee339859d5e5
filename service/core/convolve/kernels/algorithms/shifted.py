"""Convolution as shifted copies of the input, each times one weight: for depthwise layers and very few channels."""

from itertools import product
from math import prod

import numpy as np

from service.core.convolve.kernels import memory, thread_pool
from service.core.convolve.kernels.algorithms import im2col
from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.columns import as_windows, positions, region_in_runs, row_steps, window_views
from service.core.convolve.kernels.cost_model import ADD, BAND, CALL, reading_and_writing
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.residues import without_strides
from service.core.convolve.kernels.splitting import bands_of_groups
from service.core.convolve.kernels.task import Task

BLOCK_BYTES = 2**22
"""Bytes of a block of channels and rows, which stays in the cache for every weight. Chosen."""
LONG_RUN = 1000
"""Positions in a run from which on several columns of a kernel are added up at once. Chosen."""
SHIFT = 0.18
"""ns per multiply-accumulate of shifted inputs, as in `cost_model`."""


def cost(task: Task) -> float:
    """One multiply-accumulate over the output per weight of a channel, and one addition per column of the kernel."""
    filters, terms = len(task.weight) // task.groups, task.weight.shape[1] * task.kernel[-1]
    blocks = 1 + 3 * task.out.size * task.itemsize // BLOCK_BYTES
    moving = reading_and_writing(task) * (1 if set(task.strides) == {1} else 2)
    adding = task.out.size * terms * ADD
    return float(task.work * SHIFT + adding + moving + blocks * (BAND + filters * terms * 2 * CALL))


def run(task: Task) -> None:
    """Write the convolution to `task.out`, in any arithmetic."""
    for part in im2col.bounded(task, BLOCK_BYTES // 8):
        blocks = bands_of_groups(part.with_contiguous_weight(), _bytes, BLOCK_BYTES, thread_pool.threads())
        thread_pool.run_in_threads(_compute_block, blocks)


def _bytes(task: Task) -> int:
    """The bytes of the region, of the sums and of the products that are added to them."""
    outputs = task.out.shape[1] * prod(task.windows)
    region = task.source.shape[1] * prod(task.extents)
    return int(len(task.source) * (region + 2 * outputs) * task.itemsize)


def _compute_block(task: Task) -> None:
    parts = without_strides(task)
    sizes = tuple(max(extents) for extents in zip(*(part.extents for _, part in parts), strict=True))
    sums = None
    for _, part in parts:
        region = region_in_runs(part, sizes, alike=len(parts) > 1)
        is_first = sums is None
        if sums is None:
            steps = row_steps(part, region)
            counts = (positions(task.windows, steps),) if steps else task.windows
            shape = (task.groups, len(task.weight) // task.groups, len(region), *counts)
            sums = memory.scratch("sums", shape, task.dtype)
        _accumulate(sums, part, window_views(region, part, counts), is_first=is_first)
    assert sums is not None
    flat = sums.reshape(len(task.weight), *sums.shape[2:])
    task.put(task.out.swapaxes(0, 1), as_windows(flat, task, steps))


def _accumulate(sums: Array, task: Task, windows: Array, *, is_first: bool) -> None:
    """Add all products with one region: one channel at a time, and several columns of the kernel at once.

    The first products of all are written to `sums`, not added.
    """
    weight = task.weight.reshape(task.groups, -1, *task.weight.shape[1:])
    windows = windows.reshape(task.groups, -1, *windows.shape[1:], copy=False)
    kernel_axes = tuple(range(1, 1 + task.rank))
    position_axes = tuple(range(len(kernel_axes) + 1, len(kernel_axes) + sums.ndim - 1))
    term = memory.scratch("term", (len(sums), *sums.shape[2:]), sums.dtype)
    for output in range(sums.shape[1]):
        total, into = sums[:, output], sums[:, output] if is_first else term
        for channel, columns in product(range(weight.shape[2]), _kernel_columns(task, sums.shape[-1])):
            factors, values = weight[:, output, channel, ..., columns], windows[:, channel]
            values = values[(slice(None),) * task.rank + (columns,)]
            axes = (0, *kernel_axes, *position_axes)
            np.einsum(factors, (0, *kernel_axes), values, axes, (0, *position_axes), out=into)
            if into is term:
                np.add(total, term, out=total)
            into = term


def _kernel_columns(task: Task, run: int) -> list[slice]:
    """The columns of the kernel in the parts that `einsum` adds up at once.

    It is fast along a run of positions, which it picks if positions lie closer together than the inputs of the columns.
    Without dilation that needs every other column. Where runs are short it gets one column at a time: fewer axes.
    """
    count = task.kernel[-1]
    step = 1 if task.dilations[-1] > 1 else 2 if run >= LONG_RUN else count
    return [slice(first, None, step) for first in range(min(step, count))]


ALGORITHM = Algorithm(run=run, cost=cost, condition="every convolution")
