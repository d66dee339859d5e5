"""Normalisations written in another framework: the epsilon is always said, for the defaults differ."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.layers.base import Site
from service.core.layers.last_axes_norms import LastAxesNorm, LayerNorm, RmsNorm
from service.core.layers.norms import BatchNorm, GroupNorm, InstanceNorm
from service.core.questions.equivalents.numbers import number
from service.core.questions.equivalents.order_of_axes import counted
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

IN_TRAINING = (
    "equal once it is trained; in training PyTorch keeps the unbiased variance of a batch and others the biased one."
    " Momentum weighs the newest batch in PyTorch, the statistics so far in Keras and ONNX"
)
UNTRAINED = "it has a scale and a shift that the layer asked for has not: leave them at 1 and 0"
ONE_VALUE = "a mean of one value is refused there"
BATCH_STATISTICS = "only PyTorch keeps no running statistics and normalises each batch by itself"


def batch_norm(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """Epsilon and momentum, which is turned round where it weighs the past."""
    layer = site.layer
    assert isinstance(layer, BatchNorm)
    if site.kind.family not in framework.compared:
        return no_way(lacks_layer(framework, site.kind.name))
    if not layer.track_running_stats and framework is not site.framework:
        return no_way(BATCH_STATISTICS)
    if layer.axis is not None and not _is_channel_axis(site, layer.axis):
        return no_way("it normalises another axis than that of the channels")
    momentum = number(site, "momentum")
    if momentum is not None and framework.momentum_of_history != site.framework.momentum_of_history:
        momentum = round(1 - momentum, 12)
    foreign = framework is not site.framework
    affine, notes = _affine(layer, framework), (IN_TRAINING,) if foreign else ()
    step: dict[str, Any] = {
        "type": site.kind.name,
        "num_features": layer.channels(site),
        "eps": number(site, "eps"),
        "momentum": momentum if foreign or "momentum" in site.spelling else None,
        **(affine or {}),
        "track_running_stats": None if layer.track_running_stats else False,
    }
    return Way(steps=(step,), notes=notes if affine is not None else (*notes, UNTRAINED))


def _is_channel_axis(site: Site, axis: int) -> bool:
    dimensions = len(site.shape or ())
    return axis % dimensions == (dimensions - 1 if site.framework.layout.channels_last else 1) if dimensions else False


def _affine(layer: BatchNorm, framework: Framework) -> dict[str, Any] | None:
    """Whether it is scaled and shifted, in one word or a word for each; None where that cannot be said."""
    shifted, scaled = (layer.affine if part is None else part for part in (layer.center, layer.scale))
    if framework.tells_shift_from_scale:
        return {"center": None if shifted else False, "scale": None if scaled else False}
    if shifted and scaled:
        return {}
    return {"affine": False} if framework.counts_batches and shifted is scaled else None


def instance_norm(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The layer itself, or a group normalisation with a group a channel."""
    layer = site.layer
    assert isinstance(layer, InstanceNorm)
    if layer.track_running_stats and framework is not site.framework:
        return no_way(BATCH_STATISTICS)
    if layer.values_in_training(site) == 1 and not framework.norms_of_one_value:
        return no_way(ONE_VALUE)
    channels, eps = layer.channels(site), number(site, "eps")
    extra = () if layer.affine or framework is site.framework else (UNTRAINED,)
    if "instance_norm" in framework.compared:
        flags = {"affine": True if layer.affine else None}
        tracked = {"track_running_stats": True if layer.track_running_stats else None}
        return Way(steps=({"type": site.kind.name, "num_features": channels, "eps": eps, **flags, **tracked},))
    if "group_norm" not in framework.compared or channels is None:
        return no_way(lacks_layer(framework, site.kind.name))
    return Way(
        steps=({"type": "group_norm", "num_groups": channels, "num_channels": channels, "eps": eps},), notes=extra
    )


def group_norm(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """Groups and epsilon."""
    layer = site.layer
    assert isinstance(layer, GroupNorm)
    if site.kind.family not in framework.compared:
        return no_way(lacks_layer(framework, site.kind.name))
    if layer.values_in_a_mean(site) == 1 and not framework.norms_of_one_value:
        return no_way(ONE_VALUE)
    extra = () if layer.affine or framework is site.framework else (UNTRAINED,)
    step = {
        "type": "group_norm",
        "num_groups": layer.num_groups,
        "num_channels": layer.channels(site),
        "eps": number(site, "eps"),
        "affine": False if not layer.affine and framework is site.framework else None,
    }
    return Way(steps=(step,), notes=extra)


def layer_norm(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The last axes and epsilon."""
    layer = site.layer
    assert isinstance(layer, LayerNorm)
    if site.kind.family not in framework.compared:
        return no_way(lacks_layer(framework, site.kind.name))
    sizes, own = trained_axes(site), framework is site.framework
    if sizes is None or layer.rms_scaling or layer.return_statistics:
        return no_way("only the last axes, trained and normalised by mean and deviation, were run")
    extra = () if (layer.elementwise_affine and layer.bias and layer.scale) or own else (UNTRAINED,)
    step = {
        "type": "layer_norm",
        "normalized_shape": sizes,
        "axis": named_axes(framework, sizes),
        "eps": number(site, "eps"),
        "elementwise_affine": False if own and not layer.elementwise_affine else None,
        "bias": False if own and not layer.bias else None,
        "scale": False if own and not layer.scale else None,
    }
    return Way(steps=(step,), notes=(*extra, *counted(site, framework)))


def rms_norm(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The last axes and epsilon, of which every framework has another default."""
    layer, sizes = site.layer, trained_axes(site)
    assert isinstance(layer, RmsNorm)
    if site.kind.family not in framework.compared:
        return no_way(lacks_layer(framework, site.kind.name))
    if sizes is None:
        return no_way("only the last axes were run")
    own = framework is site.framework
    step = {
        "type": "rms_norm",
        "normalized_shape": sizes,
        "axis": named_axes(framework, sizes),
        "eps": number(site, "eps"),
        "elementwise_affine": False if own and not layer.elementwise_affine else None,
    }
    extra = () if layer.elementwise_affine or own else (UNTRAINED,)
    return Way(steps=(step,), notes=(*extra, *counted(site, framework)))


def trained_axes(site: Site) -> tuple[int, ...] | None:
    """The sizes of the last axes, if those are normalised and all sizes are known; None otherwise."""
    layer, shape = site.layer, site.shape or ()
    assert isinstance(layer, LastAxesNorm)
    sizes = layer.last_axes(site)
    if sizes is None or len(site.inputs) > 1 or not sizes or len(sizes) > len(shape):
        return None
    known = tuple(size for size in sizes if size is not None)
    if len(known) < len(sizes) or shape[len(shape) - len(sizes) :] != known:
        return None
    if layer.normalized_shape is None:
        named = layer.named_axes(len(shape))
        if named is None or list(named) != list(range(len(shape) - len(sizes), len(shape))):
            return None
    return known


def named_axes(framework: Framework, sizes: tuple[int, ...]) -> tuple[int, ...] | None:
    """The axes by their numbers where their sizes cannot be said and it is not the last one alone."""
    says_sizes = framework.spelled.get("", {}).get("normalized_shape", "") is not None
    return None if says_sizes or len(sizes) == 1 else tuple(range(-len(sizes), 0))
