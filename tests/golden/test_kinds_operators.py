"""Operators, reductions, products, lookups and functional forms against what each framework makes of them."""

import json
from functools import cache
from typing import Any

import pytest

from service.core.frameworks import FRAMEWORKS
from service.operations.validate_network import OPERATION
from tests.golden.reader import HERE

Case = dict[str, Any]
Shapes = list[list[int] | None]
RECORDED = sorted(path.stem.removesuffix("_operators") for path in (HERE / "kinds").glob("*_operators.jsonl"))


@cache
def lines(framework: str) -> list[Case]:
    text = (HERE / "kinds" / f"{framework}_operators.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def made(case: Case, framework: str) -> tuple[Shapes, list[str]]:
    """What comes out of a layer as the service says, and its errors."""
    names = [f"x{position}" for position in range(len(case["inputs"]))]
    body = {
        "framework": framework,
        "inputs": dict(zip(names, case["inputs"], strict=True)),
        "layers": [{"name": "layer", **case["layer"], "inputs": names}],
    }
    document = OPERATION.respond(body)
    layer = document["layers"][0]
    shapes = layer.get("output_shapes") or [layer["output_shape"]]
    errors = [found["message"] for found in document["diagnostics"] if found["severity"] == "error"]
    return [None if shape is None else list(shape) for shape in shapes], errors


def test_every_framework_is_recorded() -> None:
    assert set(RECORDED) == set(FRAMEWORKS)


@pytest.mark.parametrize("framework", RECORDED)
def test_they_were_recorded_from_the_version_that_the_service_names(framework: str) -> None:
    assert lines(framework)[0]["version"] == FRAMEWORKS[framework].version


@pytest.mark.parametrize("framework", RECORDED)
def test_there_are_cases_of_many_types_accepted_and_refused(framework: str) -> None:
    cases = lines(framework)[1:]
    assert len(cases) >= 300
    assert len({case["layer"]["type"] for case in cases}) >= 50
    assert sum("refused" in case for case in cases) > 0.15 * len(cases)


@pytest.mark.parametrize("framework", RECORDED)
def test_every_shape_and_every_refusal_is_the_frameworks(framework: str) -> None:
    wrong = []
    for case in lines(framework)[1:]:
        shapes, errors = made(case, framework)
        right = errors if "refused" in case else not errors and shapes == case["outputs"]
        if not right:
            wrong.append((case, shapes, errors))
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"
