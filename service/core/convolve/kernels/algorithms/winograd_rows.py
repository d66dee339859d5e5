"""Winograd's convolution along the first of several axes: several rows of outputs from few products of rows.

Only whole rows are combined, so every transform reads and writes memory in runs. Along the other axes the kernel is
taken element by element: the products with each are added, from rows that begin where the element reads.
"""

from functools import lru_cache, partial
from itertools import product
from math import inf, prod

import numpy as np

from service.core.convolve.kernels import memory, thread_pool
from service.core.convolve.kernels.algorithms.algorithm import Algorithm
from service.core.convolve.kernels.columns import strided
from service.core.convolve.kernels.cost_model import ADD, BAND, CALL, COPY, matrix_product, reading_and_writing
from service.core.convolve.kernels.matmul import multiplied
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.residues import without_dilation
from service.core.convolve.kernels.splitting import cut, pieces
from service.core.convolve.kernels.task import Task
from service.core.convolve.kernels.toom_cook import TRANSFORMED_WEIGHT, Transforms, transformed_weights, transforms

SIZES = (2, 3, 4, 5)
"""Kernel elements along the first axis. A tile has six inputs, so they make 5 to 2 rows of outputs."""
MOST_TAPS = 25
"""Kernel elements along the other axes, each of which costs an addition. Chosen."""
LEAST_CHANNELS = 8
"""Channels, and filters. With fewer the products are too small. Chosen."""
DEEPEST = 128
"""Channels in one product, or half as many where there are few taps. It adds them one after the other in float32;
longer sums would miss the promised 2e-6, which the tests check."""
WEIGHT_BYTES = 2**24
"""Bytes of the transformed weights that are held at once. Chosen, for the limit of 64 MiB in all."""
BAND_BYTES = 2**23
"""Bytes of the tiles of all threads, with their sums. Chosen."""


def applies(task: Task) -> bool:
    """Whether there are rows and enough channels, no stride and no input dilation, and the arithmetic rounds."""
    return (
        task.rank > 1
        and task.kernel[0] in SIZES
        and prod(task.kernel[1:]) <= MOST_TAPS
        and set(task.strides) == {1}
        and task.groups == 1
        and min(task.weight.shape[:2]) >= LEAST_CHANNELS
        and task.is_float
        and set(task.input_dilations) <= {1}
        and _row_bytes(task, _transforms(task.kernel[0], task.dtype)) <= BAND_BYTES
    )


def cost(task: Task) -> float:
    """Fewer products, transforms of rows and of the weight, and an addition for every tap but one."""
    if not applies(task):
        return inf
    by = _transforms(task.kernel[0], task.dtype)
    across, taps = prod(task.extents[1:]), prod(task.kernel[1:])
    outputs, inputs = task.weight.shape[:2]
    rows = sum(-(-part.windows[0] // by.outputs) for part in without_dilation(task, 0)) * len(task.source)
    read = rows * by.inputs * across
    products = by.inputs * taps * matrix_product(outputs, inputs, rows * across)
    transforming = read * (inputs * (COPY + ADD) + outputs * (taps - 1 + by.outputs / by.inputs) * ADD)
    bands = 1 + read * 2 * (inputs + outputs) * task.itemsize // BAND_BYTES
    weight = by.inputs * taps * outputs * inputs * TRANSFORMED_WEIGHT
    return float(products + transforming + reading_and_writing(task) + weight + bands * (BAND + taps * 2 * CALL))


@lru_cache
def _transforms(size: int, dtype: np.dtype[np.generic]) -> Transforms:
    """The transforms for a kernel's size along the first axis."""
    return transforms(size).astype(dtype)


def _row_bytes(task: Task, by: Transforms) -> int:
    """The bytes of one row of tiles: as read, transformed, multiplied, to be added, and as rows of outputs."""
    channels, filters = task.source.shape[1], len(task.weight)
    across = prod(task.extents[1:])
    return int(across * (by.inputs * 2 * (channels + filters) + by.outputs * filters) * task.itemsize)


def run(task: Task) -> None:
    """Write the convolution to `task.out`. The operands must be finite, since a tile mixes its rows."""
    by = _transforms(task.kernel[0], task.dtype)
    for part in cut(task, partial(_weight_bytes, by=by), WEIGHT_BYTES, ("filters", "channels")):
        weights = _transformed_weight(part, by)
        undilated = list(without_dilation(part, 0))
        threads = -(-thread_pool.threads() // len(undilated))
        bands = [band for whole in undilated for band in _bands(whole, by, threads)]
        thread_pool.run_in_threads(partial(_compute_band, by=by, weights=weights), bands)


def _weight_bytes(task: Task, by: Transforms) -> int:
    """The bytes of the transformed weight."""
    return int(task.weight.size // task.kernel[0] * by.inputs * task.itemsize)


def _transformed_weight(task: Task, by: Transforms) -> Array:
    """`[m + r - 1, taps, O, C]`, with the taps of the other axes."""
    filters, channels, size, *others = task.weight.shape
    taps = prod(others)
    transformed = transformed_weights(task, _kernel_transform_per_tap(size, taps, task.dtype))
    return transformed.reshape(by.inputs, taps, filters, channels)


@lru_cache
def _kernel_transform_per_tap(size: int, taps: int, dtype: np.dtype[np.generic]) -> Array:
    """The kernel's transform, for each tap of the other axes."""
    return np.kron(_transforms(size, dtype).kernel, np.eye(taps, dtype=dtype))


def _bands(task: Task, by: Transforms, threads: int) -> list[Task]:
    """Rows of tiles, or whole images: as many as fit a cache, and at least one for each thread."""
    images, tiles = len(task.source), -(-task.windows[0] // by.outputs)
    share = -(-images * tiles // threads)
    fitting = max(1, min(share, BAND_BYTES // thread_pool.threads() // _row_bytes(task, by)))
    if fitting >= tiles:
        return [task.some_images(*some) for some in pieces(images, fitting // tiles)]
    return [
        task.some_images(image, image + 1).some_windows(0, first * by.outputs, min(stop * by.outputs, task.windows[0]))
        for image in range(images)
        for first, stop in pieces(tiles, fitting)
    ]


def _compute_band(task: Task, by: Transforms, weights: Array) -> None:
    """Transform the rows of one band, multiply them and transform them back."""
    images, channels = task.source.shape[:2]
    tiles, across = -(-task.windows[0] // by.outputs), task.extents[1:]
    rows = _gathered_rows(task, by, tiles)
    transformed = memory.scratch("transformed", rows.shape, task.dtype)
    multiplied(by.source[None], rows.reshape(1, by.inputs, -1), transformed.reshape(1, by.inputs, -1))
    sums = _summed(task, weights, transformed.reshape(by.inputs, channels, images * tiles * prod(across)))
    outputs = memory.scratch("outputs", (by.outputs, *sums.shape[1:]), task.dtype)
    multiplied(by.output[None], sums.reshape(1, by.inputs, -1), outputs.reshape(1, by.outputs, -1))
    steps = [outputs.itemsize * prod(across[axis:]) for axis in range(task.rank)]
    for row, values in enumerate(outputs):
        out = task.out[:, :, row :: by.outputs].swapaxes(0, 1)
        shape = (len(out), images, tiles, *task.windows[1:])
        windows = strided(values, shape, (values.strides[0], tiles * steps[0], *steps))
        task.put(out, windows[:, :, : out.shape[2]])


def _gathered_rows(task: Task, by: Transforms, tiles: int) -> Array:
    """`[m + r - 1, C, N, tiles, *across]`: the rows that each tile reads."""
    region = task.region(((tiles - 1) * by.outputs + by.inputs, *task.extents[1:]))
    images, channels, row, *others = region.strides
    shape = (by.inputs, region.shape[1], len(region), tiles, *region.shape[3:])
    rows = memory.scratch("columns", shape, task.dtype)
    rows[...] = strided(region, shape, (row, channels, images, row * by.outputs, *others))
    return rows


def _summed(task: Task, weights: Array, rows: Array) -> Array:
    """`[m + r - 1, O, positions]`: the products with all taps, each of the rows from where the tap reads on."""
    kernel, dilations, across = task.kernel[1:], task.dilations[1:], task.extents[1:]
    steps = [prod(across[axis + 1 :]) * d for axis, d in enumerate(dilations)]
    offsets = [sum(k * s for k, s in zip(tap, steps, strict=True)) for tap in product(*map(range, kernel))]
    count = rows.shape[2] - offsets[-1]
    shape = (len(rows), weights.shape[2], count)
    sums, term = (memory.scratch(name, shape, task.dtype) for name in ("products", "term"))
    into, deepest = sums, DEEPEST if len(offsets) > 2 else DEEPEST // 2
    for (tap, offset), (first, stop) in product(enumerate(offsets), pieces(rows.shape[1], deepest)):
        multiplied(weights[:, tap, :, first:stop], rows[:, first:stop, offset : offset + count], into)
        if into is term:
            np.add(sums, term, out=sums)
        into = term
    return sums


ALGORITHM = Algorithm(
    run=run,
    cost=cost,
    condition="two or three axes, 2 to 5 kernel elements along the first and no more than 25 along the others, stride "
    "1, one group, at least 8 channels and filters, floats that are finite and not enormous",
    mixes=True,
    rounds=True,
)
