"""Transposed convolution: every input spread over a window of the output, one kernel element at a time."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from service.core.convolve.padding import Array


def convolve(source: Array, weight: Array, strides: Sequence[int], dilations: Sequence[int], groups: int) -> Array:
    """`y[n, o, i*s + k*d] += x[n, c, i] * w[c, o, k]`: the adjoint of the convolution, nothing cropped.

    `source` is `[N, C, *spatial]`, `weight` `[C, O/groups, *kernel]`; the result is `[N, O, *((i - 1)*s + e)]`.
    """
    batch, channels, *sizes = source.shape
    kernel = weight.shape[2:]
    per_group = weight.shape[1]
    full = [
        (size - 1) * stride + (count - 1) * dilation + 1
        for size, stride, count, dilation in zip(sizes, strides, kernel, dilations, strict=True)
    ]
    result = np.zeros((batch, groups, per_group, *full), np.result_type(source, weight))
    columns = source.reshape(batch, groups, channels // groups, -1)
    matrices = weight.reshape(groups, channels // groups, per_group, *kernel)
    elements = np.moveaxis(matrices, (0, 2, 1), (-3, -2, -1))
    for element in product(*(range(count) for count in kernel)):
        spread = elements[element] @ columns
        places = tuple(
            slice(offset * dilation, offset * dilation + (size - 1) * stride + 1, stride)
            for offset, dilation, size, stride in zip(element, dilations, sizes, strides, strict=True)
        )
        result[(slice(None), slice(None), slice(None), *places)] += spread.reshape(batch, groups, per_group, *sizes)
    return result.reshape(batch, groups * per_group, *full)
