"""Which error stands at the cause, and which are its consequences."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import Applicability, PatchOperation, Related
from service.core.diagnostics.patches import Patch
from service.core.networks.repair.edits import patch_of
from service.core.networks.repair.family import DIMENSIONS
from service.core.networks.repair.ranking import is_known_mistake
from service.core.networks.repair.search import Repair


def with_causes(diagnostics: Sequence[Diagnostic], repairs: Sequence[Repair]) -> list[Diagnostic]:
    """The diagnostics, with each error that a change of the first repair does away with under the one at its cause.

    The error at a cause is the one of the layer that is changed, otherwise the first of the layers behind it. Its fixes
    are what the repairs change there. An error that only shows once another one is mended is added.
    """
    if not repairs:
        return list(diagnostics)
    first = repairs[0]
    groups: list[list[Diagnostic]] = [[] for _ in first.edits]
    others: list[Diagnostic] = []
    for diagnostic in diagnostics:
        number = _mended_by(diagnostic, first) if diagnostic.is_error else None
        (others if number is None else groups[number]).append(diagnostic)
    shown = [number for number, group in enumerate(groups) if group or not _is_guessed(first, number)]
    return [*(_cause(repairs, number, groups[number]) for number in shown), *others]


def _is_guessed(repair: Repair, number: int) -> bool:
    """Whether an error shows only once a value is guessed that was left out or not readable, or a layer in or out."""
    network = repair.states[0].network
    for edit in repair.edits[:number]:
        if edit.removed or edit.inserted:
            return True
        for index, raw in edit.layers.items():
            described = network.nodes[index].description
            if described.unreadable or raw.keys() - described.posted.keys():
                return True
    return False


def applicability(repairs: Sequence[Repair], number: int = 0) -> Applicability:
    """Safe is the one change of a repair that has no other beside it, and that only lets numbers agree."""
    changes = {repair.edits[number].title for repair in repairs}
    edit = repairs[0].edits[number]
    agrees = edit.applicability == "safe" or edit.kind in DIMENSIONS
    return "safe" if len(changes) == 1 and repairs[0].alone and agrees else "unsafe"


def _layer(diagnostic: Diagnostic) -> int | None:
    """The index of the layer that a diagnostic is about."""
    at = diagnostic.location
    return at[1] if len(at) > 1 and at[0] == "layers" and isinstance(at[1], int) else None


def _mended_by(diagnostic: Diagnostic, repair: Repair) -> int | None:
    """Which change of a repair does away with an error; None for an error of the network's names."""
    index = _layer(diagnostic)
    if index is None or index not in repair.states[0].errors:
        return None
    return next(number for number, state in enumerate(repair.states[1:]) if index not in state.errors)


def _cause(repairs: Sequence[Repair], number: int, group: list[Diagnostic]) -> Diagnostic:
    """The error at a cause with its consequences; what was hidden until now, where the posted network shows nothing."""
    before, edit = repairs[0].states[number], repairs[0].edits[number]
    if not group:
        group = list(before.errors[before.target])
    at_the_change = [error for error in group if _layer(error) in edit.layers]
    cause = (at_the_change or sorted(group, key=lambda error: before.rewalk.places.get(_layer(error) or 0, 0)))[0]
    told = any(fix.title == edit.title for fix in cause.fixes)
    elsewhere = _layer(cause) not in edit.reaches and (not edit.inputs or is_known_mistake(edit))
    kept = told or (len(group) == 1 and not elsewhere)
    return replace(
        cause,
        consequences=tuple(replace(error, fixes=()) for error in group if error is not cause),
        fixes=tuple(_fixes(repairs, number, cause.fixes if len(group) == 1 else ())),
        help=cause.help if kept else "; ".join([edit.title, *(cause.help or "").split("; ")[1:]]),
        related=(*cause.related, *_changed_places(repairs, number, cause)),
    )


def _fixes(repairs: Sequence[Repair], number: int, own: Sequence[Fix]) -> Iterator[Fix]:
    """What the repairs change to mend one cause, each once, and then the other fixes of an error that stands alone."""
    told: set[str] = set()
    for repair in repairs:
        edit = repair.edits[number]
        patch = _own_patch(repair, number)
        if _changes(patch) not in told and len(repair.edits) == len(repairs[0].edits):
            told.add(_changes(patch))
            yield Fix(edit.title, patch, applicability(repairs, number))
    yield from (replace(fix, applicability="unsafe") for fix in own if _changes(fix.patch) not in told)


def _own_patch(repair: Repair, number: int) -> Patch:
    """One change of a repair to the network as posted, without what those before it change in the same layers."""
    network = repair.states[0].network
    patch, before = patch_of(repair.edits[number], network), _steps(patch_of(repair.states[number].edit, network))
    changed = {step["path"] for step in patch if step["op"] != "test" and _step(step) not in before}
    return tuple(step for step in patch if step["path"] in changed)


def _changes(patch: Patch) -> str:
    """What a patch changes, without what it tests."""
    return str(_steps(patch))


def _steps(patch: Patch) -> list[str]:
    return [_step(step) for step in patch if step["op"] != "test"]


def _step(step: PatchOperation) -> str:
    return str((step["op"], step["path"], step.get("value")))


def _changed_places(repairs: Sequence[Repair], number: int, cause: Diagnostic) -> Iterator[Related]:
    """The places that the repairs change, as far as the error does not name them."""
    named = {place.location[:2] for place in cause.related} | {cause.location[:2]}
    network = repairs[0].states[0].network
    for repair in repairs:
        edit = repair.edits[number]
        places = [network.nodes[index].description.location for index in sorted(edit.reaches)]
        places += [network.input_locations[name] for name in edit.inputs]
        for location in places[:1]:
            if location[:2] not in named:
                named.add(location[:2])
                yield Related(location, f"a change here mends it: {edit.title}")
