"""Which algorithm computes a convolution: the one that a simple model of its cost finds the fastest.

Costs are in multiply-accumulates of a large matrix product in float32. The factors were measured; only their ratios
matter, and only where two algorithms are close.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log2, prod

import numpy as np

from service.core.convolve import banded, col2im, direct, fft, im2col, shifted, winograd
from service.core.convolve.padding import Array
from service.core.convolve.problem import Problem

COPY = 16
"""What it costs to copy an element in runs, or to add one to another."""
SCATTER = 40
"""The same, element by element."""
CALL = 150_000
"""What a call into NumPy costs beside its work, with what comes along: a few microseconds."""
LEAST_ROUNDED = 2**22
"""Below so much work no algorithm is chosen under which whole numbers in floats do not stay whole."""
WEIGHT = 12
"""What it costs to read an element of the weight once more."""


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


def direct_cost(problem: Problem) -> float:
    """The product and nothing else."""
    return problem.work + CALL if direct.applies(problem) else inf


def im2col_cost(problem: Problem) -> float:
    """The product, and each window copied once; narrow products are far slower than wide ones."""
    copied = len(problem.source) * problem.source.shape[1] * prod(problem.kernel) * prod(problem.windows)
    filters = len(problem.weight) // problem.groups
    calls = len(problem.source) * problem.groups
    narrow = 1 + 12 / filters
    return float(
        problem.work * narrow + copied * (COPY if set(problem.strides) == {1} else SCATTER) + calls * CALL / 10 + CALL
    )


def shifted_cost(problem: Problem) -> float:
    """One multiplication and one addition over the output per weight of a channel."""
    per_group = len(problem.weight) // problem.groups
    blocks = max(1, problem.out.size * problem.itemsize // shifted.BLOCK_BYTES)
    calls = blocks * max(1, problem.depth) * min(per_group, 64) * 2
    return problem.work * SCATTER + calls * CALL / 20 + 2 * CALL


def banded_cost(problem: Problem) -> float:
    """The product with the zeros in it, in small matrices, and each row copied as often as the kernel is wide."""
    if not banded.applies(problem):
        return inf
    filters, rows = len(problem.weight) // problem.groups, banded.rows_at_once(problem)
    products = problem.out.size * banded.depth(problem, rows)
    copied = problem.out.size // filters * banded.depth(problem, rows) / rows
    calls = len(problem.source) * problem.groups * prod(problem.windows[:-1]) / rows
    return products + copied * COPY + calls * CALL / 20 + 10 * CALL


def winograd_cost(kind: winograd.Variant) -> Callable[[Problem], float]:
    """Fewer products, and three transforms: of the weight, of every tile, and back."""

    def cost(problem: Problem) -> float:
        if not winograd.applies(problem):
            return inf
        outputs, inputs = problem.weight.shape[:2]
        tiles = len(problem.source) * prod(-(-count // kind.outputs) for count in problem.windows)
        elements, made = kind.inputs**2, kind.outputs**2
        products = tiles * elements * outputs * inputs + elements * outputs * inputs * WEIGHT
        transforms = elements**2 * inputs + made * elements * outputs
        copies = 2 * elements * (inputs + outputs) * 2 * COPY
        return float(
            products
            + tiles * (transforms + copies)
            + outputs * inputs * (elements * 9 + 2 * elements * COPY)
            + 10 * CALL
        )

    return cost


def fft_cost(problem: Problem) -> float:
    """Transforms of inputs, weights and outputs, and the products between."""
    if not fft.applies(problem):
        return inf
    points = prod(fft.good_size(size) for size in problem.reached)
    batch, inputs = problem.source.shape[:2]
    planes = batch * (inputs + len(problem.weight)) + batch * problem.weight.shape[0] * problem.weight.shape[1]
    products = batch * len(problem.weight) * problem.weight.shape[1]
    return float(planes * points * (10 * log2(points) + COPY) + products * points * COPY + planes * CALL / 4)


ALGORITHMS: Mapping[str, Algorithm] = {
    "direct": Algorithm(direct.run, direct_cost, "1x1 kernels with stride 1, one group and no padding"),
    "im2col": Algorithm(im2col.run, im2col_cost, "every convolution"),
    "shifted": Algorithm(shifted.run, shifted_cost, "every convolution"),
    "banded": Algorithm(
        banded.run,
        banded_cost,
        "convolutions of two or three axes in floats that are finite and not enormous",
        mixes=True,
    ),
    "winograd_2x2": Algorithm(
        lambda problem: winograd.run(problem, winograd.SMALL),
        winograd_cost(winograd.SMALL),
        "3x3 kernels with stride 1, no dilation, one group, floats that are finite and not enormous",
        mixes=True,
        rounds=True,
    ),
    "winograd_4x4": Algorithm(
        lambda problem: winograd.run(problem, winograd.LARGE),
        winograd_cost(winograd.LARGE),
        'what winograd_2x2 applies to, with `"precision": "fast"`',
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

    def __init__(self, name: str) -> None:
        self.name = name
        self.condition = ALGORITHMS[name].condition if name in ALGORITHMS else "transposed convolutions in floats"
        super().__init__(f"{name} is for {self.condition}")


def chosen(problem: Problem, forced: str | None = None, *, fast: bool = False) -> str:
    """The name of the algorithm; InapplicableError where one is forced that does not apply."""
    costs = {
        name: cost
        for name, one in ALGORITHMS.items()
        if (fast or not one.approximate) and (cost := one.cost(problem)) < inf
    }
    if forced is not None:
        if forced not in costs or (ALGORITHMS[forced].mixes and not is_tame(problem)):
            raise InapplicableError(forced)
        return forced
    admitted = [name for name in costs if problem.work >= LEAST_ROUNDED or not ALGORITHMS[name].rounds]
    best = min(admitted, key=costs.__getitem__)
    if ALGORITHMS[best].mixes and not is_tame(problem):
        best = min((name for name in admitted if not ALGORITHMS[name].mixes), key=costs.__getitem__)
    return best


def is_tame(problem: Problem) -> bool:
    """Whether all operands are finite, and no sum on the way can leave the range of the arithmetic."""
    largest = [_largest(array) for array in (problem.source, problem.weight)]
    bound = largest[0] * largest[1] * problem.depth * prod(problem.reached) * 1000
    return float(bound) < float(np.finfo(problem.dtype).max)


def _largest(array: Array) -> float:
    """The largest absolute value; NaN where there is any."""
    return max(float(array.max()), -float(array.min())) if array.size else 0.0


def spreads_faster(problem: Problem) -> bool:
    """Whether a transposed convolution is faster by `col2im` than by phases: where its weight is the larger part."""
    if not col2im.applies(problem):
        return False
    positions = len(problem.source) * prod(problem.source.shape[2:])
    added = positions * problem.weight.shape[1] * problem.groups * prod(problem.kernel)
    gathered = positions * len(problem.weight) * prod(problem.kernel)
    found: bool = added * 3 * COPY < gathered * COPY + problem.weight.size * SCATTER
    return found
