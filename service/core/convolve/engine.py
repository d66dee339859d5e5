"""The convolution engine: a layer applied to arrays.

`prepare` reads shapes only: it finds what is wrong and what the work would cost. `run` computes. Between the two the
caller decides whether it can afford it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from service.core.axes import PaddedAxis, TransposedAxis, WindowAxis
from service.core.convolve import exact, im2col, pools, transposed
from service.core.convolve.depthwise import grouped, with_weights
from service.core.convolve.operands import Arrangement, Form, arranged
from service.core.convolve.padding import Array, dilated, padded
from service.core.description import Description
from service.core.diagnostics import Diagnostic, Fact, inspect, placed
from service.core.diagnostics.arrays import (
    array_rank_mismatch,
    bias_mismatch,
    operand_missing_or_unused,
    weight_mismatch,
)
from service.core.frameworks import Framework
from service.core.layers.base import LAYERS, Kind
from service.core.layers.pools import AdaptivePool, AveragePool, GlobalPool, LpPool, MaxPool
from service.core.layers.reshaping import Crop, Pad
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.windows import Convolution, Convolving, TransposedConvolution
from service.core.shapes import CHANNELS_FIRST, LAYOUTS, Layout
from service.core.site import Site, Source

CALL_COST = 20_000
"""What one call into NumPy costs, in multiply-accumulates: a few microseconds."""
INTEGER_COST = 20
"""How much slower NumPy multiplies integers than floats, which have BLAS."""
PYTHON_COST = 2_000
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


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came out, in the form and order of the input, and how it was computed."""

    output: Array
    algorithm: str


def weight_order(description: Description) -> str:
    """The order of a weight's channel axes inside: output first, or input first for a transposed convolution."""
    return "IO" if isinstance(description.layer, TransposedConvolution) else "OI"


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
    return _outward(job, np.broadcast_to(np.int8(0), shape)).shape


def _outward(job: Job, array: Array) -> Array:
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
    return prod(spans) * (_terms(job.site) // max(prod(spans), 1) if isinstance(job.site.layer, Convolving) else 1)


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
    kind = LAYERS[f"{LAYERS[description.type].family}{arrangement.rank}d"]
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
    first, second = arrangement.weight_inward(weight, weight_order(description)).shape[:2]
    if isinstance(layer, TransposedConvolution):
        return replace(layer, in_channels=first, out_channels=second * layer.groups)
    return replace(layer, in_channels=second * layer.groups, out_channels=first)


def _contradictions(
    description: Description, layer: Convolving, arrangement: Arrangement, operands: Operands
) -> Iterator[Fact]:
    """Parameters that say something else than the arrays do."""
    assert operands.weight is not None
    made = _with_channels(description, layer, arrangement, operands.weight)
    kernel = list(arrangement.weight_inward(operands.weight, weight_order(description)).shape[2:])
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
    windows = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    spreads = [axis for axis in site.axes if isinstance(axis, TransposedAxis)]
    if isinstance(site.layer, Convolution):
        scratch = leading * prod(axis.padded or 0 for axis in windows)
        calls = shape[0] + (output[2] if output else 0)
        work = site.layer.macs(site, tuple(output)) or 0
    elif isinstance(site.layer, TransposedConvolution):
        full = prod(((axis.size or 0) - 1) * axis.stride + axis.effective + axis.output_padding for axis in spreads)
        scratch = output[0] * output[1] * full
        calls = prod(axis.kernel for axis in spreads)
        work = (site.layer.macs(site, tuple(output)) or 0) + scratch
    elif windows:
        padded_size = leading * prod((axis.padded or 0) + axis.stride for axis in windows)
        scratch, calls = padded_size, sum(axis.kernel for axis in windows) + sum(axis.output or 0 for axis in windows)
        work = padded_size * max(axis.kernel for axis in windows)
    else:
        scratch, calls = outputs, sum(axis.output or 0 for axis in site.axes)
        work = prod(shape) + outputs
    if isinstance(site.layer, Convolving) and operands.weight is not None:
        work *= _slowness(operands, site)
    return Cost(work=work + calls * CALL_COST, output_elements=outputs, scratch_elements=scratch)


def _terms(site: Site) -> int:
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
    bound = exact.magnitude(source) * exact.magnitude(weight) * _terms(site) + exact.magnitude(operands.bias)
    return 1 if bound < exact.EXACT_IN_FLOAT64 else INTEGER_COST if bound < exact.EXACT_IN_INT64 else PYTHON_COST


def run(job: Job) -> Result:
    """The layer applied to its arrays; IntegerOverflowError when an integer result fits no type."""
    site, layer = job.site, job.site.layer
    source = job.arrangement.inward(job.operands.source)
    if any(axis.output == 0 for axis in site.axes):
        empty = np.zeros([size or 0 for size in site.layer.output_shape(site) or ()], source.dtype)
        return Result(output=_outward(job, empty), algorithm="empty")
    if isinstance(layer, Convolving):
        output, algorithm = _convolving(job, source), "col2im" if isinstance(layer, TransposedConvolution) else "im2col"
    else:
        output, algorithm = _moving(site, source)
    return Result(output=_outward(job, output), algorithm=algorithm)


def _moving(site: Site, source: Array) -> tuple[Array, str]:
    """Pools, pads and crops."""
    layer = site.layer
    windows = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    if isinstance(layer, MaxPool):
        return pools.maximum(source, windows), "shifted"
    if isinstance(layer, AveragePool):
        counts = layer.counts_padding(site)
        return _in_floats(
            source, lambda array: pools.average(array, windows, counts_padding=counts, divisor=layer.divisor_override)
        ), "shifted"
    if isinstance(layer, LpPool):
        absolute = site.rules is not None and site.rules.absolute
        return _in_floats(source, lambda array: pools.lp(array, windows, layer.norm_type, absolute=absolute)), "shifted"
    if isinstance(layer, AdaptivePool | GlobalPool):
        largest = "max" in site.kind.family
        if largest:
            reduced = pools.adaptive(source, site.axes, largest=True)
        else:
            reduced = _in_floats(source, lambda array: pools.adaptive(array, site.axes, largest=False))
        if isinstance(layer, GlobalPool) and not layer.keeps_axes(site):
            reduced = reduced.reshape(reduced.shape[:2])
        return reduced, "adaptive"
    if isinstance(layer, Pad | Crop):
        pairs = [(axis.before, axis.after) for axis in site.axes if isinstance(axis, PaddedAxis)]
        mode, value = (layer.mode, layer.value) if isinstance(layer, Pad) else ("constant", 0)
        return padded(source, pairs, mode=mode, value=value), "pad"
    raise TypeError(f"{site.kind.name} is not a layer that is applied to arrays")


def _in_floats(source: Array, compute: Callable[[Array], Array]) -> Array:
    """A mean: of integers in float64, of float16 in float32."""
    if source.dtype.kind != "f":
        return compute(source.astype(np.float64))
    if source.dtype == np.float16:
        return compute(source.astype(np.float32)).astype(np.float16)
    return compute(source)


def _convolving(job: Job, source: Array) -> Array:
    """Convolution and transposed convolution, bias included."""
    site, layer, bias = job.site, job.site.layer, job.operands.bias
    assert isinstance(layer, Convolving) and job.operands.weight is not None
    order = "IO" if isinstance(layer, TransposedConvolution) else "OI"
    weight = job.arrangement.weight_inward(job.operands.weight, order)
    if order == "IO" and site.framework.transposed_flips:
        weight = np.flip(weight, tuple(range(2, weight.ndim)))
    bias = None if bias is None else bias.reshape(-1)

    def apply(values: Array, kernel: Array) -> Array:
        return _transposed(site, values, kernel) if order == "IO" else _windowed(site, values, kernel)

    if job.mixing is None:
        return _combined(apply, source, weight, bias, _terms(site))
    ones = (1,) * job.arrangement.rank
    separate = _combined(apply, source, weight, None, _terms(site))
    return _combined(
        lambda values, kernel: im2col.convolve(values, kernel, ones, ones, 1),
        separate,
        job.mixing,
        bias,
        job.mixing.shape[1],
    )


def _combined(
    apply: Callable[[Array, Array], Array], source: Array, weight: Array, bias: Array | None, terms: int
) -> Array:
    """Sums of `terms` products, plus the bias: integers exactly, floats in their own type, float16 in float32."""
    kinds = [array.dtype for array in (source, weight, bias) if array is not None]
    if all(kind.kind in "iu" for kind in kinds):
        return exact.computed(apply, source, weight, bias, terms)
    dtype = np.result_type(*kinds)
    inner = np.float32 if dtype == np.float16 else dtype
    with np.errstate(over="ignore", invalid="ignore"):  # infinities and NaN come out as IEEE has them
        result = apply(source.astype(inner, copy=False), weight.astype(inner, copy=False))
        if bias is not None:
            result += bias.astype(inner, copy=False).reshape(-1, *(1,) * (result.ndim - 2))
        return result.astype(dtype, copy=False)


def _windowed(site: Site, source: Array, weight: Array) -> Array:
    layer = site.layer
    assert isinstance(layer, Convolution)
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    array = dilated(source, [axis.input_dilation for axis in axes])
    array = padded(array, [(axis.before or 0, axis.after or 0) for axis in axes], mode=layer.padding_mode)
    return im2col.convolve(
        array, weight, [axis.stride for axis in axes], [axis.dilation for axis in axes], layer.groups
    )


def _transposed(site: Site, source: Array, weight: Array) -> Array:
    layer = site.layer
    assert isinstance(layer, TransposedConvolution)
    axes = [axis for axis in site.axes if isinstance(axis, TransposedAxis)]
    full = transposed.convolve(
        source, weight, [axis.stride for axis in axes], [axis.dilation for axis in axes], layer.groups
    )
    return padded(full, [(-axis.before, axis.output_padding - axis.after) for axis in axes])
