"""Explicit pads: modes and values that a framework lacks, and circular padding that overlaps itself."""

from collections.abc import Iterator
from math import prod

from service.core.diagnostics.malformed import conflicting_parameters, missing_parameter, parameter_out_of_range
from service.core.diagnostics.model import Fact
from service.core.diagnostics.padding_forms import first_negative
from service.core.diagnostics.registry import check, diagnostic
from service.core.diagnostics.support import lacking_value
from service.core.geometry.axes import PaddedAxis
from service.core.layers.base import Site
from service.core.layers.pad_and_crop import Crop, Pad, PadOrCrop


@check(on=(Pad,))
def pad_modes(site: Site) -> Iterator[Fact]:
    """Not every framework's padding has every mode, and not in every mode may it crop."""
    layer, title = site.layer, site.framework.title
    assert isinstance(layer, Pad)
    pads = layer.rules(site)
    if layer.mode not in pads.modes:
        others = [f"`{mode}`" for mode in sorted(pads.modes)]
        known = "a constant only" if pads.modes == {"constant"} else f"the modes {', '.join(others)}"
        yield from lacking_value(site, "mode", f"{title} pads with {known}, not `{layer.mode}`")
    elif layer.value and layer.mode == "constant" and not pads.values:
        yield from lacking_value(site, "value", f"{title} pads with 0 only, not {layer.value}")
    elif layer.mode not in pads.negative:
        yield from first_negative(site)


@check(on=(PadOrCrop,))
def amounts_or_size(site: Site) -> Iterator[Fact]:
    """Padding and cropping are given amounts or the size wanted, and only one of them."""
    layer = site.layer
    assert isinstance(layer, PadOrCrop)
    if layer.padding is None and layer.to is None:
        if not {"padding", "to"} & site.unreadable:
            yield from missing_parameter(f"`{site.kind.name}`", "padding", site.location)
    elif layer.padding is not None and layer.to is not None:
        yield from conflicting_parameters(site.spelling["padding"], "to", "the size", site.locate("to"))


@check(on=(PadOrCrop,))
def padded_axes(site: Site) -> Iterator[Fact]:
    """The axes that are named must be there, each once."""
    layer = site.layer
    assert isinstance(layer, PadOrCrop)
    if site.shape is None or layer.dims is None:
        return
    count, places = len(site.shape), layer.places(site)
    named = "dims" if "dims" in site.spelling else "padding"
    if len(places) < len(layer.dims):
        bound, form = f"but the input has {count} axes", f"indices from {-count} to {count - 1}"
        yield from parameter_out_of_range(
            site.spelling.get(named, named), list(layer.dims), bound, form, site.locate(named)
        )
    elif len(set(places)) < len(places) and not layer.rules(site).repeated_axes:
        bound = "which name an axis twice"
        yield from parameter_out_of_range(
            site.spelling.get(named, named), list(layer.dims), bound, "each axis once", site.locate(named)
        )


@check(on=(PadOrCrop,))
def size_in_reach(site: Site) -> Iterator[Fact]:
    """A pad to a size adds positions and a crop takes some away; the reverse only where pads may crop."""
    layer, wanted = site.layer, None
    assert isinstance(layer, PadOrCrop)
    if layer.padding is None and layer.to is not None:
        wanted = layer.wanted_sizes(site)
    crops = isinstance(layer, Crop)
    if wanted is None or (isinstance(layer, Pad) and layer.mode in layer.rules(site).negative):
        return
    for index, (size, target) in enumerate(zip(layer.sizes(site), wanted, strict=False)):
        if size is not None and (target > size if crops else target < size):
            bound = f"{'more' if crops else 'less'} than the {size} positions of axis {index}"
            form = "the size of a smaller output" if crops else "the size of a larger output"
            yield from parameter_out_of_range("to", target, bound, form, site.locate(site.entry("to", index)))
            return


@check(on=(Pad,))
def unused_value(site: Site) -> Iterator[Fact]:
    """Only constant padding is filled with a value."""
    layer = site.layer
    assert isinstance(layer, Pad)
    if layer.mode != "constant" and layer.value:
        bound = f"but `{layer.mode}` padding takes no value"
        yield from parameter_out_of_range("value", layer.value, bound, "0, or remove it", site.locate("value"))


@diagnostic("F308", on=(Pad,))
def padding_meets_itself(site: Site) -> Iterator[Fact]:
    """Circular padding adds at one end and crops at the other, more than the output has room for.

    PyTorch copies what wraps around from one end of its output to the other. With `p` positions added at one end, the
    other end cropped, and fewer than `2*p` positions in the output, the two overlap: where the axes before have size 1
    it refuses the copy, and elsewhere it returns memory that was never written. The values given here are those of the
    wrapped input.
    """
    layer, framework = site.layer, site.framework
    assert isinstance(layer, Pad)
    if layer.mode != "circular" or not framework.pads.copies_within_output:
        return
    axes = [axis for axis in site.axes if isinstance(axis, PaddedAxis)]
    leading = prod(size or 1 for size in (site.shape or ())[: -len(axes) or None])
    for index, axis in enumerate(axes):
        output, added = axis.output, max(axis.padding)
        if min(axis.padding) < 0 < added and output is not None and 0 < output < 2 * added:
            refused = leading == 1 and output != added
            yield Fact(
                f"{added} positions wrap around axis {index}, which has {output} after cropping: the copy overlaps what"
                f" it copies{f', which {framework.title} refuses' if refused else ''}",
                "padding",
                help="crop in a layer of its own, before",
                severity=None if refused else "warning",
            )
        leading *= output or 1
