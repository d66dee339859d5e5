"""What the steps of an algorithm cost, from shapes alone; each algorithm adds up its own steps.

Nanoseconds of one thread on the machine of docs/performance.md, in float32. Only ratios matter, and only where two
algorithms are close. To measure them again, time each algorithm alone on the layers of `benchmarks.layers`, and fit the
constants until the cheapest algorithm by this model is the fastest on most of them.
"""

from math import prod

from service.core.convolve.kernels.task import Task

COPY = 0.13
"""ns per element copied in runs."""
SCATTER = 0.5
"""ns per element copied on its own."""
ADD = 0.2
"""ns per element added to another, and per element and row of a small matrix that it is multiplied by."""
MULTIPLY = 1 / 70
"""ns per multiply-accumulate of a large matrix product."""
EXTRA_ROWS = 7
"""Rows. A product of few rows is slower: it takes as long as if it had so many more."""
WEIGHT = 0.2
"""ns per element of a weight that is read once more."""
CALL = 4_000
"""ns per call into NumPy, beside its work."""
BAND = 40_000
"""ns per band, beside its work: about ten calls."""


def matrix_product(rows: int, depth: int, columns: int) -> float:
    """Multiplying a matrix `[rows, depth]`, a weight, by a matrix `[depth, columns]`."""
    return columns * (depth * (rows + EXTRA_ROWS) * MULTIPLY + rows * COPY) + rows * depth * WEIGHT


def window_count(task: Task) -> int:
    """The windows of all images, in one channel."""
    return len(task.source) * prod(task.windows)


def reading_and_writing(task: Task) -> float:
    """Copying the input with its padding, and writing the output."""
    return prod(task.source.shape[:2]) * prod(task.extents) * 2 * COPY + task.out.size * 2 * COPY


def transposed_products(task: Task) -> float:
    """The matrix products of a transposed convolution, which its algorithms have in common."""
    rows, depth = task.weight.shape[1] * prod(task.kernel), len(task.weight) // task.groups
    return task.groups * matrix_product(rows, depth, len(task.source) * prod(task.source.shape[2:]))
