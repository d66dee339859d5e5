"""Small programs of our own, read without being run, against what PyTorch gave when it ran them."""

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from service.models import pytorch
from service.models.posted import PostedModel
from service.models.reading import ModelReading
from service.models.torch_library.signatures import is_recorded
from service.operations.validate_network import OPERATION
from tests.models.torch_library.standing_in import judge

HERE = Path(__file__).parent
FACTS: dict[str, Any] = json.loads((HERE / "facts.json").read_text(encoding="utf-8"))
PROGRAMS = [name for name in FACTS if name != "torch"]
SECOND_CALL = re.compile(r"#\d+$")


def source(name: str) -> str:
    return (HERE / "programs" / f"{name}.py.txt").read_text(encoding="utf-8")


def reading_of(text: str, shapes: dict[str, list[int]]) -> ModelReading:
    inputs = {name: tuple(shape) for name, shape in shapes.items()}
    return pytorch.FORMAT.read(PostedModel(files={"": text}, entry="Net", input_shapes=inputs), judge)


def judged(name: str) -> dict[str, Any]:
    """The answer to the network of a program, as JSON."""
    answer = OPERATION.respond(dict(reading_of(source(name), FACTS[name]["inputs"]).network))
    return json.loads(json.dumps(answer))


def shapes_by_module(answer: dict[str, Any]) -> dict[tuple[str, str], list[list[Any]]]:
    """The shapes that each layer gives, call by call, by its type and its name without the number of the call."""
    found = defaultdict(list)
    for layer in answer["layers"]:
        module = SECOND_CALL.sub("", layer["name"]), layer["type"]
        found[module].append(layer.get("output_shapes") or [layer["output_shape"]])
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_read_whole_and_nothing_in_it_is_wrong(name: str) -> None:
    reading = reading_of(source(name), FACTS[name]["inputs"])
    assert not reading.not_understood
    answer = OPERATION.respond(dict(reading.network))
    assert [found for found in answer["diagnostics"] if found["severity"] == "error"] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_module_gives_the_shapes_that_it_gave_in_pytorch(name: str) -> None:
    facts = FACTS[name]
    answer = judged(name)
    ours = shapes_by_module(answer)
    theirs: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for path, kind, shapes in facts["calls"]:
        inside = any(path.startswith(f"{whole}.") for whole, _ in ours)
        if is_recorded(f"nn.{kind}") and not inside:
            theirs[path, kind].append(shapes)
    assert {module: ours[module] for module in theirs} == theirs
    assert list(answer.get("output_shapes", {"": answer["output_shape"]}).values()) == facts["outputs"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_many_weights_are_counted_as_pytorch_has(name: str) -> None:
    facts = FACTS[name]
    assert judged(name)["totals"]["parameters"] == facts["parameters"]
