"""How a layer is written in each framework, so that it computes the same, and whether as it stands it does.

A subject a file. Each writes a layer, whose axes are resolved, as steps in our own words (`way`), which the row of the
framework spells. A pair of frameworks and a kind of layer for which nothing was run has no way here, and the
recordings in `tests/golden/equivalents` hold every claim to what was run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.frameworks import FRAMEWORKS, Framework
from service.core.geometry.axes import Axis
from service.core.layers import LAYERS
from service.core.layers.along_axis import AlongAxis
from service.core.layers.base import Layer, Site
from service.core.layers.convolution import Convolution
from service.core.layers.dense import Linear
from service.core.layers.einsum import Einsum
from service.core.layers.elementwise import Clamp, Elementwise
from service.core.layers.expanding import Expand, Repeat, RepeatInterleave
from service.core.layers.functions import UnaryFunction
from service.core.layers.last_axes_norms import LayerNorm, RmsNorm
from service.core.layers.lookup import Embedding
from service.core.layers.norms import BatchNorm, GroupNorm, InstanceNorm
from service.core.layers.pad_and_crop import PadOrCrop
from service.core.layers.pointwise import Activation, Dropout, Gelu, Identity, PRelu, Softmax, Softmax2d
from service.core.layers.pools import AdaptivePool, GlobalPool, Pool
from service.core.layers.products import Product
from service.core.layers.reductions import Reduction
from service.core.layers.resampling import PixelShuffle, Upsample
from service.core.layers.reshaping import Flatten, Permute, Reshape
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.slicing import Cutting, Select
from service.core.layers.transposed_convolution import TransposedConvolution
from service.core.layers.viewing import Unflatten
from service.core.questions.equivalents.along_an_axis import along_axis
from service.core.questions.equivalents.borders import border
from service.core.questions.equivalents.convolutions import convolution, depthwise
from service.core.questions.equivalents.cutting import cutting
from service.core.questions.equivalents.lookups import embedding, prelu
from service.core.questions.equivalents.moving_axes import OF_CLASS, axis_layer
from service.core.questions.equivalents.norms import batch_norm, group_norm, instance_norm, layer_norm, rms_norm
from service.core.questions.equivalents.operators import operator
from service.core.questions.equivalents.order_of_axes import keeps_axes
from service.core.questions.equivalents.pointwise import (
    clamp,
    dropout,
    function,
    linear,
    softmax,
    softmax_of_channels,
)
from service.core.questions.equivalents.pools import pool
from service.core.questions.equivalents.products import einsum, product
from service.core.questions.equivalents.reductions import reduction
from service.core.questions.equivalents.repeating import expand, interleave, tile
from service.core.questions.equivalents.resampling import pixel_shuffle, upsampling
from service.core.questions.equivalents.reshaping import flatten, permute, reshape
from service.core.questions.equivalents.same_values import NOT_COMPARED, Equality, equality, values_depend_on
from service.core.questions.equivalents.transposed import transposed_convolution
from service.core.questions.equivalents.way import Equivalent, Way, no_way, spelled
from service.core.questions.equivalents.whole_axes import covering_pool
from service.core.questions.equivalents.windows import lacks_layer

__all__ = [
    "NOT_COMPARED",
    "Equality",
    "Equivalent",
    "Written",
    "equality",
    "equivalent_in",
    "equivalents",
    "keeps_axes",
    "values_depend_on",
    "way_in",
]

Writer = Callable[[Site, Framework, Any], Way]
"""(the layer in its place, a framework, the layer's axes) → how it is written there."""

WRITERS: Mapping[type[Layer], Writer] = {
    TransposedConvolution: transposed_convolution, Convolution: convolution, DepthwiseConvolution: depthwise,
    Pool: pool, AdaptivePool: covering_pool, GlobalPool: covering_pool, PadOrCrop: border, Upsample: upsampling,
    PixelShuffle: pixel_shuffle, Flatten: flatten, Reshape: reshape, Permute: permute, Linear: linear,
    InstanceNorm: instance_norm, BatchNorm: batch_norm, GroupNorm: group_norm, LayerNorm: layer_norm,
    Dropout: dropout, Activation: function, UnaryFunction: function, Gelu: function, Identity: function,
    Softmax: softmax, Softmax2d: softmax_of_channels, PRelu: prelu, Clamp: clamp, Elementwise: operator,
    **dict.fromkeys(OF_CLASS, axis_layer), Reduction: reduction, AlongAxis: along_axis, Expand: expand, Repeat: tile,
    RepeatInterleave: interleave, Select: cutting, Cutting: cutting, Unflatten: reshape, Embedding: embedding,
    RmsNorm: rms_norm, Einsum: einsum, Product: product,
}  # fmt: skip
"""By class of layer the writer; the first class that fits."""
OF_PADDING = frozenset({"padding", "output_padding", "count_include_pad"})
"""Parameters that a question about padding decides."""

NOT_KEPT = ("ceil_mode", "padding_mode", "output_size")
"""Parameters that a way need not have, so that a layer that gives them has to be written anew."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """How a layer is written in a framework, and what has to be known about it."""

    equivalent: Equivalent = None
    notes: tuple[str, ...] = ()


def equivalent_in(framework: Framework, site: Site) -> Written:
    """How a framework's user gets exactly what a layer computes at a site."""
    way = way_in(framework, site)
    if not way.steps:
        return Written(notes=way.notes)
    steps = [spelled(framework, step) for step in way.steps]
    if len(steps) > 1 or steps[0]["type"] != site.kind.name or _says_more(site, framework, way):
        return Written(equivalent=steps, notes=way.notes)
    return Written(equivalent={name: value for name, value in steps[0].items() if name != "type"}, notes=way.notes)


def way_in(framework: Framework, site: Site) -> Way:
    """The same in our own words, as steps that the framework has."""
    return _way(site, framework, site.axes)


def equivalents(site: Site, axes: Sequence[Axis]) -> dict[str, Equivalent]:
    """For each framework how its user gets exactly the padding of these axes, beside what the layer says already."""
    return {name: _padding_in(framework, site, axes) for name, framework in FRAMEWORKS.items()}


def _padding_in(framework: Framework, site: Site, axes: Sequence[Axis]) -> Equivalent:
    way = _way(site, framework, axes)
    if len(way.steps) != 1 or way.steps[0]["type"] != site.kind.name or _says_more(site, framework, way):
        return [spelled(framework, step) for step in way.steps] or None
    step = way.steps[0]
    said = {
        name: value
        for name, value in step.items()
        if name in OF_PADDING or name == "type" or not _says_already(site, framework, name)
    }
    return {name: value for name, value in spelled(framework, said).items() if name != "type"}


def _says_already(site: Site, framework: Framework, parameter: str) -> bool:
    """Whether the layer itself says the parameter, or leaves it to a default that is the same in both frameworks."""
    if parameter not in ("stride", "kernel_size") or parameter in site.spelling:
        return True
    if parameter == "kernel_size":
        return False
    rules = framework.rules_for(site.kind.name, site.kind.family)
    return rules is None or site.rules is None or rules.default_stride == site.rules.default_stride


def _says_more(site: Site, framework: Framework, way: Way) -> bool:
    """Whether the layer gives a parameter that the framework's has not, so that more than a member must change."""
    rules = framework.rules_for(site.kind.name, site.kind.family)
    lacking = rules is not None and any(name in rules.lacks for name in site.spelling)
    return lacking or any(name in site.spelling and name not in way.steps[0] for name in NOT_KEPT)


def _way(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    if not site.layer.windowed and site.kind.family not in site.framework.compared:
        return no_way(lacks_layer(site.framework, site.kind.name))
    writer = _WRITERS[site.kind.family]
    if writer is None or (site.layer.windowed and not axes):
        return no_way()
    return writer(site, framework, axes)


_WRITERS: Mapping[str, Writer | None] = {
    kind.family: next((writer for layer, writer in WRITERS.items() if issubclass(kind.layer, layer)), None)
    for kind in LAYERS.values()
}
"""By layer family the writer; None where there is none."""
