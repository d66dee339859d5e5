"""Layers that name axes or shapes: indices that do not exist, permutations, numbers of elements."""

from collections.abc import Iterator
from math import prod

from service.core.diagnostics.malformed import missing_parameter, parameter_out_of_range
from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import check, diagnostic
from service.core.geometry.shapes import elements, shape_text
from service.core.layers.base import Site
from service.core.layers.merging import Concat
from service.core.layers.norms import BatchNorm
from service.core.layers.pointwise import Softmax
from service.core.layers.reshaping import Flatten, Permute, Reshape

AXIS_INDICES = frozenset({"dim", "start_dim", "end_dim", "axis"})
"""Parameters that are an index of an axis of the input."""


@check(on=(Flatten, Softmax, Concat, BatchNorm))
def existing_axes(site: Site) -> Iterator[Fact]:
    """Indices of axes must exist in the input, and a range of them must not be reversed."""
    if site.shape is None or isinstance(getattr(site.layer, "dim", None), list):
        return
    scalar_axis = site.framework.along_axes.scalar_axis and isinstance(site.layer, Flatten | Softmax)
    count = len(site.shape) or int(scalar_axis)
    indices = {name: getattr(site.layer, name) for name in site.layer.parameter_names() if name in AXIS_INDICES}
    if isinstance(site.layer, Flatten) and (split := site.layer.split_axis(site)) is not None:
        indices = {"axis": split - (split == count > 0)}
    outside = [name for name, index in indices.items() if index is not None and not -count <= index < count]
    form = f"an index from {-count} to {count - 1}"
    for name in outside:
        spelled, at = site.spelling.get(name, name), site.locate(name)
        yield from parameter_out_of_range(spelled, indices[name], f"but the input has {count} axes", form, at)
    if "start_dim" in indices and not outside:
        first, last = indices["start_dim"] % count, indices["end_dim"] % count
        if first > last:
            bound = f"axis {first}, after `end_dim`, axis {last}"
            yield from parameter_out_of_range("start_dim", indices["start_dim"], bound, form, site.locate("start_dim"))


@check(on=(Flatten,))
def counted_from_the_end(site: Site) -> Iterator[Fact]:
    """Older operator sets count the axis to flatten at from the front only."""
    layer, framework = site.layer, site.framework
    assert isinstance(layer, Flatten)
    oldest = framework.negative_flatten_since
    if layer.axis is not None and layer.axis < 0 and framework.opset is not None and framework.opset < oldest:
        bound = f"but axes count from the end from operator set {oldest} on only"
        yield from parameter_out_of_range("axis", layer.axis, bound, "an index from 0 on", site.locate("axis"))


@check(on=(Permute,))
def every_axis_once(site: Site) -> Iterator[Fact]:
    """A permutation names every axis once."""
    layer = site.layer
    assert isinstance(layer, Permute)
    if layer.dims is None:
        if not site.framework.structure.reverses_axes and "dims" not in site.unreadable:
            yield from missing_parameter(f"`{site.type}`", "dims", site.location)
        return
    if site.shape is not None and layer.order(site) is None:
        bound = f"which are not the {len(site.shape)} axes of the input, each once"
        form = f"each of 0 to {len(site.shape) - 1} once"
        yield from parameter_out_of_range("dims", list(layer.dims), bound, form, site.locate("dims"))


@diagnostic("S213", on=(Reshape,), traits=("another input may do",))
def element_count_mismatch(site: Site) -> Iterator[Fact]:
    """A reshape asks for another number of elements than there are.

    A reshape keeps every element; one size may be -1 and is then what is left.
    """
    layer = site.layer
    assert isinstance(layer, Reshape)
    sizes = layer.wanted(site)
    known = [size for size in sizes if size is not None and size != -1]
    _, reshaped = layer.parts(site)
    if site.shape is None or None in reshaped or None in sizes:
        return
    total, wanted, free = elements(reshaped) or 0, prod(known), len(sizes) - len(known)
    if free > 1 or (free and not wanted) or (total % wanted if free else total != wanted):
        yield Fact(
            f"{site.spelled('shape')} {list(layer.shape)} does not hold the {total} elements of {shape_text(reshaped)}",
            "shape",
            help=f"give sizes whose product is {total}; one of them may be -1",
        )
