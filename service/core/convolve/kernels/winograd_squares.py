"""Winograd's convolution with 3x3 kernels: tiles of 4x4 outputs from 36 products instead of 144.

The transforms of a tile are matrix products too, with the Kronecker squares of those for rows. Summed over channels
each of the 36 elements is a matrix product of its own.
"""

from functools import lru_cache, partial

import numpy as np

from service.core.convolve.kernels import workers
from service.core.convolve.kernels.im2col import as_windows, gathered, multiplied
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem, cut, pieces
from service.core.convolve.kernels.toom_cook import Transforms, transformed_weights, transforms

KERNEL, SIDE = 3, 4
"""The sides of a kernel and of a tile of outputs."""
WEIGHT_BYTES = 2**24
"""The transformed weights held at once."""
BAND_BYTES = 2**23
"""What the tiles of all threads take, transformed, with the sums over their channels."""


def applies(problem: Problem) -> bool:
    """Whether it is a 3x3 convolution with stride 1 in an arithmetic that rounds; groups are left to others."""
    return (
        problem.kernel == (KERNEL, KERNEL)
        and set(problem.strides + problem.dilations) == {1}
        and problem.groups == 1
        and problem.is_float
        and _tile_bytes(problem) <= BAND_BYTES
    )


@lru_cache
def squares(dtype: np.dtype[np.generic]) -> Transforms:
    """The transforms of matrices, row by row."""
    made = transforms(KERNEL).squared()
    return Transforms(*(one.astype(dtype) for one in (made.kernel, made.source, made.output)))


def _tile_bytes(problem: Problem) -> int:
    """What a tile takes: as read, transformed, multiplied, and as outputs."""
    by = squares(problem.dtype)
    channels, filters = problem.source.shape[1], len(problem.weight)
    return int((by.inputs * (2 * channels + filters) + by.outputs * filters) * problem.itemsize)


def run(problem: Problem) -> None:
    """Write the convolution to `problem.out`; the operands must be finite, since a tile mixes its inputs."""
    by = squares(problem.dtype)
    for part in cut(problem, partial(_weight_bytes, by=by), WEIGHT_BYTES, ("filters", "channels")):
        bands = [band for image in range(len(part.source)) for band in _bands(part.images(image, image + 1))]
        weights = transformed_weights(part, by.kernel).reshape(by.inputs, *part.weight.shape[:2])
        workers.each(partial(_band, by=by, weights=weights), bands)


def _weight_bytes(problem: Problem, by: Transforms) -> int:
    return int(problem.weight.size // KERNEL**2 * by.inputs * problem.itemsize)


def _bands(problem: Problem) -> list[Problem]:
    """One image in bands of whole tiles that fit a cache."""
    down, across = (-(-count // SIDE) for count in problem.windows)
    fitting = max(
        1, min(-(-down * across // workers.threads()), BAND_BYTES // workers.threads() // _tile_bytes(problem))
    )
    return [
        band.places(1, first * SIDE, min(stop * SIDE, problem.windows[1]))
        for band in (
            problem.places(0, first * SIDE, min(stop * SIDE, problem.windows[0]))
            for first, stop in pieces(down, max(1, fitting // across))
        )
        for first, stop in pieces(across, fitting)
    ]


def _band(problem: Problem, by: Transforms, weights: Array) -> None:
    """Transform, multiply and transform back the tiles of one band."""
    tiled = _tiled(problem)
    tiles, steps = gathered(tiled, elements_first=True)
    seen, count = workers.scratch("seen", tiles.shape, problem.dtype), tiles[0, 0, 0].size
    multiplied(by.source[None], tiles.reshape(1, by.inputs, -1), seen.reshape(1, by.inputs, -1))
    sums = workers.scratch("products", (by.inputs, len(problem.weight), count), problem.dtype)
    multiplied(weights, seen.reshape(by.inputs, -1, count), sums)
    made = workers.scratch("made", (by.outputs, *sums.shape[1:]), problem.dtype)
    multiplied(by.output[None], sums.reshape(1, by.inputs, -1), made.reshape(1, by.outputs, -1))
    for index, values in enumerate(made):
        row, column = divmod(index, SIDE)
        out = problem.out[0, :, row::SIDE, column::SIDE]
        places = as_windows(values[:, None], tiled, steps)[:, 0]
        problem.put(out, places[:, : out.shape[1], : out.shape[2]])


def _tiled(problem: Problem) -> Problem:
    """The tiles as the windows of a convolution: with stride 4, and a kernel as large as what a tile reads."""
    tiles = [-(-count // SIDE) for count in problem.windows]
    side, nothing = (SIDE + KERNEL - 1,) * 2, np.zeros((), problem.dtype)
    return problem._replace(
        weight=np.broadcast_to(nothing, (1, problem.source.shape[1], *side)),
        out=np.broadcast_to(nothing, (len(problem.source), 1, *tiles)),
        strides=(SIDE, SIDE),
    )
