"""Runs a posted network in PyTorch: what each layer gives and costs, and where PyTorch fails.

Knows nothing of the service. A body is what `/v1/networks/validate` takes, in PyTorch's spelling. What a layer leaves
out (`in_channels`, `in_features`, `num_features`) is taken from its input, as PyTorch's lazy modules do.
"""

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import nn

from tests.golden.record.frameworks.pytorch import MODULES as LAYER_MODULES
from tests.golden.record.frameworks.pytorch import Pad, call, parameters_of
from tests.golden.record.layers.drafts import RANKS, Layer, family_of

Body = dict[str, Any]
Figures = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A layer of a network: its name, its own or made of its type, and the names of its inputs."""

    name: str
    layer: Layer
    inputs: list[str]


class Failed(Exception):
    """PyTorch does not build or does not run a layer."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


# --- the graph --------------------------------------------------------------------------------------------------------


def input_shapes(body: Body) -> dict[str, list[int]]:
    """The network's own inputs by name; a null batch is 1."""
    named = body["inputs"] if "inputs" in body else {"input": body["input_shape"]}
    return {name: [1 if size is None else size for size in shape] for name, shape in named.items()}


def placed_layers(body: Body) -> list[Placed]:
    """The layers as listed, each with its name and its inputs: by default the layer before."""
    before = next(iter(input_shapes(body)))
    placed = []
    for index, layer in enumerate(body["layers"]):
        name = layer.get("name") or f"{layer['type']}_{index}"
        inputs = layer.get("inputs", before)
        placed.append(Placed(name=name, layer=layer, inputs=[inputs] if isinstance(inputs, str) else inputs))
        before = name
    return placed


def in_order(body: Body) -> Iterator[Placed]:
    """The layers so that each comes after its inputs. Raises Failed at the first layer that cannot."""
    waiting, known = placed_layers(body), set(input_shapes(body))
    while waiting:
        ready = next((placed for placed in waiting if known.issuperset(placed.inputs)), None)
        if ready is None:
            raise Failed(waiting[0].name, f"waits for {sorted(set(waiting[0].inputs) - known)}")
        if ready.name in known:
            raise Failed(ready.name, "the name is taken")
        waiting.remove(ready)
        known.add(ready.name)
        yield ready


# --- modules ----------------------------------------------------------------------------------------------------------


class Crop(Pad):
    """Padding with the opposite sign."""

    sign = -1

    def __init__(self, padding: Any = None, cropping: Any = None) -> None:
        super().__init__(cropping if padding is None else padding)


class Applied(nn.Module):
    """A function of an array and one argument, as a module."""

    def __init__(self, function: Callable[..., torch.Tensor], argument: Any) -> None:
        super().__init__()
        self.function, self.argument = function, argument

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        return self.function(array, self.argument)


class Concat(nn.Module):
    """`torch.cat`, along the channels by default."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *arrays: torch.Tensor) -> torch.Tensor:
        return torch.cat(arrays, self.dim)


class Elementwise(nn.Module):
    """Branches merged by an operator."""

    def __init__(self, combine: Callable[[Any, Any], Any]) -> None:
        super().__init__()
        self.combine = combine

    def forward(self, *arrays: torch.Tensor) -> torch.Tensor:
        return reduce(self.combine, arrays)


ACTIVATIONS = {
    "relu": nn.ReLU, "relu6": nn.ReLU6, "sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "silu": nn.SiLU, "mish": nn.Mish,
    "hardswish": nn.Hardswish, "hardsigmoid": nn.Hardsigmoid, "selu": nn.SELU, "softsign": nn.Softsign,
    "softplus": nn.Softplus, "log_sigmoid": nn.LogSigmoid, "tanhshrink": nn.Tanhshrink, "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU, "celu": nn.CELU, "gelu": nn.GELU, "hardtanh": nn.Hardtanh, "prelu": nn.PReLU,
    "softmax": nn.Softmax, "log_softmax": nn.LogSoftmax, "softmin": nn.Softmin,
    "dropout": nn.Dropout, "identity": nn.Identity,
}  # fmt: skip
NORMS = {f"instance_norm{rank}d": getattr(nn, f"InstanceNorm{rank}d") for rank in RANKS} | {
    "group_norm": nn.GroupNorm,
    "layer_norm": nn.LayerNorm,
}
GLOBAL_POOLS = {
    f"global_{kind}_pool{rank}d": f"adaptive_{kind}_pool{rank}d" for kind in ("max", "avg") for rank in RANKS
}
MODULES: dict[str, Callable[..., nn.Module]] = {
    **LAYER_MODULES, **ACTIVATIONS, **NORMS, "crop": Crop,
    "reshape": lambda shape: Applied(torch.reshape, shape), "permute": lambda dims: Applied(torch.permute, dims),
    "upsample": nn.Upsample, "pixel_shuffle": nn.PixelShuffle, "pixel_unshuffle": nn.PixelUnshuffle, "concat": Concat,
    "add": lambda: Elementwise(operator.add), "multiply": lambda: Elementwise(operator.mul),
}  # fmt: skip
CHANNELS_BEFORE_POSITIONS = {"conv": "in_channels", "conv_transpose": "in_channels", "instance_norm": "num_features"}
SECOND_AXIS = {"batch_norm": "num_features", "group_norm": "num_channels"}
LAST_AXIS = {"linear": "in_features", "layer_norm": "normalized_shape"}
"""Of layers that take the size of an axis as a parameter, that parameter, by the axis."""


def build(layer: Layer, shape: Sequence[int]) -> nn.Module:
    """The module that a user would write for an input of this shape, in evaluation mode."""
    type_ = layer["type"]
    if type_ in GLOBAL_POOLS:
        return MODULES[GLOBAL_POOLS[type_]](1)
    if type_ not in MODULES:
        raise ValueError(f"there is no module for {type_!r}")
    parameters = parameters_of(layer)
    return MODULES[type_](**{**sizes_left_out(type_, shape, parameters), **parameters}).to(torch.float64).eval()


def sizes_left_out(type_: str, shape: Sequence[int], parameters: Layer) -> Layer:
    """The size of the input that a layer's weights depend on, where the layer leaves it out."""
    family = family_of(type_)
    rank = 0 if family == type_ else int(type_[-2])
    for names, axis in ((CHANNELS_BEFORE_POSITIONS, -rank - 1), (SECOND_AXIS, 1), (LAST_AXIS, -1)):
        name = names.get(family)
        if name is not None and name not in parameters:
            return {name: shape[axis] if -len(shape) <= axis < len(shape) else 1}
    return {}


# --- figures ----------------------------------------------------------------------------------------------------------


def run(body: Body, device: str = "meta") -> dict[str, Any]:
    """Each layer's figures by name, in graph order, and under `failed` the first layer that fails and its message.

    On the CPU everything is computed; the meta device knows shapes only, and accepts some layers that the CPU refuses.
    """
    tensors = {
        name: torch.ones(shape, dtype=torch.float64, device=device) for name, shape in input_shapes(body).items()
    }
    by_layer: dict[str, Figures] = {}
    try:
        for placed in in_order(body):
            arrays = [tensors[name] for name in placed.inputs]
            module, output = apply(placed, arrays, device)
            tensors[placed.name] = output
            by_layer[placed.name] = figures(module, arrays, output)
    except Failed as failed:
        return {"layers": by_layer, "failed": {"layer": failed.name, "message": failed.message}}
    return {"layers": by_layer}


def apply(placed: Placed, arrays: Sequence[torch.Tensor], device: str) -> tuple[nn.Module, torch.Tensor]:
    """A layer's module and its output. Raises Failed with the first line of PyTorch's message."""
    try:
        with torch.device(device):
            module = build(placed.layer, arrays[0].shape)
        return module, call(module, placed.layer, *arrays)
    except Exception as refusal:
        raise Failed(placed.name, (str(refusal).strip() or type(refusal).__name__).splitlines()[0]) from refusal


def figures(module: nn.Module, arrays: Sequence[torch.Tensor], output: torch.Tensor) -> Figures:
    """Output shape, parameters, buffers, and multiply-accumulates without the bias."""
    return {
        "output": list(output.shape),
        "parameters": sum(parameter.numel() for parameter in module.parameters()),
        "buffers": sum(buffer.numel() for buffer in module.buffers()),
        "macs": multiply_accumulates(module, arrays[0], output),
    }


def multiply_accumulates(module: nn.Module, array: torch.Tensor, output: torch.Tensor) -> int:
    """Convolution: weights per output; transposed: weights per input; linear: features in per output; else none."""
    if isinstance(module, nn.Linear):
        return output.numel() * module.in_features
    if isinstance(module, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        return array.numel() * module.weight[0].numel()
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return output.numel() * module.weight[0].numel()
    return 0
