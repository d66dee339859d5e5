"""Windows that do not fit, outputs without positions, and parameters that no window can have."""

from collections.abc import Iterator

from service.core.diagnostics.malformed import parameter_out_of_range
from service.core.diagnostics.model import Fact, Fix, Related
from service.core.diagnostics.padding_forms import has_refused_negative_padding
from service.core.diagnostics.padding_limits import crops_beyond
from service.core.diagnostics.patches import one_or_list, setting
from service.core.diagnostics.registry import check, diagnostic
from service.core.diagnostics.transposed import crops_beyond_input
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import Axis, PaddedAxis, TransposedAxis, WindowAxis
from service.core.layers.base import Site
from service.core.layers.convolution import Convolution
from service.core.layers.pad_and_crop import Crop, Pad
from service.core.layers.pools import AveragePool, LpPool, Pool
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.spatial import SpatialLayer


@check(on=(AveragePool,))
def zero_divisor(site: Site) -> Iterator[Fact]:
    """An average cannot divide by 0."""
    layer = site.layer
    assert isinstance(layer, AveragePool)
    if layer.divisor_override == 0:
        at = site.locate("divisor_override")
        yield from parameter_out_of_range("divisor_override", 0, "which nothing divides by", "another integer", at)


@check(on=(LpPool,))
def zero_norm(site: Site) -> Iterator[Fact]:
    """A power of 0 has no root."""
    layer = site.layer
    assert isinstance(layer, LpPool)
    if layer.norm_type == 0:
        at = site.locate("norm_type")
        yield from parameter_out_of_range("norm_type", 0, "which has no root", "a number other than 0", at)


@diagnostic(
    "S208", on=(Convolution, DepthwiseConvolution, Pool), traits=("about padding", "about unknowns", "too small")
)
def kernel_larger_than_input(site: Site) -> Iterator[Fact]:
    """A window spans more positions than the padded input has, so that it fits nowhere.

    The window spans `dilation*(kernel_size - 1) + 1` positions, the padded input `i + before + after`.
    """
    rules = site.rules
    if rules is None or rules.empty_output or has_refused_negative_padding(site):
        return
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis) or axis.size is None:
            continue
        shortage = _shortage(axis, rules)
        if shortage:
            yield Fact(
                f"the window spans {axis.effective_kernel} positions on axis {index}, but {shortage}",
                site.entry("kernel_size", index),
                help="use a smaller kernel, more padding, or fewer reductions before",
                related=_source(site),
                fixes=tuple(_fitting(site)),
            )
            return


def _shortage(axis: WindowAxis, rules: WindowRules) -> str | None:
    """What is too small to hold a window, in words."""
    if not rules.takes_input(axis.size, axis.effective_kernel):
        return f"the input has only {axis.size}"
    padded, output = axis.padded_size, axis.output
    if padded is None or output is None or axis.effective_kernel <= padded or rules.takes_output(output):
        return None
    return f"the padded input has only {padded} ({axis.size} + {axis.before} + {axis.after})"


def _source(site: Site) -> tuple[Related, ...]:
    if not site.sources or site.shape is None:
        return ()
    return (Related(site.sources[0].location, f"what arrives is {site.arriving}"),)


def _fitting(site: Site) -> Iterator[Fix]:
    """Changes that make every window fit: a smaller kernel, or the least even padding."""
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis) and axis.padded_size is not None]
    if len(axes) != site.rank:
        return
    largest = [((axis.padded_size or 0) - 1) // axis.dilation + 1 for axis in axes]
    kernel = one_or_list([max(min(axis.kernel, most), 1) for axis, most in zip(axes, largest, strict=True)])
    yield Fix(f"set {site.spelled('kernel_size')} to {kernel}", setting(site, "kernel_size", kernel))
    if not isinstance(getattr(site.layer, "padding", ""), str):
        missing = [-(-(axis.effective_kernel - (axis.size or 0)) // 2) for axis in axes]
        padding = one_or_list([max(axis.before or 0, least) for axis, least in zip(axes, missing, strict=True)])
        yield Fix(f"set {site.spelled('padding')} to {padding}", setting(site, "padding", padding))


@diagnostic("S209", on=(SpatialLayer,), traits=("about padding", "about unknowns", "too small"))
def empty_output(site: Site) -> Iterator[Fact]:
    """A layer gives an output without positions.

    Padding of a transposed convolution, negative padding and cropping take positions away; at least one must stay. A
    warning where the framework defines it so: JAX gives an array of size 0 when a window fits nowhere.
    """
    rules = site.rules
    if site.layer.windowed and rules is None:
        return
    defined = site.framework.pads.empty_output if rules is None else rules.empty_output
    if has_refused_negative_padding(site):
        return
    for index, axis in enumerate(site.axes):
        if axis.output is None or axis.output >= 1:
            continue
        if isinstance(axis, WindowAxis) and axis.effective_kernel > (axis.padded_size or 0) and not defined:
            continue  # this is kernel-larger-than-input
        if crops_beyond(axis) and isinstance(site.layer, Pad | Convolution):
            return  # this is padding-exceeds-input
        if isinstance(axis, TransposedAxis) and crops_beyond_input(axis):
            return  # and so is this
        at, help_text = _longer(site, axis)
        yield Fact(
            f"the output size on axis {index} is {axis.output}: {axis.formula}",
            at,
            help=help_text,
            related=_source(site),
            severity="warning" if defined and axis.output == 0 else None,
        )
        return


def _longer(site: Site, axis: Axis) -> tuple[str, str]:
    """The parameter that makes an axis longer, and how."""
    padding, larger = site.spelled("padding"), "or make the input larger"
    if isinstance(axis, WindowAxis):
        return "padding", "use a smaller kernel or more padding"
    if isinstance(axis, TransposedAxis):
        adds = site.rules is not None and _padding_adds(site.rules, axis)
        return "padding", f"make {padding} {'larger' if adds else 'smaller'}, {larger}"
    if isinstance(axis, PaddedAxis):
        return "padding", f"{'crop less' if isinstance(site.layer, Crop) else f'make {padding} larger'}, {larger}"
    return "scale_factor", f"make {site.spelled('scale_factor')} larger, {larger}"


def _padding_adds(rules: WindowRules, axis: TransposedAxis) -> bool:
    """Whether padding of a transposed convolution adds positions, as it pads what is convolved, or crops them."""
    none, one = (
        rules.crop((amount, amount), axis.size or 1, axis.kernel, axis.stride, axis.dilation, None) for amount in (0, 1)
    )
    return one.before < none.before
