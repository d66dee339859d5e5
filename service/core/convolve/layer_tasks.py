"""Convolution layers at their sites as tasks for the kernels."""

import numpy as np

from service.core.convolve.kernels.pad_arrays import Array
from service.core.convolve.kernels.task import Task
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.convolution import Convolution
from service.core.layers.transposed_convolution import TransposedConvolution


def task_of(site: Site, source: Array, weight: Array, out: Array) -> Task:
    """The task of a convolution, plain or transposed, without its bias."""
    transposes = isinstance(site.layer, TransposedConvolution)
    return _transposed_task(site, source, weight, out) if transposes else _plain_task(site, source, weight, out)


def _plain_task(site: Site, source: Array, weight: Array, out: Array) -> Task:
    layer = site.layer
    assert isinstance(layer, Convolution)
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    firsts = [-(axis.before or 0) for axis in axes]
    if layer.padding_mode == "circular":  # crops first, and copies from what is left
        source = source[(slice(None), slice(None), *(_kept(axis) for axis in axes))]
        firsts = [min(first, 0) for first in firsts]
    return Task(
        source=source,
        weight=weight,
        out=out,
        firsts=tuple(firsts),
        strides=tuple(axis.stride for axis in axes),
        dilations=tuple(axis.dilation for axis in axes),
        dtype=out.dtype,
        groups=layer.groups,
        input_dilations=tuple(axis.input_dilation for axis in axes),
        mode=layer.padding_mode,
    )


def _kept(axis: WindowAxis) -> slice:
    """What negative padding leaves of an axis."""
    return slice(max(-(axis.before or 0), 0), min(axis.after or 0, 0) or None)


def _transposed_task(site: Site, source: Array, weight: Array, out: Array) -> Task:
    layer = site.layer
    assert isinstance(layer, TransposedConvolution)
    axes = [axis for axis in site.axes if isinstance(axis, TransposedAxis)]
    return Task(
        source=source,
        weight=weight,
        out=out,
        firsts=tuple(axis.before for axis in axes),
        strides=tuple(axis.stride for axis in axes),
        dilations=tuple(axis.dilation for axis in axes),
        dtype=out.dtype,
        groups=layer.groups,
        transposed=True,
    )


def mixing_task(separate: Array, mixing: Array, out: Array) -> Task:
    """The task of the 1x1 convolution after a depthwise step."""
    rank = separate.ndim - 2
    ones, zeros = (1,) * rank, (0,) * rank
    dtype: np.dtype[np.generic] = separate.dtype
    return Task(source=separate, weight=mixing, out=out, firsts=zeros, strides=ones, dilations=ones, dtype=dtype)
