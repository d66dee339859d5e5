"""Which input pixels an output of a network depends on: where its gradient is not zero."""

import operator
from collections.abc import Sequence

import torch
from torch import nn

from tests.golden.record.frameworks.pytorch import call
from tests.golden.record.layers.drafts import RANKS, Layer
from tests.golden.record.networks.pytorch import (
    ACTIVATIONS,
    NORMS,
    Body,
    Elementwise,
    build,
    in_order,
    input_shapes,
)

Box = list[list[int]] | None
"""First and last pixel on each spatial axis; None for no pixel."""


class WindowSum(nn.Module):
    """The sum of each window of a pool, at the pool's own positions: a maximum hides what it did not choose."""

    def __init__(self, pool: nn.Module, rank: int) -> None:
        super().__init__()
        self.pool, self.rank = pool, rank

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        kernel, stride, padding, dilation = (
            self.per_axis(name, default)
            for name, default in (("kernel_size", 1), ("stride", None), ("padding", 0), ("dilation", 1))
        )
        steps = stride or kernel
        sizes, counts = array.shape[-self.rank :], self.pool(array.detach()).shape[-self.rank :]
        amounts: list[int] = []
        for size, count, k, s, p, d in zip(sizes, counts, kernel, steps, padding, dilation, strict=True):
            amounts = [p, (count - 1) * s + (k - 1) * d + 1 - size - p, *amounts]
        channels = array.shape[1]
        weight = torch.ones(channels, 1, *kernel, dtype=array.dtype)
        convolve = getattr(nn.functional, f"conv{self.rank}d")
        return convolve(nn.functional.pad(array, amounts), weight, stride=steps, dilation=dilation, groups=channels)

    def per_axis(self, name: str, default: int | None) -> tuple[int, ...]:
        value = getattr(self.pool, name, default)
        return () if value is None else (value,) * self.rank if isinstance(value, int) else tuple(value)


WINDOW_POOLS = ("max_pool", "avg_pool", "lp_pool")
POINTWISE = (*ACTIVATIONS, *NORMS, *(f"batch_norm{rank}d" for rank in RANKS))


def build_transparent(layer: Layer, shape: Sequence[int]) -> nn.Module:
    """A module that depends on the same inputs and hides none.

    Weights are positive, maxima are averages, products are sums, and pointwise layers are the identity.
    """
    kind = layer["type"]
    if kind in POINTWISE:
        return nn.Identity()
    if kind == "multiply":
        return Elementwise(operator.add)
    if kind.startswith(WINDOW_POOLS):
        return WindowSum(build(layer, shape), int(kind[-2]))
    if "_max_pool" in kind:
        return build({**layer, "type": kind.replace("_max_", "_avg_")}, shape)
    module = build(layer, shape)
    for parameter in module.parameters():
        parameter.data.fill_(1 / parameter.numel())
    return module


def transparent_tensors(body: Body) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The network's one input, and every layer's output as a function of it."""
    [(entrance, shape)] = input_shapes(body).items()
    source = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    tensors = {entrance: source}
    for placed in in_order(body):
        arrays = [tensors[name] for name in placed.inputs]
        module = build_transparent(placed.layer, arrays[0].shape)
        tensors[placed.name] = call(module, placed.layer, *arrays)
    return source, tensors


def position_sizes(shape: Sequence[int]) -> Sequence[int]:
    """The sizes of a tensor's spatial axes, or of its features where it is flat."""
    return shape[2:] if len(shape) > 2 else shape[1:]


def boxes(body: Body, questions: Sequence[tuple[str, Sequence[int]]]) -> list[Box]:
    """For each layer and output index, the input pixels that the output depends on; the network is run once.

    An index is a position on the spatial axes, of all examples and channels together; or a feature of a flat output.
    """
    with torch.enable_grad():
        source, tensors = transparent_tensors(body)
        return [box(source, tensors[name], index) for name, index in questions]


def box(source: torch.Tensor, output: torch.Tensor, index: Sequence[int]) -> Box:
    """The first and last input pixel, per spatial axis, where the gradient of an output is not zero; None for none."""
    chosen = output[(slice(None),) * (output.dim() - len(index)) + tuple(index)].sum()
    [gradient] = torch.autograd.grad(chosen, source, retain_graph=True, allow_unused=True)
    positions = [] if gradient is None else gradient.nonzero()[:, 2:].T.tolist()
    return [[min(along), max(along)] for along in positions] if positions and positions[0] else None
