"""Blocks made for a number of channels: the input must have them, or stretch to them."""

from collections.abc import Iterator

from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.patches import setting
from service.core.diagnostics.registry import DIAGNOSTICS, check
from service.core.geometry.shapes import Size
from service.core.layers.base import Site
from service.core.layers.composites import LayerScale, SqueezeExcitation
from service.core.layers.merging import broadcast
from service.core.layers.norms import FrozenBatchNorm


@check(on=(SqueezeExcitation, LayerScale, FrozenBatchNorm))
def channels_of_a_block(site: Site) -> Iterator[Fact]:
    """The channels that a block is made for must be those that arrive."""
    if site.shape is None or not _differ(site):
        return
    layer = site.layer
    arriving: Size
    if isinstance(layer, SqueezeExcitation):
        parameter, declared, arriving = "in_channels", layer.in_channels, site.shape[-3]
    elif isinstance(layer, LayerScale):
        parameter, declared, arriving = "features", layer.features, site.shape[-1]
    else:
        assert isinstance(layer, FrozenBatchNorm)
        parameter, declared = "num_features", layer.num_features or 0
        arriving = site.shape[-3] if len(site.shape) > 2 else 1
    title = f"set {site.spelled(parameter)} to {arriving}"
    yield Fact(
        f"{site.spelled(parameter)} is {declared}, but {site.source} has {arriving}: its shape is {site.arriving}",
        parameter,
        help=title,
        fixes=(Fix(title, setting(site, parameter, arriving), "safe"),),
        rule=DIAGNOSTICS["channel-mismatch"],
    )


def _differ(site: Site) -> bool:
    """Whether the channels certainly do not go together."""
    layer, shape = site.layer, site.shape or ()
    if isinstance(layer, LayerScale):
        return broadcast([shape, (layer.features,)]) is None
    if isinstance(layer, FrozenBatchNorm):
        channels = layer.channels(site)
        return channels is not None and broadcast([shape, (1, channels, 1, 1)]) is None
    assert isinstance(layer, SqueezeExcitation)
    return len(shape) in (3, 4) and shape[-3] not in (None, layer.in_channels)
