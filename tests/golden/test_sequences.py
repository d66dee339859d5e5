"""Recurrent layers, attention, wrappers, composites, and weights as inputs: the service answers what was recorded."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Document = dict[str, Any]
Answered = Callable[[str, Any], Document]

RECORDED = Path(__file__).parent / "kinds"
RULES = {"pytorch": "pytorch", "torchvision": "pytorch", "keras": "keras", "onnx": "onnx"}
"""Each recorder, and the framework whose rules its layers follow."""


def cases(recorder: str) -> Iterator[Document]:
    """The cases of a recorder, behind the header."""
    with (RECORDED / f"{recorder}_sequences.jsonl").open(encoding="utf-8") as lines:
        next(lines)
        yield from map(json.loads, lines)


@pytest.mark.parametrize("recorder", RULES)
def test_every_recorded_layer_is_answered_as_the_framework_answered(answered: Answered, recorder: str) -> None:
    wrong = [case for case in cases(recorder) if not agrees(answered, RULES[recorder], case)]
    assert wrong == []


def agrees(answered: Answered, framework: str, case: Document) -> bool:
    """Whether shapes, parameters and buffers are those recorded, or there is an error where there was a refusal."""
    inputs = {f"input_{index}": shape for index, shape in enumerate(case["inputs"])}
    layer = {**case["layer"], "name": "layer", "inputs": list(inputs)}
    document = answered("/v1/networks/validate", {"framework": framework, "inputs": inputs, "layers": [layer]})
    if "refused" in case or not document["valid"]:
        return "refused" in case and not document["valid"]
    [judged] = document["layers"]
    shapes = judged.get("output_shapes", [judged["output_shape"]])
    figures = [judged["parameters"], judged["buffers"]]
    return bool(shapes == case["outputs"] and figures == [case["parameters"], case["buffers"]])


@pytest.mark.parametrize("recorder", RULES)
def test_layers_of_each_kind_were_accepted_and_refused(recorder: str) -> None:
    kinds = {case["layer"]["type"] for case in cases(recorder)}
    accepted = {case["layer"]["type"] for case in cases(recorder) if "outputs" in case}
    refused = {case["layer"]["type"] for case in cases(recorder) if "refused" in case}
    assert accepted == kinds
    assert len(refused) > len(kinds) / 2
