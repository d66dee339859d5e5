"""A 1x1 convolution with stride 1: one matrix product, of the input as it lies in memory."""

from math import inf, prod

from service.core.convolve.kernels import thread_pool
from service.core.convolve.kernels.algorithms import im2col
from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.cost_model import CALL, matrix_product, window_count
from service.core.convolve.kernels.matmul import multiplied
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.splitting import pieces
from service.core.convolve.kernels.task import Task

LEAST_POSITIONS = 512
"""Positions per thread; below, threads share the output channels instead. Chosen."""
MOST_SUMS = 2**20
"""Sums made at once. Chosen: 4 MiB in float32."""


def applies(task: Task) -> bool:
    """Whether the windows are the input's positions, each once, in the type of the arithmetic."""
    return (
        prod(task.kernel) == 1
        and set(task.strides) == {1}
        and task.source.dtype == task.dtype
        and task.out.dtype == task.dtype
        and not any(task.firsts)
        and task.source.shape[2:] == task.windows
        and task.groups == 1
        and not task.adds
        and _flat(task.source) is not None
        and _flat(task.out) is not None
    )


def cost(task: Task) -> float:
    """The matrix product and nothing else."""
    if not applies(task):
        return inf
    return matrix_product(len(task.weight), task.depth, window_count(task)) + 2 * CALL


def _flat(array: Array) -> Array | None:
    """`[N, C, positions]` without a copy; None where that needs one."""
    try:
        return array.reshape(*array.shape[:2], -1, copy=False)
    except ValueError:
        return None


def run(task: Task) -> None:
    """Write the convolution to `task.out`."""
    for part in im2col.bounded(task, im2col.LEAST_BAND) if im2col.copies_weight(task) else [task]:
        if part.adds:  # a part of the sums, of a very large weight
            im2col.run(part)
        else:
            _multiply(part)


def _multiply(task: Task) -> None:
    matrix, source, out = task.with_contiguous_weight().weight_matrices()[0], _flat(task.source), _flat(task.out)
    assert source is not None and out is not None

    def multiply(block: tuple[int, tuple[int, int], tuple[int, int]]) -> None:
        image, rows, columns = block
        part, into = task.some_filters(*rows), out[image, slice(*rows), slice(*columns)]
        multiplied(matrix[None, slice(*rows)], source[image : image + 1, :, slice(*columns)], into[None])
        if part.bias is not None:
            into += part.bias[:, None]

    blocks = _blocks(len(source), len(matrix), source.shape[2])
    thread_pool.run_in_threads(multiply, [(image, *block) for image in range(len(source)) for block in blocks])


def _blocks(batch: int, filters: int, positions: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The filters and the positions of each block of an image."""
    threads = thread_pool.threads()
    if batch * positions < LEAST_POSITIONS * threads:
        return [(block, (0, positions)) for block in pieces(filters, -(-filters // threads))]
    share = min(max(LEAST_POSITIONS // 2, MOST_SUMS // filters), max(LEAST_POSITIONS, -(-batch * positions // threads)))
    return [((0, filters), block) for block in pieces(positions, share)]


ALGORITHM = Algorithm(run=run, cost=cost, condition="1x1 kernels with stride 1, one group and no padding")
