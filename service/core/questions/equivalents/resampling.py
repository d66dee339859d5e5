"""Upsampling and pixel shuffles written in another framework."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import ScaledAxis
from service.core.layers.base import Site
from service.core.layers.resampling import PixelShuffle, PixelUnshuffle, Upsample
from service.core.questions.equivalents.way import Step, Way, no_way

MODE_OF_RANK = {1: "linear", 2: "bilinear", 3: "trilinear"}
CORNERS = "align_corners: no other layer here puts the corners on the corners"
RESIZE = (
    "ONNX's Resize says it with `mode` linear or cubic, and `coordinate_transformation_mode` half_pixel; PyTorch's"
    " align_corners is its align_corners"
)
BY_CHANNEL = "DepthToSpace takes `mode` CRD: its default, DCR, takes the channels in another order"
BY_BLOCK = "its own space-to-depth and depth-to-space put the channels in another order"


def upsampled(layer: Upsample, framework: Framework, axes: Sequence[ScaledAxis]) -> str | None:
    """What the upsampling computes, in one word that two frameworks share where they compute the same; else None.

    Whole factors only, since frameworks round the others differently, and interpolations that were compared.
    """
    if layer.align_corners or not axes or layer.mode not in framework.interpolates:
        return None
    if any(not axis.size or not axis.output or axis.output % axis.size for axis in axes):
        return None
    return framework.interpolates[layer.mode]


def upsampling(site: Site, framework: Framework, axes: Sequence[ScaledAxis]) -> Way:
    """The interpolation that computes the same, by whole factors."""
    layer = site.layer
    assert isinstance(layer, Upsample)
    if framework is site.framework:
        own = {"scale_factor": _per_axis(layer.scale_factor), "size": _per_axis(layer.size), "mode": _said(layer.mode)}
        return Way(steps=({"type": site.kind.name, **own, "align_corners": layer.align_corners},))
    if layer.align_corners and layer.mode != "nearest":
        return no_way(CORNERS, *([RESIZE] if framework.opsets else []))
    computes = upsampled(layer, site.framework, axes)
    if computes is None:
        return no_way("only whole factors, of interpolations that were run, are known to give equal values")
    rank = len(axes)
    mode = next((mode for mode in _modes(rank, framework) if framework.interpolates[mode] == computes), None)
    if mode is None:
        return no_way(f"{framework.title} has no interpolation that computes what {layer.mode} does here")
    factors = tuple((axis.output or 1) // (axis.size or 1) for axis in axes)
    return Way(steps=({"type": "upsample", "scale_factor": factors, "mode": _said(mode)},))


def _said(mode: str) -> str | None:
    """The interpolation, unless it is the one that is taken where none is named."""
    return None if mode == "nearest" else mode


def _modes(rank: int, framework: Framework) -> list[str]:
    """The interpolations of a framework for so many axes."""
    images_only = framework.interpolations is not None
    modes = [
        "nearest",
        *([] if images_only and rank != 2 else [MODE_OF_RANK[rank]]),
        *(["bicubic"] if rank == 2 else []),
    ]
    return [mode for mode in modes if mode in framework.interpolates]


def _per_axis(value: Any) -> Any:
    values = [int(entry) if entry == int(entry) else entry for entry in value] if isinstance(value, list) else value
    if isinstance(values, list):
        return tuple(values)
    return int(values) if values is not None and values == int(values) else values


# --- pixel shuffles ---------------------------------------------------------------------------------------------------


def keeps_order(site: Site, framework: Framework) -> bool:
    """Whether a framework's own layer has the channels in PyTorch's order, or there is only one to put in order."""
    if isinstance(site.layer, PixelUnshuffle):
        return framework.unshuffles_by_channel
    return framework.shuffles_by_channel


def pixel_shuffle(site: Site, framework: Framework, axes: Sequence[ScaledAxis]) -> Way:
    """The layer itself where it is there, or the axes taken apart, put into another order and joined."""
    layer = site.layer
    assert isinstance(layer, PixelShuffle)
    if keeps_order(site, framework):
        notes = (BY_CHANNEL,) if framework.opsets else ()
        return Way(steps=({"type": site.kind.name, "scale_factor": layer.scale_factor},), notes=notes)
    shape, factor = site.shape, layer.scale_factor
    if shape is None or len(shape) != 4 or None in shape[1:] or site.channels is None:
        return no_way(BY_BLOCK, "give `input_shape`: it can be written as a reshape, a permutation and a reshape")
    height, width = (axis.size or 0 for axis in axes)
    if isinstance(layer, PixelUnshuffle):
        return Way(steps=_unshuffled(framework, shape[0], site.channels, height // factor, width // factor, factor))
    return Way(steps=_shuffled(framework, shape[0], site.channels // factor**2, height, width, factor))


def _shuffled(
    framework: Framework, batch: int | None, channels: int, height: int, width: int, factor: int
) -> tuple[Step, ...]:
    if framework.layout.channels_last:
        apart, order = (height, width, channels, factor, factor), (0, 1, 4, 2, 5, 3)
        joined: tuple[int, ...] = (height * factor, width * factor, channels)
    else:
        apart, order = (channels, factor, factor, height, width), (0, 1, 4, 2, 5, 3)
        joined = (channels, height * factor, width * factor)
    return rearranged(framework, batch, apart, order, joined)


def _unshuffled(
    framework: Framework, batch: int | None, channels: int, height: int, width: int, factor: int
) -> tuple[Step, ...]:
    if framework.layout.channels_last:
        apart, order = (height, factor, width, factor, channels), (0, 1, 3, 5, 2, 4)
        joined: tuple[int, ...] = (height, width, channels * factor**2)
    else:
        apart, order = (channels, height, factor, width, factor), (0, 1, 3, 5, 2, 4)
        joined = (channels * factor**2, height, width)
    return rearranged(framework, batch, apart, order, joined)


def rearranged(
    framework: Framework, batch: int | None, apart: tuple[int, ...], order: tuple[int, ...], joined: tuple[int, ...]
) -> tuple[Step, ...]:
    """A reshape, a permutation and a reshape; the batch is left out where it stands apart."""
    if framework.batch_stands_apart:
        return (
            {"type": "reshape", "shape": apart}, {"type": "permute", "dims": order[1:]},
            {"type": "reshape", "shape": joined},
        )  # fmt: skip
    first = -1 if batch is None else batch
    return (
        {"type": "reshape", "shape": (first, *apart)}, {"type": "permute", "dims": order},
        {"type": "reshape", "shape": (first, *joined)},
    )  # fmt: skip
