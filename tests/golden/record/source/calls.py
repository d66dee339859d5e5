"""What a model gives while it runs, call by call."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import nn

Call = tuple[str, str, list[list[int]]]
"""The path of a module, its class, and the shapes that it gave."""


def tensors_in(value: Any) -> Iterator[torch.Tensor]:
    """The tensors of nested lists, tuples and dictionaries, in order."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from tensors_in(entry)
    elif isinstance(value, dict):
        yield from tensors_in(list(value.values()))


def shapes_of(value: Any) -> list[list[int]]:
    """The shapes of the tensors in a value."""
    return [list(tensor.shape) for tensor in tensors_in(value)]


def _weights(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def record(model: nn.Module, shapes: Sequence[Sequence[int]], whole: Sequence[str] = ()) -> dict[str, Any]:
    """The calls of all modules that have none inside, the shapes of the outputs, and the numbers of weights.

    Inputs are zeros. `whole` names classes that count as one module. `repeated` are the weights of modules that are
    called again.
    """
    calls: list[Call] = []
    times: Counter[nn.Module] = Counter()

    def kept(path: str) -> Any:
        def hook(module: nn.Module, _: Any, result: Any) -> None:
            calls.append((path, type(module).__name__, shapes_of(result)))
            times[module] += 1

        return hook

    for path, module in model.named_modules():
        if not list(module.children()) or type(module).__name__ in whole:
            module.register_forward_hook(kept(path))
    with torch.no_grad():
        result = model.eval()(*[torch.zeros(shape) for shape in shapes])
    return {
        "calls": calls,
        "outputs": shapes_of(result),
        "parameters": _weights(model),
        "repeated": sum((count - 1) * _weights(module) for module, count in times.items()),
        "buffers": sum(buffer.numel() for buffer in model.buffers()),
    }
