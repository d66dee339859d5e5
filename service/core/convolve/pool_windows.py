"""The windows of a pool in its place, as the kernels take them."""

from service.core.convolve.kernels.windows import Even, Uneven, Windows
from service.core.geometry.axes import Axis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.pools import AveragePool


def of_pool(site: Site) -> list[Windows]:
    """The windows of a pool, axis by axis; its sizes must be known, and none of them 0."""
    layer = site.layer
    counts_padding = isinstance(layer, AveragePool) and layer.counts_padding(site)
    return [_along(axis, counts_padding) for axis in site.axes]


def _along(axis: Axis, counts_padding: bool) -> Windows:
    size, count = axis.size or 0, axis.output or 0
    if isinstance(axis, WindowAxis):
        before, after = axis.before or 0, axis.after or 0
        return Even(
            size=size,
            first=-before,
            count=count,
            kernel=axis.kernel,
            stride=axis.stride,
            dilation=axis.dilation,
            counted=(-before, size + after) if counts_padding else (0, size),
        )
    step, rest = divmod(size, count)
    if rest:
        return Uneven(size=size, total=count, index=0, count=count)
    return Even(size=size, first=0, count=count, kernel=step, stride=step, counted=(0, size))
