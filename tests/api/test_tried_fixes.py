"""Fixes are tried on copies that share what they leave alone, and only as many as can be afforded."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import jsonpatch
import pytest
from jsonpointer import JsonPointerException

from service.core.diagnostics import Diagnostic, Fix, placed
from service.core.diagnostics.arrays import too_large
from service.operations.shared import tried_fixes
from service.operations.shared.tried_fixes import patched, with_tried_fixes
from service.schemas.bodies import StrictModel

DOCUMENT: dict[str, Any] = {
    "layers": [{"a": 1, "long": [1, 2, 3]}, {"b": [4, {"c": 5}]}, {"d": {}}],
    "inputs": {"a/b": [1]},
}
PATCHES: list[list[dict[str, Any]]] = [
    [{"op": "test", "path": "/layers/0/a", "value": 1}, {"op": "replace", "path": "/layers/0/a", "value": 2}],
    [{"op": "add", "path": "/layers/1", "value": {"e": 1}}, {"op": "add", "path": "/layers/1/f", "value": 2}],
    [{"op": "add", "path": "/layers/-", "value": {}}],
    [{"op": "remove", "path": "/layers/0"}, {"op": "replace", "path": "/layers/0/b/1/c", "value": 6}],
    [{"op": "move", "from": "/layers/0/a", "path": "/layers/2/d/a"}],
    [{"op": "copy", "from": "/layers/1/b", "path": "/layers/2/b"}, {"op": "add", "path": "/layers/2/b/0", "value": 7}],
    [{"op": "replace", "path": "/inputs/a~1b/0", "value": 8}],
]


@pytest.mark.parametrize("patch", PATCHES)
def test_a_patch_gives_what_it_gives_on_a_copy_and_leaves_the_document(patch: list[dict[str, Any]]) -> None:
    before = deepcopy(DOCUMENT)
    assert patched(DOCUMENT, patch) == jsonpatch.JsonPatch(patch).apply(deepcopy(DOCUMENT))
    assert before == DOCUMENT


def test_what_a_patch_does_not_touch_is_shared() -> None:
    after = patched(DOCUMENT, PATCHES[0])
    assert after["layers"][0] is not DOCUMENT["layers"][0]
    assert after["layers"][0]["long"] is DOCUMENT["layers"][0]["long"]
    assert after["layers"][1] is DOCUMENT["layers"][1]


@pytest.mark.parametrize("path", ["/layers/9/a", "/layers/x/a", "/nowhere/a", "/layers/0/a/b"])
def test_a_path_that_leads_nowhere_cannot_be_applied(path: str) -> None:
    with pytest.raises((jsonpatch.JsonPatchException, JsonPointerException)):
        patched(DOCUMENT, [{"op": "replace", "path": path, "value": 1}])


class Request(StrictModel):
    """A document of any length."""

    values: list[int]
    wrong: bool


@pytest.mark.parametrize(("length", "fixes"), [(10, 8), (30_000, 6), (300_000, 0)])
def test_the_longer_a_document_the_fewer_fixes_are_tried(
    monkeypatch: pytest.MonkeyPatch, length: int, fixes: int
) -> None:
    monkeypatch.setattr(tried_fixes, "MOST_BYTES", 1_000_000)
    request = Request(values=[0] * length, wrong=True)
    [wrong] = placed(too_large("it", 2, 1, "limit", ("wrong",)))
    fix = Fix("right it", ({"op": "replace", "path": "/wrong", "value": False},))
    judged = []

    def judge(document: Request) -> list[Diagnostic]:
        judged.append(document)
        return []

    diagnostic = replace(wrong, fixes=(fix,) * 8)
    [tried] = with_tried_fixes([diagnostic], request, judge)
    assert len(tried.fixes) == len(judged) == fixes
