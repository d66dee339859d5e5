"""Upsampling and pixel shuffling: factors that do not divide, sizes and factors that contradict each other."""

from collections.abc import Iterator

from service.core.diagnostics.malformed import (
    conflicting_parameters,
    missing_parameter,
    parameter_out_of_range,
    wrong_type,
)
from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.registry import check, diagnostic
from service.core.layers.base import Site
from service.core.layers.parameter_rows.row import A_SIZE
from service.core.layers.resampling import PixelShuffle, PixelUnshuffle, Upsample

RANK_OF_MODE = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}
"""Spatial axes of the interpolations that work on certain ones only."""


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
    message = f"{site.spelled(parameter)} is {value}, which does not divide {channels} channels"
    if divisor is not None:
        message = f"{site.spelled(parameter)} is {value}, but {channels} channels are no multiple of {divisor}"
    help_text = f"give {site.spelled(parameter)} a value that divides {channels}"
    if divisor is not None:
        help_text = f"give the layer before a multiple of {divisor} channels, or another {site.spelled(parameter)}"
    yield Fact(message, parameter, help=help_text, fixes=(fix,) if fix else ())


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
def size_or_factor(site: Site) -> Iterator[Fact]:
    """Upsampling is given a size or a factor, and only one of them."""
    layer = site.layer
    assert isinstance(layer, Upsample)
    spelled = site.spelling.get("scale_factor", "scale_factor")
    if layer.size is None and layer.scale_factor is None:
        yield from missing_parameter("`upsample`", "size` or `scale_factor", site.location)
    elif layer.size is not None and layer.scale_factor is not None:
        yield from conflicting_parameters("size", spelled, "the size", site.locate("scale_factor"))
    factors = layer.scale_factor
    if isinstance(factors, list) and site.rank is not None and len(factors) != site.rank:
        bound, form = f"but there are {site.rank} spatial axes", "one factor, or one per axis"
        yield from parameter_out_of_range(spelled, factors, bound, form, site.locate("scale_factor"))


@check(on=(Upsample,))
def whole_factors(site: Site) -> Iterator[Fact]:
    """Some frameworks repeat positions a whole number of times."""
    layer = site.layer
    assert isinstance(layer, Upsample)
    if not site.framework.whole_scales or layer.scale_factor is None:
        return
    factors = layer.scale_factor if isinstance(layer.scale_factor, list) else [layer.scale_factor]
    for index, factor in enumerate(factors):
        if factor != int(factor):
            at = site.locate(site.entry("scale_factor", index))
            yield from wrong_type(site.spelling.get("scale_factor", "scale_factor"), factor, A_SIZE, at)


@check(on=(Upsample,))
def interpolation_of_rank(site: Site) -> Iterator[Fact]:
    """Interpolations belong to ranks."""
    layer = site.layer
    assert isinstance(layer, Upsample)
    rank = RANK_OF_MODE.get(layer.mode)
    if rank is not None and site.rank is not None and site.rank != rank:
        bound = f"which works on {rank} spatial {'axis' if rank == 1 else 'axes'}, not {site.rank}"
        form = "the interpolation of the input's rank"
        yield from parameter_out_of_range("mode", layer.mode, bound, form, site.locate("mode"))
