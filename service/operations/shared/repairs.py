"""Repairs of a posted network: found in the core, then applied to the posted body, which is judged again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from service.core.diagnostics import Diagnostic, Fix
from service.core.geometry.lazy_property import lazy_property
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network, Node
from service.core.networks.repair.causes import applicability, with_causes
from service.core.networks.repair.names import errors_of_names, name_changes
from service.core.networks.repair.search import Repair, find_repairs
from service.operations.shared.network_layers import node_of
from service.operations.shared.output_allowance import OutputAllowance, judged
from service.operations.shared.tried_fixes import patched, posted
from service.problems import Problem
from service.schemas.bodies import Body, validated

MOST_JUDGED = 20_000
"""Layers judged again to try names and to verify repairs. Chosen: two repairs of the longest network."""
MOST_ERRORS_OF_NAMES = 5
"""Errors of names that are mended before other repairs are looked for. Chosen."""
BUDGET, BUDGET_PER_LAYER = 36_000, 6
"""Visits to layers for one answer, and more for each layer of a large network. Measured: 15 microseconds each."""


@dataclass
class PostedNetwork:
    """A request that holds a network, and how the network is read from it."""

    request: Any
    read: Callable[[Any], Network]
    allowance: OutputAllowance
    """How many outputs the layers may have, of all the networks that are judged again."""

    @lazy_property
    def document(self) -> dict[str, Any]:
        """The body as it was posted."""
        return posted(self.request)

    def judged(self, patch: Sequence[Mapping[str, Any]]) -> tuple[Network, Judgement] | None:
        """The network of the body once it is patched; None where it cannot be, or cannot be judged then."""
        model: type[Body] = type(self.request)
        try:
            network = self.read(validated(model, patched(self.document, patch)))
            return network, judged(network, full=False, shared=self.allowance)
        except (jsonpatch.JsonPatchException, JsonPointerException, Problem):
            return None


def with_repairs(
    diagnostics: Sequence[Diagnostic], body: PostedNetwork, network: Network, judgement: Judgement, *, share: int
) -> tuple[Sequence[Diagnostic], Sequence[Fix]]:
    """The diagnostics with their causes, and the repairs, each of which leaves no error in the posted body."""
    trials = max(MOST_JUDGED // share // len(network.nodes), 1)
    named = errors_of_names(judgement)
    if named:
        return _with_names_mended(diagnostics, body, network, judgement, named, trials, share)
    return _with_layers_mended(diagnostics, body, network, judgement, (), trials, share)


def _with_layers_mended(
    diagnostics: Sequence[Diagnostic],
    body: PostedNetwork,
    network: Network,
    judgement: Judgement,
    before: tuple[Mapping[str, Any], ...],
    trials: int,
    share: int,
) -> tuple[Sequence[Diagnostic], Sequence[Fix]]:
    """The repairs of errors of layers, in a body that some operations were applied to before."""

    def read(index: int, raw: Mapping[str, Any]) -> Node:
        return node_of(raw, ("layers", index), network.framework)

    budget = (BUDGET + BUDGET_PER_LAYER * len(network.nodes)) // share
    verified: list[Repair] = []
    for repair in find_repairs(network, judgement, read, budget, diagnostics)[:trials]:
        mended = body.judged((*before, *repair.patch)) if repair.patch else None
        if mended is not None and mended[1].valid:
            verified.append(repair)
    safe = bool(verified) and all(applicability(verified, number) == "safe" for number in range(len(verified[0].edits)))
    fixes = [Fix(repair.title, (*before, *repair.patch), "safe" if safe else "unsafe") for repair in verified]
    return with_causes(diagnostics, verified), fixes


def _with_names_mended(
    diagnostics: Sequence[Diagnostic],
    body: PostedNetwork,
    network: Network,
    judgement: Judgement,
    named: list[Diagnostic],
    trials: int,
    share: int,
) -> tuple[Sequence[Diagnostic], Sequence[Fix]]:
    """The repairs where names are wrong: the names first, and then what is wrong with the layers."""
    if len(named) > MOST_ERRORS_OF_NAMES:
        return diagnostics, []
    patch: tuple[Mapping[str, Any], ...] = ()
    choices: list[list[Fix]] = []
    for error in named:
        working = _working(name_changes(error, network, judgement)[:trials], body, patch)
        if not working:
            return diagnostics, []
        choices.append(working)
        patch = (*patch, *working[0].patch)
    titles = ", and ".join(working[0].title for working in choices)
    mended = body.judged(patch)
    if mended is None:
        return diagnostics, []
    network, after = mended
    if any(index in after.layer_errors for index in _layers_changed(patch) if index not in judgement.layer_errors):
        return diagnostics, []
    causes = [
        replace(error, fixes=tuple(working), help=working[0].title)
        for error, working in zip(named, choices, strict=True)
    ]
    others = [diagnostic for diagnostic in diagnostics if not diagnostic.is_error]
    if after.valid:
        hidden = [error for errors in judgement.layer_errors.values() for error in errors]
        first = replace(causes[0], consequences=tuple(replace(error, fixes=()) for error in hidden))
        last = choices[-1] if len(choices) == 1 else choices[-1][:1]
        return [first, *causes[1:], *others], [
            Fix(_titles(choices, fix), (*_before(choices), *fix.patch)) for fix in last
        ]
    errors = [error for error in after.diagnostics if error.is_error]
    layers, repairs = _with_layers_mended(errors, body, network, after, patch, trials, share)
    fixes = [Fix(f"{titles}, and {repair.title}", repair.patch) for repair in repairs]
    return [*causes, *layers, *others], fixes


def _layers_changed(patch: Sequence[Mapping[str, Any]]) -> set[int]:
    """The layers that a patch changes."""
    paths = [str(operation["path"]).split("/") for operation in patch]
    return {int(path[2]) for path in paths if len(path) > 2 and path[1] == "layers" and path[2].isdigit()}


def _titles(choices: list[list[Fix]], last: Fix) -> str:
    return ", and ".join([*(working[0].title for working in choices[:-1]), last.title])


def _before(choices: list[list[Fix]]) -> tuple[Mapping[str, Any], ...]:
    """The operations of the first choice for every error but the last."""
    return tuple(operation for working in choices[:-1] for operation in working[0].patch)


def _working(changes: Sequence[Fix], body: PostedNetwork, before: tuple[Mapping[str, Any], ...]) -> list[Fix]:
    """The changes that leave the fewest errors of names and, of those, the fewest errors of layers."""
    scored = []
    for change in changes:
        mended = body.judged((*before, *change.patch))
        if mended is not None:
            after = mended[1]
            scored.append((len(errors_of_names(after)), len(after.layer_errors), change))
    least = min((score[:2] for score in scored), default=None)
    return [change for *score, change in scored if tuple(score) == least]
