"""Transposed convolution by phases: as the plain convolutions that it is made of.

With stride s, the outputs o with the same `o mod s` read with the same elements of the kernel: `y[o] = sum over c, k of
x[c, (o - k*d)/s] * w[c, k]` for those k for which the division is exact. Each such phase is a convolution with stride
1. What is cropped from the result is never computed.
"""

from collections.abc import Iterator
from itertools import product
from math import gcd, prod
from typing import NamedTuple

from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.cost_model import COPY, SCATTER, transposed_products
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.splitting import pieces
from service.core.convolve.kernels.task import Task

WEIGHT_BYTES = 2**24
"""Bytes. The weight of several groups is copied in parts of at most this. Chosen, for the limit of 64 MiB in all."""


class AxisPhase(NamedTuple):
    """One phase along one axis: its outputs, its kernel elements in reading order, and how they read."""

    outputs: slice
    taps: slice
    first: int
    dilation: int


def cost(task: Task) -> float:
    """The products, the windows that are copied, and the weight that is put in order."""
    gathered = len(task.source) * prod(task.source.shape[2:]) * task.source.shape[1] * prod(task.kernel)
    return float(transposed_products(task) + gathered * COPY + task.weight.size * SCATTER)


def split(task: Task) -> Iterator[Task]:
    """The plain convolutions that make up a transposed one; outputs that no kernel element reaches are written here."""
    group_bytes = task.weight.size * task.weight.itemsize // task.groups
    for some in pieces(task.groups, WEIGHT_BYTES // max(1, group_bytes)):
        yield from _phases(task.some_groups(*some))


def _phases(task: Task) -> Iterator[Task]:
    per_group, ones = task.weight.shape[1], (1,) * task.rank
    groups, channels = task.groups, len(task.weight)
    weights = task.weight.reshape(groups, channels // groups, per_group, *task.kernel).swapaxes(1, 2)
    for phase in product(*[_axis_phases(task, axis) for axis in range(task.rank)]):
        out = task.out[:, :, *[axis.outputs for axis in phase]]
        taps = weights[:, :, :, *[axis.taps for axis in phase]]
        if 0 in taps.shape:
            _put_bias(task, out)
        elif out.size:
            yield task._replace(
                weight=taps.reshape(groups * per_group, channels // groups, *taps.shape[3:]),
                out=out,
                firsts=tuple([axis.first for axis in phase]),
                strides=ones,
                dilations=tuple([axis.dilation for axis in phase]),
                transposed=False,
            )


def _axis_phases(task: Task, axis: int) -> list[AxisPhase]:
    """The phases along one axis.

    With g = gcd(s, d) the kernel elements of a phase are `k0 + m*s/g`, and the inputs that they read lie d/g apart.
    """
    stride, dilation = task.strides[axis], task.dilations[axis]
    size, windows, crop = task.kernel[axis], task.windows[axis], task.firsts[axis]
    common = gcd(stride, dilation)
    every, step = stride // common, dilation // common
    phases = []
    for first in range(min(stride, windows)):
        residue = (first + crop) % stride
        start = next((k for k in range(min(every, size)) if (k * dilation - residue) % stride == 0), size)
        last = start + (size - 1 - start) // every * every if start < size else 0
        taps = slice(last, start - 1 if start else None, -every) if start < size else slice(0, 0)
        phases.append(AxisPhase(slice(first, None, stride), taps, (first + crop - last * dilation) // stride, step))
    return phases


def _put_bias(task: Task, out: Array) -> None:
    """Write outputs that no kernel element reaches: the bias, or zero."""
    for image in out:
        image[...] = 0 if task.bias is None else task.bias.reshape(-1, *(1,) * task.rank)


ALGORITHM = Algorithm(split=split, cost=cost, condition="every transposed convolution", transposed=True)
