"""ONNX's quantised, scattering, signal and loss operators against what onnxruntime makes of them, in ONNX's words."""

import json
from functools import cache
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.operations.validate_network import OPERATION
from tests.golden.reader import HERE

Case = dict[str, Any]
Shapes = list[list[int | None] | None]
VALUES_SAY = {"Compress", "NonMaxSuppression", "Unique"}
"""Operators with sizes that only values say, which are unknown to the service."""


@cache
def lines() -> list[Case]:
    text = (HERE / "kinds" / "onnx_nodes.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def made(case: Case) -> tuple[Shapes, list[str]]:
    """What comes out of a layer as the service says, and its errors."""
    names = [f"x{position}" for position in range(len(case["inputs"]))]
    body = {
        "framework": "onnx",
        "opset": case["opset"],
        "inputs": dict(zip(names, case["inputs"], strict=True)),
        "layers": [{"name": "layer", **case["layer"], "inputs": names}],
    }
    document = OPERATION.respond(body)
    layer = document["layers"][0]
    shapes = layer.get("output_shapes") or [layer["output_shape"]]
    errors = [found["message"] for found in document["diagnostics"] if found["severity"] == "error"]
    return [None if shape is None else list(shape) for shape in shapes], errors


def fits(case: Case, shapes: Shapes) -> bool:
    """Whether shapes are those recorded; where values say sizes, but for those that are unknown."""
    if case["layer"]["type"] not in VALUES_SAY:
        return shapes == case["outputs"]
    return len(shapes) == len(case["outputs"]) and all(
        shape is not None
        and len(shape) == len(wanted)
        and all(size in (None, want) for size, want in zip(shape, wanted, strict=True))
        for shape, wanted in zip(shapes, case["outputs"], strict=True)
    )


def test_it_was_recorded_from_the_version_that_the_service_names() -> None:
    assert lines()[0]["version"] == FRAMEWORKS["onnx"].version


def test_there_are_cases_of_many_operators_accepted_and_refused() -> None:
    cases = lines()[1:]
    assert len(cases) >= 800
    assert len({case["layer"]["type"] for case in cases}) >= 25
    assert sum("refused" in case for case in cases) > 0.1 * len(cases)


def test_every_shape_and_every_refusal_is_that_of_onnxruntime() -> None:
    wrong = []
    for case in lines()[1:]:
        shapes, errors = made(case)
        right = errors if "refused" in case else not errors and fits(case, shapes)
        if not right:
            wrong.append((case, shapes, errors))
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"
