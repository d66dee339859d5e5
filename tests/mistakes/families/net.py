"""A network while it is written: layers in the service's own words, and what shape leaves each of them.

The shapes are computed here, not asked of the service, so that what a sound network declares does not come from what
is to be judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

Document = dict[str, Any]
Axes = tuple[int, ...]


@dataclass(frozen=True)
class Tensor:
    """What a layer, or the input, gives: its name, and its axes without the batch."""

    name: str
    axes: Axes

    @property
    def channels(self) -> int:
        return self.axes[0]

    @property
    def sizes(self) -> Axes:
        return self.axes[1:]

    @property
    def rank(self) -> int:
        return len(self.sizes)


@dataclass
class Net:
    """Layers one after the other; each method writes one and gives what leaves it."""

    rng: Random
    batch: int | None = 2
    layers: list[Document] = field(default_factory=list)
    inputs: dict[str, Axes] = field(default_factory=dict)
    outputs: list[str] | None = None

    def input(self, *axes: int, name: str = "input") -> Tensor:
        self.inputs[name] = axes
        return Tensor(name, axes)

    def layer(
        self, kind: str, taken: Tensor | Sequence[Tensor], axes: Sequence[int], name: str = "", **members: Any
    ) -> Tensor:
        """One layer, with a name of its own."""
        sources = [taken] if isinstance(taken, Tensor) else list(taken)
        name = name or f"{kind}{len(self.layers) + 1}"
        assert all(name != layer["name"] for layer in self.layers), name
        inputs = [source.name for source in sources]
        self.layers.append({"name": name, "type": kind, **members, "inputs": inputs})
        return Tensor(name, tuple(axes))

    def conv(self, x: Tensor, out: int, kernel: Any = 3, stride: Any = 1, padding: Any = 0, **more: Any) -> Tensor:
        dilations = per_axis(more.get("dilation", 1), x.rank)
        kernels, strides, paddings = (per_axis(value, x.rank) for value in (kernel, stride, padding))
        windows = zip(x.sizes, kernels, strides, paddings, dilations, strict=True)
        sizes = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in windows]
        members = {"in_channels": x.channels, "out_channels": out, "kernel_size": kernel} | said(stride, padding)
        return self.layer(f"conv{x.rank}d", x, (out, *sizes), **members, **more)

    def up_conv(
        self, x: Tensor, out: int, kernel: int = 2, stride: int = 2, padding: int = 0, extra: int = 0, **more: Any
    ) -> Tensor:
        sizes = [(n - 1) * stride - 2 * padding + kernel + extra for n in x.sizes]
        members = {"in_channels": x.channels, "out_channels": out, "kernel_size": kernel} | said(stride, padding)
        if extra:
            members["output_padding"] = extra
        return self.layer(f"conv_transpose{x.rank}d", x, (out, *sizes), **members, **more)

    def pool(
        self, x: Tensor, kernel: int = 2, stride: int | None = None, padding: int = 0, kind: str = "max", **more: Any
    ) -> Tensor:
        step = stride or kernel
        sizes = [(n + 2 * padding - kernel) // step + 1 for n in x.sizes]
        members: Document = {"kernel_size": kernel} | ({"stride": stride} if stride else {})
        members |= {"padding": padding} if padding else {}
        return self.layer(f"{kind}_pool{x.rank}d", x, (x.channels, *sizes), **members, **more)

    def adaptive(self, x: Tensor, size: Any = 1, **more: Any) -> Tensor:
        axes = (x.channels, *per_axis(size, x.rank))
        return self.layer(f"adaptive_avg_pool{x.rank}d", x, axes, output_size=size, **more)

    def norm(self, x: Tensor, **more: Any) -> Tensor:
        rank = max(x.rank, 1)
        return self.layer(f"batch_norm{rank}d", x, x.axes, num_features=x.channels, **more)

    def group_norm(self, x: Tensor, groups: int, **more: Any) -> Tensor:
        return self.layer("group_norm", x, x.axes, num_groups=groups, num_channels=x.channels, **more)

    def layer_norm(self, x: Tensor, **more: Any) -> Tensor:
        return self.layer("layer_norm", x, x.axes, normalized_shape=x.axes[-1], **more)

    def act(self, x: Tensor, kind: str = "relu", **more: Any) -> Tensor:
        return self.layer(kind, x, x.axes, **more)

    def cell(
        self, x: Tensor, out: int, kernel: Any = 3, stride: Any = 1, padding: Any = 1, at: str = "", **more: Any
    ) -> Tensor:
        """Convolution, batch norm and activation."""
        names = (f"{at}conv", f"{at}bn", f"{at}relu") if at else ("", "", "")
        x = self.conv(x, out, kernel, stride, padding, name=names[0], **more)
        return self.act(self.norm(x, name=names[1]), name=names[2])

    def join(self, *parts: Tensor, kind: str = "add", **more: Any) -> Tensor:
        axes = [max(sizes) for sizes in zip(*(part.axes for part in parts), strict=True)]
        return self.layer(kind, parts, axes, **more)

    def concat(self, *parts: Tensor, axis: int = 0, **more: Any) -> Tensor:
        axes = list(parts[0].axes)
        axes[axis] = sum(part.axes[axis] for part in parts)
        return self.layer("concat", parts, axes, dim=axis + 1, **more)

    def flatten(self, x: Tensor, start: int = 1, **more: Any) -> Tensor:
        kept = x.axes[: start - 1]
        rest = 1
        for size in x.axes[start - 1 :]:
            rest *= size
        return self.layer("flatten", x, (*kept, rest), start_dim=start, **more)

    def linear(self, x: Tensor, out: int, **more: Any) -> Tensor:
        return self.layer("linear", x, (*x.axes[:-1], out), in_features=x.axes[-1], out_features=out, **more)

    def up(self, x: Tensor, factor: int = 2, mode: str = "nearest", **more: Any) -> Tensor:
        axes = (x.channels, *(size * factor for size in x.sizes))
        return self.layer("upsample", x, axes, scale_factor=factor, mode=mode, **more)

    def pad(self, x: Tensor, pairs: Sequence[tuple[int, int]], **more: Any) -> Tensor:
        sizes = [n + before + after for n, (before, after) in zip(x.sizes, pairs, strict=True)]
        return self.layer("pad", x, (x.channels, *sizes), padding=[list(pair) for pair in pairs], **more)

    def crop(self, x: Tensor, pairs: Sequence[tuple[int, int]], **more: Any) -> Tensor:
        sizes = [n - before - after for n, (before, after) in zip(x.sizes, pairs, strict=True)]
        return self.layer("crop", x, (x.channels, *sizes), padding=[list(pair) for pair in pairs], **more)

    def permute(self, x: Tensor, *dims: int, **more: Any) -> Tensor:
        """`dims` count the batch as axis 0, which stays."""
        return self.layer("permute", x, [x.axes[dim - 1] for dim in dims], dims=[0, *dims], **more)

    def reshape(self, x: Tensor, *axes: int, **more: Any) -> Tensor:
        batch = -1 if self.batch is None else self.batch
        return self.layer("reshape", x, axes, shape=[batch, *axes], **more)

    def recurrent(self, x: Tensor, hidden: int, kind: str = "lstm", both: bool = False, **more: Any) -> Tensor:
        members = {"input_size": x.axes[-1], "hidden_size": hidden, "batch_first": True}
        members |= {"bidirectional": True} if both else {}
        return self.layer(kind, x, (x.axes[0], hidden * (2 if both else 1)), **members, **more)

    def attention(self, x: Tensor, heads: int, **more: Any) -> Tensor:
        members = {"embed_dim": x.axes[-1], "num_heads": heads, "batch_first": True}
        return self.layer("multihead_attention", [x, x, x], x.axes, **members, **more)

    def width(self, *choices: int) -> int:
        return self.rng.choice(choices)


def per_axis(value: Any, rank: int) -> list[int]:
    """One integer for each axis."""
    return list(value) if isinstance(value, (list, tuple)) else [value] * rank


def said(stride: Any, padding: Any) -> Document:
    """A stride and a padding where they are not the defaults."""
    return ({"stride": stride} if stride != 1 else {}) | ({"padding": padding} if padding != 0 else {})
