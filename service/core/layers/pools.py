"""Pools: windows that keep the channels apart."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le

from service.core.geometry.axes import AdaptiveAxis, Axis
from service.core.geometry.shapes import LARGEST, Shape
from service.core.layers.base import Site
from service.core.layers.parameters import DataFormat, OutputSize, PaddingValue, PerAxis
from service.core.layers.registry import SPATIAL_RANKS, layer_kind
from service.core.layers.spatial import SpatialLayer, window_axes

Divisor = Annotated[int, Ge(-LARGEST), Le(LARGEST)]


@dataclass(frozen=True, kw_only=True)
class Pool(SpatialLayer):
    """What pools over windows share."""

    windowed: ClassVar[bool] = True

    kernel_size: PerAxis
    stride: PerAxis | None = None
    padding: PaddingValue = 0
    dilation: PerAxis = 1
    input_dilation: PerAxis = 1
    ceil_mode: bool = False
    data_format: DataFormat | None = None

    def strides(self, site: Site) -> tuple[int, ...] | None:
        """The stride as given, or the framework's default: 1, or the kernel."""
        if self.stride is not None:
            return site.per_axis("stride")
        by_kernel = site.rules is not None and site.rules.default_stride == "kernel"
        return site.per_axis("kernel_size") if by_kernel else site.per_axis("stride", 1)

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Windows over the padded input."""
        return window_axes(
            site,
            site.per_axis("kernel_size"),
            self.strides(site),
            site.per_axis("dilation"),
            self.padding,
            ceil_mode=self.ceil_mode,
            input_dilations=site.per_axis("input_dilation"),
        )


@layer_kind("max_pool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class MaxPool(Pool):
    """The maximum of each window; padding never wins.

    `o = floor((i + b + a - d*(k - 1) - 1) / s) + 1` an axis; with `ceil_mode` the ceiling, less one if the last
    window would start past the input.
    """

    return_indices: bool = False

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The values, and where each was found if that is asked for."""
        return (self.output_shape(site),) * (1 + self.return_indices)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As many outputs."""
        return (self.declared_shape(site),) * (1 + self.return_indices)


@layer_kind("min_pool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class MinPool(Pool):
    """The minimum of each window; padding never wins (JAX)."""


@layer_kind("sum_pool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class SumPool(Pool):
    """The sum of each window, padding 0 (JAX)."""


@layer_kind("avg_pool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class AveragePool(Pool):
    """The mean of each window.

    `count_include_pad` says whether padding counts in the divisor (PyTorch and JAX: yes, Keras and ONNX: no); what
    `ceil_mode` adds past the padding never does. `divisor_override` replaces the divisor.
    """

    count_include_pad: bool | None = None
    divisor_override: Divisor | None = None

    def counts_padding(self, site: Site) -> bool:
        """`count_include_pad` as given, or the framework's default."""
        if self.count_include_pad is not None:
            return self.count_include_pad
        return site.rules is not None and site.rules.count_include_pad


@layer_kind("lp_pool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class LpPool(Pool):
    """The root of the sum of powers of each window: `(sum of x**p)**(1/p)`.

    ONNX takes the absolute value first. PyTorch does not, so an odd p over a negative sum has no root: NaN; and it
    scales what `ceil_mode` clips up to a whole window.
    """

    norm_type: float = 2.0


@layer_kind("adaptive_max_pool", "adaptive_avg_pool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class AdaptivePool(SpatialLayer):
    """The maximum or mean of as many windows as asked for, whatever the input size.

    Window j covers `[floor(j*i/o), ceil((j + 1)*i/o))`. A null in `output_size` keeps that axis.
    """

    windowed: ClassVar[bool] = True

    output_size: OutputSize | None
    return_indices: bool = False
    data_format: DataFormat | None = None

    def declared_shape(self, site: Site) -> Shape | None:
        """The sizes too."""
        return self.output_shape(site)

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, channels and spatial axes, unless the framework takes others."""
        other = None
        if site.rules is not None and site.kind.rank is not None and not site.sizes_only:
            other = site.rules.adaptive_dimensions(site.kind.rank, self.output_size)
        return other or super().dimensions(site)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The values, and where each was found if that is asked for."""
        return (self.output_shape(site),) * (1 + self.return_indices)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As many outputs."""
        return (self.declared_shape(site),) * (1 + self.return_indices)

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """As many windows as asked for."""
        wanted = (None,) * (site.rank or 0) if self.output_size is None else site.per_axis("output_size")
        if wanted is None:
            return ()
        return tuple(
            AdaptiveAxis(size=size, output=size if output is None else output)
            for size, output in zip(site.spatial, wanted, strict=True)
        )


@layer_kind("global_max_pool", "global_avg_pool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class GlobalPool(SpatialLayer):
    """The maximum or mean of everything in a channel: output size 1 an axis.

    Without `keepdims`, Keras' default, the spatial axes go and `[N, C]` stays.
    """

    windowed: ClassVar[bool] = True

    keepdims: bool | None = None
    data_format: DataFormat | None = None

    def output_shape(self, site: Site) -> Shape | None:
        """Spatial sizes of 1, or no spatial axes at all."""
        kept = super().output_shape(site)
        if kept is None or self.keeps_axes(site) or site.rank is None:
            return kept
        places = site.layout.spatial_axes(len(kept), site.rank)
        return (*kept[: places.start], *kept[places.stop :])

    def declared_shape(self, site: Site) -> Shape | None:
        """The sizes too."""
        return self.output_shape(site)

    def keeps_axes(self, site: Site) -> bool:
        """`keepdims` as given, or the framework's default."""
        return site.rules is None or site.rules.keepdims if self.keepdims is None else self.keepdims

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """One window over the whole axis."""
        return tuple(AdaptiveAxis(size=size, output=1) for size in site.spatial)
