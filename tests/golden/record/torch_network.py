"""Runs a posted network in PyTorch: what each layer gives and costs, where PyTorch fails, what an output depends on.

Knows nothing of the service. A body is what `/v1/networks/validate` takes, in PyTorch's spelling; what a layer leaves
out (`in_channels`, `in_features`, `num_features`) is taken from what arrives, as PyTorch's lazy modules do.
"""

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import nn

from tests.golden.record.pytorch import MODULES as RECORDED_MODULES
from tests.golden.record.pytorch import tuples

Body = dict[str, Any]
Layer = dict[str, Any]
Figures = dict[str, Any]
Box = list[list[int]] | None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A layer of a network: its name, given or not, and the names of what it takes in."""

    name: str
    layer: Layer
    inputs: list[str]


class Failed(Exception):
    """A layer that PyTorch does not make or does not run."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message


# --- the graph --------------------------------------------------------------------------------------------------------


def input_shapes(body: Body) -> dict[str, list[int]]:
    """The network's own inputs by name; a null batch is 1."""
    named = body["inputs"] if "inputs" in body else {"input": body["input_shape"]}
    return {name: [1 if size is None else size for size in shape] for name, shape in named.items()}


def placed_layers(body: Body) -> list[Placed]:
    """The layers as listed, each with its name and its inputs: the layer before unless it says otherwise."""
    before = next(iter(input_shapes(body)))
    found = []
    for index, layer in enumerate(body["layers"]):
        name = layer.get("name") or f"{layer['type']}_{index}"
        given = layer.get("inputs", before)
        found.append(Placed(name=name, layer=layer, inputs=[given] if isinstance(given, str) else given))
        before = name
    return found


def in_order(body: Body) -> Iterator[Placed]:
    """The layers so that each comes after its inputs; Failed at the first one that never can."""
    waiting, known = placed_layers(body), set(input_shapes(body))
    while waiting:
        ready = next((one for one in waiting if known.issuperset(one.inputs)), None)
        if ready is None:
            raise Failed(waiting[0].name, f"waits for {sorted(set(waiting[0].inputs) - known)}")
        if ready.name in known:
            raise Failed(ready.name, "the name is taken")
        waiting.remove(ready)
        known.add(ready.name)
        yield ready


# --- modules ----------------------------------------------------------------------------------------------------------


class Pad(nn.Module):
    """`nn.functional.pad` with an integer, one an axis, or one pair an axis, the axes in array order."""

    sign = 1

    def __init__(self, padding: Any, mode: str = "constant", value: float = 0) -> None:
        super().__init__()
        self.padding, self.mode, self.value = padding, mode, value

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        each = (self.padding,) * (array.dim() - 2) if isinstance(self.padding, int) else self.padding
        pairs = [(one, one) if isinstance(one, int) else one for one in each]
        amounts = [self.sign * amount for pair in reversed(pairs) for amount in pair]
        return nn.functional.pad(array, amounts, self.mode, self.value)


class Crop(Pad):
    """Padding with the opposite sign."""

    sign = -1

    def __init__(self, padding: Any = None, cropping: Any = None) -> None:
        super().__init__(cropping if padding is None else padding)


class Applied(nn.Module):
    """A function that is no module, with the one argument it takes beside the array."""

    def __init__(self, function: Callable[..., torch.Tensor], argument: Any) -> None:
        super().__init__()
        self.function, self.argument = function, argument

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        return self.function(array, self.argument)


class Concat(nn.Module):
    """`torch.cat`, along the channels unless told otherwise."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *arrays: torch.Tensor) -> torch.Tensor:
        return torch.cat(arrays, self.dim)


class Elementwise(nn.Module):
    """The branches brought together by an operator."""

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
NORMS = {f"instance_norm{rank}d": getattr(nn, f"InstanceNorm{rank}d") for rank in (1, 2, 3)} | {
    "group_norm": nn.GroupNorm,
    "layer_norm": nn.LayerNorm,
}
GLOBAL_POOLS = {
    f"global_{kind}_pool{rank}d": f"adaptive_{kind}_pool{rank}d" for kind in ("max", "avg") for rank in (1, 2, 3)
}
MODULES: dict[str, Callable[..., nn.Module]] = {
    **RECORDED_MODULES, **ACTIVATIONS, **NORMS, "pad": Pad, "crop": Crop,
    "reshape": lambda shape: Applied(torch.reshape, shape), "permute": lambda dims: Applied(torch.permute, dims),
    "upsample": nn.Upsample, "pixel_shuffle": nn.PixelShuffle, "pixel_unshuffle": nn.PixelUnshuffle, "concat": Concat,
    "add": lambda: Elementwise(operator.add), "multiply": lambda: Elementwise(operator.mul),
}  # fmt: skip
OF_THE_GRAPH = ("type", "name", "inputs")
CHANNELS_BEFORE_POSITIONS = {"conv": "in_channels", "conv_transpose": "in_channels", "instance_norm": "num_features"}
SECOND_AXIS = {"batch_norm": "num_features", "group_norm": "num_channels"}
LAST_AXIS = {"linear": "in_features", "layer_norm": "normalized_shape"}


def build(layer: Layer, shape: Sequence[int]) -> nn.Module:
    """The module a user would write for an input of this shape, in evaluation mode."""
    kind = layer["type"]
    if kind in GLOBAL_POOLS:
        return MODULES[GLOBAL_POOLS[kind]](1)
    if kind not in MODULES:
        raise ValueError(f"there is no module for {kind!r}")
    given = {name: tuples(value) for name, value in layer.items() if name not in OF_THE_GRAPH}
    if kind.startswith("conv_transpose"):
        given.pop("output_size", None)
    return MODULES[kind](**{**arriving(kind, shape, given), **given}).to(torch.float64).eval()


def arriving(kind: str, shape: Sequence[int], given: Layer) -> Layer:
    """What a layer's weights are made for, where the layer does not say it."""
    family, rank = (kind[:-2], int(kind[-2])) if kind[-1] == "d" and kind[-2].isdigit() else (kind, 0)
    for parameters, axis in ((CHANNELS_BEFORE_POSITIONS, -rank - 1), (SECOND_AXIS, 1), (LAST_AXIS, -1)):
        name = parameters.get(family)
        if name is not None and name not in given:
            return {name: shape[axis] if -len(shape) <= axis < len(shape) else 1}
    return {}


def call(module: nn.Module, layer: Layer, arrays: Sequence[torch.Tensor]) -> torch.Tensor:
    """The layer applied; a transposed convolution takes its `output_size` here."""
    if layer["type"].startswith("conv_transpose") and "output_size" in layer:
        return module(*arrays, output_size=layer["output_size"])
    return module(*arrays)


# --- figures ----------------------------------------------------------------------------------------------------------


def run(body: Body, device: str = "meta") -> dict[str, Any]:
    """Each layer's figures by name, in graph order, and under `failed` the first layer that fails and its message.

    On the CPU everything is computed; the meta device knows shapes only, and accepts some layers that the CPU refuses.
    """
    tensors = {
        name: torch.ones(shape, dtype=torch.float64, device=device) for name, shape in input_shapes(body).items()
    }
    found: dict[str, Figures] = {}
    try:
        for one in in_order(body):
            arrays = [tensors[name] for name in one.inputs]
            module, output = apply(one, arrays, device)
            tensors[one.name] = output
            found[one.name] = figures(module, arrays, output)
    except Failed as failed:
        return {"layers": found, "failed": {"layer": failed.name, "message": failed.message}}
    return {"layers": found}


def apply(one: Placed, arrays: Sequence[torch.Tensor], device: str) -> tuple[nn.Module, torch.Tensor]:
    """A layer made and run; Failed with the first line of what PyTorch says."""
    try:
        with torch.device(device):
            module = build(one.layer, arrays[0].shape)
        return module, call(module, one.layer, arrays)
    except Exception as refusal:
        raise Failed(one.name, (str(refusal).strip() or type(refusal).__name__).splitlines()[0]) from refusal


def figures(module: nn.Module, arrays: Sequence[torch.Tensor], output: torch.Tensor) -> Figures:
    """The shape that comes out, trained and kept numbers, and multiply-accumulates without the bias."""
    return {
        "output": list(output.shape),
        "parameters": sum(one.numel() for one in module.parameters()),
        "buffers": sum(one.numel() for one in module.buffers()),
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


# --- what an output depends on ----------------------------------------------------------------------------------------


class WindowSum(nn.Module):
    """The sum of each window of a pool, in the pool's own places: maxima hide what they did not choose."""

    def __init__(self, pool: nn.Module, rank: int) -> None:
        super().__init__()
        self.pool, self.rank = pool, rank

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        kernel, stride, padding, dilation = (
            self.each(name, default)
            for name, default in (("kernel_size", 1), ("stride", None), ("padding", 0), ("dilation", 1))
        )
        steps = stride or kernel
        sizes, wanted = array.shape[-self.rank :], self.pool(array.detach()).shape[-self.rank :]
        amounts: list[int] = []
        for size, count, k, s, p, d in zip(sizes, wanted, kernel, steps, padding, dilation, strict=True):
            amounts = [p, (count - 1) * s + (k - 1) * d + 1 - size - p, *amounts]
        channels = array.shape[1]
        weight = torch.ones(channels, 1, *kernel, dtype=array.dtype)
        convolve = getattr(nn.functional, f"conv{self.rank}d")
        return convolve(nn.functional.pad(array, amounts), weight, stride=steps, dilation=dilation, groups=channels)

    def each(self, name: str, default: int | None) -> tuple[int, ...]:
        value = getattr(self.pool, name, default)
        return () if value is None else (value,) * self.rank if isinstance(value, int) else tuple(value)


WINDOW_POOLS = ("max_pool", "avg_pool", "lp_pool")
POINTWISE = (*ACTIVATIONS, *NORMS, *(f"batch_norm{rank}d" for rank in (1, 2, 3)))


def build_to_see(layer: Layer, shape: Sequence[int]) -> nn.Module:
    """A module that depends on the same inputs and hides none: weights positive, maxima averages, the rest identity."""
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


def tensors_to_see(body: Body) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """The network's one input, and every layer's output as a function of it."""
    [(entrance, shape)] = input_shapes(body).items()
    source = torch.ones(shape, dtype=torch.float64, requires_grad=True)
    tensors = {entrance: source}
    for one in in_order(body):
        arrays = [tensors[name] for name in one.inputs]
        tensors[one.name] = call(build_to_see(one.layer, arrays[0].shape), one.layer, arrays)
    return source, tensors


def positions(shape: Sequence[int]) -> Sequence[int]:
    """The sizes of a tensor's spatial axes, or of its features where it is flat."""
    return shape[2:] if len(shape) > 2 else shape[1:]


def boxes(body: Body, questions: Sequence[tuple[str, Sequence[int]]]) -> list[Box]:
    """For each layer and output index, what `box` says; the network is run once."""
    with torch.enable_grad():
        source, tensors = tensors_to_see(body)
        return [_box(source, tensors[name], index) for name, index in questions]


def box(body: Body, name: str, index: Sequence[int]) -> Box:
    """The first and last input pixel, per spatial axis, that an output depends on; None where it depends on none.

    `index` is the place on the spatial axes, all examples and channels there are looked at; or one of the features of
    a flat output.
    """
    return boxes(body, [(name, index)])[0]


def _box(source: torch.Tensor, output: torch.Tensor, index: Sequence[int]) -> Box:
    chosen = output[(slice(None),) * (output.dim() - len(index)) + tuple(index)].sum()
    [gradient] = torch.autograd.grad(chosen, source, retain_graph=True, allow_unused=True)
    places = [] if gradient is None else gradient.nonzero()[:, 2:].T.tolist()
    return [[min(along), max(along)] for along in places] if places and places[0] else None
