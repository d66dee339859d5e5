"""Runs a program in PyTorch, in evaluation mode."""

from collections.abc import Mapping
from typing import Any

import torch

from tests.golden.record.translations.weights import drawn, fan_in

PACKAGES = "torch==2.13.0 numpy"
COUNT = "num_batches_tracked"


def version() -> str:
    """PyTorch's."""
    return torch.__version__.partition("+")[0]


def run(source: str, inputs: list[Any], weights: Mapping[str, Any] | None) -> tuple[list[Any], dict[str, Any]]:
    """What the module `Net` of a program makes of its inputs, and its weights: those given, else drawn ones."""
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "<program>", "exec"), names)  # noqa: S102 - our own programs
    module = names["Net"]().eval()
    own = {name: tensor for name, tensor in module.state_dict().items() if not name.endswith(COUNT)}
    if weights is None:
        shapes = {name: tuple(tensor.shape) for name, tensor in own.items()}
        weights = {name: drawn(name, shape, fan_in(shape, 0)) for name, shape in shapes.items()}
    assert weights.keys() == own.keys(), f"no place for {weights.keys() ^ own.keys()}"
    module.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.items()}, strict=False)
    with torch.no_grad():
        made = module(*[torch.from_numpy(array) for array in inputs])
    return [array.numpy() for array in (made if isinstance(made, tuple) else (made,))], dict(weights)
