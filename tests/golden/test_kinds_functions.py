"""Functions under the names that JAX has for them: every shape and refusal as recorded from calling them."""

import json
from typing import Any

import pytest

from service.core.frameworks import FRAMEWORKS
from service.core.layers.names.lookup import VOCABULARIES
from service.operations.validate_network import OPERATION
from tests.golden.reader import HERE, cases

Case = dict[str, Any]
RECORDED = sorted(path.stem.removesuffix("_functions") for path in (HERE / "kinds").glob("*_functions.jsonl"))


def lines(framework: str) -> list[Case]:
    text = (HERE / "kinds" / f"{framework}_functions.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def disagreement(framework: str, case: Case) -> str | None:
    """What is answered instead, where it is not what the framework did.

    How many values are not 0 is not known; where no input is, an input that nothing uses is.
    """
    names = [f"x{place}" for place in range(len(case["inputs"]))]
    layer = {"name": "called", **case["layer"], **({"inputs": names} if names else {})}
    body = {
        "framework": framework,
        "inputs": dict(zip(names, case["inputs"], strict=True)) or {"unused": [1]},
        "layers": [layer],
    }
    document = OPERATION.respond(body)
    judged = document["layers"][0]
    errors = [found["message"] for found in document["diagnostics"] if found["severity"] == "error"]
    shapes = [
        None if shape is None else list(shape) for shape in judged.get("output_shapes") or [judged["output_shape"]]
    ]
    given = None if errors else shapes
    wanted = case.get("outputs")
    if wanted is not None and case["layer"]["type"].endswith(".nonzero"):
        wanted = [[None]] * len(wanted)
    return None if given == wanted else f"{case}: {given} {errors}"


@pytest.mark.parametrize("framework", RECORDED)
def test_every_shape_and_every_refusal_is_the_frameworks(framework: str) -> None:
    header, *recorded = lines(framework)
    assert header["version"] == FRAMEWORKS[framework].version
    wrong = [text for case in recorded if (text := disagreement(framework, case)) is not None]
    assert not wrong, f"{len(wrong)} disagreements, the first: {wrong[0]}"


def test_every_name_of_jax_was_recorded() -> None:
    known = {row.names[0] for vocabulary in VOCABULARIES if vocabulary.framework == "jax" for row in vocabulary.names}
    windows = (HERE / "kinds" / "jax_windows.jsonl").read_text(encoding="utf-8").splitlines()[1:]
    recordings = [*lines("jax")[1:], *cases("jax", "spellings"), *map(json.loads, windows)]
    recorded = {case["layer"]["type"] for case in recordings}
    assert known - {name.rpartition(".")[2] for name in recorded} == set()
