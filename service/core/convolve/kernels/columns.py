"""The windows of a task copied side by side, as the columns of a matrix (im2col), in runs as long as possible."""

from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.core.convolve.kernels import memory
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.residues import without_strides
from service.core.convolve.kernels.task import Task

MOST_WASTE = 1.4
"""Positions per window up to which whole rows are copied at once, with positions where no window begins. Chosen."""


def gathered(task: Task, *, taps_first: bool = False) -> tuple[Array, tuple[int, ...]]:
    """The copied windows, and the steps between their rows.

    Returns:
        The columns `[C, *kernel, N, positions]`, or with `taps_first` `[*kernel, C, N, positions]`, in scratch memory;
        and the `row_steps`. Without steps there is an axis for each axis of the windows instead of the positions.
    """
    parts = without_strides(task)
    sizes = tuple(max(extents) for extents in zip(*(part.extents for _, part in parts), strict=True))
    columns = None
    for taps, part in parts:
        is_only_tap = len(parts) == 1 and prod(task.kernel) == 1
        region = part.region(sizes) if is_only_tap else region_in_runs(part, sizes, alike=len(parts) > 1)
        if columns is None:
            steps = row_steps(part, region)
            counts = (positions(task.windows, steps),) if steps else task.windows
            channels = region.shape[1:2]
            before, after = (task.kernel, channels) if taps_first else (channels, task.kernel)
            columns = memory.scratch("columns", (*before, *after, len(region), *counts), task.dtype)
            into = np.moveaxis(columns, task.rank, 0) if taps_first else columns
        into[:, *taps] = window_views(region, part, counts)
    assert columns is not None
    return columns, steps


def region_in_runs(task: Task, sizes: tuple[int, ...], *, alike: bool) -> Array:
    """`[N, C, *sizes]`: the region of a task, each row of it contiguous.

    `alike` makes all of it contiguous, so that the regions of several tasks have the same steps.
    """
    region = task.region(sizes)
    if region.flags.c_contiguous or (not alike and region.strides[-1] == region.itemsize):
        return region
    copied = memory.scratch("rows", region.shape, task.dtype)
    copied[...] = region
    return copied


def window_views(region: Array, task: Task, counts: tuple[int, ...]) -> Array:
    """`[C, *kernel, N, *counts]`: a view of a region, with all positions in one axis or the windows of every axis."""
    images, channels, *steps = region.strides
    taps = [step * d for step, d in zip(steps, task.dilations, strict=True)]
    if len(counts) < task.rank:
        along = [region.itemsize]  # not the region's stride: an axis of one position may have any
    else:
        along = [step * s for step, s in zip(steps, task.strides, strict=True)]
    return strided(region, (region.shape[1], *task.kernel, len(region), *counts), (channels, *taps, images, *along))


def row_steps(task: Task, region: Array) -> tuple[int, ...]:
    """The elements between neighbours on each axis of a region, if all positions are worth reading; else ().

    The windows of a region begin one after the other in memory, except at the end of a row: a window that begins there
    would go on in the next row. Where such positions are few they are copied and multiplied too, and their sums are
    dropped, because long runs are copied faster than short ones.
    """
    steps = tuple([step // region.itemsize for step in region.strides[2:]])
    if len(steps) == 1 or steps[-1] != 1 or steps[0] < steps[1] or max(task.strides) > 1:
        return ()
    return steps if positions(task.windows, steps) <= MOST_WASTE * prod(task.windows) else ()


def positions(counts: tuple[int, ...], steps: tuple[int, ...]) -> int:
    """How many positions there are from the first window to the last."""
    return 1 + sum([(count - 1) * step for count, step in zip(counts, steps, strict=True)])


def as_windows(sums: Array, task: Task, steps: tuple[int, ...]) -> Array:
    """Sums `[O, N, positions]` as `[O, N, *windows]`: those of positions where no window begins are left out."""
    shape = (*sums.shape[:2], *task.windows)
    if not steps:
        return sums.reshape(shape)
    return strided(sums, shape, (*sums.strides[:2], *(sums.itemsize * step for step in steps)))


def strided(array: Array, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """A view of an array from its first element on, with any shape and strides."""
    if array.flags.c_contiguous and not array.dtype.hasobject:
        return np.ndarray(shape, array.dtype, array, 0, strides)
    return as_strided(array, shape, strides)
