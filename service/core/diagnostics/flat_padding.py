"""Lists of padding that name no axes: which axes they are about."""

from collections.abc import Iterator, Sequence
from json import dumps

from service.core.diagnostics.malformed import parameter_out_of_range
from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.patches import setting
from service.core.diagnostics.registry import check, diagnostic
from service.core.layers.base import Site
from service.core.layers.pad_and_crop import MOST_SPATIAL, PadOrCrop


@diagnostic("R109", on=(PadOrCrop,))
def ambiguous_padding(site: Site) -> Iterator[Fact]:
    """A list of padding may be read in two ways, and the input does not say which is meant.

    `padding` has one integer per axis, or a pair [before, after] per axis. In the framework's own order it has two
    integers per axis: PyTorch's F.pad begins with the last axis, ONNX has all begins and then all ends. The reading
    that names all spatial axes of the input is taken; where neither does, pairs say what is meant.
    """
    layer = site.layer
    assert isinstance(layer, PadOrCrop)
    readings = layer.readings(site.asked, site.shape)
    if len(readings) < 2 or site.asked is None or (site.shape is None and not site.sizes_only):
        return
    own, theirs = readings[:2]
    spelled = site.spelled("padding")
    yield Fact(
        f"{spelled} {dumps(layer.padding)} is {dumps(own)} with an amount per axis, and {dumps(theirs)} with"
        f" {site.asked.pads.flat_form}",
        "padding",
        help=f"write the pairs: {dumps(own)} or {dumps(theirs)}",
        fixes=tuple(
            Fix(f"set {spelled} to {dumps(pairs)}", setting(site, "padding", pairs)) for pairs in (own, theirs)
        ),
    )


@check(on=(PadOrCrop,))
def list_of_no_axes(site: Site) -> Iterator[Fact]:
    """A list that has neither an amount nor a pair per axis is about no axes."""
    layer = site.layer
    assert isinstance(layer, PadOrCrop)
    if not isinstance(layer.padding, Sequence) or len(layer.padding) <= MOST_SPATIAL or layer.dims is not None:
        return
    if not isinstance(layer.padding[0], int) or layer.readings(site.asked, site.shape):
        return
    flat = site.asked.pads.flat_form if site.asked is not None else ""
    form = f"an integer, one per axis of at most {MOST_SPATIAL}, or a pair [before, after] per axis"
    bound = "which is for no number of axes"
    form += f"; or {flat}" if flat else ""
    spelled = site.spelling.get("padding", "padding")
    yield from parameter_out_of_range(spelled, layer.padding, bound, form, site.locate("padding"))
