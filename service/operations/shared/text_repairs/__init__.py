"""Repairs as changes of posted text: each was made in the text, read and judged again before it is told."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import Related
from service.models.text_edits import ways_to_write
from service.operations.shared.errors_of_models import with_one_cause
from service.operations.shared.read_models import ReadModel
from service.operations.shared.text_repairs.candidates import (
    MOST_FIXES,
    all_of,
    found_otherwise,
    numbers_changed,
    parts_of,
    renames_of,
    renamings,
)
from service.operations.shared.text_repairs.trials import TextTrials, Written, change, errors_among, mistaken
from service.rendering import place_object

__all__ = ["TextTrials", "repairs_of_mistakes", "with_diffs", "with_own_changes"]

MOST_REPAIRS = 5
"""Repairs that are told at most. Chosen: as many as of a network."""


def with_diffs(
    diagnostics: Sequence[Diagnostic], repairs: Sequence[Fix], trials: TextTrials
) -> tuple[list[Diagnostic], list[Fix]]:
    """The diagnostics and repairs with the changes of the text that they stand for; one such change is for one error.

    A number in the text may be that of many layers. So beside the repairs of the network, what would mend a single
    layer is written, and numbers upstream are changed: what leaves no error is a repair. Of several errors each has its
    own fixes written too, which leave the others.
    """
    written = [trials.written(repair) if number < MOST_FIXES else None for number, repair in enumerate(repairs)]
    found = [one for one in written if one is not None]
    errors = errors_among(diagnostics)
    parts = parts_of(errors, all_of(errors), trials) if len(errors) > 1 else {}
    found += islice(found_otherwise(diagnostics, repairs, trials), MOST_REPAIRS - len(found))
    if not found and not parts:
        return list(diagnostics), list(repairs)
    told = [one.fix for one in found] + [fix for fix, one in zip(repairs, written, strict=True) if one is None]
    diffs = {str(one.fix.patch): one.fix.diff for one in chain(found, *parts.values())}
    located = [_with_diffs_of_fixes(diagnostic, diffs) for diagnostic in diagnostics]
    if found and len(found[0].edits) == 1:
        located = with_one_cause(located)
    first, *others = errors_among(located)
    if found and not others:
        located = [replace(each, help=found[0].fix.title) if each is first else each for each in located]
    alone = [one for one in found if len(one.edits) == 1 or not others]
    parts[mistaken(first)] = [*parts.get(mistaken(first), ()), *alone]
    return [_with_places(each, parts.get(mistaken(each), ()), trials.model) for each in located], told[:MOST_REPAIRS]


def with_own_changes(diagnostics: Sequence[Diagnostic], trials: TextTrials) -> tuple[list[Diagnostic], ReadModel]:
    """The errors beside what the program would raise, and the model: each has the changes of the text that mend it."""
    errors, mistakes = errors_among(diagnostics), trials.model.reading.mistakes
    before = all_of(errors, mistakes)
    fixes = renames_of(mistakes, before, trials)
    parts = parts_of(errors, before, trials)
    diffs = {str(one.fix.patch): one.fix.diff for found in parts.values() for one in found}
    told = [_with_diffs_of_fixes(diagnostic, diffs) for diagnostic in diagnostics]
    return told, replace(trials.model, fixes=fixes)


def repairs_of_mistakes(trials: TextTrials, repairs: Sequence[Fix] = ()) -> list[Written]:
    """Changes of names and numbers behind what the program would raise, after which it raises nothing and has no error.

    A name is changed in all places at once where it is wrong in several, together with a repair of the layers if they
    have errors.
    """
    mistakes = trials.model.reading.mistakes
    names = list(renamings(mistakes))
    both = (names[0] + edits for repair in repairs for edits in ways_to_write(repair.patch, trials.model.reading))
    tried = chain(names, both if names else (), numbers_changed(mistakes[0], trials.model))
    written = (trials.made(edits) for edits in tried)
    return list(islice((one for one in written if one is not None), MOST_REPAIRS))


def _with_diffs_of_fixes(diagnostic: Diagnostic, diffs: dict[str, str | None]) -> Diagnostic:
    """A diagnostic whose fixes have their diffs; those that have one come first."""
    fixes = [replace(fix, diff=diffs.get(str(fix.patch))) for fix in diagnostic.fixes]
    return replace(diagnostic, fixes=tuple(sorted(fixes, key=lambda fix: fix.diff is None)))


def _with_places(error: Diagnostic, found: Sequence[Written], model: ReadModel) -> Diagnostic:
    """An error with the places in the text where what was found changes it, as far as it does not name them."""
    named = [model.source(error.location), *(model.source(place.location) for place in error.related)]
    related = list(error.related)
    for edit in (edit for one in found for edit in one.edits):
        source = place_object(edit.place)
        if source not in named:
            named.append(source)
            related.append(Related(error.location, f"a change here mends it: {change(edit)}", source))
    return replace(error, related=tuple(related))
