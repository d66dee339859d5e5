"""The way in to the algorithms: a convolution, plain or transposed, computed by the algorithm chosen or asked for."""

from service.core.convolve.kernels import thread_pool
from service.core.convolve.kernels.algorithms import ALGORITHMS
from service.core.convolve.kernels.choose_algorithm import chosen
from service.core.convolve.kernels.memory import arena
from service.core.convolve.kernels.task import Task


def convolve(task: Task, forced: str | None = None, *, fast: bool = False) -> str:
    """Write the convolution to `task.out`.

    Returns:
        The name of the algorithm that computed it. Where one splits the task: that of all its parts, or its own if
        the parts were computed in different ways.

    Raises:
        InapplicableError: the algorithm asked for does not apply, or would take far too long.
    """
    choice = chosen(task, forced, fast=fast)
    algorithm = ALGORITHMS[choice.name]
    if algorithm.split is not None:
        for_parts = None if forced == choice.name else forced
        names = {convolve(part, for_parts, fast=fast) for part in algorithm.split(task)}
        return names.pop() if len(names) == 1 else choice.name
    assert algorithm.run is not None
    with thread_pool.at_most(choice.threads), arena():
        algorithm.run(task)
    return choice.name
