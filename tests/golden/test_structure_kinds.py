"""Layers that change the structure of tensors give what the frameworks gave, and are refused where they refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]
Case = dict[str, Any]

RECORDED = Path(__file__).parent / "kinds"
FRAMEWORKS = ("pytorch", "keras", "onnx", "jax")
LEFT_OVER = 25
"""Cases a test judges at most, so that a failure names few of them."""


def cases(framework: str) -> list[Case]:
    with (RECORDED / f"{framework}_structure.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines][1:]


def answer(answered: Answered, framework: str, case: Case) -> list[list[int | None]] | None:
    """The shapes that come out; None where the layer is refused."""
    inputs = {f"x{place}": shape for place, shape in enumerate(case["inputs"])}
    layer = {**case["layer"], **({"inputs": list(inputs)} if inputs else {})}
    body = {"framework": framework, "inputs": inputs or {"unused": [1]}, "layers": [layer], "detail": "sizes"}
    document = answered("/v1/networks/validate", body)
    if not document["valid"]:
        return None
    [judged] = document["layers"]
    shapes: list[list[int | None]] = judged.get("output_shapes") or [judged["output_shape"]]
    return shapes


def expected(framework: str, case: Case) -> list[list[int | None]] | None:
    """What the framework gave, in the service's terms.

    A pad or a crop that leaves nothing is an error here, whatever the framework makes of it. How many values are not 0
    is not known.
    """
    outputs: list[list[int | None]] | None = case.get("outputs")
    if outputs and case["layer"]["type"] == "pad" and 0 in outputs[0]:
        return None
    if outputs and case["layer"]["type"] == "nonzero":
        rank = len(case["inputs"][0])
        known: list[int | None] | None = {"pytorch": [None, rank], "onnx": [rank, None]}.get(framework)
        return [known] if known else [[None]] * rank
    return outputs


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_recorded_case(answered: Answered, framework: str) -> None:
    wrong = []
    recorded = cases(framework)
    for case in recorded:
        given, wanted = answer(answered, framework, case), expected(framework, case)
        if given != wanted:
            wrong.append((case["layer"], case["inputs"], wanted, given))
    assert not wrong[:LEFT_OVER]
    assert len(recorded) >= 300


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_both_what_is_taken_and_what_is_refused_was_recorded(framework: str) -> None:
    kinds = {case["layer"]["type"] for case in cases(framework) if "outputs" in case}
    refused = {case["layer"]["type"] for case in cases(framework) if "refused" in case}
    assert len(kinds) >= 15
    assert len(refused) >= 10
