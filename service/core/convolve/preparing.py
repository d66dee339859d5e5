"""What a layer makes of the shapes of its arrays: mistakes, or a job and its cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from service.core.convolve.depthwise import grouped, with_weights
from service.core.convolve.kernels import blocks, exact, pools
from service.core.convolve.kernels.padding import Array
from service.core.convolve.operands import Arrangement, Form, arranged
from service.core.convolve.pool_windows import of_pool
from service.core.diagnostics import Diagnostic, Fact, inspect, placed
from service.core.diagnostics.arrays import (
    array_rank_mismatch,
    bias_mismatch,
    operand_missing_or_unused,
    weight_mismatch,
)
from service.core.diagnostics.posted_layer import Description
from service.core.frameworks import Framework
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.geometry.shapes import CHANNELS_FIRST, LAYOUTS, Layout
from service.core.layers.base import Kind, Layer, Site, Source
from service.core.layers.padding import Crop, Pad
from service.core.layers.registry import LAYERS
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.windows import Convolution, Convolving, TransposedConvolution

CALL_COST = 20_000
"""What one call into NumPy costs, in multiply-accumulates: a few microseconds."""
INTEGER_COST = 20
"""How much slower NumPy multiplies integers than floats, which have BLAS."""
PYTHON_COST = 4_000
"""How much slower Python's own integers are, and how much room they take."""


@dataclass(frozen=True, kw_only=True)
class Operands:
    """The arrays of a request, as posted."""

    source: Array
    weight: Array | None = None
    bias: Array | None = None
    pointwise: Array | None = None
    """The second weight of a separable convolution."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a job takes, from shapes alone."""

    work: int
    """Multiply-accumulates, or what takes as long."""
    output_elements: int
    scratch_elements: int
    """Elements of padded copies and intermediate results."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A layer ready to be applied: its place, how its arrays stand, and its cost."""

    site: Site
    arrangement: Arrangement
    operands: Operands
    cost: Cost
    diagnostics: list[Diagnostic]
    mixing: Array | None = None
    """`[O, C, 1, ...]`: what mixes the channels after a depthwise step, before the bias."""


def weight_order(layer: Layer | None) -> str:
    """The order of a weight's channel axes inside: output first, or input first for a transposed convolution."""
    return "IO" if isinstance(layer, TransposedConvolution) else "OI"


def unused_or_missing(kind: Kind, operands: Operands) -> list[Diagnostic]:
    """A weight that a convolution lacks, or arrays that another layer has no use for."""
    convolving = issubclass(kind.layer, Convolving | DepthwiseConvolution)
    return [
        one
        for name, array in (("weight", operands.weight), ("bias", operands.bias))
        if (array is not None and not convolving) or (array is None and convolving and name == "weight")
        for one in placed(operand_missing_or_unused(name, kind.name, needed=convolving))
    ]


def arrange(
    description: Description, operands: Operands, framework: Framework, layout: Layout | None
) -> Arrangement | list[Diagnostic]:
    """How the posted arrays stand for this layer, or what is wrong with them."""
    assert description.kind is not None
    own = LAYOUTS.get(getattr(description.layer, "data_format", None) or "")
    overridden, layout = layout, layout or own or framework.layout
    transposes = issubclass(description.kind.layer, TransposedConvolution)
    if overridden is None or layout == framework.layout:
        weight = framework.transposed_weight if transposes else framework.weight
    elif layout.channels_last:
        weight = "SOI" if transposes else "SIO"
    else:
        weight = "IOS" if transposes else "OIS"
    weight_axes = None if operands.weight is None else operands.weight.ndim
    own_rank = description.layer.own_rank if description.layer else None
    untold = own_rank is None and description.kind.rank is None and operands.weight is None
    if untold and operands.source.ndim == 3 and not framework.unbatched:
        own_rank = 1  # batch, one spatial axis and channels, since a batch is always there
    found = arranged(description.kind, own_rank, operands.source.ndim, weight_axes, layout, weight)
    return found if isinstance(found, Arrangement) else placed(found)


def kernel_shape(arrangement: Arrangement, operands: Operands) -> list[int] | None:
    """The kernel's sizes as the weight tells them."""
    if operands.weight is None:
        return None
    return list(arrangement.weight_inward(operands.weight, "OI").shape[2:])


def output_shape(job: Job) -> tuple[int, ...]:
    """The shape of the result, in the form and order of the input."""
    shape = tuple(size or 0 for size in job.site.layer.output_shape(job.site) or ())
    return outward(job, np.broadcast_to(np.int8(0), shape)).shape


def outward(job: Job, array: Array) -> Array:
    """A result in the form and order of the input; one that has lost its spatial axes has no order to restore."""
    if array.ndim > 2:
        return job.arrangement.outward(array)
    left: Array = array[(0,) * (Form.BATCHED - job.arrangement.form)]
    return left


def window_elements(job: Job) -> int:
    """How many input values one output is made of, at most."""
    spans = [
        axis.size or 1 if not isinstance(axis, WindowAxis | TransposedAxis) else axis.kernel for axis in job.site.axes
    ]
    return prod(spans) * (terms(job.site) // max(prod(spans), 1) if isinstance(job.site.layer, Convolving) else 1)


def prepare(
    description: Description, arrangement: Arrangement, operands: Operands, framework: Framework
) -> Job | list[Diagnostic]:
    """The job that a layer and arrays make, or what is wrong with them; looks at shapes, and at integers' extremes."""
    assert description.kind is not None and description.layer is not None
    layer = description.layer
    if isinstance(layer, DepthwiseConvolution) and operands.weight is not None:
        return _prepare_depthwise(description, layer, arrangement, operands, framework)
    if isinstance(layer, Convolving) and operands.weight is not None:
        facts = list(_contradictions(description, layer, arrangement, operands))
        if facts:
            return placed(facts)
        layer = _with_channels(description, layer, arrangement, operands.weight)
    wanted = getattr(layer, "output_size", None)
    if isinstance(wanted, list) and len(wanted) == operands.source.ndim:
        layer = replace(layer, output_size=wanted[-arrangement.rank :])  # type: ignore[call-arg]
    if getattr(layer, "data_format", None):
        layer = replace(layer, data_format=None)  # type: ignore[call-arg]
    kind = LAYERS.get(f"{description.kind.family}{arrangement.rank}d", description.kind)
    site = replace(description, kind=kind, layer=layer).site(
        replace(framework, layout=CHANNELS_FIRST, unbatched=False),
        (arrangement.shape_inward(operands.source.shape),),
        sources=(Source("the input", ("input",)),),
    )
    assert site is not None
    diagnostics = inspect(site)
    if any(one.is_error for one in diagnostics):
        return diagnostics
    return Job(
        site=site, arrangement=arrangement, operands=operands, cost=_cost(site, operands), diagnostics=diagnostics
    )


def _prepare_depthwise(
    description: Description,
    layer: DepthwiseConvolution,
    arrangement: Arrangement,
    operands: Operands,
    framework: Framework,
) -> Job | list[Diagnostic]:
    """A depthwise or separable convolution as the grouped convolution that it is."""
    assert operands.weight is not None
    kind = LAYERS.get(f"{LAYERS[description.type].family}{arrangement.rank}d")
    if kind is None:
        return placed(array_rank_mismatch("weight", operands.weight.ndim, "1 or 2 spatial axes", description.type))
    shape = arrangement.shape_inward(operands.source.shape)
    weight = arrangement.weight_inward(operands.weight, "IO")
    pointwise = operands.pointwise
    if pointwise is not None:
        if pointwise.ndim != operands.weight.ndim:
            wanted = f"{operands.weight.ndim} axes"
            return placed(array_rank_mismatch("pointwise_weight", pointwise.ndim, wanted, description.type))
        pointwise = arrangement.weight_inward(pointwise, "IO")
    made = grouped(layer, weight, pointwise, operands.bias, shape[1] or 0)
    if isinstance(made, list):
        return placed(made)
    known = replace(with_weights(layer, weight, pointwise), data_format=None)
    site = replace(description, kind=kind, layer=known).site(
        replace(framework, layout=CHANNELS_FIRST), (shape,), sources=(Source("the input", ("input",)),)
    )
    assert site is not None
    diagnostics = inspect(site)
    if any(one.is_error for one in diagnostics):
        return diagnostics
    grouped_site = replace(site, kind=LAYERS[f"conv{arrangement.rank}d"], layer=made.layer)
    reordered = replace(arrangement, weight="OIS")
    bare = arrangement.form == Form.BARE
    whole = replace(operands, weight=made.weight[0, 0] if bare else made.weight, pointwise=None)
    cost = _cost(grouped_site, whole)
    mixed = site.layer.macs(site, site.layer.output_shape(site) or ()) or 0
    return Job(
        site=grouped_site,
        arrangement=reordered,
        operands=whole,
        cost=replace(cost, work=cost.work + mixed),
        diagnostics=diagnostics,
        mixing=made.mixing,
    )


def _with_channels(description: Description, layer: Convolving, arrangement: Arrangement, weight: Array) -> Convolving:
    first, second = arrangement.weight_inward(weight, weight_order(description.layer)).shape[:2]
    if isinstance(layer, TransposedConvolution):
        return replace(layer, in_channels=first, out_channels=second * layer.groups)
    return replace(layer, in_channels=second * layer.groups, out_channels=first)


def _contradictions(
    description: Description, layer: Convolving, arrangement: Arrangement, operands: Operands
) -> Iterator[Fact]:
    """Parameters that say something else than the arrays do."""
    assert operands.weight is not None
    made = _with_channels(description, layer, arrangement, operands.weight)
    kernel = list(arrangement.weight_inward(operands.weight, weight_order(description.layer)).shape[2:])
    given = [layer.kernel_size] * arrangement.rank if isinstance(layer.kernel_size, int) else list(layer.kernel_size)
    found: Mapping[str, tuple[Any, Any]] = {
        "kernel_size": (given, kernel),
        "in_channels": (layer.in_channels, made.in_channels),
        "out_channels": (layer.out_channels, made.out_channels),
    }
    for name, (said, known) in found.items():
        if name in description.spelling and said != known:
            spelled = description.spelling[name]
            yield from weight_mismatch(spelled, said, known, (*description.location, spelled))
    if operands.bias is not None and operands.bias.shape not in accepted_biases(made, arrangement):
        yield from bias_mismatch(operands.bias.shape, made.out_channels or 0)


def accepted_biases(layer: Convolving, arrangement: Arrangement) -> set[tuple[int, ...]]:
    """The shapes a bias may have: one number per output channel, or a bare number beside a bare input."""
    shapes: set[tuple[int, ...]] = {(layer.out_channels or 0,)}
    return shapes | {()} if arrangement.form == Form.BARE else shapes


def _cost(site: Site, operands: Operands) -> Cost:
    shape = [size or 0 for size in site.shape or ()]
    output = [size or 0 for size in site.layer.output_shape(site) or ()]
    leading, outputs = prod(shape[:2]), prod(output)
    if outputs == 0:
        return Cost(work=0, output_elements=0, scratch_elements=0)
    windows = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    spreads = [axis for axis in site.axes if isinstance(axis, TransposedAxis)]
    if isinstance(site.layer, Convolution):
        scratch = leading * prod(axis.padded_size or 0 for axis in windows)
        calls = shape[0] + (output[2] if output else 0)
        work = site.layer.macs(site, tuple(output)) or 0
    elif isinstance(site.layer, TransposedConvolution):
        full = prod(
            ((axis.size or 0) - 1) * axis.stride + axis.effective_kernel + axis.output_padding for axis in spreads
        )
        scratch = output[0] * output[1] * full
        calls = prod(axis.kernel for axis in spreads)
        work = (site.layer.macs(site, tuple(output)) or 0) + scratch
    elif isinstance(site.layer, Pad | Crop):
        scratch, calls, work = outputs, len(site.axes), prod(shape) + outputs
    else:
        work, calls, scratch = blocks.cost(
            shape[0], shape[1], of_pool(site), pools.floats(operands.source.dtype).itemsize
        )
    if isinstance(site.layer, Convolving) and operands.weight is not None:
        work *= _slowness(operands, site)
    return Cost(work=work + calls * CALL_COST, output_elements=outputs, scratch_elements=scratch)


def terms(site: Site) -> int:
    """Products in one output at most."""
    layer = site.layer
    assert isinstance(layer, Convolving)
    kernels = site.per_axis("kernel_size") or ()
    return prod(kernels) * ((layer.in_channels or 1) // layer.groups)


def _slowness(operands: Operands, site: Site) -> int:
    source, weight = operands.source, operands.weight
    if weight is None or source.dtype.kind == "f" or weight.dtype.kind == "f":
        return 1
    if operands.bias is not None and operands.bias.dtype.kind == "f":
        return 1
    bound = exact.magnitude(source) * exact.magnitude(weight) * terms(site) + exact.magnitude(operands.bias)
    return 1 if bound < exact.EXACT_IN_FLOAT64 else INTEGER_COST if bound < exact.EXACT_IN_INT64 else PYTHON_COST
