"""Strided and dilated convolutions taken apart into plain ones, which read their input in runs.

Positions that have the same remainder by the stride or by the dilation belong together. Once all others are left out,
they lie side by side.
"""

from collections.abc import Iterator
from itertools import product
from math import gcd
from typing import NamedTuple

from service.core.convolve.kernels.task import Task

MOST_RESIDUES = 4
"""Tasks that one strided task may become. Chosen: more of them would have too few kernel elements each."""


class AxisResidue(NamedTuple):
    """The kernel elements of one remainder along one axis, the inputs that they read, and how they read them."""

    taps: slice
    inputs: slice
    first: int
    stride: int
    dilation: int


def without_strides(task: Task) -> list[tuple[tuple[slice, ...], Task]]:
    """The task as a sum of tasks with smaller strides, each with the kernel elements that it takes on every axis.

    With a stride s an element k reads the inputs o*s + k*d. They all have the same remainder by s. With g = gcd(s, d)
    elements s/g apart share a remainder, and read d/g apart. The last axes come first, since memory runs along them;
    an axis that would make more than MOST_RESIDUES tasks keeps its stride.
    """
    if set(task.strides) == {1}:
        return [((slice(None),) * task.rank, task)]
    whole, count, axes = task.materialised(), 1, []
    for axis in reversed(range(task.rank)):
        residues = _axis_residues(whole, axis)
        if count * len(residues) > MOST_RESIDUES:
            every = slice(None)
            residues = [AxisResidue(every, every, whole.firsts[axis], whole.strides[axis], whole.dilations[axis])]
        count *= len(residues)
        axes.append(residues)
    return [_chosen(whole, chosen) for chosen in product(*reversed(axes))]


def _chosen(whole: Task, chosen: tuple[AxisResidue, ...]) -> tuple[tuple[slice, ...], Task]:
    taps = tuple([residue.taps for residue in chosen])
    part = whole._replace(
        source=whole.source[:, :, *[residue.inputs for residue in chosen]],
        weight=whole.weight[:, :, *taps],
        firsts=tuple([residue.first for residue in chosen]),
        strides=tuple([residue.stride for residue in chosen]),
        dilations=tuple([residue.dilation for residue in chosen]),
    )
    return taps, part


def _axis_residues(task: Task, axis: int) -> list[AxisResidue]:
    """One entry per remainder that kernel elements have along an axis."""
    stride, dilation = task.strides[axis], task.dilations[axis]
    common = gcd(stride, dilation)
    residues = []
    for tap in range(min(stride // common, task.kernel[axis])):
        first, remainder = divmod(task.firsts[axis] + tap * dilation, stride)
        taps, inputs = slice(tap, None, stride // common), slice(remainder, None, stride)
        residues.append(AxisResidue(taps, inputs, first, 1, dilation // common))
    return residues


def without_dilation(task: Task, axis: int) -> Iterator[Task]:
    """The task as tasks without dilation on one axis: windows d apart share their inputs, and no others read them."""
    dilation = task.dilations[axis]
    if dilation == 1:
        yield task
        return
    whole = task.materialised()
    before = (slice(None),) * (2 + axis)
    for window in range(min(dilation, task.windows[axis])):
        first, remainder = divmod(whole.firsts[axis] + window, dilation)
        yield whole._replace(
            source=whole.source[(*before, slice(remainder, None, dilation))],
            out=whole.out[(*before, slice(window, None, dilation))],
            firsts=(*whole.firsts[:axis], first, *whole.firsts[axis + 1 :]),
            dilations=(*whole.dilations[:axis], 1, *whole.dilations[axis + 1 :]),
        )
