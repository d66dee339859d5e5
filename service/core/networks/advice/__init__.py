"""Advice on errors that another input would cure: which input, and which layers made the sizes what they are.

A window that no longer fits, branches that miss each other by a position, a linear layer that gets another number of
features: each may be wrong itself, or right for an input of another size. The sizes for which it is right are found by
trying. Other errors count for nothing meanwhile: their layers are taken to accept everything.
"""

from collections.abc import Callable, Mapping

from service.core.diagnostics import Diagnostic
from service.core.diagnostics.model import Trait
from service.core.networks.advice.larger_input import advise_larger_input
from service.core.networks.advice.mistake import Mistake, layer_index
from service.core.networks.advice.other_input import advise_other_input
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network

ADVICE: Mapping[Trait, Callable[[Mistake], Diagnostic]] = {
    "too small": advise_larger_input,
    "another input may do": advise_other_input,
}
"""By a trait of an error's rule, what adds advice to the error."""


def with_advice(network: Network, judgement: Judgement) -> list[Diagnostic]:
    """The diagnostics of a network; the first error of each rule in ADVICE has advice added to it."""
    sizes = network.common_sizes
    diagnostics = []
    advised: set[str] = set()
    for diagnostic in judgement.diagnostics:
        kinds = () if diagnostic.has("about axes") else ADVICE.items()
        advise = next((advise for trait, advise in kinds if diagnostic.has(trait)), None)
        index = layer_index(diagnostic)
        if advise and diagnostic.is_error and index is not None and sizes and diagnostic.rule.name not in advised:
            advised.add(diagnostic.rule.name)
            diagnostics.append(advise(Mistake(diagnostic, index, network, judgement, sizes)))
        else:
            diagnostics.append(diagnostic)
    return diagnostics
