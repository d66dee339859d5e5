"""Runs a layer in PyTorch on the CPU, in float64: whatever it raises is a refusal.

Never on the meta device, which accepts layers that the CPU refuses.
"""

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from tests.golden.record.arrays import from_numpy, to_numpy, tuples
from tests.golden.record.layers.drafts import NOT_PARAMETERS, RANKS, Layer, Shape
from tests.golden.record.layers.pytorch.types import SAMPLER
from tests.golden.record.recorder import Array, Recorder

PACKAGES = "torch==2.13.0 numpy"

torch.set_num_threads(1)
torch.set_grad_enabled(False)
warnings.filterwarnings("ignore")


class Pad(nn.Module):
    """`nn.functional.pad` with one integer or pair per spatial axis in array order, or one integer for all of them.

    PyTorch's own order is the last axis first.
    """

    sign = 1

    def __init__(self, padding: Any, mode: str = "constant", value: float = 0) -> None:
        super().__init__()
        self.padding, self.mode, self.value = padding, mode, value

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        of_axes = (self.padding,) * (array.dim() - 2) if isinstance(self.padding, int) else self.padding
        pairs = [(amounts, amounts) if isinstance(amounts, int) else amounts for amounts in of_axes]
        in_order = [self.sign * amount for pair in reversed(pairs) for amount in pair]
        return nn.functional.pad(array, in_order, self.mode, self.value)


SPATIAL_MODULES = {
    "conv": "Conv", "conv_transpose": "ConvTranspose", "max_pool": "MaxPool", "avg_pool": "AvgPool",
    "lp_pool": "LPPool",
    "adaptive_max_pool": "AdaptiveMaxPool", "adaptive_avg_pool": "AdaptiveAvgPool", "batch_norm": "BatchNorm",
}  # fmt: skip
MODULES: dict[str, Callable[..., nn.Module]] = {
    f"{name}{rank}d": getattr(nn, f"{module}{rank}d") for name, module in SPATIAL_MODULES.items() for rank in RANKS
} | {"flatten": nn.Flatten, "linear": nn.Linear, "pad": Pad}


def parameters_of(layer: Layer) -> dict[str, Any]:
    """What the module is built with; a transposed convolution takes its `output_size` when it is called."""
    left_out = {*NOT_PARAMETERS, *(["output_size"] if layer["type"].startswith("conv_transpose") else [])}
    return {name: tuples(value) for name, value in layer.items() if name not in left_out}


def build(layer: Layer) -> nn.Module:
    """The module that a user would write, in evaluation mode."""
    return MODULES[layer["type"]](**parameters_of(layer)).double().eval()


def call(module: nn.Module, layer: Layer, *arrays: torch.Tensor) -> torch.Tensor:
    """The layer applied."""
    if layer["type"].startswith("conv_transpose") and "output_size" in layer:
        return module(*arrays, output_size=layer["output_size"])
    return module(*arrays)


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that comes out; raises what PyTorch raises."""
    return list(call(build(layer), layer, torch.ones(shape, dtype=torch.float64)).shape)


def weight_shapes(layer: Layer, shape: Shape) -> dict[str, Shape]:
    """The shapes of `weight` and `bias`, where the layer has them."""
    return {name: list(value.shape) for name, value in build(layer).named_parameters()}


def output_values(layer: Layer, arrays: dict[str, Any]) -> Array:
    """The layer applied to the input with the given weight and bias."""
    module = build(layer)
    for name, parameter in module.named_parameters():
        parameter.copy_(torch.from_numpy(to_numpy(arrays[name])))
    return from_numpy(call(module, layer, torch.from_numpy(to_numpy(arrays["input"]))).numpy())


RECORDER = Recorder(
    version=torch.__version__.split("+")[0],
    cases=6_600,
    sampler=SAMPLER,
    output_shape=output_shape,
    weight_shapes=weight_shapes,
    output_values=output_values,
)
