"""What a layer and the shapes of its arrays make: mistakes, or a job and its cost."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from service.core.convolve.array_layout import Arrangement, Form, arranged
from service.core.convolve.depthwise import grouped, with_weights
from service.core.convolve.job import Job
from service.core.convolve.job_cost import job_cost
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.operands import Operands
from service.core.diagnostics import Diagnostic, Fact, inspect, placed
from service.core.diagnostics.arrays import (
    array_rank_mismatch,
    bias_mismatch,
    operand_missing_or_unused,
    weight_mismatch,
)
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.geometry.shapes import CHANNELS_FIRST, LAYOUTS, Layout
from service.core.layers.base import Kind, Layer, Source
from service.core.layers.convolution import Convolving
from service.core.layers.registry import LAYERS
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.transposed_convolution import TransposedConvolution

WEIGHT_AXES: Mapping[tuple[bool, bool], str] = {
    (True, False): "SIO",
    (True, True): "SOI",
    (False, False): "OIS",
    (False, True): "IOS",
}
"""The axes of a weight (see `Framework.weight`) in a layout that is not the framework's own: by whether channels come
last, and whether the convolution is transposed."""


def weight_order(layer: Layer | None) -> str:
    """The order of a weight's channel axes inside: output first, or input first for a transposed convolution."""
    return "IO" if isinstance(layer, TransposedConvolution) else "OI"


def unused_or_missing(kind: Kind, operands: Operands) -> list[Diagnostic]:
    """A weight that a convolution lacks, or arrays that another layer has no use for."""
    convolving = issubclass(kind.layer, Convolving | DepthwiseConvolution)
    return [
        diagnostic
        for name, array in (("weight", operands.weight), ("bias", operands.bias))
        if (array is not None and not convolving) or (array is None and convolving and name == "weight")
        for diagnostic in placed(operand_missing_or_unused(name, kind.name, needed=convolving))
    ]


def arrange(
    description: PostedLayer, operands: Operands, framework: Framework, layout: Layout | None
) -> Arrangement | list[Diagnostic]:
    """How the posted arrays are arranged for this layer, or what is wrong with them; `layout` overrides the layer's."""
    assert description.kind is not None
    own_layout = LAYOUTS.get(getattr(description.layer, "data_format", None) or "")
    transposes = issubclass(description.kind.layer, TransposedConvolution)
    weight = framework.transposed_weight if transposes else framework.weight
    if layout is not None and layout != framework.layout:
        weight = WEIGHT_AXES[layout.channels_last, transposes]
    layout = layout or own_layout or framework.layout
    weight_axes = None if operands.weight is None else operands.weight.ndim
    shape = (None,) * operands.source.ndim
    own_rank = description.layer.in_place(description.asked, shape).own_rank if description.layer else None
    is_rank_open = own_rank is None and description.kind.rank is None and operands.weight is None
    if is_rank_open and operands.source.ndim == 3 and not framework.unbatched:
        own_rank = 1  # batch, one spatial axis and channels, since this framework always has a batch
    arrangement = arranged(description.kind, own_rank, operands.source.ndim, weight_axes, layout, weight)
    return arrangement if isinstance(arrangement, Arrangement) else placed(arrangement)


def kernel_shape(arrangement: Arrangement, operands: Operands) -> list[int] | None:
    """The kernel's sizes in the shape of the weight."""
    if operands.weight is None:
        return None
    return list(arrangement.weight_inward(operands.weight, "OI").shape[2:])


def prepare(
    description: PostedLayer, arrangement: Arrangement, operands: Operands, framework: Framework
) -> Job | list[Diagnostic]:
    """The job that a layer and arrays make, or what is wrong with them. Looks at shapes, and extremes of integers."""
    assert description.kind is not None and description.layer is not None
    layer = description.layer
    if isinstance(layer, DepthwiseConvolution) and operands.weight is not None:
        return _prepare_depthwise(description, layer, arrangement, operands, framework)
    if isinstance(layer, Convolving) and operands.weight is not None:
        facts = list(_contradictions(description, layer, arrangement, operands))
        if facts:
            return placed(facts)
        layer = _with_channels(description, layer, arrangement, operands.weight)
    output_size = getattr(layer, "output_size", None)
    if isinstance(output_size, list) and len(output_size) == operands.source.ndim:
        layer = replace(layer, output_size=output_size[-arrangement.rank :])  # type: ignore[call-arg]
    if getattr(layer, "data_format", None):
        layer = replace(layer, data_format=None)  # type: ignore[call-arg]
    kind = LAYERS.get(f"{description.kind.family}{arrangement.rank}d", description.kind)
    axes = None if description.input_axes == operands.source.ndim else description.input_axes
    site = replace(description, kind=kind, layer=layer, input_axes=axes).site(
        replace(framework, layout=CHANNELS_FIRST, unbatched=False),
        (arrangement.shape_inward(operands.source.shape),),
        sources=(Source("the input", ("input",)),),
    )
    assert site is not None
    diagnostics = inspect(site)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return diagnostics
    cost = job_cost(site, operands)
    return Job(site=site, arrangement=arrangement, operands=operands, cost=cost, diagnostics=diagnostics)


def _prepare_depthwise(
    description: PostedLayer,
    layer: DepthwiseConvolution,
    arrangement: Arrangement,
    operands: Operands,
    framework: Framework,
) -> Job | list[Diagnostic]:
    """A depthwise or separable convolution as a grouped convolution, and the 1x1 weight that mixes its channels."""
    assert operands.weight is not None
    kind = LAYERS.get(f"{LAYERS[description.type].family}{arrangement.rank}d")
    if kind is None:
        return placed(array_rank_mismatch("weight", operands.weight.ndim, "1 or 2 spatial axes", description.type))
    shape = arrangement.shape_inward(operands.source.shape)
    weight = arrangement.weight_inward(operands.weight, "IO")
    pointwise = operands.pointwise
    if pointwise is not None:
        if pointwise.ndim != operands.weight.ndim:
            needed = f"{operands.weight.ndim} axes"
            return placed(array_rank_mismatch("pointwise_weight", pointwise.ndim, needed, description.type))
        pointwise = arrangement.weight_inward(pointwise, "IO")
    convolution = grouped(layer, weight, pointwise, operands.bias, shape[1] or 0)
    if isinstance(convolution, list):
        return placed(convolution)
    known = replace(with_weights(layer, weight, pointwise), data_format=None)
    site = replace(description, kind=kind, layer=known).site(
        replace(framework, layout=CHANNELS_FIRST), (shape,), sources=(Source("the input", ("input",)),)
    )
    assert site is not None
    diagnostics = inspect(site)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return diagnostics
    grouped_site = replace(site, kind=LAYERS[f"conv{arrangement.rank}d"], layer=convolution.layer)
    is_bare = arrangement.form == Form.BARE
    grouped_operands = replace(
        operands, weight=convolution.weight[0, 0] if is_bare else convolution.weight, pointwise=None
    )
    cost = job_cost(grouped_site, grouped_operands)
    macs = site.layer.macs(site, site.layer.output_shape(site) or ()) or 0
    return Job(
        site=grouped_site,
        arrangement=replace(arrangement, weight="OIS"),
        operands=grouped_operands,
        cost=replace(cost, work=cost.work + macs),
        diagnostics=diagnostics,
        mixing=convolution.mixing,
    )


def _with_channels(description: PostedLayer, layer: Convolving, arrangement: Arrangement, weight: Array) -> Convolving:
    """The layer with the channels that its weight has."""
    first, second = arrangement.weight_inward(weight, weight_order(description.layer)).shape[:2]
    if isinstance(layer, TransposedConvolution):
        return replace(layer, in_channels=first, out_channels=second * layer.groups)
    return replace(layer, in_channels=second * layer.groups, out_channels=first)


def _contradictions(
    description: PostedLayer, layer: Convolving, arrangement: Arrangement, operands: Operands
) -> Iterator[Fact]:
    """Parameters that contradict the shapes of the arrays."""
    assert operands.weight is not None
    known = _with_channels(description, layer, arrangement, operands.weight)
    kernel = list(arrangement.weight_inward(operands.weight, weight_order(description.layer)).shape[2:])
    given = [layer.kernel_size] * arrangement.rank if isinstance(layer.kernel_size, int) else list(layer.kernel_size)
    compared: Mapping[str, tuple[Any, Any]] = {
        "kernel_size": (given, kernel),
        "in_channels": (layer.in_channels, known.in_channels),
        "out_channels": (layer.out_channels, known.out_channels),
    }
    for name, (stated, actual) in compared.items():
        if name in description.spelling and stated != actual:
            spelled = description.spelling[name]
            yield from weight_mismatch(spelled, stated, actual, (*description.location, spelled))
    if operands.bias is not None and operands.bias.shape not in _accepted_biases(known, arrangement):
        yield from bias_mismatch(operands.bias.shape, known.out_channels or 0)


def _accepted_biases(layer: Convolving, arrangement: Arrangement) -> set[tuple[int, ...]]:
    """The shapes a bias may have: one number per output channel, or a bare number beside a bare input."""
    shapes: set[tuple[int, ...]] = {(layer.out_channels or 0,)}
    return shapes | {()} if arrangement.form == Form.BARE else shapes
