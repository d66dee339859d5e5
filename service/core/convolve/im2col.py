"""Convolution as matrix products over copied windows, in bands of output rows that fit a cache."""

from collections.abc import Sequence
from math import prod

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from service.core.convolve.padding import Array

BAND_BYTES = 2**21
"""Windows are copied in bands of about this many bytes, so that the copy is multiplied while it is in the cache."""


def convolve(source: Array, weight: Array, strides: Sequence[int], dilations: Sequence[int], groups: int) -> Array:
    """`y[n, o, p] = sum over c, k of x[n, c, p*s + k*d] * w[o, c, k]`, c running over the channels of o's group.

    `source` is `[N, C, *spatial]`, padded already; `weight` is `[O, C/groups, *kernel]`; the result `[N, O, *windows]`.
    """
    rank = len(strides)
    kernel = weight.shape[2:]
    spans = tuple((size - 1) * dilation + 1 for size, dilation in zip(kernel, dilations, strict=True))
    windows = sliding_window_view(source, spans, axis=tuple(range(2, 2 + rank)))
    windows = windows[(slice(None), slice(None), *(slice(None, None, step) for step in (*strides, *dilations)))]
    outputs = windows.shape[2 : 2 + rank]
    batch, channels = source.shape[:2]
    depth = weight.shape[1] * prod(kernel)
    matrices = weight.reshape(groups, weight.shape[0] // groups, depth)
    result = np.empty((batch, weight.shape[0], *outputs), np.result_type(source, weight))
    kernel_first = (0, *range(1 + rank, 1 + 2 * rank), *range(1, 1 + rank))
    rows = _band_rows(outputs, channels * prod(kernel) * source.itemsize)
    for index in range(batch):
        for start in range(0, outputs[0], rows):
            band = windows[index, :, start : start + rows]
            shape = band.shape[1 : 1 + rank]
            columns = band.transpose(kernel_first).reshape(groups, depth, prod(shape))
            result[index, :, start : start + rows] = (matrices @ columns).reshape(weight.shape[0], *shape)
    return result


def _band_rows(outputs: Sequence[int], bytes_per_window: int) -> int:
    return max(1, BAND_BYTES // max(1, bytes_per_window * prod(outputs[1:])))
