"""Repairs as changes of posted text: each was made in the text, read and judged again before it is told."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, islice

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import Related
from service.operations.shared.errors_of_models import with_one_cause
from service.operations.shared.read_models import ReadModel
from service.operations.shared.text_repairs.candidates import MOST_FIXES, found_otherwise, numbers_changed, renamings
from service.operations.shared.text_repairs.trials import TextTrials, Written, change
from service.rendering import place_object

__all__ = ["TextTrials", "repairs_of_mistakes", "with_diffs"]

MOST_REPAIRS = 5
"""Repairs that are told at most. Chosen: as many as of a network."""


def with_diffs(
    diagnostics: Sequence[Diagnostic], repairs: Sequence[Fix], trials: TextTrials
) -> tuple[list[Diagnostic], list[Fix]]:
    """The diagnostics and repairs with the changes of the text that they stand for; one such change is for one error.

    A number in the text may be that of many layers. So beside the repairs of the network, what would mend a single
    layer is written, and numbers upstream are changed: what leaves no error is a repair.
    """
    written = [trials.written(repair) if number < MOST_FIXES else None for number, repair in enumerate(repairs)]
    found = [one for one in written if one is not None]
    found += islice(found_otherwise(diagnostics, repairs, trials), MOST_REPAIRS - len(found))
    if not found:
        return list(diagnostics), list(repairs)
    told = [one.fix for one in found] + [fix for fix, one in zip(repairs, written, strict=True) if one is None]
    diffs = {str(one.fix.patch): one.fix.diff for one in found}
    located = [_with_diffs_of_fixes(diagnostic, diffs) for diagnostic in diagnostics]
    if len(found[0].edits) == 1:
        located = with_one_cause(located)
    return _with_places(located, found, trials.model), told[:MOST_REPAIRS]


def repairs_of_mistakes(trials: TextTrials) -> list[Written]:
    """Changes of names and numbers behind what the program would raise, after which it raises nothing and has no error.

    A name is changed in all places at once where it is wrong in several.
    """
    mistakes = trials.model.reading.mistakes
    tried = chain(renamings(mistakes), numbers_changed(mistakes[0], trials.model))
    written = (trials.made(edits) for edits in tried)
    return list(islice((one for one in written if one is not None), MOST_REPAIRS))


def _with_diffs_of_fixes(diagnostic: Diagnostic, diffs: dict[str, str | None]) -> Diagnostic:
    """A diagnostic whose fixes have their diffs; those that have one come first."""
    fixes = [replace(fix, diff=diffs.get(str(fix.patch))) for fix in diagnostic.fixes]
    return replace(diagnostic, fixes=tuple(sorted(fixes, key=lambda fix: fix.diff is None)))


def _with_places(diagnostics: list[Diagnostic], found: Sequence[Written], model: ReadModel) -> list[Diagnostic]:
    """The first error with the places in the text that the repairs change, as far as it does not name them."""
    if not diagnostics or not diagnostics[0].is_error:
        return diagnostics
    first = diagnostics[0]
    named = [model.source(first.location), *(model.source(place.location) for place in first.related)]
    related = list(first.related)
    for edit in (edit for one in found for edit in one.edits):
        source = place_object(edit.place)
        if source not in named:
            named.append(source)
            related.append(Related(first.location, f"a change here mends it: {change(edit)}", source))
    errors = sum(diagnostic.is_error for diagnostic in diagnostics)
    help_text = found[0].fix.title if errors == 1 else first.help
    return [replace(first, related=tuple(related), help=help_text), *diagnostics[1:]]
