"""CANDIDATES: the changes that are tried to mend the first error of a network, one function a subject."""

from collections.abc import Callable, Iterator

from service.core.networks.repair.candidates.as_in_peers import as_in_peers
from service.core.networks.repair.candidates.fixes import own_fixes
from service.core.networks.repair.candidates.inputs import other_input_sizes, other_inputs
from service.core.networks.repair.candidates.insertions import put_before
from service.core.networks.repair.candidates.parameters import (
    other_values,
    padding_for_output_padding,
    swapped_values,
)
from service.core.networks.repair.candidates.structure import left_out, of_another_rank, with_other_inputs
from service.core.networks.repair.candidates.suspect import Suspect, suspects
from service.core.networks.repair.edits import Edit
from service.core.networks.repair.rewalk import State

OF_THE_NETWORK: tuple[Callable[[State], Iterator[Edit]], ...] = (own_fixes, other_inputs, as_in_peers)
"""Changes that are tried once, before those of layers."""
OF_A_SUSPECT: tuple[Callable[[Suspect], Iterator[Edit]], ...] = (
    other_values,
    swapped_values,
    padding_for_output_padding,
    of_another_rank,
    with_other_inputs,
    left_out,
    put_before,
)
"""Changes that are tried for the layer that has the error, and for each layer upstream."""
AT_LAST: tuple[Callable[[State], Iterator[Edit]], ...] = (other_input_sizes,)
"""Changes that reach every layer, so that they cost most."""


def candidates(state: State) -> Iterator[Edit]:
    """Every change that is tried, those near the error first."""
    for of_network in OF_THE_NETWORK:
        yield from of_network(state)
    for suspect in suspects(state):
        if suspect.index not in state.edit.removed:
            for of_suspect in OF_A_SUSPECT:
                yield from of_suspect(suspect)
    for of_network in AT_LAST:
        yield from of_network(state)
