"""Runs a layer in PyTorch, in evaluation mode."""

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import torch
from torch import nn

from tests.golden.record.arrays import tuples
from tests.golden.record.equivalents.runners import Array, Arrays, Step
from tests.golden.record.frameworks.pytorch import MODULES, Pad

CHANNELS_LAST = False
F = nn.functional
FUNCTIONS: dict[str, Callable[..., Any]] = {
    name: getattr(F, name)
    for name in (
        "relu", "relu6", "silu", "mish", "hardswish", "hardsigmoid", "selu", "softsign", "softplus", "tanhshrink",
        "leaky_relu", "elu", "celu", "gelu", "hardtanh", "softmax", "log_softmax", "softmin", "pixel_shuffle",
        "pixel_unshuffle",
    )
} | {
    "sigmoid": torch.sigmoid, "tanh": torch.tanh, "log_sigmoid": F.logsigmoid, "identity": lambda array: array,
    "reshape": torch.reshape, "permute": torch.permute, "upsample": F.interpolate,
    "dropout": partial(F.dropout, training=False),
}  # fmt: skip
MODULES_TOO: dict[str, Callable[..., nn.Module]] = {
    **MODULES, **{f"instance_norm{rank}d": getattr(nn, f"InstanceNorm{rank}d") for rank in (1, 2, 3)},
    "group_norm": nn.GroupNorm, "layer_norm": nn.LayerNorm, "prelu": nn.PReLU,
}  # fmt: skip
TORCH_NAMES = {"running_mean": "mean", "running_var": "variance"}


class Crop(Pad):
    """Positions taken away."""

    sign = -1


def run(step: Step, array: Array, weights: Arrays) -> Array:
    """The layer applied."""
    source, arguments = torch.from_numpy(array), {name: tuples(value) for name, value in step.items() if name != "type"}
    kind = step["type"]
    if kind.startswith("global"):
        reduce = torch.amax if "max" in kind else torch.mean
        return reduce(source, dim=tuple(range(2, source.dim())), keepdim=True).numpy()
    if kind in FUNCTIONS:
        return function(kind, source, arguments).numpy()
    if kind.startswith("adaptive") or kind not in ("crop",):
        output_size = arguments.pop("output_size", None) if kind.startswith("conv_transpose") else None
        if kind == "group_norm":
            arguments.setdefault("num_channels", source.shape[1])
        module = MODULES_TOO[kind](**arguments).eval()
        load(module, weights)
        return (module(source) if output_size is None else module(source, output_size=output_size)).numpy()
    return Crop(**arguments)(source).numpy()


def function(kind: str, source: torch.Tensor, arguments: dict[str, Any]) -> torch.Tensor:
    """A function of the library; a pixel shuffle takes its factor without a name."""
    if kind.startswith("pixel"):
        return FUNCTIONS[kind](source, next(iter(arguments.values())))
    return FUNCTIONS[kind](source, **arguments)


def load(module: nn.Module, weights: Arrays) -> None:
    """Put the weights in: every array must find its place, and every place its array."""
    places = {**dict(module.named_parameters()), **dict(module.named_buffers())}
    places.pop("num_batches_tracked", None)
    named = {TORCH_NAMES.get(name, name): place for name, place in places.items()}
    assert named.keys() == weights.keys(), f"{sorted(named)} are not {sorted(weights)}"
    for name, place in named.items():
        assert prod(place.shape) == weights[name].size
        place.copy_(torch.from_numpy(weights[name]).reshape(place.shape))
