"""Padding beyond a limit: the pool's kernel, or what the input has to copy or to crop."""

from collections.abc import Iterator

from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.padding_forms import has_refused_negative_padding
from service.core.diagnostics.patches import one_or_list, setting
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.axes import Axis, PaddedAxis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.convolution import Convolution
from service.core.layers.pad_and_crop import Pad, PadOrCrop
from service.core.layers.pools import Pool


@diagnostic("F303", on=(Pool,), traits=("about padding", "about unknowns"))
def padding_exceeds_half_kernel(site: Site) -> Iterator[Fact]:
    """A pool pads more than half its kernel, so that some window would see nothing but padding.

    PyTorch's pools allow `padding <= kernel_size // 2` on each axis; the dilation does not count.
    """
    yield from _beyond_kernel(site, "half kernel", "more than half of", "")


@diagnostic("F307", on=(Pool,), traits=("about padding", "about unknowns"))
def padding_covers_kernel(site: Site) -> Iterator[Fact]:
    """A pool pads as much as its kernel spans or more, so that some window would see nothing but padding.

    ONNX's pools allow padding below the kernel on each side of each axis; the dilation does not count.
    """
    yield from _beyond_kernel(site, "below kernel", "not below", " there")


def _beyond_kernel(site: Site, limit: str, bound: str, there: str) -> Iterator[Fact]:
    """The first axis padded beyond what its kernel allows, where the framework has that limit."""
    rules = site.rules
    if rules is None or rules.padding_limit != limit or has_refused_negative_padding(site):
        return
    if isinstance(getattr(site.layer, "padding", 0), str):
        return
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    amounts = [max(axis.padding or (0, 0)) for axis in axes]
    spelled, kernel = site.spelled("padding"), site.spelled("kernel_size")
    for index, axis in enumerate(axes):
        if not rules.takes_padding_of(*(axis.padding or (0, 0)), axis.kernel):
            limits = [rules.most_padding(axis.kernel) for axis in axes]
            allowed = one_or_list([min(pair) for pair in zip(limits, amounts, strict=True)])
            yield Fact(
                f"{spelled} is {amounts[index]} on axis {index}, {bound} {kernel} {axis.kernel}",
                site.entry("padding", index),
                help=f"give {spelled} at most {limits[index]}{there}, or a larger kernel",
                fixes=(Fix(f"set {spelled} to {allowed}", setting(site, "padding", allowed)),),
            )
            return


def crops(site: Site) -> bool:
    """Whether padding below 0 takes positions away on some axis."""
    return any(isinstance(axis, PaddedAxis) and min(axis.padding) < 0 for axis in site.axes)


def crops_beyond(axis: Axis) -> bool:
    """Whether negative padding takes more positions from an axis than it and the padding have."""
    if not isinstance(axis, WindowAxis | PaddedAxis) or axis.size is None:
        return False
    size = axis.dilated_size or 0 if isinstance(axis, WindowAxis) else axis.size
    return size + sum(axis.padding or (0, 0)) < 0


def _most_cropped(site: Site, axis: WindowAxis | PaddedAxis, size: int, kept: int | None) -> int:
    """How many positions may be cropped so that enough are left."""
    layer = site.layer
    pads = layer.rules(site) if isinstance(layer, PadOrCrop) else site.framework.pads
    defined = pads.empty_output if site.rules is None else site.rules.empty_output
    added = sum(max(amount, 0) for amount in axis.padding or (0, 0))
    most = size + added - (0 if defined else 1)
    return most if kept is None else min(most, size - kept)


@diagnostic("F304", on=(Convolution, Pad), traits=("about padding", "about unknowns", "too small"))
def padding_exceeds_input(site: Site) -> Iterator[Fact]:
    """Padding takes more from the input than the input has.

    `reflect` copies up to `i - 1` positions, `circular` up to `i`; `replicate` and `zeros` any number. Negative
    amounts crop, together at most the `i` positions there are where cropping comes first.
    """
    layer = site.layer
    pads = layer.rules(site) if isinstance(layer, Pad) else site.framework.pads
    mode = layer.mode if isinstance(layer, Pad) else getattr(layer, "padding_mode", "zeros")
    padding, left_out = getattr(layer, "padding", 0), pads.left_out(mode)
    given = "to" if getattr(layer, "to", None) is not None else "padding"
    if left_out is None and type(padding) is int and padding >= 0:
        return
    if has_refused_negative_padding(site) or (isinstance(layer, Pad) and mode not in pads.negative and crops(site)):
        return
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis | PaddedAxis) or axis.size is None:
            continue
        size = axis.dilated_size or 0 if isinstance(axis, WindowAxis) else axis.size
        before, after = axis.padding or (0, 0)
        cropped = -min(before, 0) - min(after, 0)
        kept = pads.least_kept.get(mode) if isinstance(layer, Pad) else None
        if crops_beyond(axis) or (kept is not None and cropped > size - kept):
            yield Fact(
                f"{site.spelled(given)} crops {cropped} positions of axis {index}, which has {size}",
                site.entry(given, index),
                help=f"crop at most {_most_cropped(site, axis, size, kept)} there",
            )
            return
        if left_out is None:
            continue
        most = max(size - left_out - (cropped if pads.limited_after_crop else 0), 0)
        if max(before, after) > most:
            yield Fact(
                f"`{mode}` padding of {max(before, after)} on axis {index} exceeds {most}, the most that an input of"
                f" {axis.size} can give",
                site.entry(given, index),
                help=f"pad at most {most} there, or with another mode",
            )
            return
