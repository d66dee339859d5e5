"""The size question: one layer, one input, what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.core.diagnostics import Diagnostic, growth, inspect, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.geometry.axes import Axis, Window
from service.core.geometry.shapes import LAYOUTS, Layout, Shape, Size
from service.core.layers.base import Site, Source
from service.core.layers.pad_and_crop import PadOrCrop
from service.core.layers.pointers import Pointer


@dataclass(frozen=True, kw_only=True)
class SizeResult:
    """The size of every axis and the shape, or the diagnostics that say why there is none."""

    output_size: list[Size]
    output_shape: Shape | None
    axes: Sequence[Axis]
    diagnostics: list[Diagnostic]


LEAST_WIDTH = 4
"""Inputs that an output is made of where an axis has no kernel: those of a cubic interpolation."""


def windows_of(axis: Axis) -> list[Window]:
    """Where the window of each output lies on the input; none while the sizes are unknown."""
    if axis.size is None or axis.output is None:
        return []
    return [axis.window(output) for output in range(axis.output)]


def most_window_positions(axis: Axis) -> int:
    """At most how many positions all windows of an axis have together."""
    outputs = max(axis.output or 0, 0)
    kernel: int | None = getattr(axis, "kernel", None)
    return outputs * (kernel or max(LEAST_WIDTH, (axis.size or 0) // max(outputs, 1) + 2))


def size_per_axis(description: PostedLayer, size: int | Sequence[int]) -> list[int]:
    """A spatial size as one integer per axis: as many as the type, the size or the longest parameter has."""
    if not isinstance(size, int):
        return list(size)
    kind = description.kind
    if kind is not None and kind.rank is not None:
        return [size] * kind.rank
    layer = description.layer and description.layer.in_place(description.asked, None)
    values = (getattr(layer, name) for name in description.spelling if name != "type")
    return [size] * max((len(value) for value in values if isinstance(value, list)), default=1)


def sized_site(
    description: PostedLayer,
    framework: Framework,
    size: int | Sequence[int],
    location: Pointer = ("input_size",),
    *,
    layout: Layout | None = None,
) -> Site | None:
    """The layer before an input of which only the spatial size is known; `layout` is the layer's own unless given."""
    spatial = size_per_axis(description, size)
    layer = description.layer
    if layout is None:
        layout = LAYOUTS.get(getattr(layer, "data_format", None) or "", framework.layout)
    shape: Shape | None = layout.join((None,), None, spatial)
    if isinstance(size, int) and isinstance(layer, PadOrCrop) and len(layer.readings(description.asked, None)) > 1:
        shape = None  # one number leaves open how many axes there are, and so does the list
    source = Source("the input", location)
    return description.site(framework, (shape,), sources=(source,), sizes_only=True)


def shaped_site(
    description: PostedLayer, framework: Framework, *shapes: Shape, location: Pointer = ("input_shape",)
) -> Site | None:
    """The layer before an input of this shape, or several."""
    return description.site(framework, shapes, sources=(Source("the input", location),) * len(shapes))


def sizes_at(site: Site, *, warnings: bool = True) -> SizeResult:
    """What comes out of a layer, and every diagnostic."""
    diagnostics = inspect(site, warnings=warnings)
    shapes = site.layer.output_shapes(site)
    shape = shapes[0] if len(shapes) == 1 else site.layer.output_shape(site)
    diagnostics += placed(growth.size_overflow(shapes, site.location))
    axes = site.axes
    if axes:
        sizes = [axis.output for axis in axes]
    else:
        sizes = list(site.layout.spatial(shape, site.rank)) if shape and site.rank and len(shape) > site.rank else []
    return SizeResult(output_size=sizes, output_shape=shape, axes=axes, diagnostics=diagnostics)
