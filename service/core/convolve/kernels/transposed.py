"""Transposed convolution by phases: as the plain convolutions that its outputs are.

Of a stride s, the outputs o with the same `o mod s` read with the same elements of the kernel: `y[o] = sum over c, k of
x[c, (o - k*d)/s] * w[c, k]` for those k for which the division is exact. Each such phase is a convolution with stride
1, and what is cropped from the result is never computed.
"""

from collections.abc import Iterator
from itertools import product
from math import gcd

from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem, pieces

WEIGHT_BYTES = 2**24
"""The weight of several groups is copied in parts of at most this many bytes."""


def phases(problem: Problem) -> Iterator[Problem]:
    """The convolutions that make up a transposed one.

    `problem` has the weight `[C, O/groups, *kernel]`, the strides and dilations of the transposed convolution, and as
    `firsts` how much is cropped before. A phase that no kernel element reaches is set to zero.
    """
    group_bytes = problem.weight.size * problem.weight.itemsize // problem.groups
    for some in pieces(problem.groups, WEIGHT_BYTES // max(1, group_bytes)):
        yield from _phases(_some_groups(problem, *some))


def _some_groups(problem: Problem, first: int, stop: int) -> Problem:
    """Some groups, with their channels."""
    inputs, outputs = len(problem.weight) // problem.groups, problem.weight.shape[1]
    return problem._replace(
        source=problem.source[:, first * inputs : stop * inputs],
        weight=problem.weight[first * inputs : stop * inputs],
        out=problem.out[:, first * outputs : stop * outputs],
        bias=None if problem.bias is None else problem.bias[first * outputs : stop * outputs],
        groups=stop - first,
    )


def _phases(problem: Problem) -> Iterator[Problem]:
    per_group = problem.weight.shape[1]
    groups, channels = problem.groups, len(problem.weight)
    whole = problem.weight.reshape(groups, channels // groups, per_group, *problem.kernel).swapaxes(1, 2)
    axes = [_axis_phases(problem, axis) for axis in range(problem.rank)]
    for phase in product(*axes):
        out = problem.out[(slice(None), slice(None), *(places for places, _, _, _ in phase))]
        taps = whole[(slice(None), slice(None), slice(None), *(elements for _, elements, _, _ in phase))]
        if 0 in taps.shape:
            _put_bias(problem, out)
        elif out.size:
            weight = taps.reshape(groups * per_group, channels // groups, *taps.shape[3:])
            firsts, steps = tuple(first for _, _, first, _ in phase), tuple(step for _, _, _, step in phase)
            ones = (1,) * problem.rank
            yield problem._replace(weight=weight, out=out, firsts=firsts, strides=ones, dilations=steps)


def _axis_phases(problem: Problem, axis: int) -> list[tuple[slice, slice, int, int]]:
    """Of one axis, per phase: its outputs, its kernel elements in reading order, where it begins, and its dilation.

    With g = gcd(s, d) the kernel elements of a phase are `k0 + m*s/g`, and the inputs they read lie d/g apart.
    """
    stride, dilation = problem.strides[axis], problem.dilations[axis]
    size, windows, crop = problem.kernel[axis], problem.windows[axis], problem.firsts[axis]
    common = gcd(stride, dilation)
    every, step = stride // common, dilation // common
    found = []
    for first in range(min(stride, windows)):
        residue = (first + crop) % stride
        start = next((k for k in range(min(every, size)) if (k * dilation - residue) % stride == 0), size)
        last = start + (size - 1 - start) // every * every if start < size else 0
        elements = slice(last, start - 1 if start else None, -every) if start < size else slice(0, 0)
        found.append((slice(first, None, stride), elements, (first + crop - last * dilation) // stride, step))
    return found


def _put_bias(problem: Problem, out: Array) -> None:
    """Outputs that nothing reaches: zero, or the bias."""
    for image in out:
        image[...] = 0 if problem.bias is None else problem.bias.reshape(-1, *(1,) * problem.rank)
