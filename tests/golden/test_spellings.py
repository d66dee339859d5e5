"""Layers under the names that frameworks have for them: shapes, refusals and numbers as recorded from running them."""

from typing import Any

import pytest

from service.operations.validate_network import OPERATION
from tests.golden.reader import cases

Case = dict[str, Any]
NUMBERS = ("parameters", "buffers")


def disagreement(framework: str, case: Case) -> str | None:
    """What is answered instead, where it is not what the framework did; an output without positions is refused."""
    body = {"framework": framework, "input_shape": case["input"], "layers": [case["layer"]]}
    if "opset" in case:
        body["opset"] = case["opset"]
    answer = OPERATION.respond(body)
    wanted = case.get("output")
    wanted = None if wanted is None or 0 in wanted else wanted
    shape = list(answer["output_shape"]) if answer["valid"] else None
    if shape != wanted:
        return f"{case}: {shape}"
    numbers = {name: answer["layers"][0][name] for name in NUMBERS if wanted is not None and name in case}
    return None if all(case[name] == number for name, number in numbers.items()) else f"{case}: {numbers}"


@pytest.mark.parametrize("framework", ["pytorch", "keras", "onnx", "jax"])
def test_a_name_means_what_it_means_in_its_framework(framework: str) -> None:
    recorded = list(cases(framework, "spellings"))
    assert len(recorded) >= 100
    assert any("refused" in case for case in recorded)
    wrong = [text for case in recorded if (text := disagreement(framework, case)) is not None]
    assert not wrong, "\n".join(wrong)
