"""Choosing an algorithm: the one that costs least by the model, among those that apply and are exact enough."""

from collections.abc import Sequence
from math import inf, sqrt
from typing import NamedTuple

import numpy as np

from service.core.convolve.kernels.algorithms import ALGORITHMS, InapplicableError
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.task import Task

LEAST_THREAD_COST = 250_000
"""ns of work for which another thread is woken. Until it has begun takes up to half of that."""
MOST_FORCED_COST = 2e9
"""ns. An algorithm that is asked for and would take longer is refused, unless it is the fastest. Chosen."""
LEAST_ROUNDED_WORK = 2**22
"""Multiply-accumulates. Smaller layers get no algorithm that rounds, so that whole numbers stay whole. Chosen."""
LARGEST_GROWTH = 1000
"""How much larger than its sums the intermediate results of an algorithm may be. Transforms make them a few hundred
times larger at most."""


class Choice(NamedTuple):
    """An algorithm and its cost."""

    name: str
    cost: float

    @property
    def threads(self) -> int:
        """How many threads the cost is worth."""
        return max(1, int(self.cost / LEAST_THREAD_COST))


def chosen(task: Task, forced: str | None = None, *, fast: bool = False) -> Choice:
    """The fastest algorithm that is exact enough, or the one asked for.

    If the one asked for may compute the parts of an algorithm that splits the task, that algorithm is chosen.

    Raises:
        InapplicableError: the algorithm asked for does not apply, or would take far too long.
    """
    choices = _applicable(task, fast=fast)
    if forced is not None:
        return _forced(task, forced, choices)
    if task.work < LEAST_ROUNDED_WORK:
        choices = [choice for choice in choices if not ALGORITHMS[choice.name].rounds]
    if ALGORITHMS[choices[0].name].mixes and not is_tame(task):
        choices = [choice for choice in choices if not ALGORITHMS[choice.name].mixes]
    return choices[0]


def _applicable(task: Task, *, fast: bool) -> list[Choice]:
    """The algorithms that apply, the cheapest first."""
    choices = [
        Choice(name, cost)
        for name, algorithm in ALGORITHMS.items()
        if algorithm.transposed == task.transposed
        and (fast or not algorithm.approximate)
        and (cost := algorithm.cost(task)) < inf
    ]
    return sorted(choices, key=lambda choice: choice.cost)


def _forced(task: Task, name: str, choices: Sequence[Choice]) -> Choice:
    choice = next((choice for choice in choices if choice.name == name), None)
    if choice is None:
        splitting = next((choice for choice in choices if ALGORITHMS[choice.name].split is not None), None)
        if splitting is None:
            raise InapplicableError(name)
        return splitting
    if ALGORITHMS[name].mixes and not is_tame(task):
        raise InapplicableError(name)
    if choice.cost > MOST_FORCED_COST and choice is not choices[0]:
        raise InapplicableError(name, seconds=choice.cost / 1e9)
    return choice


def is_tame(task: Task) -> bool:
    """Whether all operands are finite, and no intermediate result can leave the range of the arithmetic.

    No sum of products is larger than the product of the norms.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        bound = _norm(task.source) * _norm(task.weight) * LARGEST_GROWTH
    return bound < float(np.finfo(task.dtype).max)


def _norm(array: Array) -> float:
    """The square root of the sum of squares, or more; NaN or infinity if the array holds any or the sum overflows."""
    if array.dtype.kind == "f" and array.dtype.itemsize >= 4 and array.flags.c_contiguous:
        flat = array.reshape(-1)
        return sqrt(np.dot(flat, flat))
    return max(float(array.max()), -float(array.min())) * sqrt(array.size) if array.size else 0.0
