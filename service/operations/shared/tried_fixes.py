"""Fixes that have been tried: each is applied to the posted document, which is then judged again."""

import marshal
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import replace
from typing import Any, TypeVar

import jsonpatch
from jsonpointer import JsonPointer, JsonPointerException
from pydantic import BaseModel

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import PatchOperation
from service.problems import Problem
from service.schemas.bodies import validated

MOST_TRIALS = 200
"""Documents judged again for one answer. Chosen."""
MOST_WORK = 20_000
"""Layers and diagnostics judged again for one answer. Chosen."""
MOST_SHARED_WORK = 50_000
"""Layers and diagnostics judged again for all the answers of a batch. Chosen."""
MOST_BYTES = 30_000_000
"""Bytes of the documents judged again for one answer, or for all those of a batch. Measured: two seconds' reading."""

UNSHARED = 0
"""The version of the format whose length is that of the values, each written out as often as it is there."""

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

    `size`, the number of layers in the request, its length, and `share`, the number of answers that the work is shared
    among, bound how many fixes can be tried. `left_out` are members of the request that no fix needs, such as arrays.
    Fixes that are `ranked` keep their order.
    """
    before = Counter(diagnostic.rule.name for diagnostic in diagnostics if diagnostic.is_error)
    before += Counter(consequence.rule.name for diagnostic in diagnostics for consequence in diagnostic.consequences)
    document = posted(request, left_out) if any(diagnostic.fixes for diagnostic in diagnostics) else {}
    allowance = min(
        MOST_TRIALS,
        min(MOST_WORK, MOST_SHARED_WORK // share) // (size + len(diagnostics) + 1),
        MOST_BYTES // share // len(marshal.dumps(document, UNSHARED)),
    )
    judged = []
    for diagnostic in diagnostics:
        trials = diagnostic.fixes[:allowance]
        allowance -= len(trials)
        working = [
            fix
            for fix in trials
            if (after := _errors_after(fix, document, type(request), judge)) is not None
            and not after - _allowed(before, diagnostic)
        ]
        judged.append(replace(diagnostic, fixes=tuple(working if ranked else sorted(working, key=_change))))
    return judged


def posted(request: BaseModel, left_out: Collection[str] = ()) -> dict[str, Any]:
    """The document that a request was read from; requests are read strictly, so that they still hold all of it."""
    return request.model_dump(exclude_unset=True, exclude=set(left_out))


def patched(document: dict[str, Any], patch: Sequence[PatchOperation]) -> Any:
    """The document after a patch. What the patch does not touch is shared with the document, which may be long.

    Raises:
        JsonPatchException: An operation cannot be applied.
        JsonPointerException: A path leads nowhere.
    """
    after: Any = document
    for operation in patch:
        for member in ("path", "from"):
            if member in operation:
                after = _copied_along(after, JsonPointer(str(operation[member])).parts[:-1])
        after = jsonpatch.JsonPatch([operation]).apply(after, in_place=True)
    return after


def _copied_along(value: Any, parts: Sequence[str]) -> Any:
    """A value in which every list and object on a path is a copy, and all else is shared."""
    value = copy(value)
    if parts and isinstance(value, dict) and parts[0] in value:
        value[parts[0]] = _copied_along(value[parts[0]], parts[1:])
    elif parts and isinstance(value, list) and parts[0].isdecimal() and int(parts[0]) < len(value):
        value[int(parts[0])] = _copied_along(value[int(parts[0])], parts[1:])
    return value


def _allowed(before: Counter[str], target: Diagnostic) -> Counter[str]:
    """The errors that may be left once a diagnostic has been removed."""
    return before - Counter([target.rule.name] if target.is_error else [])


def _change(fix: Fix) -> tuple[bool, int]:
    """How much a fix changes: safe fixes first, then those of fewer operations."""
    return fix.applicability != "safe", sum(operation["op"] != "test" for operation in fix.patch)


def _errors_after(
    fix: Fix, document: dict[str, Any], model: type[Request], judge: Judge[Request]
) -> Counter[str] | None:
    """The errors of the document once a fix is applied; None where it cannot be applied or judged."""
    try:
        diagnostics = judge(validated(model, patched(document, fix.patch)))
    except (jsonpatch.JsonPatchException, JsonPointerException):
        return None
    except Problem as problem:
        if not problem.errors:
            return None
        diagnostics = problem.errors
    return Counter(diagnostic.rule.name for diagnostic in diagnostics if diagnostic.is_error)
