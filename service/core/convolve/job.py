"""A layer with its arrays, ready to be applied."""

from dataclasses import dataclass
from math import prod

import numpy as np

from service.core.convolve.array_layout import Arrangement, Form
from service.core.convolve.job_cost import JobCost, most_terms
from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.operands import Operands
from service.core.diagnostics import Diagnostic
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.convolution import Convolving


@dataclass(frozen=True, kw_only=True)
class Job:
    """A layer ready to be applied: its site, its arrays and how they are arranged, and its cost."""

    site: Site
    arrangement: Arrangement
    operands: Operands
    cost: JobCost
    diagnostics: list[Diagnostic]
    mixing: Array | None = None
    """`[O, C, 1, ...]`: the 1x1 weight that mixes the channels after a depthwise step, before the bias."""


def output_shape(job: Job) -> tuple[int, ...]:
    """The shape of the result, in the form and order of the input."""
    shape = tuple(size or 0 for size in job.site.layer.output_shape(job.site) or ())
    return outward(job, np.broadcast_to(np.int8(0), shape)).shape


def macs(job: Job) -> int:
    """The multiply-accumulates that the layer stands for, whatever the algorithm makes of them; 0 for a pool."""
    layer, output = job.site.layer, job.site.layer.output_shape(job.site)
    return 0 if output is None else layer.macs(job.site, output) or 0


def outward(job: Job, array: Array) -> Array:
    """A result in the form and order of the input; one without spatial axes has no order to restore."""
    if array.ndim > 2:
        return job.arrangement.outward(array)
    result: Array = array[(0,) * (Form.BATCHED - job.arrangement.form)]
    return result


def window_elements(job: Job) -> int:
    """The most input values that one output is made of."""
    spans = [axis.kernel if isinstance(axis, WindowAxis | TransposedAxis) else axis.size or 1 for axis in job.site.axes]
    channels = most_terms(job.site) // max(prod(spans), 1) if isinstance(job.site.layer, Convolving) else 1
    return prod(spans) * channels
