"""Diagnostics of windows: sizes that cannot be, and sizes that surprise."""

from collections.abc import Iterator

from service.core.diagnostics.model import Fact, Fix, Related
from service.core.diagnostics.padding import is_negative
from service.core.diagnostics.proposals import one_or_list, setting
from service.core.diagnostics.reading import parameter_out_of_range
from service.core.diagnostics.registry import check, diagnostic
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.pools import AveragePool, LpPool, Pool
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.windows import Convolution, SpatialLayer, TransposedConvolution


@check(on=(AveragePool,))
def zero_divisor(site: Site) -> Iterator[Fact]:
    """An average cannot divide by 0."""
    layer = site.layer
    if isinstance(layer, AveragePool) and layer.divisor_override == 0:
        at = site.locate("divisor_override")
        yield from parameter_out_of_range("divisor_override", 0, "which nothing divides by", "another integer", at)


@check(on=(LpPool,))
def zero_norm(site: Site) -> Iterator[Fact]:
    """A power of 0 has no root."""
    layer = site.layer
    if isinstance(layer, LpPool) and layer.norm_type == 0:
        at = site.locate("norm_type")
        yield from parameter_out_of_range("norm_type", 0, "which has no root", "a number other than 0", at)


@diagnostic(
    "S208", on=(Convolution, DepthwiseConvolution, Pool), traits=("about padding", "about unknowns", "too small")
)
def kernel_larger_than_input(site: Site) -> Iterator[Fact]:
    """A window spans more positions than the padded input has, so that it fits nowhere.

    The window spans `dilation*(kernel_size - 1) + 1` positions, the padded input `i + before + after`.
    """
    if site.rules is None or site.rules.empty_output or is_negative(site):
        return
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis) or axis.padded_size is None or axis.output is None or axis.size is None:
            continue
        held = axis.size if site.rules.input_holds_kernel else axis.padded_size
        if axis.effective_kernel > held and (axis.output < 1 or site.rules.input_holds_kernel):
            padded = f"{axis.size} + {axis.before} + {axis.after}"
            yield Fact(
                f"the window spans {axis.effective_kernel} positions on axis {index}, but the padded input has only"
                f" {axis.padded_size} ({padded})"
                if held == axis.padded_size
                else f"the window spans {axis.effective_kernel} positions on axis {index}, but the input has only"
                f" {held}",
                site.entry("kernel_size", index),
                help="use a smaller kernel, more padding, or fewer reductions before",
                related=_shrunk(site),
                fixes=tuple(_fitting(site)),
            )
            return


def _shrunk(site: Site) -> tuple[Related, ...]:
    if not site.sources or site.shape is None:
        return ()
    return (Related(site.sources[0].location, f"what arrives is {site.arriving}"),)


def _fitting(site: Site) -> Iterator[Fix]:
    """Changes that make every window fit: a smaller kernel, or the least even padding."""
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis) and axis.padded_size is not None]
    if len(axes) != site.rank:
        return
    kernels = [max(min(axis.kernel, ((axis.padded_size or 0) - 1) // axis.dilation + 1), 1) for axis in axes]
    size = one_or_list(kernels)
    yield Fix(f"set {site.spelled('kernel_size')} to {size}", setting(site, "kernel_size", size))
    if not isinstance(getattr(site.layer, "padding", ""), str):
        amounts = [max(axis.before or 0, -(-(axis.effective_kernel - (axis.size or 0)) // 2)) for axis in axes]
        padding = one_or_list(amounts)
        yield Fix(f"set {site.spelled('padding')} to {padding}", setting(site, "padding", padding))


@diagnostic("S209", on=(SpatialLayer,), traits=("about padding", "about unknowns", "too small"))
def empty_output(site: Site) -> Iterator[Fact]:
    """A layer gives an output without positions.

    Padding of a transposed convolution, negative padding and cropping take positions away; at least one must stay. A
    warning where the framework defines it so: JAX gives an array of size 0 when a window fits nowhere.
    """
    if site.layer.windowed and site.rules is None:
        return
    defined = site.framework.pads.empty_output if site.rules is None else site.rules.empty_output
    for index, axis in enumerate(site.axes):
        if axis.output is None or axis.output >= 1:
            continue
        told_elsewhere = (
            isinstance(axis, WindowAxis) and axis.padded_size is not None and axis.effective_kernel > axis.padded_size
        )
        if told_elsewhere and not defined:
            continue
        yield Fact(
            f"the output size on axis {index} is {axis.output}: {axis.formula}",
            "padding",
            help="use a smaller kernel or more padding"
            if isinstance(axis, WindowAxis)
            else f"make {site.spelled('padding')} smaller, or the input larger",
            related=_shrunk(site),
            severity="warning" if defined and axis.output == 0 else None,
        )
        return


@diagnostic("W501", "warning", on=(Convolution, DepthwiseConvolution, Pool))
def unread_input(site: Site) -> Iterator[Fact]:
    """Trailing positions of the input are read by no window.

    `(i + P - e)` is not a multiple of the stride, so the division in the size formula is floored and what is left over
    is never looked at. Told of the first axis that has any. Rows that fall between windows anyway (a stride above the
    window) are not reported, nor is padding.
    """
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis) or axis.unread is None or axis.padded_size is None or axis.size is None:
            continue
        unread = axis.unread - max(axis.after or 0, 0)
        if unread <= max(axis.stride - axis.effective_kernel, 0):
            continue
        where = f"position {axis.size - 1}" if unread == 1 else f"positions {axis.size - unread} to {axis.size - 1}"
        verb = "is" if unread == 1 else "are"
        yield Fact(
            f"{where} of axis {index} {verb} never read: ({axis.padded_size} - {axis.effective_kernel}) / {axis.stride}"
            f" is not whole, so it is floored to {(axis.output or 1) - 1}",
            "stride",
            help=f"give the input {axis.size - unread} positions there, or pad it by {axis.stride - axis.unread} more",
        )
        return


@diagnostic("W502", "warning", on=(Convolution, DepthwiseConvolution, Pool))
def padding_only_window(site: Site) -> Iterator[Fact]:
    """The first or last window sees nothing but padding, so its output says nothing of the input.

    A convolution gives its bias there, a maximum pool minus infinity, a mean that leaves padding out 0/0.
    """
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis) or axis.size is None or not axis.output or axis.before is None:
            continue
        start = (axis.output - 1) * axis.stride - axis.before
        if axis.before >= axis.effective_kernel or start >= axis.size:
            which = "first" if axis.before >= axis.effective_kernel else "last"
            yield Fact(
                f"the {which} window on axis {index} spans {axis.effective_kernel} positions, all of them in the"
                f" padding ({axis.before} before, {axis.after} after)",
                "padding",
                help=f"pad less than {axis.effective_kernel} there",
            )
            return


@diagnostic("W506", "warning", on=(Convolution, DepthwiseConvolution))
def even_kernel_padding(site: Site) -> Iterator[Fact]:
    """Half an even window of padding on both ends makes the output one position longer than the input.

    With stride 1 the size is kept by `e - 1` positions in all, which is odd for an even window: it takes an uneven
    split, as "same" makes it. `k // 2` on both ends keeps the size for odd windows only.
    """
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis) or axis.before is None or axis.size is None or axis.stride > 1:
            continue
        if axis.before == axis.after and 2 * axis.before == axis.effective_kernel:
            yield Fact(
                f"{site.spelled('padding')} {axis.before} on both ends of axis {index} makes {axis.output} of"
                f" {axis.size}: a window of {axis.effective_kernel} keeps the size with {axis.before - 1} and"
                f" {axis.before}",
                "padding",
                help=f"use an odd kernel, or pad axis {index} by {axis.before - 1} before and {axis.before} after",
            )
            return


@diagnostic("W503", "warning", on=(TransposedConvolution,))
def checkerboard(site: Site) -> Iterator[Fact]:
    """A transposed convolution's windows overlap unevenly, which shows as a checkerboard in its output.

    Where the kernel is not a multiple of the stride, some outputs are sums of more inputs than their neighbours.
    Source: Odena, Dumoulin and Olah, "Deconvolution and Checkerboard Artifacts", Distill, 2016.
    """
    uneven = [
        (index, axis)
        for index, axis in enumerate(site.axes)
        if isinstance(axis, TransposedAxis) and axis.stride > 1 and axis.kernel % axis.stride
    ]
    if uneven:
        index, axis = uneven[0]
        better = one_or_list([-(-a.kernel // a.stride) * a.stride for a in site.axes if isinstance(a, TransposedAxis)])
        fewer = axis.kernel // axis.stride
        yield Fact(
            f"{site.spelled('kernel_size')} {axis.kernel} is not a multiple of {site.spelled('stride')} {axis.stride}"
            f" on axis {index}: outputs are sums of {fewer} or {fewer + 1} inputs",
            "kernel_size",
            help=f"set {site.spelled('kernel_size')} to {better}, and the padding to match",
        )
