"""Channels in the place where the other layout has them."""

from collections.abc import Iterator
from dataclasses import replace

from service.core.diagnostics.model import Fact, Fix, Related
from service.core.diagnostics.patches import replacing
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import Size, shape_text
from service.core.layers.base import Site
from service.core.layers.convolution import Convolving
from service.core.layers.norms import ChannelNorm

CHANNELS_OF_IMAGES = (1, 3, 4)
"""Grey, colour, and colour with transparency."""
LEAST_SIZE_OF_AN_IMAGE = 16
"""Positions. Chosen: smaller maps are seldom a network's input."""
LEAST_AXES_OF_AN_IMAGE = 4


def declared_channels(site: Site) -> tuple[str, Size, Size]:
    """The parameter that declares a layer's channels, what it declares, and what arrives.

    Where the input has not the axes that the layer takes, it is not known which of them are the channels.
    """
    if isinstance(site.layer, ChannelNorm):
        return (*site.layer.declared_as(), site.layer.arriving(site) if site.fits else None)
    declared = site.layer.in_channels if isinstance(site.layer, Convolving) else None
    return "in_channels", declared, site.channels


def holds_channels_elsewhere(site: Site, channels: int) -> bool:
    """Whether the network's own input has so many channels where the other layout has them."""
    if site.shape is None or not site.rank or len(site.shape) != site.rank + 2 or len(site.shape) < 3:
        return False
    if not site.sources or site.sources[0].layer is not None:
        return False
    return site.shape[1 if site.layout.channels_last else -1] == channels


@diagnostic("S202", on=(Convolving, ChannelNorm), traits=("sizes are doubtful", "survives unread parameters"))
def suspected_channels_last(site: Site) -> Iterator[Fact]:
    """The input has its channels where the other layout has them.

    PyTorch, ONNX and JAX put the channels before the spatial axes (`[N, C, H, W]`), Keras after them
    (`[N, H, W, C]`). An image loaded from a file is usually `[H, W, C]`. A warning where the layer does not say how
    many channels it takes, and the input looks like an image of the other layout.
    """
    parameter, declared, arriving = declared_channels(site)
    if site.sizes_only or arriving is None:
        return
    if declared is not None and declared != arriving and holds_channels_elsewhere(site, declared):
        yield _moved(site, parameter, f"{site.spelled(parameter)} is {declared}", declared, arriving)
    elif declared is None and (few := _few_channels_elsewhere(site)):
        yield replace(_moved(site, "type", "the layer takes what arrives", few, arriving), severity="warning")


def _few_channels_elsewhere(site: Site) -> int | None:
    """How many channels an image of the other layout has; None where the input does not look like one."""
    if site.shape is None or len(site.shape) < LEAST_AXES_OF_AN_IMAGE or None in site.shape[1:]:
        return None
    sizes = [size or 0 for size in site.shape[1:]]
    elsewhere = sizes.pop(0 if site.layout.channels_last else -1)
    suspicious = elsewhere in CHANNELS_OF_IMAGES and min(sizes) >= LEAST_SIZE_OF_AN_IMAGE
    return elsewhere if suspicious and holds_channels_elsewhere(site, elsewhere) else None


def _moved(site: Site, at: str, why: str, channels: int, arriving: Size) -> Fact:
    """The fact, and the input with its channels moved as the fix."""
    shape, last = list(site.shape or ()), site.layout.channels_last
    moved = [shape[0], *shape[2:], shape[1]] if last else [shape[0], shape[-1], *shape[1:-1]]
    source = site.sources[0].location
    here, there = site.layout.channel_axis(len(shape), site.rank or 0), 1 if last else len(shape) - 1
    text = shape_text(tuple(moved))
    return Fact(
        f"{why}, but {site.source} {shape_text(site.shape or ())} has {arriving} channels on axis {here} and {channels}"
        f" on axis {there}",
        at,
        help=f"give the input as {text}",
        related=(Related(source, f"{site.framework.title} reads this as {site.layout.name}"),),
        fixes=(Fix(f"give the input as {text}", replacing(source, shape, moved)),),
    )
