"""Convolution as matrix products over copied windows, in bands of the output that fit a cache."""

from collections.abc import Iterator, Sequence
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
    for index in range(batch):
        for band in _bands(outputs, channels * prod(kernel) * source.itemsize):
            seen = windows[index][:, *band]
            shape = seen.shape[1 : 1 + rank]
            columns = seen.transpose(kernel_first).reshape(groups, depth, prod(shape))
            result[index][:, *band] = (matrices @ columns).reshape(weight.shape[0], *shape)
    return result


def _bands(outputs: Sequence[int], bytes_per_window: int) -> Iterator[tuple[slice, ...]]:
    """The output cut along its first axis into bands of about BAND_BYTES, and along the next where one row is more."""
    first, *others = outputs
    rows = BAND_BYTES // max(1, bytes_per_window * prod(others))
    for start in range(0, first, max(rows, 1)):
        place = slice(start, start + max(rows, 1))
        if rows or not others:
            yield (place, *(slice(size) for size in others))
        else:
            yield from ((place, *inner) for inner in _bands(others, bytes_per_window))
