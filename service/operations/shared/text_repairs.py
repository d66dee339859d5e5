"""Changes of posted text: each is made in the text, which is then read and judged again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jsonpatch

from service.core.diagnostics import Diagnostic, Fix
from service.models.reading import UnreadableModelError
from service.models.text_edits import Edits, diff_of, edited, ways_to_write
from service.operations.shared.network_body import NetworkBody
from service.operations.shared.read_models import ReadModel, read, with_network
from service.operations.shared.tried_fixes import patched, posted
from service.problems import Problem

MOST_READINGS = 24
"""Texts that are read and judged again for one answer. Chosen: each takes as long as the first."""
MOST_TEXT_REPAIRS = 5
"""Repairs that are told at most. Chosen: as many as of a network."""

Judge = Callable[[Any], Sequence[Diagnostic]]
"""Every diagnostic of a request with a network."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A change of the text after which the model has no error: the fix, and the edits that it stands for."""

    fix: Fix
    edits: Edits


class TextTrials:
    """Tries changes of a posted text, as many as are allowed for one answer."""

    def __init__(self, model: ReadModel, request: NetworkBody, judge: Judge, share: int) -> None:
        self.model = model
        self.request = request
        self.judge = judge
        self.left = MOST_READINGS // share if model.model.files and model.reading.literals else 0
        self._tried: set[Edits] = set()

    def written(self, fix: Fix) -> Written | None:
        """A repair of the network as a change of the text; None where none is found that leaves no error."""
        if not self.left:
            return None
        for edits in ways_to_write(fix.patch, self.model.reading):
            if edits not in self._tried and self.left:
                self._tried.add(edits)
                self.left -= 1
                if (made := self._made(fix, edits)) is not None:
                    return made
        return None

    def _made(self, fix: Fix, edits: Edits) -> Written | None:
        """The change as a fix, if it leaves no error."""
        model = self.model
        files = edited(model.model.files, edits)
        if files is None:
            return None
        try:
            reading = read(replace(model.model, files=files), model.format)
            request = with_network(self.request, reading)
        except (UnreadableModelError, Problem):
            return None
        if reading.mistakes or any(diagnostic.is_error for diagnostic in self.judge(request)):
            return None
        patch = _patch_between(fix, posted(self.request), posted(request))
        title = fix.title if patch == fix.patch else _title(edits)
        return Written(fix=Fix(title, patch, fix.applicability, diff_of(model.model.files, files)), edits=edits)


def with_diffs(
    diagnostics: Sequence[Diagnostic], repairs: Sequence[Fix], trials: TextTrials
) -> tuple[list[Diagnostic], list[Fix]]:
    """The diagnostics and repairs with the changes of the text that they stand for, one error for one such change.

    A number in the text may be that of many layers. So where no repair of the network can be written, what would mend
    a single layer is written, and kept if it mends all.
    """
    written = [trials.written(repair) for repair in repairs]
    found = [one for one in written if one is not None]
    if not found:
        found = [one for fix in _fixes_of(diagnostics) if (one := trials.written(fix)) is not None][:1]
        repairs = [one.fix for one in found] + list(repairs)
    else:
        repairs = [repair if one is None else one.fix for repair, one in zip(repairs, written, strict=True)]
    if not found:
        return list(diagnostics), list(repairs)
    diffs = {str(one.fix.patch): one.fix.diff for one in found}
    told = [_with_diffs_of_fixes(diagnostic, diffs) for diagnostic in diagnostics]
    single = len(found[0].edits) == 1 and repairs[0] is found[0].fix
    return (_with_one_cause(told) if single else told), list(repairs)[:MOST_TEXT_REPAIRS]


def _fixes_of(diagnostics: Sequence[Diagnostic]) -> Iterator[Fix]:
    """The fixes of all errors, those of the first error first."""
    for diagnostic in diagnostics:
        if diagnostic.is_error:
            yield from diagnostic.fixes
            yield from _fixes_of(diagnostic.consequences)


def _with_diffs_of_fixes(diagnostic: Diagnostic, diffs: dict[str, str | None]) -> Diagnostic:
    fixes = tuple(replace(fix, diff=diffs.get(str(fix.patch))) for fix in diagnostic.fixes)
    return replace(diagnostic, fixes=fixes)


def _with_one_cause(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The errors that one change mends as one error: the first, and the others as its consequences."""
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if len(errors) < 2:
        return list(diagnostics)
    first, *others = errors
    hidden = [replace(error, fixes=(), consequences=()) for error in others]
    deeper = [consequence for error in others for consequence in error.consequences]
    cause = replace(first, consequences=(*first.consequences, *hidden, *deeper))
    return [cause, *(diagnostic for diagnostic in diagnostics if not diagnostic.is_error)]


def _title(edits: Edits) -> str:
    """What is written where, for a change of the text that is more than one of a layer."""
    return ", and ".join(
        f"write `{edit.text}` in place of `{edit.place.text}` in line {edit.place.line}" for edit in edits
    )


def _patch_between(fix: Fix, before: dict[str, Any], after: dict[str, Any]) -> tuple[Any, ...]:
    """The patch of the fix, where it makes of the network what the text makes of it; otherwise all that differs."""
    try:
        if patched(before, fix.patch) == after:
            return fix.patch
    except jsonpatch.JsonPatchException:
        pass
    return tuple(jsonpatch.make_patch(before, after).patch)
