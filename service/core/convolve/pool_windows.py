"""The windows of a pool at its site, as the kernels take them."""

from service.core.convolve.kernels.pools.windows import EvenWindows, UnevenWindows, Windows
from service.core.geometry.axes import Axis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.pools import AveragePool


def pool_windows(site: Site) -> list[Windows]:
    """The windows of a pool on each axis; its sizes must be known, and none of them 0."""
    layer = site.layer
    counts_padding = isinstance(layer, AveragePool) and layer.counts_padding(site)
    return [_along(axis, counts_padding) for axis in site.axes]


def _along(axis: Axis, counts_padding: bool) -> Windows:
    size, count = axis.size or 0, axis.output or 0
    if isinstance(axis, WindowAxis):
        before, after, dilated = axis.before or 0, axis.after or 0, axis.dilated_size or 0
        return EvenWindows(
            size=size,
            first=-before,
            count=count,
            kernel=axis.kernel,
            stride=axis.stride,
            dilation=axis.dilation,
            input_dilation=axis.input_dilation,
            counted=(-before, dilated + after) if counts_padding else (0, dilated),
            counted_step=1 if counts_padding else axis.input_dilation,
        )
    step, rest = divmod(size, count)
    if rest:
        return UnevenWindows(size=size, total=count, index=0, count=count)
    return EvenWindows(size=size, first=0, count=count, kernel=step, stride=step, counted=(0, size))
