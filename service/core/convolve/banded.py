"""Depthwise convolution as matrix products: several rows of outputs at once, from the rows that they read.

Each channel's weights stand in a banded matrix, `T[r, r*s + k*d] = w[k]`, which makes some rows of outputs from the
rows of inputs below them. Most of it is zero, but a matrix product does many times more in a second than additions do.
"""

from functools import partial
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.core.convolve import workers
from service.core.convolve.padding import Array
from service.core.convolve.problem import Problem, cut, pieces

BLOCK_BYTES = 2**21
"""The copied rows of a block of channels."""
MOST_ROWS = 14
"""The most rows of outputs made at once."""
WEIGHT_BYTES = 2**22
"""The banded matrices of a part."""


def applies(problem: Problem) -> bool:
    """Whether there are rows, and the arithmetic is one that has fast products."""
    if problem.rank == 1 or problem.dtype.kind != "f":
        return False
    one = problem.images(0, 1).some_groups(0, 1)
    rows = rows_at_once(problem)
    return _weight_bytes(one, rows) <= WEIGHT_BYTES and _bytes(one.places(problem.rank - 2, 0, rows)) <= BLOCK_BYTES


def rows_at_once(problem: Problem) -> int:
    """How many rows of outputs one product makes: a number that divides them well."""
    rows = problem.windows[-2]
    return -(-rows // -(-rows // MOST_ROWS)) if rows <= 2 * MOST_ROWS else 8


def _rows_read(problem: Problem, rows: int) -> int:
    return (rows - 1) * problem.strides[-2] + problem.spans[-2]


def depth(problem: Problem, rows: int) -> int:
    """The products in one output, those with zero included."""
    return problem.depth // problem.kernel[-2] * _rows_read(problem, rows)


def _weight_bytes(problem: Problem, rows: int) -> int:
    return len(problem.weight) * rows * depth(problem, rows) * problem.itemsize


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`; the operands must be finite, since zeros meet inputs of other windows."""
    axis, rows = problem.rank - 2, rows_at_once(problem)
    whole = problem.windows[axis] // rows * rows
    size = partial(_weight_bytes, rows=rows)
    for part in cut(problem.places(axis, 0, whole), size, WEIGHT_BYTES, ("groups",)):
        _multiply(part, rows)
    if whole < problem.windows[axis]:
        run(problem.places(axis, whole, problem.windows[axis]))


def _multiply(problem: Problem, rows: int) -> None:
    bands, axis = _bands(problem, rows), problem.rank - 2
    one = _bytes(problem.images(0, 1).some_groups(0, 1))
    share = -(-len(problem.source) * problem.groups // workers.threads())
    most = max(1, min(BLOCK_BYTES // one, share))
    height = rows * max(1, problem.windows[axis] // rows * BLOCK_BYTES // max(one, BLOCK_BYTES))
    parts = [
        (images, groups, places)
        for images in pieces(len(problem.source), max(1, most // problem.groups))
        for groups in pieces(problem.groups, most)
        for places in _whole(problem.windows[axis], height)
    ]

    def block(part: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]) -> None:
        images, groups, places = part
        own = problem.images(*images).some_groups(*groups).places(axis, *places)
        _block(own, bands[slice(*groups)], rows)

    workers.each(block, parts)


def _whole(count: int, most: int) -> list[tuple[int, int]]:
    """A range in pieces of `most`, the last one shorter."""
    return [(first, min(first + most, count)) for first in range(0, count, most)]


def _bytes(problem: Problem) -> int:
    """What the copied rows take."""
    across = prod(problem.windows) // problem.windows[-2] * problem.kernel[-1]
    return prod(problem.source.shape[:2]) * across * problem.reached[-2] * problem.itemsize


def _bands(problem: Problem, rows: int) -> Array:
    """`[groups, O/groups * rows, depth]`: the weights in banded matrices."""
    weight = problem.weight.reshape(problem.groups, -1, *problem.weight.shape[1:])
    weight = np.moveaxis(weight, -2, 0)
    read = _rows_read(problem, rows)
    found = np.zeros((problem.groups, weight.shape[2], rows, *weight.shape[3:], read), problem.dtype)
    for row in range(rows):
        first, dilation = row * problem.strides[-2], problem.dilations[-2]
        for element, values in enumerate(weight):
            found[:, :, row, ..., first + element * dilation] = values
    return found.reshape(problem.groups, weight.shape[2] * rows, -1)


def _block(problem: Problem, bands: Array, rows: int) -> None:
    """Copy and multiply the rows of some channels."""
    view = _rows(problem, problem.region(), rows)
    columns = workers.scratch("columns", view.shape, problem.dtype)
    columns[...] = view
    images, groups, *outer = view.shape[: problem.rank + 1]
    bands = bands.reshape(1, groups, *(1,) * len(outer), *bands.shape[1:])
    across = problem.windows[-1]
    sums = bands @ columns.reshape(images, groups, *outer, -1, across)
    sums = sums.reshape(images, groups, *outer, -1, rows, across)
    sums = np.moveaxis(sums, -3, 2)
    problem.put(problem.out.swapaxes(0, 1), sums.reshape(images, -1, *problem.windows).swapaxes(0, 1))


def _rows(problem: Problem, region: Array, rows: int) -> Array:
    """A view `[N, groups, *outer windows, blocks, C/groups, *outer kernel, kernel, rows read, windows]`."""
    images, channels, *outer, row, column = region.strides
    per_group = region.shape[1] // problem.groups
    shape = (
        *(len(region), problem.groups, *problem.windows[:-2], problem.windows[-2] // rows, per_group),
        *(*problem.kernel[:-2], problem.kernel[-1], _rows_read(problem, rows), problem.windows[-1]),
    )
    strides = (
        *(images, channels * per_group, *(step * s for step, s in zip(outer, problem.strides, strict=False))),
        *(row * rows * problem.strides[-2], channels),
        *(step * d for step, d in zip(outer, problem.dilations, strict=False)),
        *(column * problem.dilations[-1], row, column * problem.strides[-1]),
    )
    return as_strided(region, shape, strides, writeable=False)
