"""Fixes that have been tried: each is applied to the posted document, which is then judged again."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import jsonpatch
from jsonpointer import JsonPointerException
from pydantic import BaseModel

from service.core.diagnostics import Diagnostic, Fix
from service.problems import Problem
from service.schemas.bodies import validated

MOST_TRIALS = 200
"""Documents judged again for one answer. Chosen."""
MOST_WORK = 20_000
"""Layers and diagnostics judged again for one answer. Chosen."""
MOST_SHARED_WORK = 50_000
"""Layers and diagnostics judged again for all the answers of a batch. Chosen."""

Request = TypeVar("Request", bound=BaseModel)
Judge = Callable[[Request], Sequence[Diagnostic]]
"""Every diagnostic of a request."""


def with_tried_fixes(
    diagnostics: Sequence[Diagnostic],
    request: Request,
    judge: Judge[Request],
    *,
    size: int = 1,
    share: int = 1,
    left_out: Collection[str] = (),
    ranked: bool = False,
) -> list[Diagnostic]:
    """The diagnostics with only those of their fixes that remove them and add no error, the smallest change first.

    `size`, the number of layers in the request, and `share`, the number of answers that the work is shared among,
    bound how many fixes can be tried. `left_out` are members of the request that no fix needs, such as arrays. Fixes
    that are `ranked` keep their order.
    """
    allowance = min(MOST_TRIALS, min(MOST_WORK, MOST_SHARED_WORK // share) // (size + len(diagnostics) + 1))
    before = Counter(diagnostic.rule.name for diagnostic in diagnostics if diagnostic.is_error)
    before += Counter(consequence.rule.name for diagnostic in diagnostics for consequence in diagnostic.consequences)
    document = posted(request, left_out) if any(diagnostic.fixes for diagnostic in diagnostics) else {}
    judged = []
    for diagnostic in diagnostics:
        trials = diagnostic.fixes[:allowance]
        allowance -= len(trials)
        working = [
            fix
            for fix in trials
            if (after := errors_after(fix, document, type(request), judge)) is not None
            and not after - _allowed(before, diagnostic)
        ]
        judged.append(replace(diagnostic, fixes=tuple(working if ranked else sorted(working, key=_change))))
    return judged


def posted(request: BaseModel, left_out: Collection[str] = ()) -> dict[str, Any]:
    """The document that a request was read from; requests are read strictly, so that they still hold all of it."""
    return request.model_dump(exclude_unset=True, exclude=set(left_out))


def _allowed(before: Counter[str], target: Diagnostic) -> Counter[str]:
    """The errors that may be left once a diagnostic has been removed."""
    return before - Counter([target.rule.name] if target.is_error else [])


def _change(fix: Fix) -> tuple[bool, int]:
    """How much a fix changes: safe fixes first, then those of fewer operations."""
    return fix.applicability != "safe", sum(operation["op"] != "test" for operation in fix.patch)


def errors_after(
    fix: Fix, document: dict[str, Any], model: type[Request], judge: Judge[Request]
) -> Counter[str] | None:
    """The errors of the document once a fix is applied; None where it cannot be applied or judged."""
    try:
        patch: Any = fix.patch
        diagnostics = judge(validated(model, jsonpatch.JsonPatch(patch).apply(document)))
    except (jsonpatch.JsonPatchException, JsonPointerException):
        return None
    except Problem as problem:
        if not problem.errors:
            return None
        diagnostics = problem.errors
    return Counter(diagnostic.rule.name for diagnostic in diagnostics if diagnostic.is_error)
