"""Diagnostics of layers that rearrange: axis indices, reshapes, shuffles, normalised axes."""

from collections.abc import Iterator
from dataclasses import replace
from math import gcd, prod

from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.proposals import setting
from service.core.diagnostics.reading import conflicting_parameters, missing_parameter, parameter_out_of_range
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.geometry.shapes import elements, shape_text
from service.core.layers.base import Site
from service.core.layers.merging import Concat
from service.core.layers.norms import BatchNorm, GroupNorm, LayerNorm
from service.core.layers.pointwise import PRelu, Softmax
from service.core.layers.resampling import PixelShuffle, PixelUnshuffle, Upsample
from service.core.layers.reshaping import Flatten, Permute, Reshape

AXIS_INDICES = frozenset({"dim", "start_dim", "end_dim", "axis"})


@check(on=(GroupNorm,))
def norm_groups(site: Site) -> Iterator[Fact]:
    """The groups of a group normalisation must divide its channels."""
    layer = site.layer
    assert isinstance(layer, GroupNorm)
    channels = layer.channels(site)
    if channels is not None and channels % layer.num_groups:
        common = gcd(layer.num_groups, channels)
        fix = Fix(f"set {site.spelled('num_groups')} to {common}", setting(site, "num_groups", common))
        yield from indivisible_channels(site, "num_groups", layer.num_groups, channels, fix)


@check(on=(PixelShuffle,))
def shuffled_channels(site: Site) -> Iterator[Fact]:
    """Pixel shuffling takes the square of its factor from the channels, unshuffling its factor from each axis."""
    layer = site.layer
    assert isinstance(layer, PixelShuffle)
    square = layer.scale_factor**2
    if not isinstance(layer, PixelUnshuffle) and site.channels is not None and site.channels % square:
        yield from indivisible_channels(site, "scale_factor", layer.scale_factor, site.channels, None, square)


@diagnostic("S211")
def indivisible_channels(
    site: Site, parameter: str, value: int, channels: int, fix: Fix | None, divisor: int | None = None
) -> Iterator[Fact]:
    """The channels cannot be divided as the layer wants.

    A group normalisation divides them by `num_groups`, a pixel shuffle by the square of its factor.
    """
    needs = "" if divisor is None else f", so {divisor} channels go into one"
    yield Fact(
        f"{site.spelled(parameter)} is {value}{needs}, which does not divide {channels} channels",
        parameter,
        help=f"give {site.spelled(parameter)} a value that divides them",
        fixes=(fix,) if fix else (),
    )


@diagnostic("S212", on=(PixelUnshuffle,))
def indivisible_size(site: Site) -> Iterator[Fact]:
    """A pixel unshuffle meets an axis that its factor does not divide.

    It moves blocks of `factor x factor` positions into channels, and no position may be left over.
    """
    layer = site.layer
    assert isinstance(layer, PixelUnshuffle)
    for index, size in enumerate(site.spatial):
        if size is not None and size % layer.scale_factor:
            yield Fact(
                f"{site.spelled('scale_factor')} is {layer.scale_factor}, which does not divide {size} positions"
                f" on axis {index}",
                "scale_factor",
                help="pad or crop the axis, or give a factor that divides it",
            )
            return


@check(on=(Upsample,))
def one_way_to_scale(site: Site) -> Iterator[Fact]:
    """Upsampling is told a size or a factor, and one of them only; interpolations belong to ranks."""
    layer = site.layer
    assert isinstance(layer, Upsample)
    if layer.size is None and layer.scale_factor is None:
        yield from missing_parameter("`upsample`", "size` or `scale_factor", site.location)
    elif layer.size is not None and layer.scale_factor is not None:
        second = site.spelling.get("scale_factor", "scale_factor")
        yield from conflicting_parameters("size", second, "the size", site.locate("scale_factor"))
    factors = layer.scale_factor
    if isinstance(factors, list) and site.rank is not None and len(factors) != site.rank:
        bound = f"but there are {site.rank} spatial axes"
        form = "one factor, or one per axis"
        parameter = site.spelling.get("scale_factor", "scale_factor")
        yield from parameter_out_of_range(parameter, factors, bound, form, site.locate("scale_factor"))
    rank = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}.get(layer.mode)
    if rank is not None and site.rank is not None and site.rank != rank:
        bound = f"which works on {rank} spatial {'axis' if rank == 1 else 'axes'}, not {site.rank}"
        form = "the interpolation of the input's rank"
        yield from parameter_out_of_range("mode", layer.mode, bound, form, site.locate("mode"))


@diagnostic("S213", on=(Reshape,))
def element_count_mismatch(site: Site) -> Iterator[Fact]:
    """A reshape asks for another number of elements than there are.

    A reshape keeps every element; one size may be -1 and is then what is left.
    """
    layer = site.layer
    assert isinstance(layer, Reshape)
    known = [size for size in layer.shape if size != -1]
    if site.shape is None or None in site.shape:
        return
    total, wanted, free = elements(site.shape) or 0, prod(known), len(layer.shape) - len(known)
    if free > 1 or not all(known) or (total % wanted if free else total != wanted):
        yield Fact(
            f"{site.spelled('shape')} {list(layer.shape)} does not hold the {total} elements of {site.arriving}",
            "shape",
            help=f"give sizes whose product is {total}, one of them -1 if you like",
        )


@check(on=(Permute,))
def all_axes_once(site: Site) -> Iterator[Fact]:
    """A permutation names every axis once."""
    layer = site.layer
    assert isinstance(layer, Permute)
    if site.shape is not None and layer.order(len(site.shape)) is None:
        bound = f"which are not the {len(site.shape)} axes of the input, each once"
        form = f"each of 0 to {len(site.shape) - 1} once"
        yield from parameter_out_of_range("dims", list(layer.dims), bound, form, site.locate("dims"))


@check(on=(LayerNorm,))
def normalized_axes(site: Site) -> Iterator[Fact]:
    """The last axes of the input must be those that a layer normalisation was made for."""
    layer = site.layer
    assert isinstance(layer, LayerNorm)
    made_for = layer.last_axes(site)
    if made_for is None or site.shape is None or layer.normalized_shape is None:
        return
    last = site.shape[-len(made_for) :]
    if len(last) < len(made_for) or any(
        None not in pair and pair[0] != pair[1] for pair in zip(made_for, last, strict=True)
    ):
        bound = f"but the last axes of the input are {shape_text(last)}"
        form = f"{shape_text(last)}, the sizes that arrive"
        value, spelled = layer.normalized_shape, site.spelled("normalized_shape")
        fix = Fix(f"set {spelled} to {shape_text(last)}", setting(site, "normalized_shape", list(last)), "safe")
        fixes = () if None in last else (fix,)
        for fact in parameter_out_of_range("normalized_shape", value, bound, form, site.locate("normalized_shape")):
            yield replace(fact, fixes=fixes)


@diagnostic("S214", on=(BatchNorm, GroupNorm))
def single_value_norm(site: Site) -> Iterator[Fact]:
    """A normalisation meets one value to normalise, which is its own mean.

    An instance normalisation takes the mean of each channel of each example, a group normalisation that of a group of
    channels, a batch normalisation without running statistics that of each channel of the batch. PyTorch refuses them
    where only one value is left, as after a pool to size 1.
    """
    layer = site.layer
    assert isinstance(layer, BatchNorm | GroupNorm)
    if not site.framework.norms_of_one_value and layer.values_in_a_mean(site) == 1:
        yield Fact(
            f"there is one value in each mean: {site.source} is {site.arriving}",
            "type",
            help="leave the layer out, or normalise before the size is reduced to 1",
        )


@check(on=(PRelu,))
def slopes(site: Site) -> Iterator[Fact]:
    """A trained slope belongs to all channels, or to one."""
    layer = site.layer
    assert isinstance(layer, PRelu)
    channels = layer.channels(site)
    if channels is not None and layer.num_parameters not in (1, channels):
        spelled = site.spelled("num_parameters")
        yield Fact(
            f"{spelled} is {layer.num_parameters}, but {site.source} has {channels} channels",
            "num_parameters",
            help=f"set {spelled} to {channels}, or to 1",
            fixes=tuple(
                Fix(f"set {spelled} to {count}", setting(site, "num_parameters", count)) for count in (channels, 1)
            ),
            rule=DIAGNOSTICS["channel-mismatch"],
        )


@check(on=(Flatten, Softmax, Concat, BatchNorm))
def axis_indices(site: Site) -> Iterator[Fact]:
    """Indices of axes must exist in the input, and a range of them must not be reversed."""
    if site.shape is None:
        return
    count = len(site.shape)
    indices = {name: getattr(site.layer, name) for name in site.layer.parameter_names() if name in AXIS_INDICES}
    if isinstance(site.layer, Flatten) and (meeting := site.layer.meeting_axis(site)) is not None:
        indices = {"axis": meeting - (meeting == count > 0)}
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
