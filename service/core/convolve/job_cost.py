"""What a job costs, from shapes alone, in the units of the service's limits.

It serves to refuse jobs that are too large, whatever algorithm computes them. `kernels.cost_model` compares algorithms.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from service.core.convolve.kernels import integers
from service.core.convolve.kernels.pools import blocks, pooling
from service.core.convolve.operands import Operands
from service.core.convolve.pool_windows import pool_windows
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.layers.base import Layer, Site
from service.core.layers.convolution import Convolution, Convolving
from service.core.layers.pad_and_crop import Crop, Pad
from service.core.layers.transposed_convolution import TransposedConvolution

CALL_COST = 20_000
"""Multiply-accumulates that take as long as one call into NumPy, a few microseconds. Chosen."""
ARITHMETIC_COST: Mapping[str, int] = {"f": 1, "i": 20, "O": 4_000}
"""How many times slower an arithmetic is than floats, which have BLAS, by the kind of its type: int64, and Python's own
integers, which also take that much more memory. Chosen."""


@dataclass(frozen=True, kw_only=True)
class JobCost:
    """What a job costs."""

    work: int
    """Multiply-accumulates, or what takes as long."""
    output_elements: int
    scratch_elements: int
    """Elements of padded copies and intermediate results."""


class Steps(NamedTuple):
    """The cost of the steps of a layer, in an arithmetic with BLAS."""

    work: int
    calls: int
    """Calls into NumPy."""
    scratch: int
    """Elements held in between."""


def job_cost(site: Site, operands: Operands) -> JobCost:
    """The cost of applying a layer to these arrays; looks at their shapes, and at the extremes of integers."""
    output = [size or 0 for size in site.layer.output_shape(site) or ()]
    if prod(output) == 0:
        return JobCost(work=0, output_elements=0, scratch_elements=0)
    shape = [size or 0 for size in site.shape or ()]
    steps = next(steps for kind, steps in STEPS if isinstance(site.layer, kind))(site, operands, shape, output)
    work = steps.work * _slowness(site, operands)
    return JobCost(work=work + steps.calls * CALL_COST, output_elements=prod(output), scratch_elements=steps.scratch)


def _convolution(site: Site, operands: Operands, shape: Sequence[int], output: Sequence[int]) -> Steps:
    padded = prod(axis.padded_size or 0 for axis in site.axes if isinstance(axis, WindowAxis))
    work = site.layer.macs(site, tuple(output)) or 0
    return Steps(work=work, calls=shape[0] + output[2], scratch=prod(shape[:2]) * padded)


def _transposed_convolution(site: Site, operands: Operands, shape: Sequence[int], output: Sequence[int]) -> Steps:
    axes = [axis for axis in site.axes if isinstance(axis, TransposedAxis)]
    uncropped = prod(
        ((axis.size or 0) - 1) * axis.stride + axis.effective_kernel + axis.output_padding for axis in axes
    )
    scratch = output[0] * output[1] * uncropped
    work = (site.layer.macs(site, tuple(output)) or 0) + scratch
    return Steps(work=work, calls=prod(axis.kernel for axis in axes), scratch=scratch)


def _pad_or_crop(site: Site, operands: Operands, shape: Sequence[int], output: Sequence[int]) -> Steps:
    return Steps(work=prod(shape) + prod(output), calls=len(site.axes), scratch=prod(output))


def _pool(site: Site, operands: Operands, shape: Sequence[int], output: Sequence[int]) -> Steps:
    itemsize = pooling.floats(operands.source.dtype).itemsize
    return Steps(*blocks.cost(shape[0], shape[1], pool_windows(site), itemsize))


STEPS: Sequence[tuple[Any, Callable[[Site, Operands, Sequence[int], Sequence[int]], Steps]]] = [
    (Convolution, _convolution),
    (TransposedConvolution, _transposed_convolution),
    (Pad | Crop, _pad_or_crop),
    (Layer, _pool),
]
"""Kinds of layers and the steps of each; the first that fits counts."""


def most_terms(site: Site) -> int:
    """The most products that one output of a convolution is the sum of."""
    layer = site.layer
    assert isinstance(layer, Convolving)
    kernels = site.per_axis("kernel_size") or ()
    return prod(kernels) * ((layer.in_channels or 1) // layer.groups)


def _slowness(site: Site, operands: Operands) -> int:
    """How many times slower the arithmetic of a convolution is than that of floats; 1 for other layers."""
    source, weight, bias = operands.source, operands.weight, operands.bias
    if not isinstance(site.layer, Convolving) or weight is None:
        return 1
    if any(array is not None and array.dtype.kind == "f" for array in (source, weight, bias)):
        return 1
    return ARITHMETIC_COST[integers.arithmetic(source, weight, bias, most_terms(site)).kind]
