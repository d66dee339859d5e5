"""Where the weights of a network are in what is written for it, and how to turn each.

The axes of a weight are words: `go i k` is an axis of groups times outputs, one of inputs, and one for each axis of the
kernel. Both frameworks have the same letters in another order, so that two such texts say how to turn one into the
other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from service.core.geometry.shapes import Size
from service.core.layers import LAYERS
from service.core.layers.base import Layer, Site
from service.core.layers.convolution import Convolving
from service.core.layers.dense import Linear
from service.core.layers.last_axes_norms import LastAxesNorm
from service.core.layers.lookup import Embedding
from service.core.layers.norms import ChannelNorm
from service.core.layers.pointwise import PRelu
from service.core.layers.separable import DepthwiseConvolution, SeparableConvolution
from service.core.layers.sources import KeptTensor, TrainedTensor
from service.core.questions.equivalents.lookups import slopes
from service.core.questions.equivalents.norms import trained_axes

Sizes = Mapping[str, tuple[int, ...]]
"""For each letter the sizes of its axes: of `k` and `n` as many as the layer has, of others one."""
Letters = tuple[tuple[str, int], ...]
"""An axis as the letters that it is made of, each with its place: `go` is `(("g", 0), ("o", 0))`."""
ONE = "1"
"""An axis of size 1 that the other framework has not."""


@dataclass(frozen=True, slots=True)
class Weight:
    """An array of a layer, as a framework has it."""

    name: str
    axes: str


Part = Mapping[str, Weight]
"""By its role, such as `kernel` or `bias`, each weight of a layer, or of one of the two steps of a separable one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """How one array becomes another: `array.reshape(reshape).transpose(transpose).reshape(shape)`."""

    reshape: tuple[int, ...] | None
    """None where the array can be transposed as it is."""
    transpose: tuple[int, ...]
    shape: tuple[int, ...]


def turn(original: Weight, written: Weight, sizes: Sizes) -> Turn:
    """How to turn the array of a weight into that of another framework; letters that one lacks have the size 1."""
    before, after = _axes(original.axes, sizes), _axes(written.axes, sizes)
    shape = tuple(_size(axis, sizes) for axis in after)
    if before == after:
        return Turn(reshape=None, transpose=tuple(range(len(shape))), shape=shape)
    whole = {axis for axis in before if axis and axis in after}
    taken, wanted = _units(before, whole), _units(after, whole)
    kept = [axis for axis in taken if axis in wanted]
    parts = tuple(_size(axis, sizes) for axis in kept)
    return Turn(
        reshape=None if kept == before else parts,
        transpose=tuple(kept.index(axis) for axis in wanted if axis in kept),
        shape=shape,
    )


def _axes(text: str, sizes: Sizes) -> list[Letters]:
    """The axes that a text names."""
    axes: list[Letters] = []
    for word in text.split():
        if word == ONE:
            axes.append(())
        elif len(word) == 1:
            axes += [((word, place),) for place in range(len(sizes[word]))]
        else:
            axes.append(tuple((letter, 0) for letter in word))
    return axes


def _units(axes: Sequence[Letters], whole: set[Letters]) -> list[Letters]:
    """The axes, those that the other framework has not as they are taken apart into their letters."""
    return [unit for axis in axes for unit in ([axis] if axis in whole else [(letter,) for letter in axis])]


def _size(axis: Letters, sizes: Sizes) -> int:
    return prod(sizes[letter][place] for letter, place in axis)


# --- what a layer has -------------------------------------------------------------------------------------------------

SWITCHES: Mapping[str, tuple[str, ...]] = {
    "kernel": (),
    "slope": (),
    "bias": ("bias",),
    "scale": ("affine", "elementwise_affine", "scale"),
    "shift": ("affine", "elementwise_affine", "center", "bias"),
    "mean": ("track_running_stats",),
    "variance": ("track_running_stats",),
}
"""By role the parameters any of which leaves a weight out when it is false."""


def held(parts: Sequence[Part], family: str, parameters: Mapping[str, Any]) -> list[Part]:
    """The weights that a layer with these parameters has, of all that its family can have."""
    layer = LAYERS[family].layer

    def is_off(switch: str) -> bool:
        said = parameters.get(switch)
        return (getattr(layer, switch, None) if said is None else said) is False

    return [{role: weight for role, weight in part.items() if not any(map(is_off, SWITCHES[role]))} for part in parts]


def sizes_of(site: Site) -> list[Sizes]:
    """The sizes of the axes of the weights, for each part of a layer; empty where it has none or one is not known."""
    letters = next((SIZES[base] for base in type(site.layer).__mro__ if base in SIZES), None)
    parts = [] if letters is None else letters(site.layer, site)
    if any(size is None for part in parts for size in part.values()):
        return []
    return [{letter: size if isinstance(size, tuple) else (size,) for letter, size in part.items()} for part in parts]


def _of_convolution(layer: Convolving, site: Site) -> list[dict[str, Any]]:
    kernel, arriving, leaving = site.per_axis("kernel_size"), layer.channels_in(site), layer.channels_out(site)
    return [{"g": layer.groups, "o": _part(leaving, layer.groups), "i": _part(arriving, layer.groups), "k": kernel}]


def _part(channels: Size, groups: int) -> Size:
    return None if channels is None else channels // groups


def _of_depthwise(layer: DepthwiseConvolution, site: Site) -> list[dict[str, Any]]:
    return [{"g": site.channels, "o": layer.depth_multiplier, "i": 1, "k": site.per_axis("kernel_size")}]


def _of_separable(layer: SeparableConvolution, site: Site) -> list[dict[str, Any]]:
    ones = (1,) * (site.rank or 0)
    return [*_of_depthwise(layer, site), {"g": 1, "o": layer.out_channels, "i": layer.depth(site), "k": ones}]


SIZES: Mapping[type[Layer], Callable[[Any, Site], list[dict[str, Any]]]] = {
    Convolving: _of_convolution,
    DepthwiseConvolution: _of_depthwise,
    SeparableConvolution: _of_separable,
    Linear: lambda layer, site: [{"o": layer.out_features, "i": layer.features_in(site)}],
    Embedding: lambda layer, site: [{"n": layer.num_embeddings, "d": layer.embedding_dim}],
    LastAxesNorm: lambda layer, site: [{"n": trained_axes(site)}],
    ChannelNorm: lambda layer, site: [{"c": layer.channels(site)}],
    PRelu: lambda layer, site: [{"c": number} for number in slopes(site) or ()],
    TrainedTensor: lambda layer, site: [{"n": tuple(layer.shape)}],
    KeptTensor: lambda layer, site: [{"n": tuple(layer.shape)}],
}
"""By layer class, for each of its parts the sizes of its letters; None where one is not known."""
