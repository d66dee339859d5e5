"""Winograd's convolution with 3x3 kernels: tiles of 4x4 outputs from 36 products instead of 144.

The transforms of a tile are matrix products too, with the Kronecker squares of the transforms for rows. Each of the 36
elements, summed over channels, is a matrix product of its own.
"""

from functools import lru_cache, partial
from math import inf, prod

import numpy as np

from service.core.convolve.kernels import memory, thread_pool
from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.columns import as_windows, gathered
from service.core.convolve.kernels.cost_model import ADD, BAND, SCATTER, matrix_product
from service.core.convolve.kernels.matmul import multiplied
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.splitting import cut, pieces
from service.core.convolve.kernels.task import Task
from service.core.convolve.kernels.toom_cook import TRANSFORMED_WEIGHT, Transforms, transformed_weights, transforms

KERNEL, SIDE = 3, 4
"""Positions along a side of a kernel, and along a side of a tile of outputs."""
WEIGHT_BYTES = 2**24
"""Bytes of the transformed weights that are held at once. Chosen, for the limit of 64 MiB in all."""
BAND_BYTES = 2**23
"""Bytes of the transformed tiles of all threads, with the sums over their channels. Chosen."""


def applies(task: Task) -> bool:
    """Whether it is a 3x3 convolution with one group, without stride and dilation, and the arithmetic rounds."""
    return (
        task.kernel == (KERNEL, KERNEL)
        and set(task.strides + task.dilations) == {1}
        and task.groups == 1
        and task.is_float
        and _tile_bytes(task) <= BAND_BYTES
    )


def cost(task: Task) -> float:
    """Fewest products, and larger transforms, with columns that do not lie side by side."""
    if not applies(task):
        return inf
    by = _transforms(task.dtype)
    outputs, inputs = task.weight.shape[:2]
    tiles = len(task.source) * prod(-(-count // SIDE) for count in task.windows)
    products = by.inputs * matrix_product(outputs, inputs, tiles)
    moving = tiles * by.inputs * (inputs * (2 * SCATTER) + outputs * ADD) + task.out.size * 3 * SCATTER
    bands = 1 + tiles * by.inputs * 2 * (inputs + outputs) * task.itemsize // BAND_BYTES
    weight = by.inputs * outputs * inputs * TRANSFORMED_WEIGHT
    return float(products + moving + weight + bands * 4 * BAND)


@lru_cache
def _transforms(dtype: np.dtype[np.generic]) -> Transforms:
    """The transforms of matrices, row by row."""
    return transforms(KERNEL).squared().astype(dtype)


def _tile_bytes(task: Task) -> int:
    """The bytes of a tile: as read, transformed, multiplied, and as outputs."""
    by = _transforms(task.dtype)
    channels, filters = task.source.shape[1], len(task.weight)
    return int((by.inputs * (2 * channels + filters) + by.outputs * filters) * task.itemsize)


def run(task: Task) -> None:
    """Write the convolution to `task.out`. The operands must be finite, since a tile mixes its inputs."""
    by = _transforms(task.dtype)
    for part in cut(task, partial(_weight_bytes, by=by), WEIGHT_BYTES, ("filters", "channels")):
        bands = [band for image in range(len(part.source)) for band in _bands(part.some_images(image, image + 1))]
        weights = transformed_weights(part, by.kernel).reshape(by.inputs, *part.weight.shape[:2])
        thread_pool.run_in_threads(partial(_compute_band, by=by, weights=weights), bands)


def _weight_bytes(task: Task, by: Transforms) -> int:
    """The bytes of the transformed weight."""
    return int(task.weight.size // KERNEL**2 * by.inputs * task.itemsize)


def _bands(task: Task) -> list[Task]:
    """One image in bands of whole tiles that fit a cache."""
    down, across = (-(-count // SIDE) for count in task.windows)
    threads = thread_pool.threads()
    fitting = max(1, min(-(-down * across // threads), BAND_BYTES // threads // _tile_bytes(task)))
    return [
        band.some_windows(1, first * SIDE, min(stop * SIDE, task.windows[1]))
        for band in (
            task.some_windows(0, first * SIDE, min(stop * SIDE, task.windows[0]))
            for first, stop in pieces(down, max(1, fitting // across))
        )
        for first, stop in pieces(across, fitting)
    ]


def _compute_band(task: Task, by: Transforms, weights: Array) -> None:
    """Transform the tiles of one band, multiply them and transform them back."""
    tiled = _with_tiles_as_windows(task)
    tiles, steps = gathered(tiled, taps_first=True)
    transformed, count = memory.scratch("transformed", tiles.shape, task.dtype), tiles[0, 0, 0].size
    multiplied(by.source[None], tiles.reshape(1, by.inputs, -1), transformed.reshape(1, by.inputs, -1))
    sums = memory.scratch("products", (by.inputs, len(task.weight), count), task.dtype)
    multiplied(weights, transformed.reshape(by.inputs, -1, count), sums)
    outputs = memory.scratch("outputs", (by.outputs, *sums.shape[1:]), task.dtype)
    multiplied(by.output[None], sums.reshape(1, by.inputs, -1), outputs.reshape(1, by.outputs, -1))
    for index, values in enumerate(outputs):
        row, column = divmod(index, SIDE)
        out = task.out[0, :, row::SIDE, column::SIDE]
        windows = as_windows(values[:, None], tiled, steps)[:, 0]
        task.put(out, windows[:, : out.shape[1], : out.shape[2]])


def _with_tiles_as_windows(task: Task) -> Task:
    """A task whose windows are the tiles: with stride 4, and a kernel as large as the input of a tile."""
    tiles = [-(-count // SIDE) for count in task.windows]
    side, nothing = (SIDE + KERNEL - 1,) * 2, np.zeros((), task.dtype)
    return task._replace(
        weight=np.broadcast_to(nothing, (1, task.source.shape[1], *side)),
        out=np.broadcast_to(nothing, (len(task.source), 1, *tiles)),
        strides=(SIDE, SIDE),
    )


ALGORITHM = Algorithm(
    run=run,
    cost=cost,
    condition="3x3 kernels without stride and dilation, one group, floats that are finite and not enormous, and "
    '`"precision": "fast"`',
    mixes=True,
    rounds=True,
    approximate=True,
)
