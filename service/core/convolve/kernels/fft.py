"""Convolution as a product of Fourier transforms: for large kernels, whose size then hardly matters.

`fft(y) = fft(x) * conj(fft(w))`, summed over channels, on an axis as long as the region that the windows reach: what
wraps around lands where no window begins.
"""

from functools import lru_cache, partial
from math import prod

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.padding import Array, dilated
from service.core.convolve.kernels.task import Problem, cut

PART_BYTES = 2**22
"""The transforms of the inputs, weights and outputs of one part."""
LEAST_SHARE = 2**18
"""What is worth a thread."""


def applies(problem: Problem) -> bool:
    """Whether the arithmetic is one that rounds, and one part of the transforms fits."""
    return problem.is_float and _transformed(problem, 3) <= 2 * PART_BYTES


@lru_cache(maxsize=1000)
def good_size(least: int) -> int:
    """The smallest size from `least` that has no prime factor above 5: those transform fast."""
    best = 1 << (least - 1).bit_length()
    for fives in (5**power for power in range(14)):
        for factor in (fives * 3**power for power in range(21)):
            if factor < best:
                best = min(best, factor << max(0, -(-least // factor) - 1).bit_length())
    return best


def _transformed(problem: Problem, planes: int) -> int:
    """The bytes of so many transforms."""
    sizes = [good_size(size) for size in problem.reached]
    return planes * (sizes[-1] // 2 + 1) * prod(sizes[:-1]) * 2 * problem.itemsize


def _bytes(problem: Problem) -> int:
    inputs, outputs = problem.source.shape[1], problem.out.shape[1]
    return _transformed(problem, inputs + outputs + problem.weight.shape[0] * problem.weight.shape[1])


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`; the operands must be finite, since a transform mixes all of them."""
    share = max(LEAST_SHARE, -(-_bytes(problem) * len(problem.source) // workers.threads()))
    ways = ("groups", "filters", "channels") if share >= PART_BYTES else ("groups", "filters")
    parts = [part for image in _images(problem) for part in cut(image, _bytes, min(share, PART_BYTES), ways)]
    if any(part.adds for part in parts):
        for part in parts:
            _part(part)
    else:
        workers.each(_part, parts)


def _images(problem: Problem) -> list[Problem]:
    return [problem.images(index, index + 1) for index in range(len(problem.source))]


def _part(problem: Problem) -> None:
    axes = tuple(range(-problem.rank, 0))
    sizes = tuple(good_size(size) for size in problem.reached)
    forward = partial(np.fft.rfftn, s=sizes, axes=axes)
    weight = dilated(problem.weight.astype(problem.dtype, copy=False), problem.dilations)
    weights = np.conj(forward(weight)).reshape(problem.groups, -1, problem.weight.shape[1], *_half(sizes))
    seen = forward(problem.region()).reshape(problem.groups, 1, -1, *_half(sizes))
    sums = _summed(weights, seen)
    found = np.fft.irfftn(sums, s=sizes, axes=axes).reshape(len(problem.weight), *sizes)
    places = (slice(0, (p - 1) * s + 1, s) for p, s in zip(problem.windows, problem.strides, strict=True))
    problem.put(problem.out[0], found[(slice(None), *places)])


def _half(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of a transform of real numbers."""
    return (*sizes[:-1], sizes[-1] // 2 + 1)


def _summed(weights: Array, seen: Array) -> Array:
    """`[groups, O/groups, *half]`: the products summed over the channels of a group."""
    if weights.shape[2] == 1:
        return weights[:, :, 0] * seen[:, :, 0]
    total: Array = np.einsum("goc...,gic...->go...", weights, seen)
    return total
