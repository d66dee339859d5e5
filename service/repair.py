"""Fixes that have been tried: each is applied to the posted document, which is then judged again."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from service.core.diagnostics import Diagnostic, Fix

Judge = Callable[[Any], Sequence[Diagnostic]]
"""Every diagnostic of a document."""

MOST_TRIALS = 200
"""Documents judged again for one answer, at most."""
MOST_WORK = 20_000
"""Layers and diagnostics judged again for one answer, at most."""
MOST_SHARED_WORK = 50_000
"""The same for all the answers of a batch."""


def with_tried_fixes(
    found: Sequence[Diagnostic], document: Any, judge: Judge, *, size: int = 1, share: int = 1
) -> list[Diagnostic]:
    """The diagnostics with only those of their fixes that remove them and add no error, the least change first.

    `size` is the number of layers in the document, `share` the number of answers that the work is shared among: they
    bound how many fixes can be tried.
    """
    allowance = min(MOST_TRIALS, min(MOST_WORK, MOST_SHARED_WORK // share) // (size + len(found) + 1))
    before = Counter(one.rule.name for one in found if one.is_error)
    judged = []
    for one in found:
        trials, allowance = one.fixes[:allowance], allowance - min(allowance, len(one.fixes))
        working = [fix for fix in trials if _works(fix, one, before, document, judge)]
        judged.append(replace(one, fixes=tuple(sorted(working, key=_change))))
    return judged


def _change(fix: Fix) -> tuple[bool, int]:
    """How much a fix changes: those that follow from the rest first, then those of fewer operations."""
    return fix.applicability != "safe", sum(operation["op"] != "test" for operation in fix.patch)


def _works(fix: Fix, target: Diagnostic, before: Counter[str], document: Any, judge: Judge) -> bool:
    try:
        patch: Any = fix.patch
        mended = jsonpatch.JsonPatch(patch).apply(document)
    except (jsonpatch.JsonPatchException, JsonPointerException):
        return False
    after = Counter(one.rule.name for one in judge(mended) if one.is_error)
    allowed = before - Counter([target.rule.name] if target.is_error else [])
    return not after - allowed
