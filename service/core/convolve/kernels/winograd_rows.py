"""Winograd's convolution along the first of several axes: some rows of outputs from few products of rows.

Only whole rows are combined, so that every transform reads and writes memory in runs. Along the other axes the kernel
is taken element by element: the products with each are added, of rows that begin where it reads.
"""

from functools import lru_cache, partial
from itertools import product
from math import prod

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.im2col import multiplied
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem, cut, pieces, strided
from service.core.convolve.kernels.toom_cook import Transforms, transformed_weights, transforms

SIZES = (2, 3, 4, 5)
"""The kernel's sizes along the first axis: with six inputs to a tile they make 5 to 2 rows."""
MOST_TAPS = 25
"""Elements of the kernel along the other axes, each of which costs an addition."""
LEAST_CHANNELS = 8
"""With fewer, the products are too small for it."""
DEEPEST = 128
"""Channels in one product, and half as many where there are few taps: longer sums, made one after the other in float32,
would be less exact than is promised."""
WEIGHT_BYTES = 2**24
"""The transformed weights held at once."""
BAND_BYTES = 2**23
"""What the tiles of all threads take, with their sums."""


def applies(problem: Problem) -> bool:
    """Whether there are rows, channels and no strides, and the arithmetic is one that rounds."""
    return (
        problem.rank > 1
        and problem.kernel[0] in SIZES
        and prod(problem.kernel[1:]) <= MOST_TAPS
        and set(problem.strides) == {1}
        and problem.groups == 1
        and min(problem.weight.shape[:2]) >= LEAST_CHANNELS
        and problem.is_float
        and set(problem.holes) <= {1}
        and _row_bytes(problem, rows(problem)) <= BAND_BYTES
    )


def rows(problem: Problem) -> Transforms:
    """The transforms for the kernel's size along the first axis."""
    return _transforms(problem.kernel[0], problem.dtype)


@lru_cache
def _transforms(size: int, dtype: np.dtype[np.generic]) -> Transforms:
    made = transforms(size)
    return Transforms(*(one.astype(dtype) for one in (made.kernel, made.source, made.output)))


def _row_bytes(problem: Problem, by: Transforms) -> int:
    """What one row of tiles takes: as read, transformed, multiplied, to be added, and as rows of outputs."""
    channels, filters = problem.source.shape[1], len(problem.weight)
    across = prod(problem.reached[1:])
    return int(across * (by.inputs * 2 * (channels + filters) + by.outputs * filters) * problem.itemsize)


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`; the operands must be finite, since a tile mixes its rows."""
    by = rows(problem)
    size = partial(_weight_bytes, by=by)
    for part in cut(problem, size, WEIGHT_BYTES, ("filters", "channels")):
        weights = _transformed(part, by)
        apart = list(part.undilated(0))
        threads = -(-workers.threads() // len(apart))
        bands = [band for one in apart for band in _bands(one, by, threads)]
        workers.each(partial(_band, by=by, weights=weights), bands)


def _weight_bytes(problem: Problem, by: Transforms) -> int:
    return int(problem.weight.size // problem.kernel[0] * by.inputs * problem.itemsize)


def _transformed(problem: Problem, by: Transforms) -> Array:
    """`[m + r - 1, taps, O, C]`, with the taps of the other axes."""
    filters, channels, size, *others = problem.weight.shape
    taps = prod(others)
    found = transformed_weights(problem, _every_tap(size, taps, problem.dtype))
    return found.reshape(by.inputs, taps, filters, channels)


@lru_cache
def _every_tap(size: int, taps: int, dtype: np.dtype[np.generic]) -> Array:
    """The kernel's transform, for each tap of the other axes."""
    return np.kron(_transforms(size, dtype).kernel, np.eye(taps, dtype=dtype))


def _bands(problem: Problem, by: Transforms, threads: int) -> list[Problem]:
    """Rows of tiles, or whole images, as many as fit a cache; some for each of so many threads."""
    images, tiles = len(problem.source), -(-problem.windows[0] // by.outputs)
    share = -(-images * tiles // threads)
    fitting = max(1, min(share, BAND_BYTES // workers.threads() // _row_bytes(problem, by)))
    if fitting >= tiles:
        return [problem.images(*some) for some in pieces(images, fitting // tiles)]
    return [
        problem.images(image, image + 1).places(0, first * by.outputs, min(stop * by.outputs, problem.windows[0]))
        for image in range(images)
        for first, stop in pieces(tiles, fitting)
    ]


def _band(problem: Problem, by: Transforms, weights: Array) -> None:
    """Transform, multiply and transform back the rows of one band."""
    images, channels = problem.source.shape[:2]
    tiles, across = -(-problem.windows[0] // by.outputs), problem.reached[1:]
    read = _gathered(problem, by, tiles)
    seen = workers.scratch("seen", read.shape, problem.dtype)
    multiplied(by.source[None], read.reshape(1, by.inputs, -1), seen.reshape(1, by.inputs, -1))
    sums = _summed(problem, weights, seen.reshape(by.inputs, channels, images * tiles * prod(across)))
    made = workers.scratch("made", (by.outputs, *sums.shape[1:]), problem.dtype)
    multiplied(by.output[None], sums.reshape(1, by.inputs, -1), made.reshape(1, by.outputs, -1))
    steps = [made.itemsize * prod(across[axis:]) for axis in range(problem.rank)]
    for row, values in enumerate(made):
        out = problem.out[:, :, row :: by.outputs].swapaxes(0, 1)
        shape = (len(out), images, tiles, *problem.windows[1:])
        places = strided(values, shape, (values.strides[0], tiles * steps[0], *steps))
        problem.put(out, places[:, :, : out.shape[2]])


def _gathered(problem: Problem, by: Transforms, tiles: int) -> Array:
    """`[m + r - 1, C, N, tiles, *across]`: the rows that each tile reads."""
    region = problem.region(((tiles - 1) * by.outputs + by.inputs, *problem.reached[1:]))
    images, channels, row, *others = region.strides
    shape = (by.inputs, region.shape[1], len(region), tiles, *region.shape[3:])
    found = workers.scratch("columns", shape, problem.dtype)
    found[...] = strided(region, shape, (row, channels, images, row * by.outputs, *others))
    return found


def _summed(problem: Problem, weights: Array, seen: Array) -> Array:
    """`[m + r - 1, O, positions]`: the products with all taps, each of the rows from where it reads on."""
    kernel, dilations, across = problem.kernel[1:], problem.dilations[1:], problem.reached[1:]
    steps = [prod(across[axis + 1 :]) * d for axis, d in enumerate(dilations)]
    offsets = [sum(k * s for k, s in zip(tap, steps, strict=True)) for tap in product(*map(range, kernel))]
    count = seen.shape[2] - offsets[-1]
    shape = (len(seen), weights.shape[2], count)
    sums, term = (workers.scratch(name, shape, problem.dtype) for name in ("products", "term"))
    into, deepest = sums, DEEPEST if len(offsets) > 2 else DEEPEST // 2
    for (tap, offset), (first, stop) in product(enumerate(offsets), pieces(seen.shape[1], deepest)):
        multiplied(weights[:, tap, :, first:stop], seen[:, first:stop, offset : offset + count], into)
        if into is term:
            np.add(sums, term, out=sums)
        into = term
    return sums
