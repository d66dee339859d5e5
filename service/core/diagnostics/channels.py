"""Channels: those that a layer is made for, and those that arrive."""

from collections.abc import Iterator
from math import gcd

from service.core.diagnostics.channels_last import declared_channels, holds_channels_elsewhere
from service.core.diagnostics.model import Fact, Fix, Related
from service.core.diagnostics.patches import replacing, setting
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import shape_text
from service.core.layers.base import Site
from service.core.layers.convolution import Convolving
from service.core.layers.norms import ChannelNorm


@diagnostic("S203", on=(Convolving, ChannelNorm), traits=("sizes survive", "survives unread parameters"))
def channel_mismatch(site: Site) -> Iterator[Fact]:
    """A layer is made for another number of channels than arrive.

    `in_channels` of a convolution (`num_features` of a batch normalisation) must equal the channels that the layer
    before produces. It may be left out: then it is what arrives. A warning where nothing depends on it, as in an
    instance normalisation that trains nothing.

    PyTorch takes an input without a batch too. So a batch of images counts as one example of many channels where a
    convolution of one axis more is used (`Conv3d` for `Conv2d`), or where the images lack their axis of channels.
    """
    parameter, declared, arriving = declared_channels(site)
    if declared is None or arriving is None or declared == arriving or holds_channels_elsewhere(site, declared):
        return
    spelled, source = site.spelled(parameter), site.origin
    as_batch = tuple(_batch_as_channels(site, declared))
    own = Fix(f"set {spelled} to {arriving}", setting(site, parameter, arriving), "unsafe" if as_batch else "safe")
    fixes = [*as_batch, own]
    help_text = fixes[0].title
    read = f": it is read as one example, without a batch: {shape_text(site.shape or ())}" if as_batch else ""
    if source is not None and isinstance(source.layer, Convolving) and "out_channels" in source.spelling:
        produced = source.spelling["out_channels"]
        help_text += f", or `{produced}` of `{source.name}` to {declared}"
        patch = replacing((*source.location, produced), arriving, declared)
        fixes.append(Fix(f"set `{produced}` of `{source.name}` to {declared}", patch))
    unused = isinstance(site.layer, ChannelNorm) and not site.layer.holds_numbers
    yield Fact(
        f"{spelled} is {declared}, but {_producer(site)} {arriving} channels{read}",
        parameter,
        help=help_text,
        related=_origin(site, arriving),
        fixes=tuple(fixes),
        severity="warning" if unused else None,
    )


def _batch_as_channels(site: Site, declared: int) -> Iterator[Fix]:
    """Ways to have the first axis of the network's input for its batch, where it is taken for the channels."""
    shape, rank, type_name = list(site.shape or ()), site.kind.rank, site.type
    if not site.framework.unbatched or rank is None or len(shape) != rank + 1 or site.sources[0].layer is not None:
        return
    if rank > 1 and shape[1] == declared and type_name.count(str(rank)) == 1:
        lower = type_name.replace(str(rank), str(rank - 1))
        yield Fix(f"use `{lower}`", replacing((*site.location, "type"), type_name, lower))
    elif declared == 1:
        whole = [shape[0], 1, *shape[1:]]
        title = f"give the input its channels: {shape_text(tuple(whole))}"
        yield Fix(title, replacing(site.sources[0].location, shape, whole))


def _producer(site: Site) -> str:
    """What the channels come from, with its verb."""
    origin = site.origin
    return f"`{origin.name}` produces" if origin is not None and origin.layer is not None else "the input has"


def _origin(site: Site, arriving: int) -> tuple[Related, ...]:
    """The place that says how many channels arrive."""
    source = site.origin
    if source is None:
        return ()
    spelled = source.spelling.get("out_channels")
    location = (*source.location, spelled) if spelled else source.location
    return (Related(location, f"{arriving} channels come from here"),)


@diagnostic("S204", on=(Convolving,), traits=("sizes survive",))
def groups_do_not_divide_channels(site: Site) -> Iterator[Fact]:
    """`groups` does not divide the input channels and the output channels.

    A grouped convolution gives each group an equal share of both.
    """
    layer = site.layer
    assert isinstance(layer, Convolving)
    counts = {"input": layer.channels_in(site), "output": layer.out_channels}
    known = [channels for channels in counts.values() if channels is not None]
    spelled = site.spelled("groups")
    for side, channels in counts.items():
        if channels is not None and channels % layer.groups:
            common = gcd(layer.groups, *known)
            yield Fact(
                f"{spelled} is {layer.groups}, which does not divide {channels} {side} channels",
                "groups",
                help=f"use a number of groups that divides {' and '.join(map(str, known))}",
                fixes=(Fix(f"set {spelled} to {common}", setting(site, "groups", common)),),
            )
            return
