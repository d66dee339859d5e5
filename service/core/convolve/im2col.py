"""Convolution as matrix products over copied windows, in bands of the output that fit a cache."""

from functools import partial
from math import prod

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.core.convolve import workers
from service.core.convolve.padding import Array
from service.core.convolve.problem import Problem, cut, pieces

BAND_BYTES = 2**22
"""Windows are copied in bands of about this many bytes, so that the copy is multiplied while it is in the cache."""
WEIGHT_BYTES = 2**24
"""A weight that has to be copied is copied in parts of at most this many bytes."""
FEW_POSITIONS = 256
"""Below so many positions a thread, threads share the output channels instead."""
MOST_WASTE = 1.3
"""How many more positions than windows may be multiplied so that whole rows are copied at once."""


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`, in any arithmetic."""
    for part in bounded(problem):
        _multiply(part)


def bounded(problem: Problem) -> list[Problem]:
    """The problem in parts whose weight and whose single windows may be copied."""
    return [
        part
        for whole in cut(problem, _weight_bytes, WEIGHT_BYTES, ("groups", "filters", "channels", "taps"))
        for part in cut(whole, _window_bytes, BAND_BYTES // 4, sums_apart(whole))
    ]


def sums_apart(problem: Problem) -> tuple[str, ...]:
    """How to cut windows that are too large: by their elements first where these lie far apart."""
    sparse = prod(problem.spans) > 4 * prod(problem.kernel)
    return ("groups", "taps", "channels") if sparse else ("groups", "channels", "taps")


def copies_weight(problem: Problem) -> bool:
    """Whether the weight cannot be used as it is."""
    return _weight_bytes(problem) > 0


def _weight_bytes(problem: Problem) -> int:
    """What a copy of the weight takes; nothing where it can be used as it is."""
    as_it_is = problem.weight.dtype == problem.dtype and problem.weight.flags.c_contiguous
    return 0 if as_it_is else problem.weight.size * problem.itemsize


def _window_bytes(problem: Problem) -> int:
    """What a single window of all channels takes, with what lies between its elements."""
    return int(problem.source.shape[1] * prod(problem.spans) * problem.itemsize)


def _band_bytes(problem: Problem) -> int:
    """What the copied windows take, or the region that they are copied from."""
    copied = prod(problem.kernel) * prod(problem.windows)
    return prod(problem.source.shape[:2]) * max(copied, prod(problem.reached)) * problem.itemsize


def _multiply(problem: Problem) -> None:
    matrices = problem.matrices()
    most = min(BAND_BYTES, max(BAND_BYTES // 8, _band_bytes(problem) // (2 * workers.threads())))
    wide = list(cut(problem, _band_bytes, BAND_BYTES, ("images", "places")))
    few = prod(problem.windows) * len(problem.source) < FEW_POSITIONS * workers.threads()
    if problem.groups == 1 and few and len(wide) < workers.threads():
        for band in wide:
            _shared_band(band, matrices)
        return
    workers.each(partial(_band, matrices=matrices), cut(problem, _band_bytes, most, ("images", "places")))


def _band(problem: Problem, matrices: Array) -> None:
    """Copy and multiply one band."""
    view, pitch = windows(problem, problem.region())
    columns = workers.scratch("columns", view.shape, problem.dtype)
    columns[...] = view
    flat = columns.reshape(problem.groups, problem.depth, -1)
    sums = workers.scratch("sums", (*matrices.shape[:2], flat.shape[2]), problem.dtype)
    np.matmul(matrices, flat, out=sums)
    _put(problem, sums.reshape(len(problem.weight), len(problem.source), -1), pitch)


def _put(problem: Problem, sums: Array, pitch: tuple[int, ...]) -> None:
    """Write sums `[O, N, positions]`."""
    problem.put(problem.out.swapaxes(0, 1), as_windows(sums, problem, pitch))


def _shared_band(problem: Problem, matrices: Array) -> None:
    """One band for all threads: where there are few positions, reading the weight is what takes long."""
    view, pitch = windows(problem, problem.region())
    columns = workers.scratch("columns", view.shape, problem.dtype)

    def copy(channels: tuple[int, int]) -> None:
        columns[slice(*channels)] = view[slice(*channels)]

    workers.each(copy, pieces(len(columns), -(-len(columns) // workers.threads())))
    flat = columns.reshape(problem.depth, -1)

    def multiply(filters: tuple[int, int]) -> None:
        sums = matrices[0, slice(*filters)] @ flat
        _put(problem.filters(*filters), sums.reshape(len(sums), len(problem.source), -1), pitch)

    workers.each(multiply, pieces(len(problem.weight), -(-len(problem.weight) // workers.threads())))


def windows(problem: Problem, region: Array) -> tuple[Array, tuple[int, ...]]:
    """A view `[C, *kernel, N, *positions]` of a region, and the sizes of its rows if they are read whole.

    With a stride of 1 the windows of a region lie one behind the other in memory, but for those that begin at the end
    of a row and go on in the next. Where these are few they are multiplied too, and their sums dropped: long runs are
    copied faster than short ones.
    """
    images, channels, *steps = region.strides
    inner = problem.reached[1:]
    runs = (problem.windows[0] - 1) * prod(inner) + _last(problem.windows[1:], inner)
    elements = [step * d for step, d in zip(steps, problem.dilations, strict=True)]
    positions = [step * s for step, s in zip(steps, problem.strides, strict=True)]
    even = steps == [prod(problem.reached[axis + 1 :]) * region.itemsize for axis in range(problem.rank)]
    counts: tuple[int, ...] = problem.windows
    if even and problem.rank > 1 and set(problem.strides) == {1} and runs <= MOST_WASTE * prod(counts):
        counts, positions = (runs,), [region.itemsize]
    else:
        inner = ()
    shape = (region.shape[1], *problem.kernel, len(region), *counts)
    return as_strided(region, shape, (channels, *elements, images, *positions), writeable=False), inner


def _last(counts: tuple[int, ...], sizes: tuple[int, ...]) -> int:
    """How many positions of rows of these sizes it takes to hold a box of these counts."""
    return 1 + sum((count - 1) * prod(sizes[axis + 1 :]) for axis, count in enumerate(counts))


def as_windows(sums: Array, problem: Problem, pitch: tuple[int, ...]) -> Array:
    """Sums `[O, N, positions]` as `[O, N, *windows]`: those that belong to no window are left out."""
    shape = (*sums.shape[:2], *problem.windows)
    if not pitch:
        return sums.reshape(shape)
    steps = [sums.itemsize * prod(pitch[axis:]) for axis in range(problem.rank)]
    return as_strided(sums, shape, (*sums.strides[:2], *steps), writeable=False)
