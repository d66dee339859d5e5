"""Convolution as a product of Fourier transforms: for large kernels, whose size then hardly matters.

`fft(y) = fft(x) * conj(fft(w))`, summed over channels, on axes as long as the extents of all windows. What wraps around
lands where no window begins.
"""

from functools import lru_cache, partial
from math import inf, log2, prod

import numpy as np

from service.core.convolve.kernels import thread_pool
from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.cost_model import CALL, SCATTER
from service.core.convolve.kernels.pad_arrays import Array, dilated
from service.core.convolve.kernels.splitting import cut
from service.core.convolve.kernels.task import Task

PART_BYTES = 2**22
"""Bytes of the transforms of the inputs, weights and outputs of one part. Chosen."""
LEAST_SHARE = 2**18
"""Bytes of transforms that are worth a thread. Chosen."""
TRANSFORM = 0.5
"""ns per point of a Fourier transform and per halving of its size, as in `cost_model`."""


def applies(task: Task) -> bool:
    """Whether the arithmetic rounds, and the transforms of one channel fit a part."""
    return task.is_float and _transform_bytes(task, 3) <= 2 * PART_BYTES


def cost(task: Task) -> float:
    """Transforms of inputs, weights and outputs, and the products between them."""
    if not applies(task):
        return inf
    points = prod(good_size(size) for size in task.extents)
    batch, inputs = task.source.shape[:2]
    planes = batch * (inputs + len(task.weight) + task.weight.shape[0] * task.weight.shape[1])
    products = batch * task.weight.shape[0] * task.weight.shape[1]
    return float(planes * (points * TRANSFORM * log2(points) + 2 * CALL) + products * points * SCATTER)


@lru_cache(maxsize=1000)
def good_size(least: int) -> int:
    """The smallest size from `least` on without a prime factor above 5: transforms of such sizes are fast."""
    best = 1 << (least - 1).bit_length()
    for fives in (5**power for power in range(14)):
        for factor in (fives * 3**power for power in range(21)):
            if factor < best:
                best = min(best, factor << max(0, -(-least // factor) - 1).bit_length())
    return best


def _transform_bytes(task: Task, planes: int) -> int:
    """The bytes of so many transforms."""
    sizes = [good_size(size) for size in task.extents]
    return planes * (sizes[-1] // 2 + 1) * prod(sizes[:-1]) * 2 * task.itemsize


def _part_bytes(task: Task) -> int:
    inputs, outputs = task.source.shape[1], task.out.shape[1]
    return _transform_bytes(task, inputs + outputs + task.weight.shape[0] * task.weight.shape[1])


def run(task: Task) -> None:
    """Write the convolution to `task.out`. The operands must be finite, since a transform mixes all of them."""
    share = max(LEAST_SHARE, -(-_part_bytes(task) * len(task.source) // thread_pool.threads()))
    ways = ("groups", "filters", "channels") if share >= PART_BYTES else ("groups", "filters")
    parts = [part for image in _images(task) for part in cut(image, _part_bytes, min(share, PART_BYTES), ways)]
    if any(part.adds for part in parts):
        for part in parts:
            _compute_part(part)
    else:
        thread_pool.run_in_threads(_compute_part, parts)


def _images(task: Task) -> list[Task]:
    return [task.some_images(index, index + 1) for index in range(len(task.source))]


def _compute_part(task: Task) -> None:
    axes = tuple(range(-task.rank, 0))
    sizes = tuple(good_size(size) for size in task.extents)
    forward = partial(np.fft.rfftn, s=sizes, axes=axes)
    weight = dilated(task.weight.astype(task.dtype, copy=False), task.dilations)
    weights = np.conj(forward(weight)).reshape(task.groups, -1, task.weight.shape[1], *_half(sizes))
    inputs = forward(task.region()).reshape(task.groups, 1, -1, *_half(sizes))
    sums = np.fft.irfftn(_summed(weights, inputs), s=sizes, axes=axes).reshape(len(task.weight), *sizes)
    windows = (slice(0, (p - 1) * s + 1, s) for p, s in zip(task.windows, task.strides, strict=True))
    task.put(task.out[0], sums[(slice(None), *windows)])


def _half(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a transform of real numbers."""
    return (*sizes[:-1], sizes[-1] // 2 + 1)


def _summed(weights: Array, inputs: Array) -> Array:
    """`[groups, O/groups, *half]`: the products summed over the channels of a group."""
    if weights.shape[2] == 1:
        return weights[:, :, 0] * inputs[:, :, 0]
    sums: Array = np.einsum("goc...,gic...->go...", weights, inputs)
    return sums


ALGORITHM = Algorithm(
    run=run,
    cost=cost,
    condition="floats that are finite and not enormous, and inputs of a few million elements",
    mixes=True,
    rounds=True,
)
