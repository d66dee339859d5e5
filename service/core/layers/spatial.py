"""Layers that work on channels and spatial axes, and the windows that most of them are made of."""

from abc import abstractmethod
from collections.abc import Sequence

from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import dilated_input
from service.core.geometry.axes import Axis, WindowAxis
from service.core.geometry.padding_pairs import SAME, Pair, named_pair, read_padding
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import Layer, Site
from service.core.layers.parameters import PaddingValue


class SpatialLayer(Layer):
    """A layer that works on channels and spatial axes and puts its own axes' outputs in their place."""

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, channels and spatial axes; without the batch where the framework takes that."""
        if site.kind.rank is None:
            return (3, 4, 5)
        if site.rules is not None and site.rules.leading_axes and not site.sizes_only:
            least, most = site.rules.leading_axes
            if not isinstance(getattr(self, "padding", 0), int | str):
                most = min(most, site.rules.most_leading_axes_with_pairs)
            return tuple(range(site.kind.rank + least, site.kind.rank + most + 1))
        unbatched = site.framework.unbatched and not site.sizes_only
        return (site.kind.rank + 1, site.kind.rank + 2) if unbatched else (site.kind.rank + 2,)

    @abstractmethod
    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The spatial axes with every parameter resolved."""

    def channels_out(self, site: Site) -> Size:
        """The channels that come out."""
        return site.channels

    def output_shape(self, site: Site) -> Shape | None:
        """Batch and channels as they are declared, spatial sizes from the axes, None where there is no size."""
        if site.rank is None or not site.fits:
            return None
        axes = site.axes
        sizes = [axis.output for axis in axes] or [None] * site.rank
        least = 0 if site.rules is not None and site.rules.empty_output else 1
        known = [size if size is not None and size >= least else None for size in sizes]
        return site.layout.with_sizes(site.shape or (), self.channels_out(site), known)

    def declared_shape(self, site: Site) -> Shape | None:
        """The channels, not the sizes."""
        if site.rank is None or not site.fits:
            return None
        return site.layout.with_sizes(site.shape or (), self.channels_out(site), (None,) * site.rank)


def padding_of_each_axis(site: Site, padding: PaddingValue) -> list[Pair | str] | None:
    """The padding of each axis as a pair, or as the name it was given by; None when entries and axes differ."""
    if isinstance(padding, list) and len(padding) == 1 and site.takes_single_entry("padding"):
        padding = padding[0] if isinstance(padding[0], int) else padding * (site.rank or 0)
    normal = read_padding(padding, site.rank or 0)
    if normal is None:
        return None
    return [normal] * (site.rank or 0) if isinstance(normal, str) else list(normal)


def window_axis(
    rules: WindowRules | None,
    size: Size,
    kernel: int,
    stride: int,
    dilation: int,
    padding: Pair | str,
    *,
    ceil_mode: bool = False,
    input_dilation: int = 1,
    padding_mode: str = "zeros",
) -> WindowAxis:
    """One axis as a framework has it, a padding name resolved."""
    counted = size
    if size is not None and not (rules is not None and rules.names_leave_input_dilation_out):
        counted = dilated_input(size, input_dilation)
    pair = named_pair(padding, counted, kernel, stride, dilation) if isinstance(padding, str) else padding
    before, after = pair or (None, None)
    return WindowAxis(
        size=size,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        before=before,
        after=after,
        ceil_mode=ceil_mode,
        input_dilation=input_dilation,
        empty_output=rules is not None and rules.empty_output,
        truncates=rules is not None and rules.truncates,
        padding_mode=padding_mode,
        rounds_up=padding in SAME and input_dilation == 1,
    )


def window_axes(
    site: Site,
    kernels: Sequence[int] | None,
    strides: Sequence[int] | None,
    dilations: Sequence[int] | None,
    padding: PaddingValue,
    *,
    ceil_mode: bool = False,
    input_dilations: Sequence[int] | None = None,
    padding_mode: str = "zeros",
) -> tuple[WindowAxis, ...]:
    """One `WindowAxis` per spatial axis, padding names resolved; empty when a parameter has too few or many entries."""
    paddings = padding_of_each_axis(site, padding)
    if kernels is None or strides is None or dilations is None or paddings is None:
        return ()
    along = zip(
        site.spatial, kernels, strides, dilations, paddings, input_dilations or (1,) * len(kernels), strict=True
    )
    return tuple(
        [
            window_axis(
                site.rules,
                size,
                kernel,
                stride,
                dilation,
                pad,
                ceil_mode=ceil_mode,
                input_dilation=input_dilation,
                padding_mode=padding_mode,
            )
            for size, kernel, stride, dilation, pad, input_dilation in along
        ]
    )
