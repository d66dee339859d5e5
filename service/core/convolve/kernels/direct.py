"""A 1x1 convolution with stride 1: one matrix product, of the input as it lies in memory."""

from math import prod

from service.core.convolve.kernels import im2col, workers
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem, pieces

LEAST_POSITIONS = 512
"""Below so many positions a thread, threads share the output channels instead."""
MOST_SUMS = 2**20
"""The sums made at once."""


def applies(problem: Problem) -> bool:
    """Whether the windows are the input's positions, each once, in the arithmetic's own type."""
    return (
        prod(problem.kernel) == 1
        and set(problem.strides) == {1}
        and problem.source.dtype == problem.dtype
        and problem.out.dtype == problem.dtype
        and not any(problem.firsts)
        and problem.source.shape[2:] == problem.windows
        and problem.groups == 1
        and not problem.adds
        and _flat(problem.source) is not None
        and _flat(problem.out) is not None
    )


def _flat(array: Array) -> Array | None:
    """`[N, C, positions]` without a copy; None where the positions do not lie evenly."""
    try:
        return array.reshape(*array.shape[:2], -1, copy=False)
    except ValueError:
        return None


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`."""
    for part in im2col.bounded(problem) if im2col.copies_weight(problem) else [problem]:
        if part.adds:  # a part of a sum, of a very large weight
            im2col.run(part)
        else:
            _multiply(part)


def _multiply(problem: Problem) -> None:
    matrix, source, out = problem.prepared().matrices()[0], _flat(problem.source), _flat(problem.out)
    assert source is not None and out is not None
    batch, positions, filters = len(source), source.shape[2], len(matrix)
    if batch * positions >= LEAST_POSITIONS * workers.threads():
        share = min(
            max(LEAST_POSITIONS // 2, MOST_SUMS // filters),
            max(LEAST_POSITIONS, -(-batch * positions // workers.threads())),
        )
        blocks = [((0, filters), block) for block in pieces(positions, share)]
    else:
        blocks = [(block, (0, positions)) for block in pieces(filters, -(-filters // workers.threads()))]

    def multiply(task: tuple[int, tuple[int, int], tuple[int, int]]) -> None:
        image, rows, columns = task
        part, into = problem.filters(*rows), out[image, slice(*rows), slice(*columns)]
        im2col.multiplied(matrix[None, slice(*rows)], source[image : image + 1, :, slice(*columns)], into[None])
        if part.bias is not None:
            into += part.bias[:, None]

    workers.each(multiply, [(image, *block) for image in range(batch) for block in blocks])
