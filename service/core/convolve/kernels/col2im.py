"""Transposed convolution as one matrix product, whose results are added where they overlap.

The weight is read as it lies in memory, which is most of the work where it is large and the input small.
"""

from itertools import product
from math import prod
from typing import Any

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.im2col import multiplied
from service.core.convolve.kernels.padding import Array, padded
from service.core.convolve.kernels.task import Problem, pieces

PART_BYTES = 2**21
"""The products of a part, before they are added."""


def applies(problem: Problem) -> bool:
    """Whether the operands can be multiplied as they are, and the products of one channel are few."""
    return (
        problem.source.dtype == problem.weight.dtype == problem.dtype
        and problem.source.flags.c_contiguous
        and problem.weight.flags.c_contiguous
        and _channel_bytes(problem) <= 4 * PART_BYTES
    )


def _full(problem: Problem) -> tuple[int, ...]:
    """The sizes that all inputs reach, before cropping: `(i - 1)*s + e`."""
    sizes = problem.source.shape[2:]
    return tuple((i - 1) * s + e for i, s, e in zip(sizes, problem.strides, problem.spans, strict=True))


def _channel_bytes(problem: Problem) -> int:
    products = prod(problem.source.shape[2:]) * prod(problem.kernel)
    return (products + prod(_full(problem))) * problem.itemsize


def run(problem: Problem) -> None:
    """Write the transposed convolution: `problem` as `transposed.phases` takes it."""
    per_group = problem.weight.shape[1]
    most = max(1, min(PART_BYTES // _channel_bytes(problem), -(-per_group // workers.threads())))
    tasks = [
        (image, group, channels)
        for image in range(len(problem.source))
        for group in range(problem.groups)
        for channels in pieces(per_group, most)
    ]

    def part(task: tuple[int, int, tuple[int, int]]) -> None:
        image, group, (first, stop) = task
        inputs = slice(*(len(problem.weight) // problem.groups * edge for edge in (group, group + 1)))
        columns = problem.source[image, inputs].reshape(inputs.stop - inputs.start, -1)
        matrix = problem.weight[inputs, first:stop].reshape(len(columns), -1)
        products = multiplied(matrix.T[None], columns[None])
        sums = _added(problem, products.reshape(stop - first, *problem.kernel, *problem.source.shape[2:]))
        outputs = slice(group * per_group + first, group * per_group + stop)
        bias = None if problem.bias is None else problem.bias[outputs]
        problem._replace(bias=bias).put(problem.out[image, outputs], _cropped(problem, sums))

    workers.each(part, tasks)


def _added(problem: Problem, products: Array) -> Array:
    """`[O, *full]`: the products `[O, *kernel, *inputs]`, each added at its place."""
    sums = np.zeros((len(products), *_full(problem)), problem.dtype)
    sizes = problem.source.shape[2:]
    every: Any = slice(None)
    for element in product(*map(range, problem.kernel)):
        places = tuple(
            slice(k * d, k * d + (i - 1) * s + 1, s)
            for k, d, i, s in zip(element, problem.dilations, sizes, problem.strides, strict=True)
        )
        sums[(every, *places)] += products[(every, *element)]
    return sums


def _cropped(problem: Problem, sums: Array) -> Array:
    """The outputs among the sums, with zeros for those that no input reaches."""
    pairs = [
        (-crop, crop + count - full)
        for crop, full, count in zip(problem.firsts, sums.shape[1:], problem.windows, strict=True)
    ]
    return padded(sums, pairs)
