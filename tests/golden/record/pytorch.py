"""Runs a layer in PyTorch on the CPU, in float64: whatever raises is a refusal.

Never the meta device: it accepts what the CPU refuses.
"""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from tests.golden.record.cases import RANKS, Layer, Shape

torch.set_num_threads(1)
torch.set_grad_enabled(False)
warnings.filterwarnings("ignore")

VERSION = torch.__version__.split("+")[0]


class Pad(nn.Module):
    """`nn.functional.pad` with one pair per spatial axis in array order; PyTorch's own order is the last axis first."""

    def __init__(self, padding: tuple[tuple[int, int], ...], mode: str = "constant", value: float = 0) -> None:
        super().__init__()
        self.amounts = [amount for pair in reversed(padding) for amount in pair]
        self.mode, self.value = mode, value

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        return nn.functional.pad(array, self.amounts, self.mode, self.value)


SPATIAL_MODULES = {
    "conv": "Conv", "conv_transpose": "ConvTranspose", "max_pool": "MaxPool", "avg_pool": "AvgPool",
    "lp_pool": "LPPool",
    "adaptive_max_pool": "AdaptiveMaxPool", "adaptive_avg_pool": "AdaptiveAvgPool", "batch_norm": "BatchNorm",
}  # fmt: skip
MODULES: dict[str, Callable[..., nn.Module]] = {
    f"{name}{rank}d": getattr(nn, f"{module}{rank}d") for name, module in SPATIAL_MODULES.items() for rank in RANKS
} | {"flatten": nn.Flatten, "linear": nn.Linear, "pad": Pad}


def build(layer: Layer) -> nn.Module:
    """The module a user would write, in evaluation mode."""
    arguments = {name: tuples(value) for name, value in layer.items() if name != "type"}
    if layer["type"].startswith("conv_transpose"):
        arguments.pop("output_size", None)
    return MODULES[layer["type"]](**arguments).double().eval()


def call(module: nn.Module, layer: Layer, array: torch.Tensor) -> torch.Tensor:
    if layer["type"].startswith("conv_transpose") and "output_size" in layer:
        return module(array, output_size=layer["output_size"])
    return module(array)


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that comes out; raises what PyTorch raises."""
    return list(call(build(layer), layer, torch.ones(shape, dtype=torch.float64)).shape)


def weight_shapes(layer: Layer) -> dict[str, Shape]:
    """The shapes of `weight` and `bias`, where the layer has them."""
    return {name: list(value.shape) for name, value in build(layer).named_parameters()}


def output_values(layer: Layer, arrays: dict[str, Any]) -> dict[str, Any]:
    """The layer applied to the input with the given weight and bias."""
    module = build(layer)
    for name, parameter in module.named_parameters():
        parameter.copy_(tensor(arrays[name]))
    output = call(module, layer, tensor(arrays["input"]))
    return {"shape": list(output.shape), "data": output.flatten().tolist()}


def tensor(array: dict[str, Any]) -> torch.Tensor:
    return torch.tensor(array["data"], dtype=torch.float64).reshape(array["shape"])


def tuples(value: Any) -> Any:
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value
