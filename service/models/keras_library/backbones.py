"""The models of `keras.applications` by their names: the shape of what they return is known, their layers are not."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from service.core.geometry.shapes import Shape
from service.models.keras_library.inputs import input_tensor
from service.models.keras_library.nodes import Said, new_node
from service.models.keras_library.preludes import MODELS
from service.models.keras_library.state import state_of
from service.models.keras_library.tensors import SymbolicTensor
from service.models.source.host import RaisedError, Run, Value
from service.models.source.library_hosts import Function
from service.models.source.recorded_signatures import Signature

IMAGES = 4
"""Axes of a batch of images."""
ARGUMENTS = ("include_top", "weights", "input_tensor", "input_shape", "pooling", "classes", "classifier_activation",
             "name")  # fmt: skip
OTHERS = frozenset({"alpha", "depth_multiplier", "dropout", "minimalistic", "include_preprocessing", "weights_name"})
"""Arguments of single models."""
SCALED = frozenset({"alpha", "minimalistic"})
"""Those that change how many channels there are."""
TAKEN = Signature("application", ARGUMENTS, None, OTHERS)


@cache
def backbones() -> Mapping[str, tuple[str, int]]:
    """Of each function the name of its model, and how many channels come out without its head."""
    rows = json.loads(files(__package__).joinpath("backbones.json").read_text(encoding="utf-8"))
    return {function: (row[0], row[1]) for function, row in rows.items() if isinstance(row, list)}


def backbone(function: str) -> Function | None:
    """A function of `keras.applications`; None where there is none of that name."""
    if function not in backbones():
        return None
    name, channels = backbones()[function]

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        given = TAKEN.bind(arguments, keywords)
        unknown = [word for word in given if word not in ARGUMENTS and word not in OTHERS]
        if unknown:
            raise RaisedError("TypeError", f"{function}() got an unexpected keyword argument '{unknown[0]}'")
        own = run.text_of(given["name"]) if isinstance(given.get("name"), str) else name
        tensor = _input(given, run)
        said = Said(
            found=None,
            name=f"{state_of(run).prefix}{own}",
            message=f"the layers of `keras.applications.{function}` are not known, only the shape of what it returns",
            place=run.place,
            shape=_returned(given, None if SCALED & given.keys() else channels),
        )
        made = SymbolicTensor(new_node(run, said, [tensor.value])[0])
        return run.call(run.prelude(MODELS, "Functional"), [], {"inputs": tensor, "outputs": made, "name": own})

    return Function(f"keras.applications.{function}", answer)


def _input(given: Mapping[str, Value], run: Run) -> SymbolicTensor:
    tensor, shape = given.get("input_tensor"), given.get("input_shape")
    if isinstance(tensor, SymbolicTensor):
        return tensor
    sizes = list(shape) if isinstance(shape, list | tuple) else [None, None, 3]
    return input_tensor(run, [None, *sizes], "")


def _returned(given: Mapping[str, Value], channels: int | None) -> Shape:
    """The shape of what the model returns: scores with its head, features of each place or of all without it."""
    if given.get("include_top", True) is not False:
        classes = given.get("classes", 1000)
        return (None, int(classes) if isinstance(classes, int) and classes > 0 else None)
    if given.get("pooling") in ("avg", "max"):
        return (None, channels)
    return (*(None,) * (IMAGES - 1), channels)
