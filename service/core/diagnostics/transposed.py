"""Transposed convolutions: cropping, `output_padding` and `output_size` out of range, and checkerboards."""

from collections.abc import Iterator

from service.core.diagnostics.malformed import parameter_out_of_range
from service.core.diagnostics.model import Fact
from service.core.diagnostics.patches import one_or_list
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import TransposedAxis
from service.core.layers.base import Site
from service.core.layers.transposed_convolution import TransposedConvolution


def _axes(site: Site) -> list[TransposedAxis]:
    return [axis for axis in site.axes if isinstance(axis, TransposedAxis)]


def crops_beyond_input(axis: TransposedAxis) -> bool:
    """Whether more is cropped than there is, where an output of size 0 would be defined."""
    return axis.empty_output and (axis.unclamped_output or 0) + axis.effective_kernel - 1 < 0


@check(on=(TransposedConvolution,))
def cropped_beyond_input(site: Site) -> Iterator[Fact]:
    """Where an output of size 0 is defined, the dilated and padded input must still have 0 positions or more."""
    for index, axis in enumerate(_axes(site)):
        if crops_beyond_input(axis):
            size, spelled = ((axis.size or 1) - 1) * axis.stride + 1, site.spelled("padding")
            message = f"{spelled} crops more than the {size} positions of axis {index} of the dilated input"
            yield Fact(message, "padding", help="crop less", rule=DIAGNOSTICS["padding-exceeds-input"])
            return


@check(on=(TransposedConvolution,))
def extras_below_least(site: Site) -> Iterator[Fact]:
    """No output has fewer than 1 position, and nothing negative is added to it."""
    for name, index, value, least in _below_least(site):
        form = f"{'sizes' if name == 'output_size' else 'amounts'} of at least {least}"
        at = (name,) if index is None else (name, index)
        spelled = site.spelling.get(name, name)
        yield from parameter_out_of_range(spelled, value, f"below {least}", form, site.locate(at))


def _below_least(site: Site) -> Iterator[tuple[str, int | None, int, int]]:
    """Values of `output_size` and `output_padding` that are too small: the parameter, the entry, the value, the least.

    Frameworks look neither at batch and channels in an `output_size`, nor at an `output_padding` that it replaces.
    """
    layer = site.layer
    assert isinstance(layer, TransposedConvolution)
    if isinstance(layer.output_size, list):
        first = len(layer.output_size) - (site.rank or 0)
        for index, size in enumerate(layer.output_size):
            if size < 1 and index >= first:
                yield "output_size", index, size, 1
    replaced = layer.output_size is not None and site.rules is not None and not site.rules.output_size_crops
    if layer.output_padding is None or replaced:
        return
    if isinstance(layer.output_padding, int):
        if layer.output_padding < 0:
            yield "output_padding", None, layer.output_padding, 0
        return
    for index, extra in enumerate(layer.output_padding):
        if extra < 0:
            yield "output_padding", index, extra, 0


@diagnostic("F305", on=(TransposedConvolution,), traits=("about padding", "about unknowns"))
def output_padding_out_of_range(site: Site) -> Iterator[Fact]:
    """`output_padding` is not below the stride (or the dilation), or `output_size` is out of reach.

    It does not pad: it chooses among the `stride` input sizes that a convolution would map to this layer's input.
    """
    layer, rules = site.layer, site.rules
    assert isinstance(layer, TransposedConvolution)
    if rules is None or any(_below_least(site)):
        return
    if layer.output_size is not None:
        yield from _size_out_of_reach(site, rules)
    elif layer.output_padding is not None:
        yield from _padding_out_of_range(site, layer, rules)


def _size_out_of_reach(site: Site, rules: WindowRules) -> Iterator[Fact]:
    """The first axis on which no `output_padding` gives the `output_size`."""
    for index, axis in enumerate(_axes(site)):
        if 0 <= axis.output_padding < axis.stride or axis.output is None:
            continue
        if rules.output_size_crops and axis.output_padding == 0:
            continue
        least = axis.output - axis.output_padding
        span = f"{least} to {least + axis.stride - 1}"
        message = f"{site.spelled('output_size')} is {axis.output} on axis {index}, outside {span}"
        yield Fact(message, site.entry("output_size", index - (site.rank or 0)), help=f"give it from {span} there")
        return


def _padding_out_of_range(site: Site, layer: TransposedConvolution, rules: WindowRules) -> Iterator[Fact]:
    """The first axis whose `output_padding` the framework refuses."""
    given, spelled = site.per_axis("output_padding"), site.spelled("output_padding")
    for index, axis in enumerate(_axes(site)):
        extra = given[index] if given else axis.output_padding
        name = layer.padding
        if isinstance(name, str) and not rules.takes_output_padding_with_name(name, axis.effective_kernel, extra):
            message = f'{spelled} is {extra} beside "{name}" and an even window of {axis.effective_kernel}'
            yield Fact(message, "output_padding", help=f"leave {spelled} out, or give it 1 or more")
            return
        if not rules.takes_output_padding(extra, axis.stride, axis.dilation):
            limit = rules.output_padding_limit(axis.stride, axis.dilation)
            message = f"{spelled} is {extra} on axis {index}, not below the {rules.output_padding_below} {limit}"
            yield Fact(message, site.entry("output_padding", index), help=f"give it at most {limit - 1} there")
            return


@diagnostic("W503", "warning", on=(TransposedConvolution,))
def checkerboard(site: Site) -> Iterator[Fact]:
    """A transposed convolution's windows overlap unevenly, which shows as a checkerboard in its output.

    Where the kernel is not a multiple of the stride, some outputs are sums of more inputs than their neighbours.
    Source: Odena, Dumoulin and Olah, "Deconvolution and Checkerboard Artifacts", Distill, 2016.
    """
    axes, kernel = _axes(site), site.spelled("kernel_size")
    for index, axis in enumerate(axes):
        if axis.stride > 1 and axis.kernel % axis.stride:
            multiples = one_or_list([-(-axis.kernel // axis.stride) * axis.stride for axis in axes])
            fewer = axis.kernel // axis.stride
            yield Fact(
                f"{kernel} {axis.kernel} is not a multiple of {site.spelled('stride')} {axis.stride} on axis {index}:"
                f" outputs are sums of {fewer} or {fewer + 1} inputs",
                "kernel_size",
                help=f"set {kernel} to {multiples}, and the padding to match",
            )
            return
