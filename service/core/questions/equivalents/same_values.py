"""Whether a layer read by the rules of two frameworks computes the same values."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from service.core.geometry.axes import Axis, PaddedAxis, ScaledAxis, TransposedAxis, WindowAxis
from service.core.layers import LAYERS
from service.core.layers.base import Layer, Site
from service.core.layers.last_axes_norms import LayerNorm
from service.core.layers.norms import BatchNorm, GroupNorm, InstanceNorm
from service.core.layers.pad_and_crop import Crop, Pad
from service.core.layers.pointwise import Softmax
from service.core.layers.pools import AdaptivePool, AveragePool, GlobalPool, LpPool, MaxPool
from service.core.layers.resampling import PixelShuffle, Upsample
from service.core.layers.reshaping import Flatten, Permute, Reshape
from service.core.questions.equivalents.numbers import number
from service.core.questions.equivalents.pointwise import axis_of, numbers_of
from service.core.questions.equivalents.pools import is_doubtful
from service.core.questions.equivalents.resampling import keeps_order, upsampled
from service.core.questions.equivalents.reshaping import flattened_from, order_of_features
from service.core.questions.equivalents.windows import needed_after

Equality = Literal["values", "shape", "neither"]
NOT_COMPARED = "only the sizes were compared, not the values"


def equality(site: Site, reference: Site, ours: list[Any] | None) -> Equality | None:
    """Whether two sites compute the same values, or only the same sizes; None where that was not compared.

    `ours` is what the values of the reference depend on.
    """
    if site.framework is reference.framework:
        return "values"
    if [axis.output for axis in site.axes] != [axis.output for axis in reference.axes]:
        return "neither"
    theirs = None if ours is None else values_depend_on(site)
    if theirs is None:
        return None
    if not site.axes and site.layer.output_shape(site) is None:
        return None
    return "values" if theirs == ours else "shape"


def values_depend_on(site: Site) -> list[Any] | None:
    """All that the values depend on: equal lists mean equal values for the same arrays; None where nobody compared."""
    if not site.layer.windowed and site.kind.family not in site.framework.compared:
        return None
    return _DEPENDENCES[site.kind.family](site)


def _windows(site: Site) -> list[Any] | None:
    axes: list[Any] = [_without_size_rules(axis) for axis in site.axes]
    if any(isinstance(axis, TransposedAxis) and axis.kernel > 1 for axis in axes):
        axes.append(site.framework.transposed_flips)
    return axes


def _without_size_rules(axis: Axis) -> Any:
    """An axis without what only decides its size, which is compared already."""
    if isinstance(axis, WindowAxis):
        window = (axis.size, axis.kernel, axis.stride, axis.dilation)
        return (*window, axis.before, axis.after, axis.input_dilation, axis.padding_mode)
    return replace(axis, empty_output=False) if isinstance(axis, TransposedAxis) else axis


def _maximum(site: Site) -> list[Any] | None:
    if any(isinstance(axis, WindowAxis) and is_doubtful(axis) for axis in site.axes):
        return None
    return _windows(site)


def _adaptive(site: Site) -> list[Any] | None:
    known = site.rules is not None and site.rules.takes_adaptive([axis.output for axis in site.axes])
    return list(site.axes) if known else None


def _average(site: Site) -> list[Any] | None:
    layer, windows = site.layer, _maximum(site)
    assert isinstance(layer, AveragePool)
    padded = any(isinstance(axis, WindowAxis) and (axis.before or axis.after) for axis in site.axes)
    return None if windows is None else [*windows, padded and layer.counts_padding(site), layer.divisor_override]


def _power(site: Site) -> list[Any] | None:
    """Odd powers depend on the sign, and windows that rounding up clips on the framework."""
    layer, windows = site.layer, _windows(site)
    assert isinstance(layer, LpPool)
    clipped = any(isinstance(axis, WindowAxis) and needed_after(axis) > (axis.after or 0) for axis in site.axes)
    own = site.rules is not None and site.rules.absolute and (layer.norm_type % 2 > 0 or clipped)
    return None if windows is None else [*windows, layer.norm_type, own]


def _global(site: Site) -> list[Any] | None:
    """Where the axes go, the shape is another: nothing is claimed."""
    layer = site.layer
    assert isinstance(layer, GlobalPool)
    return list(site.axes) if layer.keeps_axes(site) or layer.keepdims is False else None


def _numbers(site: Site) -> list[Any]:
    return [number(site, name) for name in numbers_of(site)]


def _softmax(site: Site) -> list[Any]:
    return [axis_of(site)]


def _pad(site: Site) -> list[Any] | None:
    """Cropping in a mode that copies depends on what comes first."""
    layer = site.layer
    assert isinstance(layer, Pad)
    pairs = [axis.padding for axis in site.axes if isinstance(axis, PaddedAxis)]
    if layer.mode != "constant" and any(min(pair) < 0 for pair in pairs):
        return None
    return [pairs, layer.mode, layer.value]


def _crop(site: Site) -> list[Any]:
    return list(site.axes)


def _upsample(site: Site) -> list[Any] | None:
    layer = site.layer
    assert isinstance(layer, Upsample)
    computes = upsampled(layer, site.framework, [axis for axis in site.axes if isinstance(axis, ScaledAxis)])
    return None if computes is None else [computes]


def _pixel_shuffle(site: Site) -> list[Any] | None:
    return [] if keeps_order(site, site.framework) else None


def _flatten(site: Site) -> list[Any]:
    return [order_of_features(site), flattened_from(site)]


def _reshape(site: Site) -> list[Any] | None:
    shape = site.layer.output_shape(site)
    return None if shape is None else [shape]


def _permute(site: Site) -> list[Any] | None:
    assert isinstance(site.layer, Permute)
    order = site.layer.order(site)
    return None if order is None else [order]


def _batch_norm(site: Site) -> list[Any] | None:
    """As trained; only PyTorch can do without running statistics."""
    layer = site.layer
    assert isinstance(layer, BatchNorm)
    tracked = layer.track_running_stats is not isinstance(layer, InstanceNorm)
    return [number(site, "eps"), layer.affine, layer.center, layer.scale] if tracked and layer.axis is None else None


def _group_norm(site: Site) -> list[Any] | None:
    layer = site.layer
    assert isinstance(layer, GroupNorm)
    return [number(site, "eps"), layer.num_groups] if layer.affine else None


def _layer_norm(site: Site) -> list[Any] | None:
    layer = site.layer
    assert isinstance(layer, LayerNorm)
    sizes = layer.last_axes(site)
    known = sizes is not None and len(sizes) == 1 and layer.elementwise_affine and layer.bias
    return [number(site, "eps")] if known else None


DEPENDENCES: Mapping[type[Layer], Callable[[Site], list[Any] | None]] = {
    AdaptivePool: _adaptive,
    MaxPool: _maximum, AveragePool: _average, LpPool: _power, GlobalPool: _global, Softmax: _softmax,
    Pad: _pad,
    Crop: _crop, Upsample: _upsample, PixelShuffle: _pixel_shuffle, Flatten: _flatten, Reshape: _reshape,
    Permute: _permute, BatchNorm: _batch_norm, GroupNorm: _group_norm, LayerNorm: _layer_norm,
}  # fmt: skip
"""By class of layer what its values depend on, beside the arrays; the first class that fits."""

_DEPENDENCES: Mapping[str, Callable[[Site], list[Any] | None]] = {
    kind.family: next(
        (depend for layer, depend in DEPENDENCES.items() if issubclass(kind.layer, layer)),
        _windows if kind.layer.windowed else _numbers,
    )
    for kind in LAYERS.values()
}
"""The same by layer family."""
