"""Normalisations and trained slopes: groups, normalised axes, means of one value."""

from collections.abc import Iterator
from dataclasses import replace
from math import gcd

from service.core.diagnostics.malformed import parameter_out_of_range
from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.patches import setting
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.diagnostics.resampling import indivisible_channels
from service.core.geometry.shapes import shape_text
from service.core.layers.base import Site
from service.core.layers.norms import BatchNorm, GroupNorm, LayerNorm
from service.core.layers.parameters import A_COUNT
from service.core.layers.pointwise import PRelu

KERAS_GROUPS = "groups"
"""The word under which -1 stands for a group a channel."""


@check(on=(GroupNorm,))
def norm_groups(site: Site) -> Iterator[Fact]:
    """The groups of a group normalisation must divide its channels."""
    layer = site.layer
    assert isinstance(layer, GroupNorm)
    if layer.num_groups == -1 and site.spelling.get("num_groups") != KERAS_GROUPS:
        at = site.locate("num_groups")
        yield from parameter_out_of_range(site.spelling.get("num_groups", ""), -1, "below 1", A_COUNT, at)
        return
    channels = layer.channels(site)
    groups = layer.groups(site)
    if channels is not None and groups and channels % groups:
        common = gcd(groups, channels)
        fix = Fix(f"set {site.spelled('num_groups')} to {common}", setting(site, "num_groups", common))
        yield from indivisible_channels(site, "num_groups", groups, channels, fix)


@check(on=(LayerNorm,))
def normalized_axes(site: Site) -> Iterator[Fact]:
    """The last axes of the input must be those that a layer normalisation was made for."""
    layer = site.layer
    assert isinstance(layer, LayerNorm)
    made_for = layer.last_axes(site)
    if made_for is None or site.shape is None or layer.normalized_shape is None:
        return
    last = site.shape[-len(made_for) :]
    pairs = zip(made_for, last, strict=False)
    if len(last) < len(made_for) or any(None not in pair and pair[0] != pair[1] for pair in pairs):
        bound = f"but the last axes of the input are {shape_text(last)}"
        form = f"{shape_text(last)}, the sizes that arrive"
        value, spelled = layer.normalized_shape, site.spelled("normalized_shape")
        fix = Fix(f"set {spelled} to {shape_text(last)}", setting(site, "normalized_shape", list(last)), "safe")
        fixes = () if None in last else (fix,)
        for fact in parameter_out_of_range("normalized_shape", value, bound, form, site.locate("normalized_shape")):
            yield replace(fact, fixes=fixes)


@diagnostic("S214", on=(BatchNorm, GroupNorm))
def single_value_norm(site: Site) -> Iterator[Fact]:
    """A normalisation meets one value to normalise, which is its own mean.

    An instance normalisation takes the mean of each channel of each example, a group normalisation that of a group of
    channels, a batch normalisation without running statistics that of each channel of the batch. PyTorch refuses them
    where only one value is left, as after a pool to size 1.
    """
    layer = site.layer
    assert isinstance(layer, BatchNorm | GroupNorm)
    if not site.framework.norms_of_one_value and layer.values_in_a_mean(site) == 1:
        yield Fact(
            f"there is one value in each mean: {site.source} is {site.arriving}",
            "type",
            help="leave the layer out, or normalise before the size is reduced to 1",
        )


@diagnostic("W510", "warning", on=(BatchNorm,))
def single_value_in_training(site: Site) -> Iterator[Fact]:
    """A normalisation with running statistics works, but cannot be trained on this batch.

    In training it takes the mean of the batch, and PyTorch refuses a mean of one value: a batch of one example whose
    map has been reduced to size 1. With more examples, or in evaluation, the layer works.
    """
    layer = site.layer
    assert isinstance(layer, BatchNorm)
    if site.framework.norms_of_one_value or not layer.track_running_stats:
        return
    if layer.values_in_training(site) == 1:
        yield Fact(
            f"in training there is one value in each mean, which {site.framework.title} refuses: {site.source} is"
            f" {site.arriving}",
            "type",
            help="train with more than one example in a batch, or leave the layer out",
        )


@check(on=(PRelu,))
def slopes(site: Site) -> Iterator[Fact]:
    """A trained slope belongs to all channels, or to one."""
    layer = site.layer
    assert isinstance(layer, PRelu)
    channels = layer.channels(site)
    if channels is not None and layer.num_parameters not in (1, channels):
        spelled = site.spelled("num_parameters")
        yield Fact(
            f"{spelled} is {layer.num_parameters}, but {site.source} has {channels} channels",
            "num_parameters",
            help=f"set {spelled} to {channels}, or to 1",
            fixes=tuple(
                Fix(f"set {spelled} to {count}", setting(site, "num_parameters", count)) for count in (channels, 1)
            ),
            rule=DIAGNOSTICS["channel-mismatch"],
        )
