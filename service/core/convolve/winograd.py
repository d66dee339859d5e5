"""Winograd's convolution with 3x3 kernels and stride 1: tiles of m x m outputs with fewer multiplications.

`Y = A' [(G g G') * (B' d B)] A` for a kernel g and a tile d of (m + 2) x (m + 2) inputs, where ' transposes and * goes
element by element: (m + 2)^2 multiplications instead of 9 m^2. Summed over channels each of the (m + 2)^2 elements is
a matrix product of its own. The transforms are matrix products too, with the Kronecker square of each matrix.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import sqrt

import numpy as np
from numpy.lib.stride_tricks import as_strided

from service.core.convolve import workers
from service.core.convolve.padding import Array
from service.core.convolve.problem import Problem, cut, pieces

KERNEL = 3
WEIGHT_BYTES = 2**24
"""The transformed weights held at once."""
BAND_BYTES = 2**22
"""What the tiles of a band take, transformed, with the sums over their channels."""


@dataclass(frozen=True)
class Variant:
    """F(m x m, 3 x 3): the three transforms for tiles of m x m outputs."""

    outputs: int
    kernel_transform: Array
    """`[(m + 2)^2, 9]`."""
    input_transform: Array
    """`[(m + 2)^2, (m + 2)^2]`."""
    output_transform: Array
    """`[m^2, (m + 2)^2]`."""

    @property
    def inputs(self) -> int:
        """The side of a tile of inputs."""
        return self.outputs + KERNEL - 1


def variant(outputs: int, points: list[float]) -> Variant:
    """The transforms that evaluate polynomials at these points and at infinity (Toom and Cook).

    A row of B' holds the coefficients of the product of (x - b) over all other points b, A' and G the powers of the
    points; G is divided by the product of (a - b).
    """
    scales = [np.prod([a - b for b in points if b != a]) for a in points]
    infinity = np.eye(outputs)[-1:]
    reading = np.vstack([np.vander(points, outputs, increasing=True), infinity]).T
    kernel = np.vander(points, KERNEL, increasing=True) / np.array(scales)[:, None]
    kernel = np.vstack([kernel, np.eye(KERNEL)[-1:]])
    rows = [np.append(np.poly([b for b in points if b != a])[::-1], 0) for a in points]
    source = np.vstack([*rows, np.poly(points)[::-1]])
    return Variant(outputs, np.kron(kernel, kernel), np.kron(source, source), np.kron(reading, reading))


SMALL = variant(2, [0, 1, -1])
"""F(2x2, 3x3): 16 multiplications for 36, and hardly less exact than the sum itself."""
LARGE = variant(4, [0, sqrt(0.5), -sqrt(0.5), sqrt(2), -sqrt(2)])
"""F(4x4, 3x3): 36 multiplications for 144. These points lose a third as much as the usual 0, 1, -1, 2 and -2 do."""


def applies(problem: Problem) -> bool:
    """Whether it is a 3x3 convolution with stride 1 in floats; dilation and groups are left to others."""
    return (
        problem.kernel == (KERNEL, KERNEL)
        and set(problem.strides + problem.dilations) == {1}
        and problem.groups == 1
        and problem.is_float
    )


def run(problem: Problem, kind: Variant) -> None:
    """Write the convolution to `problem.out`; the operands must be finite, since a tile mixes its inputs."""
    bytes_a_pair = kind.inputs**2 * problem.itemsize
    for part in cut(
        problem, lambda one: one.weight.size // KERNEL**2 * bytes_a_pair, WEIGHT_BYTES, ("filters", "channels")
    ):
        weights = _transformed_weights(part, kind)
        images = [part.images(index, index + 1) for index in range(len(part.source))]
        bands = [band for image in images for band in _bands(image, kind)]
        if len(bands) < workers.threads():
            for band in bands:
                _band(band, kind, weights, workers.each)
        else:
            workers.each(partial(_band, kind=kind, weights=weights, each=_in_turn), bands)


def _transformed_weights(problem: Problem, kind: Variant) -> Array:
    """`[(m + 2)^2, O, C]`."""
    outputs, channels = problem.weight.shape[:2]
    found = np.empty((kind.inputs**2, outputs, channels), problem.dtype)
    transform = kind.kernel_transform.astype(problem.dtype)

    def some(filters: tuple[int, int]) -> None:
        rows = problem.weight[slice(*filters)].reshape(-1, KERNEL**2).astype(problem.dtype, copy=False)
        found[:, slice(*filters)] = (transform @ rows.T).reshape(len(found), -1, channels)

    workers.each(some, pieces(outputs, max(1, 2**17 // (channels * KERNEL**2))))
    return found


def _bands(problem: Problem, kind: Variant) -> list[Problem]:
    """The rows of tiles of one image in bands that fit a cache; all at once where they are few."""
    rows, across = (-(-count // kind.outputs) for count in problem.windows)
    row = across * kind.inputs**2 * (problem.source.shape[1] + problem.out.shape[1]) * problem.itemsize
    most = max(1, BAND_BYTES // row)
    if rows * row <= 2 * BAND_BYTES and rows * across < 100:
        most = rows
    height = problem.windows[0]
    found = [
        problem.places(0, first * kind.outputs, min(stop * kind.outputs, height)) for first, stop in pieces(rows, most)
    ]
    if most * row <= 2 * BAND_BYTES or across == 1:
        return found
    columns = max(1, BAND_BYTES * across // row)
    width = problem.windows[1]
    return [
        band.places(1, first * kind.outputs, min(stop * kind.outputs, width))
        for band in found
        for first, stop in pieces(across, columns)
    ]


Each = Callable[[Callable[[tuple[int, int]], None], list[tuple[int, int]]], None]


def _in_turn(work: Callable[[tuple[int, int]], None], items: list[tuple[int, int]]) -> None:
    for item in items:
        work(item)


def _band(problem: Problem, kind: Variant, weights: Array, each: Each) -> None:
    """One band of one image: its tiles transformed, multiplied and transformed back."""
    elements, outputs, channels = weights.shape
    tiles = [-(-count // kind.outputs) for count in problem.windows]
    count = tiles[0] * tiles[1]
    region = _whole_tiles(problem, kind, tiles)
    transform = kind.input_transform.astype(problem.dtype)
    back = kind.output_transform.astype(problem.dtype)
    seen = workers.scratch("seen", (elements, channels, count), problem.dtype)
    sums = workers.scratch("sums", (elements, outputs, count), problem.dtype)

    def forward(some: tuple[int, int]) -> None:
        view = _tiles(region[slice(*some)], kind, tiles)
        copied = workers.scratch("columns", view.shape, problem.dtype)
        copied[...] = view
        if len(view[0, 0]) == channels:
            np.matmul(transform, copied.reshape(elements, -1), out=seen.reshape(elements, -1))
        else:
            seen[:, slice(*some)] = (transform @ copied.reshape(elements, -1)).reshape(elements, -1, count)

    def multiply(some: tuple[int, int]) -> None:
        np.matmul(weights[slice(*some)], seen[slice(*some)], out=sums[slice(*some)])

    def backward(some: tuple[int, int]) -> None:
        part = problem.filters(*some)
        made = workers.scratch("columns", (len(back), (some[1] - some[0]) * count), problem.dtype)
        np.matmul(back, sums[:, slice(*some)].reshape(elements, -1), out=made)
        _put_tiles(part, kind, made.reshape(kind.outputs, kind.outputs, -1, *tiles))

    for work, number in ((forward, channels), (multiply, elements), (backward, outputs)):
        each(work, list(pieces(number, -(-number // (workers.threads() if each is workers.each else 1)))))


def _whole_tiles(problem: Problem, kind: Variant, tiles: list[int]) -> Array:
    """The region that the tiles reach, with zeros where the last ones reach past it."""
    region: Array = problem.region()[0]
    reached = [number * kind.outputs + KERNEL - 1 for number in tiles]
    if reached == list(region.shape[1:]):
        return region
    whole = workers.scratch("whole", (len(region), *reached), problem.dtype)
    rows, columns = region.shape[1:]
    whole[:, rows:], whole[:, :, columns:] = 0, 0
    whole[:, :rows, :columns] = region
    return whole


def _tiles(region: Array, kind: Variant, tiles: list[int]) -> Array:
    """A view `[side, side, C, rows of tiles, tiles in a row]` of a region; they overlap by two."""
    channel, row, column = region.strides
    shape = (kind.inputs, kind.inputs, len(region), *tiles)
    return as_strided(region, shape, (row, column, channel, kind.outputs * row, kind.outputs * column), writeable=False)


def _put_tiles(problem: Problem, kind: Variant, made: Array) -> None:
    """Write `[m, m, O, rows of tiles, tiles in a row]` to the places of the outputs."""
    out, side = problem.out[0], kind.outputs
    for row in range(side):
        for column in range(side):
            places = out[:, row::side, column::side]
            problem.put(places, made[row, column, :, : places.shape[1], : places.shape[2]])
