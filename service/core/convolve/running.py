"""A job computed: `run` applies a layer to its arrays."""

from dataclasses import dataclass
from math import prod

import numpy as np

from service.core.convolve.kernels import dispatch as apply
from service.core.convolve.kernels import exact, pools
from service.core.convolve.kernels.algorithms import InapplicableError
from service.core.convolve.kernels.padding import Array, padded
from service.core.convolve.kernels.task import Problem, cut
from service.core.convolve.pool_windows import of_pool
from service.core.convolve.preparing import Job, outward, terms, weight_order
from service.core.geometry.axes import PaddedAxis, TransposedAxis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.padding import Crop, Pad
from service.core.layers.pools import AveragePool, GlobalPool, LpPool
from service.core.layers.windows import Convolution, Convolving, TransposedConvolution

SEPARATE_BYTES = 2**24
"""What is held at once of the depthwise step of a separable convolution."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How a convolution is to be computed."""

    algorithm: str | None = None
    """None: as the cost model has it."""
    fast: bool = False
    """Whether float32 may be less exact than 2e-6 of the largest output."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came out, in the form and order of the input, and how it was computed."""

    output: Array
    algorithm: str


def run(job: Job, wish: Wish | None = None) -> Result:
    """The layer applied to its arrays.

    IntegerOverflowError when an integer result fits no type, InapplicableError when an algorithm is asked for that
    cannot compute the layer.
    """
    site, layer, wish = job.site, job.site.layer, wish or Wish()
    source = job.arrangement.inward(job.operands.source)
    if any(axis.output == 0 for axis in site.axes):
        empty = np.zeros([size or 0 for size in site.layer.output_shape(site) or ()], source.dtype)
        return Result(output=outward(job, empty), algorithm="empty")
    if isinstance(layer, Convolving):
        output, algorithm = _convolving(job, source, wish)
    elif wish.algorithm is not None:
        raise InapplicableError(wish.algorithm)
    else:
        output, algorithm = _moving(site, source)
    return Result(output=outward(job, output), algorithm=algorithm)


# --- pools, pads and crops --------------------------------------------------------------------------------------------


def _moving(site: Site, source: Array) -> tuple[Array, str]:
    """Pools, pads and crops."""
    layer = site.layer
    if isinstance(layer, Pad | Crop):
        pairs = [(axis.before, axis.after) for axis in site.axes if isinstance(axis, PaddedAxis)]
        mode, value = (layer.mode, layer.value) if isinstance(layer, Pad) else ("constant", 0)
        return padded(source, pairs, mode=mode, value=value), "pad"
    axes = of_pool(site)
    if isinstance(layer, LpPool):
        absolute = site.rules is not None and site.rules.absolute
        return pools.lp(source, axes, layer.norm_type, absolute=absolute), "folded"
    divisor = layer.divisor_override if isinstance(layer, AveragePool) else None
    output = pools.maximum(source, axes) if "max" in site.kind.family else pools.average(source, axes, divisor)
    if isinstance(layer, GlobalPool) and not layer.keeps_axes(site):
        output = output.reshape(output.shape[:2])
    return output, "folded"


# --- convolutions -----------------------------------------------------------------------------------------------------


def _convolving(job: Job, source: Array, wish: Wish) -> tuple[Array, str]:
    """Convolution and transposed convolution, bias included."""
    site, weight, bias = job.site, _weight(job), job.operands.bias
    bias = None if bias is None else bias.reshape(-1)
    shape = [size or 0 for size in site.layer.output_shape(site) or ()]
    if job.mixing is not None:
        return _separable(job, source, weight, bias, shape, wish)
    out = np.empty(shape, _result_type(source, weight, bias))
    transposes = isinstance(site.layer, TransposedConvolution)
    problem = _spread(site, source, weight, out) if transposes else _windowed(site, source, weight, out)
    return out, _computed(problem, bias, terms(site), wish, transposes=transposes)


def _weight(job: Job) -> Array:
    """The weight in our order, turned over where the framework's transposed convolution does that."""
    assert job.operands.weight is not None
    weight = job.arrangement.weight_inward(job.operands.weight, weight_order(job.site.layer))
    if isinstance(job.site.layer, TransposedConvolution) and job.site.framework.transposed_flips:
        weight = np.flip(weight, tuple(range(2, weight.ndim)))
    return weight


def _result_type(*operands: Array | None) -> np.dtype[np.generic]:
    """The type of the result: of integers the widest."""
    given = [array for array in operands if array is not None]
    if all(array.dtype.kind in "iu" for array in given):
        return exact.widest(*given[:2])
    return np.result_type(*given)


def _separable(
    job: Job, source: Array, weight: Array, bias: Array | None, shape: list[int], wish: Wish
) -> tuple[Array, str]:
    """The depthwise step and the mixing of its channels, so many positions at once as may be held in between."""
    assert job.mixing is not None
    dtype = _result_type(source, weight)
    out = np.empty((shape[0], len(job.mixing), *shape[2:]), _result_type(np.empty(0, dtype), job.mixing, bias))
    position = len(weight) * dtype.itemsize

    def held(part: Problem) -> int:
        return len(part.out) * prod(part.windows) * position

    names = set()
    for part in cut(_windowed(job.site, source, weight, out), held, SEPARATE_BYTES, ("images", "places")):
        separate = np.empty((len(part.out), len(weight), *part.windows), dtype)
        names.add(_computed(part._replace(out=separate), None, terms(job.site), wish))
        _computed(_mixed(separate, job.mixing, part.out), bias, len(weight), Wish(fast=wish.fast))
    return out, names.pop()


def _mixed(separate: Array, mixing: Array, out: Array) -> Problem:
    """The 1x1 convolution after a depthwise step."""
    rank = separate.ndim - 2
    ones, zeros = (1,) * rank, (0,) * rank
    return Problem(
        source=separate, weight=mixing, out=out, firsts=zeros, strides=ones, dilations=ones, dtype=separate.dtype
    )


def _windowed(site: Site, source: Array, weight: Array, out: Array) -> Problem:
    """A convolution as the algorithms see it."""
    layer = site.layer
    assert isinstance(layer, Convolution)
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    firsts = [-(axis.before or 0) for axis in axes]
    if layer.padding_mode == "circular":  # crops first: the rest goes round
        source = source[(slice(None), slice(None), *(_kept(axis) for axis in axes))]
        firsts = [min(first, 0) for first in firsts]
    return Problem(
        source=source,
        weight=weight,
        out=out,
        firsts=tuple(firsts),
        strides=tuple(axis.stride for axis in axes),
        dilations=tuple(axis.dilation for axis in axes),
        dtype=out.dtype,
        groups=layer.groups,
        holes=tuple(axis.input_dilation for axis in axes),
        mode=layer.padding_mode,
    )


def _kept(axis: WindowAxis) -> slice:
    """What negative padding leaves of an axis."""
    return slice(max(-(axis.before or 0), 0), min(axis.after or 0, 0) or None)


def _spread(site: Site, source: Array, weight: Array, out: Array) -> Problem:
    """A transposed convolution as `transposed.phases` takes it."""
    layer = site.layer
    assert isinstance(layer, TransposedConvolution)
    axes = [axis for axis in site.axes if isinstance(axis, TransposedAxis)]
    return Problem(
        source=source,
        weight=weight,
        out=out,
        firsts=tuple(axis.before for axis in axes),
        strides=tuple(axis.stride for axis in axes),
        dilations=tuple(axis.dilation for axis in axes),
        dtype=out.dtype,
        groups=layer.groups,
    )


def _computed(problem: Problem, bias: Array | None, terms: int, wish: Wish, *, transposes: bool = False) -> str:
    """Write sums of `terms` products, plus the bias: integers exactly, floats in their own type, float16 in float32."""
    solve = apply.transpose if transposes else apply.convolve
    out = problem.out
    if out.dtype.kind == "f":
        dtype: np.dtype[np.generic] = np.dtype(np.float32) if out.dtype == np.float16 else out.dtype
    else:
        dtype = exact.arithmetic(problem.source, problem.weight, bias, terms)
    whole = out if dtype.kind != "O" else np.empty(out.shape, object)
    bias = None if bias is None else bias.astype(dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities and NaN come out as IEEE has them
        name = solve(problem._replace(out=whole, dtype=dtype, bias=bias), wish.algorithm, fast=wish.fast)
    if dtype.kind == "O":
        out[...] = exact.checked(whole, out.dtype)
    return name
