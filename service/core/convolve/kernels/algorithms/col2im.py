"""Transposed convolution as one matrix product, whose results are added where they overlap.

The weight is read as it lies in memory. That is most of the work where the weight is large and the input small.
"""

from itertools import product
from math import inf, prod
from typing import Any

import numpy as np

from service.core.convolve.kernels import thread_pool
from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.cost_model import COPY, transposed_products
from service.core.convolve.kernels.matmul import multiplied
from service.core.convolve.kernels.pad_arrays import Array, padded
from service.core.convolve.kernels.splitting import pieces
from service.core.convolve.kernels.task import Task

PART_BYTES = 2**21
"""Bytes of the products of one part, before they are added. Chosen."""


def applies(task: Task) -> bool:
    """Whether the operands can be multiplied as they are, and the products of one channel are few."""
    return (
        task.source.dtype == task.weight.dtype == task.dtype
        and task.source.flags.c_contiguous
        and task.weight.flags.c_contiguous
        and _channel_bytes(task) <= 4 * PART_BYTES
    )


def cost(task: Task) -> float:
    """The products, and each of them added to its output."""
    if not applies(task):
        return inf
    inputs = len(task.source) * prod(task.source.shape[2:])
    added = inputs * task.out.shape[1] * prod(task.kernel)
    return float(transposed_products(task) + added * 3 * COPY)


def _uncropped_sizes(task: Task) -> tuple[int, ...]:
    """The sizes of the output before cropping: `(i - 1)*s + e`."""
    sizes = task.source.shape[2:]
    return tuple((i - 1) * s + e for i, s, e in zip(sizes, task.strides, task.effective_kernel, strict=True))


def _channel_bytes(task: Task) -> int:
    """The bytes of the products of one output channel, and of their sums."""
    products = prod(task.source.shape[2:]) * prod(task.kernel)
    return (products + prod(_uncropped_sizes(task))) * task.itemsize


def run(task: Task) -> None:
    """Write the transposed convolution to `task.out`."""
    per_group = task.weight.shape[1]
    most = max(1, min(PART_BYTES // _channel_bytes(task), -(-per_group // thread_pool.threads())))
    parts = [
        (image, group, channels)
        for image in range(len(task.source))
        for group in range(task.groups)
        for channels in pieces(per_group, most)
    ]

    def compute_part(part: tuple[int, int, tuple[int, int]]) -> None:
        image, group, (first, stop) = part
        inputs = slice(*(len(task.weight) // task.groups * edge for edge in (group, group + 1)))
        columns = task.source[image, inputs].reshape(inputs.stop - inputs.start, -1)
        matrix = task.weight[inputs, first:stop].reshape(len(columns), -1)
        products = multiplied(matrix.T[None], columns[None])
        sums = _added(task, products.reshape(stop - first, *task.kernel, *task.source.shape[2:]))
        outputs = slice(group * per_group + first, group * per_group + stop)
        bias = None if task.bias is None else task.bias[outputs]
        task._replace(bias=bias).put(task.out[image, outputs], _cropped(task, sums))

    thread_pool.run_in_threads(compute_part, parts)


def _added(task: Task, products: Array) -> Array:
    """`[O, *uncropped sizes]`: the products `[O, *kernel, *inputs]`, each added at its place."""
    sums = np.zeros((len(products), *_uncropped_sizes(task)), task.dtype)
    sizes = task.source.shape[2:]
    every: Any = slice(None)
    for tap in product(*map(range, task.kernel)):
        places = tuple(
            slice(k * d, k * d + (i - 1) * s + 1, s)
            for k, d, i, s in zip(tap, task.dilations, sizes, task.strides, strict=True)
        )
        sums[(every, *places)] += products[(every, *tap)]
    return sums


def _cropped(task: Task, sums: Array) -> Array:
    """The outputs among the sums, with zeros for outputs that no input reaches."""
    pairs = [
        (-crop, crop + count - size)
        for crop, size, count in zip(task.firsts, sums.shape[1:], task.windows, strict=True)
    ]
    return padded(sums, pairs)


ALGORITHM = Algorithm(run=run, cost=cost, condition="transposed convolutions in floats", transposed=True)
