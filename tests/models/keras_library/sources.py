"""Keras source as the tests read and judge it."""

import json
from functools import cache
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.models import keras_source
from service.models.keras_library.entry import find_model
from service.models.keras_library.library import LIBRARY
from service.models.posted import PostedModel, ReadingLimits
from service.models.reading import ModelReading
from service.models.source import program  # noqa: F401 - registers what statements do
from service.models.source.host import Value
from service.models.source.machine import Machine
from service.operations.shared.read_models import layer_judge
from service.operations.validate_network import OPERATION
from tests.golden.reader import HERE
from tests.golden.record.keras_source.programs import MAKERS, SHAPES, Change
from tests.mistakes.text_changes import applied

JUDGE = layer_judge(FRAMEWORKS["keras"])


def facts(name: str) -> dict[str, Any]:
    """What Keras made of the programs, without the version."""
    found: dict[str, Any] = json.loads((HERE / "keras_source" / f"{name}.json").read_text(encoding="utf-8"))
    found.pop("keras")
    return found


def read(text: str, limits: ReadingLimits | None = None, **members: Any) -> ModelReading:
    """What the reader makes of a text."""
    model = PostedModel(files={"": text}, limits=limits or ReadingLimits(), **members)
    return keras_source.FORMAT.read(model, JUDGE)


def listed(text: str, **members: Any) -> tuple[Machine, Value, list[Value]]:
    """A program that has run, its model, and the layers that this lists."""
    machine = Machine(PostedModel(files={"": text}, **members), LIBRARY, JUDGE)
    model = find_model(machine)
    return machine, model, machine.attribute(model, "layers")


def listed_names(text: str, **members: Any) -> list[str]:
    """The names of the layers that the model of a program lists."""
    machine, _, layers = listed(text, **members)
    return [machine.attribute(layer, "name") for layer in layers]


def layers_of(text: str) -> tuple[str, list[list[Any]]]:
    """The name of a model, and of each layer that it lists the name, the class and the shape of what it gives."""
    machine, model, layers = listed(text)
    rows = []
    for layer in layers:
        shape = machine.attribute(machine.attribute(layer, "output"), "shape")
        rows.append([machine.attribute(layer, "name"), machine.type_name(layer), list(shape)])
    return machine.attribute(model, "name"), rows


@cache
def answer_to(change: Change) -> dict[str, Any]:
    """What the service answers to a program with a mistake; several tests read it."""
    model = {"source": change.text(), **({"entry": MAKERS[change.program]} if change.program in MAKERS else {})}
    shapes = {"input_shape": SHAPES[change.program]} if change.program in SHAPES else {}
    answer: dict[str, Any] = json.loads(json.dumps(OPERATION.respond({"model": model, **shapes})))
    return answer


def errors_in(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The errors of an answer."""
    return [found for found in answer["diagnostics"] if found["severity"] == "error"]


def repaired(change: Change) -> str | None:
    """The program after the first repair that is a change of its text; None where there is none."""
    repairs = [repair for repair in answer_to(change)["repairs"] if repair.get("diff")]
    return applied(repairs[0]["diff"], change.text()) if repairs else None
