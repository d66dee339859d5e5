"""Which error stands at the cause, and which are its consequences."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import Related
from service.core.networks.repair.edits import patch_of
from service.core.networks.repair.search import Repair


def with_causes(diagnostics: Sequence[Diagnostic], repairs: Sequence[Repair]) -> list[Diagnostic]:
    """The diagnostics, with each error that a change of the first repair does away with under the one at its cause.

    The error at a cause is the one of the layer that is changed, otherwise the first of the layers behind it. An error
    that only shows once another one is mended is added.
    """
    if not repairs:
        return list(diagnostics)
    repair = repairs[0]
    groups: list[list[Diagnostic]] = [[] for _ in repair.edits]
    others: list[Diagnostic] = []
    for diagnostic in diagnostics:
        number = _mended_by(diagnostic, repair) if diagnostic.is_error else None
        (others if number is None else groups[number]).append(diagnostic)
    causes = [cause for number, group in enumerate(groups) for cause in _cause(repair, number, group)]
    return [*causes, *others]


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


def _cause(repair: Repair, number: int, group: list[Diagnostic]) -> Iterator[Diagnostic]:
    """The error at a cause with its consequences; what was hidden until now, where the posted network shows nothing."""
    before, edit = repair.states[number], repair.edits[number]
    if not group:
        group = [error for errors in before.errors.values() for error in errors][:1]
    at_the_change = [error for error in group if _layer(error) in edit.layers]
    cause = (at_the_change or sorted(group, key=lambda error: before.rewalk.places.get(_layer(error) or 0, 0)))[0]
    consequences = tuple(replace(error, fixes=()) for error in group if error is not cause)
    fix = Fix(edit.title, patch_of(edit, before.network), edit.applicability)
    known = {fix.title for fix in cause.fixes}
    fixes = cause.fixes if edit.title in known else (fix, *cause.fixes)
    yield replace(
        cause,
        consequences=consequences,
        fixes=fixes,
        help=cause.help if edit.title in known else edit.title,
        related=(*cause.related, *_changed_places(repair, number, cause)),
    )


def _changed_places(repair: Repair, number: int, cause: Diagnostic) -> Iterator[Related]:
    """The places that a repair changes, as far as the error does not name them."""
    network, edit = repair.states[0].network, repair.edits[number]
    named = {place.location[:2] for place in cause.related} | {cause.location[:2]}
    for index in sorted(edit.reaches):
        location = network.nodes[index].description.location
        if location not in named:
            yield Related(location, f"the smallest change that mends all of it: {edit.title}")
            return
