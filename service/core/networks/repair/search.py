"""The search for repairs: single changes first, then several, each made of what the one before left."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from service.core.diagnostics import Diagnostic
from service.core.diagnostics.patches import Patch
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network
from service.core.networks.repair.candidates import candidates
from service.core.networks.repair.edits import Edit, patch_of
from service.core.networks.repair.ranking import is_as_small, rank
from service.core.networks.repair.rewalk import BudgetSpentError, Reader, Rewalk, State

MOST_MISTAKES = 6
"""Changes that a repair may have. Chosen."""
BEAM = 4
"""States that are carried on where one change is not enough. Chosen."""
MOST_REPAIRS = 5
"""Repairs that are offered. Chosen: after these come unlikely ones."""
MARGIN = 1.5
"""How much less likely than the first a repair may be. Chosen: those beyond it mend nothing that anybody meant."""


MARGIN_OF_KNOWN_MISTAKES = 0.4
"""The same where the first mends a mistake that is known by name."""
MOST_ALIKE = 2
"""Repairs that set the same parameters of the same layers. Chosen: the nearest value on each side."""


@dataclass(frozen=True)
class Repair:
    """Changes that leave no error, and the states that they lead through; the first is the network as posted."""

    states: tuple[State, ...]
    alone: bool
    """Whether every change that is a candidate was tried, and no other one of as many changes leaves no error."""

    @property
    def edits(self) -> tuple[Edit, ...]:
        """The changes."""
        return self.states[-1].edits

    @property
    def title(self) -> str:
        """What to do, in words."""
        return self.states[-1].edit.title

    @property
    def patch(self) -> Patch:
        """The JSON Patch of all changes; empty where there is none."""
        return patch_of(self.states[-1].edit, self.states[-1].network)


def find_repairs(
    network: Network, judgement: Judgement, read: Reader, budget: int, advised: Sequence[Diagnostic] = ()
) -> list[Repair]:
    """The changes that leave no error in any layer, the likeliest first; none where none is found within the budget.

    `read` reads a layer object that stands at an index. `advised` are the errors of the judgement with more fixes.
    """
    rewalk = Rewalk(network, judgement, read, budget, advised)
    start = rewalk.start()
    beam: list[tuple[State, ...]] = [(start,)] if start.errors else []
    for _ in range(MOST_MISTAKES):
        reached, complete = _reached(beam)
        whole = [states for states in reached if not states[-1].errors]
        if whole:
            whole = list(_distinct(sorted(whole, key=lambda states: rank(states[-1]))))
            best = rank(whole[0][-1])
            most = best + (MARGIN if best >= 0 else MARGIN_OF_KNOWN_MISTAKES)
            likely = [states for states in whole if rank(states[-1]) <= most]
            alone = complete and sum(is_as_small(states[-1]) for states in whole) <= 1
            return [Repair(states, alone) for states in _varied(likely)][:MOST_REPAIRS]
        if not complete:
            return []
        beam = sorted(reached, key=_promise)[:BEAM]
    return []


def _reached(beam: Sequence[tuple[State, ...]]) -> tuple[list[tuple[State, ...]], bool]:
    """The states that one more change leads to, and whether all changes could be tried."""
    reached: list[tuple[State, ...]] = []
    try:
        for states in beam:
            for state in _after_each(states[-1]):
                reached.append((*states, state))  # noqa: PERF401 - what was reached counts, however it ends
    except BudgetSpentError:
        return reached, False
    return reached, True


def _after_each(state: State) -> Iterator[State]:
    """What each change that is a candidate leads to, where it mends the first error and breaks nothing."""
    for edit in candidates(state):
        after = state.rewalk.after(state, edit)
        if after is not None:
            yield after


def _varied(reached: Sequence[tuple[State, ...]]) -> Iterator[tuple[State, ...]]:
    """The first few of each sort: one parameter of one layer has many values that mend it, of which few are meant."""
    counts: Counter[object] = Counter()
    for states in reached:
        sort = tuple((edit.kind, *sorted(edit.reaches)) for edit in states[-1].edits)
        counts[sort] += 1
        if counts[sort] <= MOST_ALIKE:
            yield states


def _promise(states: tuple[State, ...]) -> tuple[int, float]:
    """How far a state is from one without errors; less is nearer."""
    return len(states[-1].errors), rank(states[-1])


def _distinct(reached: Sequence[tuple[State, ...]]) -> Iterator[tuple[State, ...]]:
    """Those that change the network differently; of several alike a fix of the error itself, or the first."""
    found: dict[str, tuple[State, ...]] = {}
    for states in reached:
        edit, nodes = states[-1].edit, sorted(states[-1].nodes.items())
        layers = [(index, str(node.description.layer), edit.rewired.get(index)) for index, node in nodes]
        key = str((layers, sorted(edit.inputs.items()), sorted(edit.inserted.items(), key=str), sorted(edit.removed)))
        if key not in found or (states[-1].edit.patch and not found[key][-1].edit.patch):
            found[key] = states
    yield from found.values()
