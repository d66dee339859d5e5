"""Runs a PyTorch model, and says each module and each function that it calls as a layer of a network.

Modules of PyTorch's own are layers; all others are what they call. What depends on neither the input nor a parameter is
a constant, however it was computed. Sizes are numbers, as they were in the run.
"""

import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from tests.golden.record.models import pytorch_calls, pytorch_modules
from tests.golden.record.models.pytorch_calls import as_json, tensors_in

Layer = dict[str, Any]
Shapes = list[list[int]]

MAKES_CONSTANTS = {
    "Tensor.new_zeros", "Tensor.new_ones", "Tensor.new_full", "Tensor.new_empty", "Tensor.new_tensor",
    "torch.zeros_like", "torch.ones_like", "torch.full_like", "torch.empty_like",
}  # fmt: skip
"""Functions that look at a tensor's shape or type only."""


class Trace(TorchFunctionMode):
    """The layers of one run: what each is, what it gave, and what it keeps."""

    def __init__(self, model: nn.Module, inputs: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.layers: list[Layer] = []
        self.figures: list[tuple[Shapes, int, int]] = []
        self.uses: Counter[str] = Counter()
        """How many layers have a parameter or buffer, by its name."""
        self._references: dict[int, tuple[weakref.ref[torch.Tensor], str]] = {}
        self._weights = {id(value): (name, value, kind) for name, value, kind in _weights(model)}
        self._paths = {module: path for path, module in model.named_modules()}
        self._path: list[str] = []
        self._inside = 0
        self._names: Counter[str] = Counter()
        for name, tensor in inputs.items():
            self._names[name] += 1
            self._refer(tensor, name)

    def __torch_function__(self, function: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call the function, and say the call where it is not part of a layer."""
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        if self._inside == 0 and function is not None:
            self._say_call(function, (args, kwargs), result)
        return result

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Within, modules and functions that are called are said."""
        called = nn.Module.__call__

        def call(module: nn.Module, *args: Any, **kwargs: Any) -> Any:
            return self._call_module(called, module, args, kwargs)

        with mock.patch.object(nn.Module, "__call__", call), self:
            yield

    def reference(self, tensor: torch.Tensor) -> str | None:
        """The layer, or one of its outputs, that a tensor comes from; None for a constant."""
        known = self._references.get(id(tensor))
        return known[1] if known and known[0]() is tensor else None

    def _call_module(self, called: Callable[..., Any], module: nn.Module, args: Any, kwargs: Any) -> Any:
        path = self._paths.get(module, type(module).__name__)
        if self._inside or not pytorch_modules.is_layer(module):
            self._path.append(path)
            result = called(module, *args, **kwargs)
            self._path.pop()
            return result
        self._inside += 1
        result = called(module, *args, **kwargs)
        self._inside -= 1
        asked = {name: value for name, value in kwargs.items() if not list(tensors_in(value))}
        layer = {"type": pytorch_modules.name_of(module), **_said({**pytorch_modules.arguments_of(module), **asked})}
        taken = list(tensors_in([args, kwargs]))
        self._add(path, layer, taken, result, [*module.parameters()], [*module.buffers()])
        return result

    def _say_call(self, function: Callable[..., Any], call: pytorch_calls.Call, result: Any) -> None:
        """Say a call that works on what is known, and gives tensors."""
        name = pytorch_calls.name_of(function)
        if name == "operator.setitem":
            result = call[0][0]
        given, made = list(tensors_in(call)), list(tensors_in(result))
        if not made or name in MAKES_CONSTANTS or not any(self._is_known(tensor) for tensor in given):
            return
        if len(made) == len(given) == 1 and made[0] is given[0] and not name.endswith("_"):
            return  # nothing was done, for example by `contiguous`
        arguments = pytorch_calls.arguments_of(function, call)
        parameters = {key: value for key, value in arguments.items() if not list(tensors_in(value))}
        path = ".".join([*self._path[-1:], name.rpartition(".")[2]]).strip(".")
        layer = {"type": name, **_said(parameters), **_mixed_index(arguments)}
        self._add(path, layer, list(tensors_in(arguments)), result)

    def _is_known(self, tensor: torch.Tensor) -> bool:
        return self.reference(tensor) is not None or id(tensor) in self._weights

    def _add(
        self, path: str, layer: Layer, taken: list[torch.Tensor], result: Any,
        parameters: list[torch.Tensor] | None = None, buffers: list[torch.Tensor] | None = None,
    ) -> str:  # fmt: skip
        """Add a layer with its figures; its outputs can be referred to from now on."""
        inputs = [self._source(tensor) for tensor in taken]
        if inputs != [self._before] or not layer["type"].startswith("torch.nn."):
            layer["inputs"] = inputs
        made = list(tensors_in(result))
        name = self._append(path, layer, [list(tensor.shape) for tensor in made], parameters or [], buffers or [])
        for index, tensor in enumerate(made):
            self._refer(tensor, f"{name}:{index}" if len(made) > 1 else name)
        return name

    @property
    def _before(self) -> str | None:
        return self.layers[-1]["name"] if self.layers else "input"

    def _append(
        self, path: str, layer: Layer, shapes: Shapes, parameters: list[torch.Tensor], buffers: list[torch.Tensor]
    ) -> str:
        self._names[path] += 1
        name = path if self._names[path] == 1 else f"{path}#{self._names[path]}"
        self.uses.update(self._weights[id(weight)][0] for weight in [*parameters, *buffers])
        self.layers.append({"name": name, **layer})
        self.figures.append((shapes, sum(map(torch.numel, parameters)), sum(map(torch.numel, buffers))))
        return name

    def _source(self, tensor: torch.Tensor) -> str:
        """What a tensor comes from; a parameter, buffer or constant becomes a layer when it is first used."""
        known = self.reference(tensor)
        if known:
            return known
        path, _, kind = self._weights.get(id(tensor), ("constant", tensor, "constant"))
        layer = {"type": kind, "shape": list(tensor.shape)}
        counted = {"parameter": ([tensor], []), "buffer": ([], [tensor]), "constant": ([], [])}[kind]
        name = self._append(path, layer, [list(tensor.shape)], *counted)
        self._refer(tensor, name)
        return name

    def _refer(self, tensor: torch.Tensor, reference: str) -> None:
        self._references[id(tensor)] = (weakref.ref(tensor), reference)


def _weights(model: nn.Module) -> list[tuple[str, torch.Tensor, str]]:
    """The parameters and buffers of a model: name, value, and which of the two it is."""
    return [(name, value, "parameter") for name, value in model.named_parameters()] + [
        (name, value, "buffer") for name, value in model.named_buffers()
    ]


def _mixed_index(arguments: dict[str, Any]) -> Layer:
    """An index that has tensors among its numbers: each tensor as the number of the layer's input."""
    index = arguments.get("index")
    if not isinstance(index, list | tuple) or not list(tensors_in(index)):
        return {}
    numbers = iter(range(1, len(index) + 1))
    said = [{"input": next(numbers)} if isinstance(entry, torch.Tensor) else as_json(entry) for entry in index]
    return {"index": said}


def _said(parameters: dict[str, Any]) -> dict[str, Any]:
    """Parameters as JSON; null counts as left out."""
    return {name: as_json(value) for name, value in parameters.items() if value is not None}


def record(model: nn.Module, inputs: dict[str, torch.Tensor]) -> dict[str, Any]:
    """A model as a network, and the figures of each layer: shapes of its outputs, parameters, buffers."""
    trace = Trace(model.eval(), inputs)
    with torch.no_grad(), trace.recording():
        result = model(*inputs.values())
    body: dict[str, Any] = {"framework": "pytorch"}
    shapes = {name: list(tensor.shape) for name, tensor in inputs.items()}
    body |= {"input_shape": shapes["input"]} if list(shapes) == ["input"] else {"inputs": shapes}
    body["layers"] = trace.layers
    outputs = [trace.reference(tensor) for tensor in tensors_in(result)]
    if outputs != [trace.layers[-1]["name"]]:
        body["outputs"] = outputs
    return {
        "body": body,
        "figures": trace.figures,
        "totals": _count(weights := _weights(model)),
        "unused": _count([weight for weight in weights if weight[0] not in trace.uses]),
        "repeated": _count([weight for weight in weights for _ in range(trace.uses[weight[0]] - 1)]),
    }


def _count(weights: list[tuple[str, torch.Tensor, str]]) -> dict[str, int]:
    """How many numbers are trained, and how many are kept."""
    numbers = Counter[str]()
    for _, value, kind in weights:
        numbers[kind] += value.numel()
    return {"parameters": numbers["parameter"], "buffers": numbers["buffer"]}
