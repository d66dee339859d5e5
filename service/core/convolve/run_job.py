"""Running a job: `run` applies a layer to its arrays."""

from dataclasses import dataclass
from math import prod

import numpy as np

from service.core.convolve.job import Job, outward
from service.core.convolve.job_cost import most_terms
from service.core.convolve.kernels import integers, run_algorithm
from service.core.convolve.kernels.algorithms import InapplicableError
from service.core.convolve.kernels.pad_arrays import Array, padded
from service.core.convolve.kernels.pools import pooling
from service.core.convolve.kernels.splitting import cut
from service.core.convolve.kernels.task import Task
from service.core.convolve.layer_tasks import mixing_task, task_of
from service.core.convolve.pool_windows import pool_windows
from service.core.convolve.prepare_job import weight_order
from service.core.geometry.axes import PaddedAxis
from service.core.layers.base import Site
from service.core.layers.convolution import Convolving
from service.core.layers.pad_and_crop import Crop, Pad
from service.core.layers.pools import AveragePool, GlobalPool, LpPool, MinPool, SumPool
from service.core.layers.transposed_convolution import TransposedConvolution

SEPARATE_BYTES = 2**24
"""Bytes held at once of the depthwise step of a separable convolution. Chosen, for the limit of 64 MiB in all."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a convolution is computed."""

    algorithm: str | None = None
    """The name of an algorithm; None for the fastest."""
    fast: bool = False
    """Whether float32 may be off by more than 2e-6 of the largest output."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The output, in the form and order of the input, and the algorithm that computed it."""

    output: Array
    algorithm: str


def run(job: Job, options: Options | None = None) -> Result:
    """The layer applied to its arrays.

    Raises:
        IntegerOverflowError: an integer result fits no type.
        InapplicableError: the algorithm asked for cannot compute the layer.
    """
    site, layer, options = job.site, job.site.layer, options or Options()
    source = job.arrangement.inward(job.operands.source)
    if any(axis.output == 0 for axis in site.axes):
        empty = np.zeros([size or 0 for size in site.layer.output_shape(site) or ()], source.dtype)
        return Result(output=outward(job, empty), algorithm="empty")
    if isinstance(layer, Convolving):
        output, algorithm = _convolved(job, source, options)
    elif options.algorithm is not None:
        raise InapplicableError(options.algorithm)
    elif isinstance(layer, Pad | Crop):
        output, algorithm = _padded(site, source), "pad"
    else:
        output, algorithm = _pooled(site, source), "folded"
    return Result(output=outward(job, output), algorithm=algorithm)


# --- pools, pads and crops --------------------------------------------------------------------------------------------


def _padded(site: Site, source: Array) -> Array:
    """The output of a pad or a crop."""
    pairs = [(axis.before, axis.after) for axis in site.axes if isinstance(axis, PaddedAxis)]
    mode, value = (site.layer.mode, site.layer.value) if isinstance(site.layer, Pad) else ("constant", 0)
    return padded(source, pairs, mode=mode, value=value)


def _pooled(site: Site, source: Array) -> Array:
    """The output of a pool."""
    layer, axes = site.layer, pool_windows(site)
    if isinstance(layer, LpPool):
        absolute = site.rules is not None and site.rules.absolute
        return pooling.lp(source, axes, layer.norm_type, absolute=absolute)
    if isinstance(layer, SumPool):
        return pooling.total(source, axes)
    if isinstance(layer, MinPool):
        return pooling.minimum(source, axes)
    divisor = layer.divisor_override if isinstance(layer, AveragePool) else None
    is_maximum = "max" in site.kind.family
    output = pooling.maximum(source, axes) if is_maximum else pooling.average(source, axes, divisor)
    if isinstance(layer, GlobalPool) and not layer.keeps_axes(site):
        output = output.reshape(output.shape[:2])
    return output


# --- convolutions -----------------------------------------------------------------------------------------------------


def _convolved(job: Job, source: Array, options: Options) -> tuple[Array, str]:
    """The output of a convolution, plain or transposed, bias included; and the algorithm."""
    site, weight, bias = job.site, _weight(job), job.operands.bias
    bias = None if bias is None else bias.reshape(-1)
    shape = [size or 0 for size in site.layer.output_shape(site) or ()]
    if job.mixing is not None:
        return _separably_convolved(job, source, weight, bias, shape, options)
    out = np.empty(shape, _result_type(source, weight, bias))
    return out, _compute(task_of(site, source, weight, out), bias, most_terms(site), options)


def _weight(job: Job) -> Array:
    """The weight in our order of axes, and flipped where the framework's transposed convolution flips it."""
    assert job.operands.weight is not None
    weight = job.arrangement.weight_inward(job.operands.weight, weight_order(job.site.layer))
    if isinstance(job.site.layer, TransposedConvolution) and job.site.framework.transposed_flips:
        weight = np.flip(weight, tuple(range(2, weight.ndim)))
    return weight


def _result_type(*operands: Array | None) -> np.dtype[np.generic]:
    """The type of the result: for integers the widest."""
    given = [array for array in operands if array is not None]
    if all(array.dtype.kind in "iu" for array in given):
        return integers.widest(*given[:2])
    return np.result_type(*given)


def _separably_convolved(
    job: Job, source: Array, weight: Array, bias: Array | None, shape: list[int], options: Options
) -> tuple[Array, str]:
    """A depthwise step and the mixing of its channels, for as many windows at once as may be held in between."""
    assert job.mixing is not None
    dtype = _result_type(source, weight)
    out = np.empty((shape[0], len(job.mixing), *shape[2:]), _result_type(np.empty(0, dtype), job.mixing, bias))

    def separate_bytes(part: Task) -> int:
        return len(part.out) * prod(part.windows) * len(weight) * dtype.itemsize

    names = set()
    for part in cut(task_of(job.site, source, weight, out), separate_bytes, SEPARATE_BYTES, ("images", "windows")):
        separate = np.empty((len(part.out), len(weight), *part.windows), dtype)
        names.add(_compute(part._replace(out=separate), None, most_terms(job.site), options))
        _compute(mixing_task(separate, job.mixing, part.out), bias, len(weight), Options(fast=options.fast))
    return out, names.pop()


def _compute(task: Task, bias: Array | None, terms: int, options: Options) -> str:
    """Write sums of `terms` products, plus the bias: integers exactly, floats in their own type, float16 in float32.

    Returns:
        The name of the algorithm.
    """
    out = task.out
    if out.dtype.kind == "f":
        dtype: np.dtype[np.generic] = np.dtype(np.float32) if out.dtype == np.float16 else out.dtype
    else:
        dtype = integers.arithmetic(task.source, task.weight, bias, terms)
    sums = out if dtype.kind != "O" else np.empty(out.shape, object)
    bias = None if bias is None else bias.astype(dtype)
    with np.errstate(over="ignore", invalid="ignore"):  # infinities and NaN come out as IEEE 754 has them
        task = task._replace(out=sums, dtype=dtype, bias=bias)
        name = run_algorithm.convolve(task, options.algorithm, fast=options.fast)
    if dtype.kind == "O":
        out[...] = integers.checked(sums, out.dtype)
    return name
