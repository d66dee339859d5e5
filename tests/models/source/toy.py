"""A library of two layers, so that the interpreter is tested without PyTorch's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from service.models.posted import PostedModel, ReadingLimits
from service.models.reading import ModelReading
from service.models.recorder import Tensor
from service.models.source.host import Host, NotKnownError, RaisedError, Run, Value, literals_of
from service.models.source.imports import run_posted
from service.models.source.machine import Machine
from service.models.source.preludes import MODULES
from service.models.source.program import read_source

CONTAINERS = ("Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")


class ToyTensor(Host):
    """A tensor of the toy library."""

    type_name = "Tensor"

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def attribute(self, name: str, run: Run) -> Value:
        if name == "shape":
            return self.tensor.shape
        raise NotKnownError(f"`Tensor.{name}` is not known")

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        if isinstance(other, ToyTensor):
            return _layer(run, "add", {}, [self, other], "add")
        return self

    def output(self, run: Run) -> Tensor:
        return self.tensor


def _layer(run: Run, kind: str, parameters: Mapping[str, Any], inputs: Sequence[ToyTensor], name: str) -> ToyTensor:
    literals = {(key,): literals_of(value) for key, value in parameters.items() if literals_of(value)}
    [made] = run.recorder.layer(
        kind, parameters, [one.tensor for one in inputs], name=name, place=run.place, literals=literals
    )
    return ToyTensor(made)


class Scale(Host):
    """A module that keeps the shape."""

    type_name = "Scale"
    is_module = True

    def __init__(self, factor: Value) -> None:
        self.factor = factor

    def attribute(self, name: str, run: Run) -> Value:
        if name == "factor":
            return self.factor
        raise RaisedError("AttributeError", f"'Scale' object has no attribute '{name}'")

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        [value] = arguments
        if not isinstance(value, ToyTensor):
            raise NotKnownError("`Scale` of a value that is not known")
        return _layer(run, "scale", {"factor": self.factor}, [value], run.path_of(self) or "scale")

    def is_instance_of(self, kind: Host) -> bool:
        return kind is SCALE


class ScaleClass(Host):
    """The class of such modules."""

    type_name = "type"
    makes_modules = True

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        if len(arguments) + len(keywords) != 1:
            raise RaisedError("TypeError", "Scale() takes one argument")
        return Scale([*arguments, *keywords.values()][0])


SCALE = ScaleClass()


class ToyModule(Host):
    """The module `toy`."""

    type_name = "module"

    def attribute(self, name: str, run: Run) -> Value:
        if name in CONTAINERS:
            return run.prelude(MODULES, name)
        if name == "Scale":
            return SCALE
        if name == "nn":
            return self
        raise RaisedError("AttributeError", f"module 'toy' has no attribute '{name}'")


class ToyLibrary:
    """Modules that posted source can import."""

    def module(self, name: str) -> Host | None:
        return ToyModule() if name in ("toy", "toy.nn") else None

    def input(self, tensor: Tensor, run: Run) -> Value:
        return ToyTensor(tensor)


def judge(raw: Any, shapes: Sequence[Any], known: Any) -> tuple[Any, ...]:
    """Every layer keeps the shape of its first input."""
    return (shapes[0] if shapes else None,)


def programs_of(file: str) -> dict[str, str]:
    """The programs of a text beside this file, by name."""
    text = (Path(__file__).parent / file).read_text()
    parts = [part.partition("\n") for part in text.split("\n=== ")[1:]]
    return {name: program for name, _, program in parts}


def posted(source: str | Mapping[str, str], **members: Any) -> PostedModel:
    """A model as it is posted."""
    files = {"": source} if isinstance(source, str) else dict(source)
    shapes = members.pop("input_shapes", {"input": (1, 3, 8, 8)})
    return PostedModel(files=files, input_shapes=shapes, **members)


def read(source: str | Mapping[str, str], **members: Any) -> ModelReading:
    """The reading of a posted model."""
    return read_source(posted(source, **members), ToyLibrary(), judge, "pytorch")


def machine_after(source: str | Mapping[str, str], module: str = "", **limits: int) -> Machine:
    """The interpreter after it has run a file."""
    model = posted(source, limits=replace(ReadingLimits(), **limits))
    machine = Machine(model, ToyLibrary(), judge)
    run_posted(machine, module)
    return machine


def value_of(source: str, name: str = "answer", **limits: int) -> Value:
    """What a name of a file is after the file has run; nothing may have gone wrong."""
    machine = machine_after(source, **limits)
    assert machine.mistakes == []
    return machine.modules[""].names[name]
