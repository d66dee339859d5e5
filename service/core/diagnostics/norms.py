"""Normalisations and trained slopes: groups, normalised axes, means of one value."""

from collections.abc import Iterator
from dataclasses import replace
from math import gcd

from service.core.diagnostics.given_weights import differs, input_shape_mismatch
from service.core.diagnostics.malformed import parameter_out_of_range
from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.patches import setting
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.diagnostics.resampling import indivisible_channels
from service.core.geometry.shapes import Shape, elements, shape_text
from service.core.layers.base import Site
from service.core.layers.last_axes_norms import LastAxesNorm, RmsNorm
from service.core.layers.merging import broadcast
from service.core.layers.norms import BatchNorm, ChannelNorm, GroupNorm
from service.core.layers.parameter_rows.row import A_COUNT
from service.core.layers.pointwise import PRelu
from service.core.layers.untrained_norms import Normalization, UnitNormalization, listed_axes

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


@check(on=(LastAxesNorm,))
def normalized_axes(site: Site) -> Iterator[Fact]:
    """The last axes of the input must be those that a normalisation was made for."""
    layer = site.layer
    assert isinstance(layer, LastAxesNorm)
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
    if channels is not None and layer.num_parameters not in (None, 1, channels):
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


def _stretches(site: Site, weight: Shape) -> bool:
    """Whether a group normalisation takes a weight that stretches to `[N, C, elements of a channel]`, as ONNX does.

    The weight gets an axis behind its first one.
    """
    if not isinstance(site.layer, GroupNorm) or not site.framework.weights_broadcast or not weight:
        return False
    if site.shape is None or None in site.shape or len(site.shape) < 2:
        return False
    whole = (*site.shape[:2], elements((1, *site.shape[2:])))
    return broadcast([whole, (weight[0], 1, *weight[1:])]) == whole


@check(on=(ChannelNorm,))
def given_channel_weights(site: Site) -> Iterator[Fact]:
    """Weights and statistics that are inputs have one number a channel."""
    layer = site.layer
    assert isinstance(layer, ChannelNorm)
    wanted = layer.numbers(site)
    if wanted is None:
        return
    for index in range(1, len(site.inputs)):
        if differs(site.inputs[index], (wanted,)) and not _stretches(site, site.inputs[index] or ()):
            yield from input_shape_mismatch(site, index, "a weight or statistic", (wanted,))


@check(on=(LastAxesNorm,))
def given_weights(site: Site) -> Iterator[Fact]:
    """Weights that are inputs have the shape of what is normalised, or one that broadcasts to the input."""
    layer = site.layer
    assert isinstance(layer, LastAxesNorm)
    wanted = layer.last_axes(site)
    for index in range(1, len(site.inputs)):
        arriving = site.inputs[index]
        if arriving is None or wanted is None or site.shape is None:
            continue
        if site.framework.weights_broadcast:
            together = broadcast([site.shape, arriving])
            wrong = together is None or differs(together, site.shape)
        else:
            wrong = differs(arriving, wanted)
        if wrong:
            yield from input_shape_mismatch(site, index, "the scale" if index == 1 else "the shift", wanted)


@check(on=(RmsNorm,))
def scale_of_named_axes(site: Site) -> Iterator[Fact]:
    """A scale over axes that are named is not moved to them: it broadcasts to the input from its last axis."""
    layer = site.layer
    assert isinstance(layer, RmsNorm)
    made_for = layer.last_axes(site)
    if layer.axis is None or site.shape is None or made_for is None or layer.weights_given(site):
        return
    if broadcast([site.shape, made_for]) is None:
        bound = f"a scale of {shape_text(made_for)}, which does not broadcast to {shape_text(site.shape)}"
        value = layer.axis
        yield from parameter_out_of_range(
            site.spelling.get("axis", "axis"), value, bound, "the last axes", site.locate("axis")
        )


@check(on=(PRelu,))
def given_slopes(site: Site) -> Iterator[Fact]:
    """Slopes that are an input belong to all channels, or to one; or they broadcast to the input."""
    layer = site.layer
    assert isinstance(layer, PRelu)
    if len(site.inputs) < 2 or site.shape is None or site.inputs[1] is None:
        return
    slopes, channels = site.inputs[1], layer.channels(site)
    if site.framework.slopes_broadcast:
        if broadcast([site.shape, slopes]) is None:
            yield from input_shape_mismatch(site, 1, "the slopes", site.shape)
    elif slopes not in ((), (1,), (None,)) and differs(slopes, (channels,)):
        yield from input_shape_mismatch(site, 1, "the slopes", (channels,))


@check(on=(LastAxesNorm, UnitNormalization, Normalization, PRelu))
def axes_that_exist(site: Site) -> Iterator[Fact]:
    """Axes that are named must exist in the input."""
    if site.shape is None:
        return
    count = len(site.shape)
    for name in ("axis", "along_axes", "from_axis", "kept_axes", "shared_axes"):
        value = getattr(site.layer, name, None)
        least, most = (2 - count, count - 1) if name == "shared_axes" else (-count, count - 1)
        axes = listed_axes(value)
        twice = name == "axis" and count > 0 and len({axis % count for axis in axes}) < len(axes)
        if twice or any(not least <= axis <= most for axis in axes):
            named = ", each to be named once" if len(axes) > 1 else ""
            bound, form = f"but the input has {count} axes{named}", f"indices from {least} to {most}"
            yield from parameter_out_of_range(site.spelling.get(name, name), value, bound, form, site.locate(name))
