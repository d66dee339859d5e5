"""Whether a layer read by the rules of two frameworks computes the same values."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from service.core.geometry.axes import Axis, PaddedAxis, ScaledAxis, TransposedAxis, WindowAxis
from service.core.layers import LAYERS
from service.core.layers.along_axis import AlongAxis
from service.core.layers.base import Layer, Site
from service.core.layers.einsum import Einsum
from service.core.layers.elementwise import Clamp, Elementwise
from service.core.layers.expanding import Expand, Repeat, RepeatInterleave
from service.core.layers.last_axes_norms import LayerNorm, RmsNorm
from service.core.layers.lookup import Embedding
from service.core.layers.norms import BatchNorm, GroupNorm, InstanceNorm
from service.core.layers.pad_and_crop import Crop, Pad
from service.core.layers.pointwise import PRelu, Softmax
from service.core.layers.pools import AdaptivePool, AveragePool, GlobalPool, LpPool, MaxPool
from service.core.layers.products import Product
from service.core.layers.reductions import Reduction
from service.core.layers.resampling import PixelShuffle, Upsample
from service.core.layers.reshaping import Flatten, Permute, Reshape
from service.core.layers.slicing import Cutting, Select
from service.core.layers.viewing import Unflatten
from service.core.questions.equivalents.along_an_axis import along
from service.core.questions.equivalents.cutting import cut
from service.core.questions.equivalents.lookups import embedded, slopes
from service.core.questions.equivalents.moving_axes import OF_CLASS, moved
from service.core.questions.equivalents.norms import trained_axes
from service.core.questions.equivalents.numbers import default_number, number
from service.core.questions.equivalents.operators import depends_on_ranks, operands
from service.core.questions.equivalents.order_of_axes import keeps_axes
from service.core.questions.equivalents.pointwise import axis_of, numbers_of
from service.core.questions.equivalents.pools import is_doubtful
from service.core.questions.equivalents.products import equated, multiplied
from service.core.questions.equivalents.reductions import keeps, reduced
from service.core.questions.equivalents.repeating import interleaved, tiled
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
    if not same_sizes(site, reference):
        return "neither"
    theirs = None if ours is None else values_depend_on(site)
    if theirs is None:
        return None
    if not site.axes and site.layer.output_shape(site) is None:
        return None
    return "values" if theirs == ours else "shape"


def same_sizes(site: Site, reference: Site) -> bool:
    """Whether as much comes out: of every axis where the input is the same, of the spatial axes elsewhere."""
    if isinstance(site.layer, Reduction) and keeps(site) != keeps(reference):
        return False
    if keeps_axes(site.layer):
        return site.layer.output_shapes(site) == reference.layer.output_shapes(reference)
    return [axis.output for axis in site.axes] == [axis.output for axis in reference.axes]


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


def _numbers(site: Site) -> list[Any] | None:
    """Parameters that the framework's function has not are not judged."""
    values = {name: number(site, name) for name in numbers_of(site)}
    given = any(value != default_number(site, site.framework, name) for name, value in values.items())
    return None if given and site.kind.family in site.framework.fixed else list(values.values())


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


def _shape(site: Site) -> list[Any] | None:
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
    layer, sizes = site.layer, trained_axes(site)
    assert isinstance(layer, LayerNorm)
    plain = layer.elementwise_affine and layer.bias and layer.scale and not layer.rms_scaling
    return [number(site, "eps"), sizes] if sizes is not None and plain and not layer.return_statistics else None


def _rms_norm(site: Site) -> list[Any] | None:
    layer, sizes = site.layer, trained_axes(site)
    assert isinstance(layer, RmsNorm)
    return [number(site, "eps"), sizes] if sizes is not None and layer.elementwise_affine else None


def _operator(site: Site) -> list[Any] | None:
    """Nothing where it depends on the ranks of branches that are not known."""
    meaning = operands(site)
    return None if meaning is None or depends_on_ranks(site) else meaning


def _clamp(site: Site) -> list[Any] | None:
    layer = site.layer
    assert isinstance(layer, Clamp)
    return None if len(site.inputs) > 1 or layer.other is not None else [layer.min, layer.max]


def _said(meaning: Callable[[Site], Any]) -> Callable[[Site], list[Any] | None]:
    """The resolved parameters of a layer, if there are any to compare."""

    def depend(site: Site) -> list[Any] | None:
        found = meaning(site)
        return None if found is None else [found]

    return depend


DEPENDENCES: Mapping[type[Layer], Callable[[Site], list[Any] | None]] = {
    AdaptivePool: _adaptive,
    MaxPool: _maximum, AveragePool: _average, LpPool: _power, GlobalPool: _global, Softmax: _softmax,
    Pad: _pad,
    Crop: _crop, Upsample: _upsample, PixelShuffle: _pixel_shuffle, Flatten: _flatten, Reshape: _shape,
    Permute: _permute, BatchNorm: _batch_norm, GroupNorm: _group_norm, LayerNorm: _layer_norm, RmsNorm: _rms_norm,
    Clamp: _clamp, Elementwise: _operator, **dict.fromkeys(OF_CLASS, _said(moved)), Reduction: _said(reduced),
    AlongAxis: _said(along), Expand: _shape, Unflatten: _shape, Repeat: _said(tiled),
    RepeatInterleave: _said(interleaved), Select: _said(cut), Cutting: _said(cut), Embedding: _said(embedded),
    PRelu: _said(slopes), Einsum: _said(equated), Product: _said(multiplied),
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
