"""Layers as people write them in PyTorch: `conv(3, 16, 3, padding=1)` for `nn.Conv2d(3, 16, 3, padding=1)`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Document = dict[str, Any]
ABSENT = object()
"""What is expected of a member that has to be gone."""


@dataclass(frozen=True)
class Told:
    """A network with a mistake, and what has to stand in it after the first repair.

    `mended` holds values by JSON Pointer; any one of several is enough. `/layers#` is the number of layers.
    """

    mistake: str
    family: str
    body: Document
    mended: Sequence[Document]


def net(shape: Sequence[int] | Document, *layers: Document, outputs: Sequence[str] = ()) -> Document:
    body: Document = {"inputs": shape} if isinstance(shape, dict) else {"input_shape": list(shape)}
    return body | {"layers": list(layers)} | ({"outputs": list(outputs)} if outputs else {})


def named(name: str, layer: Document, *inputs: str) -> Document:
    return {"name": name, **layer, **({"inputs": list(inputs)} if inputs else {})}


def conv(into: int, out: int, kernel: Any, stride: int = 1, padding: Any = 0, rank: int = 2, **more: Any) -> Document:
    layer = {"type": f"nn.Conv{rank}d", "in_channels": into, "out_channels": out, "kernel_size": kernel}
    return layer | ({"stride": stride} if stride != 1 else {}) | ({"padding": padding} if padding else {}) | more


def up(into: int, out: int, kernel: int, stride: int, padding: int = 0, rank: int = 2, **more: Any) -> Document:
    layer = conv(into, out, kernel, stride, padding, rank, **more)
    return layer | {"type": f"nn.ConvTranspose{rank}d"}


def pool(kernel: int = 2, stride: int | None = None, padding: int = 0, rank: int = 2, kind: str = "Max") -> Document:
    layer: Document = {"type": f"nn.{kind}Pool{rank}d", "kernel_size": kernel}
    return layer | ({"stride": stride} if stride else {}) | ({"padding": padding} if padding else {})


def bn(features: int, rank: int = 2) -> Document:
    return {"type": f"nn.BatchNorm{rank}d", "num_features": features}


def relu() -> Document:
    return {"type": "nn.ReLU"}


def average(size: Any = 1, rank: int = 2) -> Document:
    return {"type": f"nn.AdaptiveAvgPool{rank}d", "output_size": size}


def flatten(**more: int) -> Document:
    return {"type": "nn.Flatten", **more}


def linear(into: int, out: int) -> Document:
    return {"type": "nn.Linear", "in_features": into, "out_features": out}


def cat(dim: int = 1) -> Document:
    return {"type": "torch.cat", "dim": dim}


def add() -> Document:
    return {"type": "add"}


def upsample(factor: int = 2) -> Document:
    return {"type": "nn.Upsample", "scale_factor": factor}


def value_at(body: Any, pointer: str) -> Any:
    """What stands at a pointer, or ABSENT."""
    if pointer.endswith("#"):
        return len(value_at(body, pointer[:-1]))
    for part in pointer.split("/")[1:]:
        try:
            body = body[int(part)] if isinstance(body, list) else body[part]
        except (KeyError, IndexError):
            return ABSENT
    return body


def is_mended(body: Document, expected: Document) -> bool:
    """Whether a body has all of these values; lists of one value are that value, and a function is asked."""
    return all(matches(value_at(body, pointer), value) for pointer, value in expected.items())


def matches(actual: Any, wanted: Any) -> bool:
    if callable(wanted):
        return bool(wanted(actual))
    if isinstance(actual, list) and not isinstance(wanted, list) and len(set(map(str, actual))) == 1:
        actual = actual[0]
    return bool(actual is wanted or actual == wanted)
