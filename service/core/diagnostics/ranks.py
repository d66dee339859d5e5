"""A layer, its input and its parameters differ in their number of axes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from service.core.diagnostics.channels_last import declared_channels
from service.core.diagnostics.model import Fact, Fix, Related
from service.core.diagnostics.patches import replacing
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import Shape, shape_text
from service.core.layers import LAYERS
from service.core.layers.base import Layer, Site
from service.core.layers.norms import ChannelNorm
from service.core.layers.registry import SPATIAL_RANKS
from service.core.layers.spatial import SpatialLayer

PER_AXIS = frozenset(
    {"kernel_size", "stride", "padding", "dilation", "input_dilation", "output_padding", "output_size", "size"}
)


@diagnostic("S201", on=(Layer,))
def rank_mismatch(site: Site) -> Iterator[Fact]:
    """A layer and its input, or a parameter and its layer, differ in their number of axes.

    A layer of rank r takes an input of r + 2 axes (batch, channels, spatial sizes); PyTorch's take r + 1 too. A
    per-axis parameter is one integer, or exactly one entry per spatial axis. One axis too few is mostly the batch: what
    a data set gives is one example, `[C, H, W]`.
    """
    accepted = site.dimensions
    if accepted is None or site.shape is None or len(site.shape) in accepted:
        yield from _parameters(site)
    elif site.sizes_only:
        yield Fact(
            f"`{site.type}` has {_axes(site.rank)}, but the size has {len(site.shape) - 2}",
            anchor=site.sources[0].location if site.sources else site.location,
            help=f"give one size, or {site.rank}",
        )
    else:
        complete = _with_missing_axes(site, site.shape)
        yield Fact(
            f"`{site.type}` takes inputs of {_counts(accepted)} axes, but {site.source} has {len(site.shape)}",
            "type",
            help=_help(site, site.shape, accepted, complete),
            related=_source(site),
            fixes=tuple(_input_with_missing_axes(site, site.shape, complete)),
        )


def _help(site: Site, shape: Shape, accepted: Sequence[int], complete: tuple[str, Shape] | None) -> str:
    """What to do about axes too few or too many."""
    ways = []
    if complete is not None:
        missing, whole = complete
        ways.append(f"give the input {missing}, so that {shape_text(whole)} arrives here")
    if (fitting := _kind_of_rank(site, shape)) is not None:
        ways.append(f"use `{fitting}`")
    if len(shape) > max(accepted):
        ways.append(_axes_to_remove(shape, len(shape) - max(accepted)))
    return ", or ".join(ways) or f"use a layer that takes {len(shape)} {'axis' if len(shape) == 1 else 'axes'}"


def _axes_to_remove(shape: Shape, count: int) -> str:
    """Which axes an input has too many: those of size 1 if there are as many, the batch aside."""
    single = [axis for axis, size in enumerate(shape) if size == 1 and axis > 0]
    word = "axis" if count == 1 else "axes"
    if len(single) == count:
        left = tuple(size for axis, size in enumerate(shape) if axis not in single)
        return f"take {word} {' and '.join(map(str, single))} out, so that {shape_text(left)} arrives here"
    return f"take {count} {word} out of what arrives"


def _kind_of_rank(site: Site, shape: Shape) -> str | None:
    """The layer type of the same family that takes so many axes with batch and channels."""
    kinds = [LAYERS.get(f"{site.kind.family}{rank}d") for rank in SPATIAL_RANKS]
    for kind in kinds:
        if kind is None or kind is site.kind or kind.rank is None:
            continue
        spatial = isinstance(site.layer, SpatialLayer)
        accepted = (kind.rank + 2,) if spatial else site.layer.dimensions(replace(site, kind=kind))
        if accepted is not None and len(shape) in accepted:
            return kind.name
    return None


def _with_missing_axes(site: Site, shape: Shape) -> tuple[str, Shape] | None:
    """The axes before or behind the spatial ones that are missing, and the shape with them; None where that is not it.

    A first axis of unknown size is the batch, so that the channels are missing behind it.
    """
    rank = site.kind.rank
    if rank is None or not isinstance(site.layer, SpatialLayer | ChannelNorm):
        return None
    declared = declared_channels(site)[1]
    if len(shape) == rank and isinstance(site.layer, SpatialLayer):
        return "its batch and its channels", site.layout.join((1,), declared or 1, shape)
    if len(shape) == rank == 1:
        return ("its batch", (1, *shape)) if declared in (None, shape[0]) else None
    if len(shape) != rank + 1:
        return None
    if shape[0] is None or declared == 1 != shape[site.layout.channel_axis(rank + 1, rank)]:
        return ("its channels", site.layout.join(shape[:1], 1, shape[1:])) if declared in (None, 1) else None
    whole = (1, *shape)
    return ("its batch", whole) if declared in (None, whole[site.layout.channel_axis(rank + 2, rank)]) else None


def _input_with_missing_axes(site: Site, shape: Shape, complete: tuple[str, Shape] | None) -> Iterator[Fix]:
    """The network's input with the axes that it lacks, where the layer takes that input itself."""
    if complete is not None and site.sources and site.sources[0].layer is None:
        text, patch = shape_text(complete[1]), replacing(site.sources[0].location, list(shape), list(complete[1]))
        yield Fix(f"give the input as {text}", patch)


def _parameters(site: Site) -> Iterator[Fact]:
    """Per-axis parameters with more or fewer entries than there are axes."""
    if site.rank is None:
        return
    for name in site.spelling:
        value = getattr(site.layer, name) if name in PER_AXIS else None
        if isinstance(value, list | tuple) and len(value) not in site.layer.entries(site, name):
            spelled, count = site.spelled(name), _entries(site, name)
            yield Fact(
                f"{spelled} has {count} {'entry' if count == 1 else 'entries'}, but there"
                f" {'is' if site.rank == 1 else 'are'} {_axes(site.rank)}",
                name,
                help=f"give {spelled} one entry per axis",
            )


def _entries(site: Site, parameter: str) -> int:
    """How many entries the author wrote, which in some spellings is not how many we hold."""
    posted = site.posted.get(site.spelling[parameter])
    return len(posted if isinstance(posted, list) else getattr(site.layer, parameter))


def _counts(accepted: Sequence[int]) -> str:
    """Numbers of axes in words; many that follow each other by the first and the last."""
    if len(accepted) > 2 and list(accepted) == list(range(accepted[0], accepted[-1] + 1)):
        return f"{accepted[0]} to {accepted[-1]}"
    return " or ".join(map(str, accepted))


def _axes(rank: int | None) -> str:
    return "1 spatial axis" if rank == 1 else f"{rank} spatial axes"


def _source(site: Site) -> tuple[Related, ...]:
    return (Related(site.sources[0].location, f"what arrives is {site.arriving}"),) if site.sources else ()
