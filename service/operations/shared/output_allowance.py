"""How many outputs the layers of a network may have, counted while it is judged."""

from dataclasses import dataclass

from service.core.diagnostics import placed
from service.core.diagnostics.arrays import too_large
from service.core.networks.judge_network import Judgement, TooManyOutputsError, judge
from service.core.networks.network import Network
from service.problems import Problem, refused
from service.settings import settings


@dataclass(kw_only=True)
class OutputAllowance:
    """How many outputs the layers of several networks may have together, such as those of a batch."""

    limit: int
    limit_name: str
    spent: int = 0
    """How many the networks had that have been judged."""


def judged(network: Network, *, full: bool, shared: OutputAllowance | None = None) -> Judgement:
    """A network judged, as long as its layers do not have too many outputs; `shared` bounds them over several networks.

    Raises:
        Problem: with status 413, as soon as the layers have too many.
    """
    most = settings().max_outputs
    if shared is not None:
        most = min(most, max(shared.limit - shared.spent, 0))
    try:
        judgement = judge(network, full=full, most_outputs=most)
    except TooManyOutputsError as error:
        problem = _too_many(error, shared)
        if shared is not None:
            shared.spent += error.outputs
        raise problem from None
    if shared is not None:
        shared.spent += judgement.outputs
    return judgement


def _too_many(error: TooManyOutputsError, shared: OutputAllowance | None) -> Problem:
    """The limit that is passed: that of one network where it is, otherwise that of all."""
    limit, layers = settings().max_outputs, f"{error.layers} {'layer' if error.layers == 1 else 'layers'}"
    if shared is None or error.outputs > limit:
        what, figure, name = f"the number of outputs of {layers}", error.outputs, "max_outputs"
    else:
        what = f"the number of outputs of {layers}, and of all networks before,"
        figure, limit, name = shared.spent + error.outputs, shared.limit, shared.limit_name
    return refused(placed(too_large(what, figure, limit, name, error.location)), 413)
