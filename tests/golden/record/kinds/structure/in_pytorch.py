"""Runs layers that change the structure of tensors in PyTorch, on the CPU."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everybody writes it

from tests.golden.record.kinds.structure.in_lists import sliced_index
from tests.golden.record.kinds.structure.indices import python_index

NAME = "pytorch"
VERSION = torch.__version__.split("+")[0]
Layer = dict[str, Any]
Tensors = Sequence[torch.Tensor]
INDICES = frozenset({"index_select", "take_along"})
"""Kinds whose second input holds indices."""


def tensors(layer: Layer, shapes: Sequence[Sequence[int]]) -> list[torch.Tensor]:
    """Zeros; whole numbers where they are indices, truth values where they are a mask."""
    made = [torch.zeros(tuple(shape)) for shape in shapes]
    kind = layer["type"]
    if kind in INDICES or kind == "getitem" or kind.startswith("max_unpool"):
        made[1:] = [tensor.long() for tensor in made[1:]]
    if kind == "masked_fill":
        made[1] = made[1].bool()
    return [torch.ones_like(tensor) for tensor in made] if kind == "nonzero" else made


def split(layer: Layer, x: torch.Tensor) -> Any:
    if "split_size" in layer:
        return torch.split(x, layer["split_size"], layer["dim"])
    return torch.tensor_split(x, layer.get("indices") or layer["sections"], layer["dim"])


def tensor_split(layer: Layer, x: torch.Tensor) -> Any:
    cut = tuple(layer["indices"]) if "indices" in layer else layer["sections"]
    return torch.tensor_split(x, cut, layer["dim"])


def squeeze(layer: Layer, x: torch.Tensor) -> Any:
    if "dim" not in layer:
        return x.squeeze()
    return x.squeeze(layer["dim"] if isinstance(layer["dim"], int) else tuple(layer["dim"]))


def transpose(layer: Layer, x: torch.Tensor) -> Any:
    if "dim0" in layer:
        return x.transpose(layer["dim0"], layer["dim1"])
    return x.permute(tuple(range(x.ndim)[::-1]))


def repeat_interleave(layer: Layer, x: torch.Tensor) -> Any:
    repeats = layer["repeats"]
    return torch.repeat_interleave(x, repeats if isinstance(repeats, int) else torch.tensor(repeats), layer.get("dim"))


def flat(pairs: Sequence[Sequence[int]]) -> list[int]:
    return [amount for pair in reversed(pairs) for amount in pair]


def setitem(layer: Layer, x: torch.Tensor, part: torch.Tensor) -> Any:
    x[python_index(layer["index"], ())] = part
    return x


def max_unpool(layer: Layer, *inputs: torch.Tensor) -> Any:
    unpool = getattr(F, f"max_unpool{layer['type'][-2]}d")
    return unpool(*inputs, layer["kernel_size"], layer.get("stride"), layer.get("padding", 0), layer.get("output_size"))


def windowed(layer: Layer) -> dict[str, Any]:
    return {name: layer[name] for name in ("kernel_size", "stride", "dilation", "padding") if name in layer}


RUN: Mapping[str, Callable[..., Any]] = {
    "split": split,
    "chunk": lambda layer, x: torch.chunk(x, layer["chunks"], layer["dim"]),
    "tensor_split": tensor_split,
    "unbind": lambda layer, x: torch.unbind(x, layer["dim"]),
    "slice": lambda layer, x: x[sliced_index(layer, x.ndim)],
    "narrow": lambda layer, x: x.narrow(layer["dim"], layer["start"], layer["length"]),
    "select": lambda layer, x: x.select(layer["dim"], layer["position"]),
    "squeeze": squeeze,
    "unsqueeze": lambda layer, x: x.unsqueeze(layer["dim"]),
    "transpose": transpose,
    "permute": lambda layer, x: x.permute(*layer["dims"]) if layer["dims"] else x.permute([]),
    "movedim": lambda layer, x: torch.movedim(x, layer["source"], layer["destination"]),
    "roll": lambda layer, x: torch.roll(x, layer["shifts"], layer.get("dims")),
    "flip": lambda layer, x: torch.flip(x, [layer["dims"]] if isinstance(layer["dims"], int) else layer["dims"]),
    "rot90": lambda layer, x: torch.rot90(x, layer["k"], layer["dims"]),
    "tril": lambda layer, x: torch.tril(x, layer["diagonal"]),
    "triu": lambda layer, x: torch.triu(x, layer["diagonal"]),
    "channel_shuffle": lambda layer, x: F.channel_shuffle(x, layer["groups"]),
    "expand": lambda layer, x: x.expand(layer["shape"]),
    "repeat": lambda layer, x: x.repeat(layer["repeats"]),
    "tile": lambda layer, x: x.tile(tuple(layer["repeats"])),
    "repeat_interleave": repeat_interleave,
    "reshape": lambda layer, x: x.reshape(layer["shape"]),
    "unflatten": lambda layer, x: x.unflatten(layer["dim"], layer["sizes"]),
    "windows": lambda layer, x: x.unfold(layer["dim"], layer["size"], layer["step"]),
    "last_pad": lambda layer, x: F.pad(x, flat(layer["padding"])),
    "getitem": lambda layer, *inputs: inputs[0][python_index(layer["index"], inputs)],
    "indexed": lambda layer, *inputs: inputs[0][python_index(layer["index"], inputs)],
    "setitem": setitem,
    "stack": lambda layer, *inputs: torch.stack(inputs, layer["dim"]),
    "reshape_as": lambda layer, x, y: x.reshape_as(y),
    "expand_as": lambda layer, x, y: x.expand_as(y),
    "index_select": lambda layer, x, y: torch.index_select(x, layer["dim"], y),
    "take_along": lambda layer, x, y: torch.take_along_dim(x, y, layer.get("dim")),
    "meshgrid": lambda layer, *inputs: torch.meshgrid(*inputs, indexing=layer["indexing"]),
    "masked_fill": lambda layer, x, y: x.masked_fill(y, layer["value"]),
    "unfold": lambda layer, x: F.unfold(x, **windowed(layer)),
    "fold": lambda layer, x: F.fold(x, layer["output_size"], **windowed(layer)),
    "max_unpool": max_unpool,
    "affine_grid": lambda layer, x: F.affine_grid(x, layer["shape"], align_corners=False),
    "grid_sample": lambda layer, x, y: F.grid_sample(x, y, align_corners=False),
    "nonzero": lambda layer, x: torch.nonzero(x),
    "range": lambda layer: torch.arange(layer["start"], layer["limit"], layer["delta"]),
    "max_pool": lambda layer, x: F.max_pool2d(x, layer["kernel_size"], layer["stride"], return_indices=True),
}


def run(kind: str, layer: Layer, shapes: Sequence[Sequence[int]]) -> list[list[int]]:
    """The shapes of the outputs."""
    result = RUN[kind](layer, *tensors(layer, shapes))
    outputs = [result] if isinstance(result, torch.Tensor) else list(result)
    return [list(output.shape) for output in outputs]


def takes(layer: Layer) -> bool:
    """Whether PyTorch has what the layer asks for at all."""
    return not (layer["type"] == "split" and "split_size" not in layer) and not (
        layer["type"] == "unsqueeze" and not isinstance(layer["dim"], int)
    )
