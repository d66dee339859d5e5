"""The one way in to the algorithms: a convolution or a transposed one, in the algorithm chosen or asked for."""

from service.core.convolve.kernels import algorithms as choice
from service.core.convolve.kernels import col2im, workers
from service.core.convolve.kernels.algorithms import ALGORITHMS, InapplicableError, chosen
from service.core.convolve.kernels.task import Problem
from service.core.convolve.kernels.transposed import phases


def convolve(problem: Problem, forced: str | None = None, *, fast: bool = False) -> str:
    """Write the convolution to `problem.out`; the name of the algorithm that did it."""
    found = chosen(problem, forced, fast=fast)
    with workers.at_most(found.threads), workers.arena():
        ALGORITHMS[found.name].run(problem)
    return found.name


def transpose(problem: Problem, forced: str | None = None, *, fast: bool = False) -> str:
    """Write the transposed convolution; the algorithm, or "phases" where not all phases had the same.

    `problem` is as `transposed.phases` takes it.
    """
    if forced == "col2im" or (forced is None and choice.spreads_faster(problem)):
        if not col2im.applies(problem):
            raise InapplicableError("col2im")
        col2im.run(problem)
        return "col2im"
    names = {convolve(phase, forced, fast=fast) for phase in phases(problem)}
    return names.pop() if len(names) == 1 else "phases"
