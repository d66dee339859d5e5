"""Which algorithm computes a convolution: the one that a simple model of its cost finds the fastest.

Costs are in nanoseconds of one thread on the machine of docs/performance.md. Only their ratios matter, and only where
two algorithms are close.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log2, prod, sqrt
from typing import NamedTuple

import numpy as np

from service.core.convolve.kernels import col2im, direct, fft, im2col, shifted, winograd_rows, winograd_squares
from service.core.convolve.kernels.padding import Array
from service.core.convolve.kernels.task import Problem

COPY = 0.13
"""Copying an element in runs."""
SCATTER = 0.5
"""Copying an element on its own."""
ADD = 0.2
"""Adding an element to another, or multiplying by a small matrix a row of which it stands in."""
MULTIPLY = 1 / 70
"""A multiply-accumulate of a large matrix product."""
NARROW = 7
"""How many rows a matrix product has more in time than in numbers."""
SHIFT = 0.18
"""A multiply-accumulate of shifted inputs."""
TRANSFORM = 0.5
"""A point of a Fourier transform, for each halving of it."""
WEIGHT = 0.2
"""Reading an element of the weight once more."""
TRANSFORMED_WEIGHT = 0.9
"""Making an element of a transformed weight."""
STEP = 4_000
"""A call into NumPy beside its work."""
BAND = 40_000
"""A band beside its work: some ten calls."""
WORTH_A_THREAD = 250_000
"""What each thread has to do at least: until another one has begun takes up to half of that."""
LONGEST = 2e9
"""Algorithms that are slower than others are not forced on layers for which they take longer."""
LEAST_ROUNDED = 2**22
"""Below so much work no algorithm is chosen under which whole numbers in floats do not stay whole."""


@dataclass(frozen=True)
class Algorithm:
    """One way to compute a convolution."""

    run: Callable[[Problem], None]
    cost: Callable[[Problem], float]
    """`inf` where it does not apply."""
    condition: str
    """When it applies, for people."""
    mixes: bool = False
    """Whether an output depends on inputs outside its window in passing, so that NaN and infinities would spread."""
    rounds: bool = False
    """Whether sums of whole numbers may come out as fractions."""
    approximate: bool = False
    """Whether it is less exact in float32 than `precision: default` allows."""


def products(columns: int, rows: int, depth: int) -> float:
    """The product of a matrix `[rows, depth]` and one with so many columns: flat matrices take longer."""
    return columns * (depth * (rows + NARROW) * MULTIPLY + rows * COPY) + rows * depth * WEIGHT


def positions(problem: Problem) -> int:
    """Windows of all images."""
    return len(problem.source) * prod(problem.windows)


def _around(problem: Problem) -> float:
    """Reading the input with its padding, and writing the output."""
    return prod(problem.source.shape[:2]) * prod(problem.reached) * 2 * COPY + problem.out.size * 2 * COPY


def direct_cost(problem: Problem) -> float:
    """The product and nothing else."""
    if not direct.applies(problem):
        return inf
    return products(positions(problem), len(problem.weight), problem.depth) + 2 * STEP


def im2col_cost(problem: Problem) -> float:
    """The product, and each window copied once."""
    copied = prod(problem.source.shape[:2]) * prod(problem.kernel) * prod(problem.windows)
    own = len(problem.weight) // problem.groups
    bands = 1 + copied * problem.itemsize // im2col.LEAST_BAND
    found = problem.groups * products(positions(problem), own, problem.depth)
    copying = copied * (COPY if set(problem.strides) == {1} else 2 * COPY)
    return float(found + _around(problem) + copying + bands * BAND)


def shifted_cost(problem: Problem) -> float:
    """One multiply-accumulate over the output per weight of a channel, and an addition per column of the kernel."""
    own, terms = len(problem.weight) // problem.groups, problem.weight.shape[1] * problem.kernel[-1]
    blocks = 1 + 3 * problem.out.size * problem.itemsize // shifted.BLOCK_BYTES
    around = _around(problem) * (1 if set(problem.strides) == {1} else 2)
    added = problem.out.size * terms * ADD
    return float(problem.work * SHIFT + added + around + blocks * (BAND + own * terms * 2 * STEP))


def winograd_rows_cost(problem: Problem) -> float:
    """Fewer products, transforms of rows and of the weight, and an addition for every tap but one."""
    if not winograd_rows.applies(problem):
        return inf
    by, across, taps = winograd_rows.rows(problem), prod(problem.reached[1:]), prod(problem.kernel[1:])
    outputs, inputs = problem.weight.shape[:2]
    rows = sum(-(-part.windows[0] // by.outputs) for part in problem.undilated(0)) * len(problem.source)
    read = rows * by.inputs * across
    found = by.inputs * taps * products(rows * across, outputs, inputs)
    around = read * (inputs * (COPY + ADD) + outputs * (taps - 1 + by.outputs / by.inputs) * ADD) + _around(problem)
    bands = 1 + read * 2 * (inputs + outputs) * problem.itemsize // winograd_rows.BAND_BYTES
    weight = by.inputs * taps * outputs * inputs * TRANSFORMED_WEIGHT
    return float(found + around + weight + bands * (BAND + taps * 2 * STEP))


def winograd_squares_cost(problem: Problem) -> float:
    """Still fewer products, and larger transforms, with columns that do not lie side by side."""
    if not winograd_squares.applies(problem):
        return inf
    by = winograd_squares.squares(problem.dtype)
    outputs, inputs = problem.weight.shape[:2]
    tiles = len(problem.source) * prod(-(-count // winograd_squares.SIDE) for count in problem.windows)
    found = by.inputs * products(tiles, outputs, inputs)
    around = tiles * by.inputs * (inputs * (2 * SCATTER) + outputs * ADD) + problem.out.size * 3 * SCATTER
    bands = 1 + tiles * by.inputs * 2 * (inputs + outputs) * problem.itemsize // winograd_squares.BAND_BYTES
    return float(found + around + by.inputs * outputs * inputs * TRANSFORMED_WEIGHT + bands * 4 * BAND)


def fft_cost(problem: Problem) -> float:
    """Transforms of inputs, weights and outputs, and the products between."""
    if not fft.applies(problem):
        return inf
    points = prod(fft.good_size(size) for size in problem.reached)
    batch, inputs = problem.source.shape[:2]
    planes = batch * (inputs + len(problem.weight) + problem.weight.shape[0] * problem.weight.shape[1])
    multiplied = batch * problem.weight.shape[0] * problem.weight.shape[1]
    return float(planes * (points * TRANSFORM * log2(points) + 2 * STEP) + multiplied * points * SCATTER)


ALGORITHMS: Mapping[str, Algorithm] = {
    "direct": Algorithm(direct.run, direct_cost, "1x1 kernels with stride 1, one group and no padding"),
    "im2col": Algorithm(im2col.run, im2col_cost, "every convolution"),
    "shifted": Algorithm(shifted.run, shifted_cost, "every convolution"),
    "winograd_rows": Algorithm(
        winograd_rows.run,
        winograd_rows_cost,
        "two or three axes, 2 to 5 kernel elements along the first and no more than 25 along the others, stride 1, one "
        "group, at least 8 channels and filters, floats that are finite and not enormous",
        mixes=True,
        rounds=True,
    ),
    "winograd_4x4": Algorithm(
        winograd_squares.run,
        winograd_squares_cost,
        "3x3 kernels without stride and dilation, one group, floats that are finite and not enormous, and "
        '`"precision": "fast"`',
        mixes=True,
        rounds=True,
        approximate=True,
    ),
    "fft": Algorithm(
        fft.run,
        fft_cost,
        "floats that are finite and not enormous, and inputs of a few million elements",
        mixes=True,
        rounds=True,
    ),
}


class InapplicableError(Exception):
    """The algorithm that was asked for cannot compute this layer; holds its name, and what it is for."""

    def __init__(self, name: str, *, seconds: float = 0) -> None:
        self.name = name
        self.condition = ALGORITHMS[name].condition if name in ALGORITHMS else "transposed convolutions in floats"
        if seconds:
            self.condition = f"layers for which it is quicker: here it would take about {seconds:.0f} s"
        super().__init__(f"{name} is for {self.condition}")


class Choice(NamedTuple):
    """An algorithm, and what it takes."""

    name: str
    cost: float

    @property
    def threads(self) -> int:
        """How many are worth waking."""
        return max(1, int(self.cost / WORTH_A_THREAD))


def chosen(problem: Problem, forced: str | None = None, *, fast: bool = False) -> Choice:
    """The fastest algorithm that is as exact as wished, or the one asked for.

    InapplicableError where one is asked for that does not apply, or would take far longer.
    """
    found = [
        Choice(name, cost)
        for name, one in ALGORITHMS.items()
        if (fast or not one.approximate) and (cost := one.cost(problem)) < inf
    ]
    found.sort(key=lambda choice: choice.cost)
    if forced is not None:
        wanted = next((choice for choice in found if choice.name == forced), None)
        if wanted is None or (ALGORITHMS[forced].mixes and not is_tame(problem)):
            raise InapplicableError(forced)
        if wanted.cost > LONGEST and wanted is not found[0]:
            raise InapplicableError(forced, seconds=wanted.cost / 1e9)
        return wanted
    if problem.work < LEAST_ROUNDED:
        found = [choice for choice in found if not ALGORITHMS[choice.name].rounds]
    if ALGORITHMS[found[0].name].mixes and not is_tame(problem):
        found = [choice for choice in found if not ALGORITHMS[choice.name].mixes]
    return found[0]


def is_tame(problem: Problem) -> bool:
    """Whether all operands are finite, and no sum on the way can leave the range of the arithmetic.

    No sum of products is larger than the product of the norms; transforms make it a few hundred times larger at most.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        bound = _norm(problem.source) * _norm(problem.weight) * 1000
    return bound < float(np.finfo(problem.dtype).max)


def _norm(array: Array) -> float:
    """The square root of the sum of squares, or more; NaN or infinity where there is any, or numbers are enormous."""
    if array.dtype.kind == "f" and array.dtype.itemsize >= 4 and array.flags.c_contiguous:
        flat = array.reshape(-1)
        return sqrt(np.dot(flat, flat))
    return max(float(array.max()), -float(array.min())) * sqrt(array.size) if array.size else 0.0


def spreads_faster(problem: Problem) -> bool:
    """Whether a transposed convolution is faster by `col2im` than by phases: where its weight is the larger part."""
    if not col2im.applies(problem):
        return False
    inputs = len(problem.source) * prod(problem.source.shape[2:])
    added = inputs * problem.weight.shape[1] * problem.groups * prod(problem.kernel)
    gathered = inputs * len(problem.weight) * prod(problem.kernel)
    found: bool = added * 3 * COPY < gathered * COPY + problem.weight.size * SCATTER
    return found
