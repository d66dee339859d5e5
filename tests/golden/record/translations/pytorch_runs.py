"""Runs a program in PyTorch, in evaluation mode."""

from typing import Any

import torch

from tests.golden.record.translations.weights import drawn

PACKAGES = "torch==2.13.0 numpy"


def version() -> str:
    """PyTorch's."""
    return torch.__version__.partition("+")[0]


def outputs(source: str, inputs: list[Any]) -> list[Any]:
    """What the module `Net` of a program makes of its inputs."""
    names: dict[str, Any] = {"__name__": "program"}
    exec(compile(source, "<program>", "exec"), names)  # noqa: S102 - our own programs
    module = names["Net"]().eval()
    with torch.no_grad():
        for path, array in [*module.named_parameters(), *module.named_buffers()]:
            layer, _, what = path.rpartition(".")
            if what != "num_batches_tracked":
                array.copy_(torch.from_numpy(drawn(layer, what, tuple(array.shape))))
        made = module(*[torch.from_numpy(array) for array in inputs])
    return [array.numpy() for array in (made if isinstance(made, tuple) else (made,))]
