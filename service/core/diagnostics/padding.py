"""Diagnostics of padding: amounts that cannot be, and what a framework's layer cannot express."""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from service.core.diagnostics.frameworks import lacking_value
from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.proposals import inserting_before, one_or_list, removing, setting
from service.core.diagnostics.reading import parameter_out_of_range
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.geometry.axes import PaddedAxis, TransposedAxis, WindowAxis
from service.core.geometry.padding import LEFT_OUT_OF_COPIES, Pair, normalize, resolve, simplest
from service.core.layers.base import Site
from service.core.layers.pools import Pool
from service.core.layers.reshaping import Pad
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.windows import Convolution, Convolving, SpatialLayer, TransposedConvolution


@check(on=(SpatialLayer,))
def negative_padding(site: Site) -> Iterator[Fact]:
    """Padding below 0 crops, which only some frameworks' layers do."""
    if not is_negative(site):
        return
    padding = getattr(site.layer, "padding", 0)
    for path, amount in _amounts(padding):
        if amount < 0:
            spelled, at = site.spelling.get("padding", "padding"), site.locate(("padding", *path))
            yield from parameter_out_of_range(spelled, amount, "below 0", "amounts of at least 0", at)
            return


def _amounts(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], int]]:
    if isinstance(value, int):
        yield path, value
    else:
        for index, entry in enumerate(value):
            yield from _amounts(entry, (*path, index))


@check(on=(Pad,))
def pad_modes(site: Site) -> Iterator[Fact]:
    """Not every framework's padding has every mode, and not in every mode may it crop."""
    layer, pads = site.layer, site.framework.pads
    assert isinstance(layer, Pad)
    if layer.mode not in pads.modes:
        yield from lacking_value(site, "mode", f"{site.framework.title} pads with a constant only, not `{layer.mode}`")
    elif layer.value and layer.mode == "constant" and not pads.values:
        yield from lacking_value(site, "value", f"{site.framework.title} pads with 0 only, not {layer.value}")
    elif layer.mode not in pads.negative and (negative := [found for found in _amounts(layer.padding) if found[1] < 0]):
        path, amount = negative[0]
        spelled, at = site.spelling.get("padding", "padding"), site.locate(("padding", *path))
        yield from parameter_out_of_range(spelled, amount, "below 0", "amounts of at least 0", at)


@check(on=(Pad,))
def unused_value(site: Site) -> Iterator[Fact]:
    """Only constant padding is filled with a value."""
    layer = site.layer
    if isinstance(layer, Pad) and layer.mode != "constant" and layer.value:
        bound = f"but `{layer.mode}` padding takes no value"
        yield from parameter_out_of_range("value", layer.value, bound, "0, or remove it", site.locate("value"))


@diagnostic(
    "F302", on=(Convolving, DepthwiseConvolution, Pool), traits=("about padding", "about unknowns", "sizes survive")
)
def padding_not_supported(site: Site) -> Iterator[Fact]:
    """The framework's layer cannot express this padding.

    PyTorch's convolutions take the same amount on both ends of an axis, and "same" with stride 1 only; its pools
    and transposed convolutions take no names. Keras takes names only. An explicit `pad` layer before the layer
    expresses any padding.
    """
    rules, padding = site.rules, getattr(site.layer, "padding", 0)
    if rules is None or is_negative(site):
        return
    owner = f"{site.framework.title}'s {rules.name}"
    message = None
    if isinstance(padding, str):
        strides = site.axes and [getattr(axis, "stride", 1) for axis in site.axes]
        holes = site.per_axis("input_dilation") if isinstance(site.layer, Convolving) else None
        if holes and max(holes) > 1 and not rules.named_with_input_dilation:
            message = f"{owner} takes {site.spelled('padding')} by name without {site.spelled('input_dilation')} only"
        elif padding not in rules.named:
            message = f'{owner} takes no {site.spelled("padding")} "{padding}"'
        elif padding in rules.unit_stride_names and strides and max(strides) > 1:
            message = (
                f'{owner} takes {site.spelled("padding")} "{padding}" with stride 1 only, but {site.spelled("stride")}'
                f" is {one_or_list(strides)}"
            )
    else:
        pairs = normalize(padding, site.rank or 0)
        if not pairs or isinstance(pairs, str):
            return
        if not rules.numbers and "padding" in site.spelling:
            message = f"{owner} takes {site.spelled('padding')} by name only, not {simplest(pairs)}"
        elif not rules.uneven and any(before != after for before, after in pairs):
            axis, (before, after) = next((i, p) for i, p in enumerate(pairs) if p[0] != p[1])
            message = f"{owner} pads both ends alike, but axis {axis} has {before} before and {after} after"
    if message:
        fixes = tuple(_padding_fixes(site))
        yield Fact(message, "padding", help=fixes[0].title if fixes else _padding_help(site), fixes=fixes)


def is_negative(site: Site) -> bool:
    """Whether the padding is below 0 where the framework's layer does not take that."""
    padding = getattr(site.layer, "padding", 0)
    if isinstance(padding, str) or (type(padding) is int and padding >= 0) or site.rules is None:
        return False
    allowed = getattr(site.layer, "padding_mode", "zeros") in site.rules.negative
    return not allowed and any(amount < 0 for _, amount in _amounts(padding))


def _resolved(site: Site) -> list[Pair] | None:
    """The pairs that the padding comes to, where every axis' is known."""
    pairs = [(axis.before, axis.after) for axis in site.axes if isinstance(axis, WindowAxis)]
    known = [(before, after) for before, after in pairs if before is not None and after is not None]
    return known if known and len(known) == len(pairs) else None


def _padding_fixes(site: Site) -> Iterator[Fix]:
    """Ways to write the padding: as numbers, as a name that means the same, or in a layer of its own before."""
    pairs, rules = _resolved(site), site.rules
    if pairs is None or rules is None:
        return
    if rules.numbers and (rules.uneven or all(before == after for before, after in pairs)):
        text = simplest(pairs)
        yield Fix(f"set {site.spelled('padding')} to {text}", setting(site, "padding", text), "safe")
        return
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    if "valid" in rules.named and all(pair == (0, 0) for pair in pairs):
        yield Fix(f'set {site.spelled("padding")} to "valid"', setting(site, "padding", "valid"), "safe")
        return
    if "same" in rules.named - rules.unit_stride_names and _equals_same(axes):
        yield Fix(f'set {site.spelled("padding")} to "same"', setting(site, "padding", "same"), "safe")
    if isinstance(site.layer, Convolution):
        insertion = inserting_before(site, {"type": "pad", "padding": simplest(pairs)})
        if insertion and "padding" in site.spelling:
            title = f"put a `pad` layer with padding {simplest(pairs)} before and remove {site.spelled('padding')}"
            yield Fix(title, (*removing(site, "padding"), *insertion), "safe")
    if rules.numbers and all(axis.effective_kernel % 2 for axis in axes):
        half = one_or_list([axis.effective_kernel // 2 for axis in axes])
        title = f"set {site.spelled('padding')} to {half}: the same size from windows placed otherwise"
        yield Fix(title, setting(site, "padding", half))


def _equals_same(axes: list[WindowAxis]) -> bool:
    """Whether explicit padding is exactly what "same" would put."""
    return all(
        (axis.before, axis.after) == resolve("same", axis.size, axis.kernel, axis.stride, axis.dilation)
        for axis in axes
    )


def _padding_help(site: Site) -> str:
    pairs = _resolved(site)
    return f"put a `pad` layer with padding {simplest(pairs)} before" if pairs else "put a `pad` layer before"


def _overpadded(site: Site, limit: str, most: Callable[[int], int]) -> tuple[int, WindowAxis, int | list[int]] | None:
    """The first axis padded above its limit, and paddings that keep to it; None where all do."""
    axes = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    if site.rules is None or site.rules.padding_limit != limit or is_negative(site) or _by_name(site):
        return None
    for index, axis in enumerate(axes):
        if max(axis.before or 0, axis.after or 0) > most(axis.kernel):
            kept = [min(most(one.kernel), max(one.before or 0, one.after or 0)) for one in axes]
            return index, axis, one_or_list(kept)
    return None


def _by_name(site: Site) -> bool:
    return isinstance(getattr(site.layer, "padding", 0), str)


@diagnostic("F303", on=(Pool,), traits=("about padding", "about unknowns"))
def padding_exceeds_half_kernel(site: Site) -> Iterator[Fact]:
    """A pool pads more than half its kernel, so that some window would see nothing but padding.

    PyTorch's pools allow `padding <= kernel_size // 2` on each axis; the dilation does not count.
    """
    found = _overpadded(site, "half kernel", lambda kernel: kernel // 2)
    if found:
        index, axis, value = found
        yield Fact(
            f"{site.spelled('padding')} is {axis.before} on axis {index}, more than half of"
            f" {site.spelled('kernel_size')} {axis.kernel}",
            site.entry("padding", index),
            help=f"give {site.spelled('padding')} at most {axis.kernel // 2}, or a larger kernel",
            fixes=(Fix(f"set {site.spelled('padding')} to {value}", setting(site, "padding", value)),),
        )


@diagnostic("F307", on=(Pool,), traits=("about padding", "about unknowns"))
def padding_covers_kernel(site: Site) -> Iterator[Fact]:
    """A pool pads as much as its kernel spans or more, so that some window would see nothing but padding.

    ONNX's pools allow padding below the kernel on each side of each axis; the dilation does not count.
    """
    found = _overpadded(site, "below kernel", lambda kernel: kernel - 1)
    if found:
        index, axis, value = found
        yield Fact(
            f"{site.spelled('padding')} is {max(axis.before or 0, axis.after or 0)} on axis {index}, not below"
            f" {site.spelled('kernel_size')} {axis.kernel}",
            site.entry("padding", index),
            help=f"give {site.spelled('padding')} at most {axis.kernel - 1} there, or a larger kernel",
            fixes=(Fix(f"set {site.spelled('padding')} to {value}", setting(site, "padding", value)),),
        )


@check(on=(TransposedConvolution,))
def cropped_beyond_input(site: Site) -> Iterator[Fact]:
    """Where an output of size 0 is defined, the dilated and padded input must still have 0 positions or more."""
    for index, axis in enumerate(site.axes):
        if (
            isinstance(axis, TransposedAxis)
            and axis.empty_output
            and (axis.unclamped_output or 0) + axis.effective_kernel - 1 < 0
        ):
            size = ((axis.size or 1) - 1) * axis.stride + 1
            message = (
                f"{site.spelled('padding')} crops more than the {size} positions of axis {index} of the dilated input"
            )
            yield Fact(message, "padding", help="crop less", rule=DIAGNOSTICS["padding-exceeds-input"])
            return


@diagnostic("F308", on=(Pad,))
def padding_meets_itself(site: Site) -> Iterator[Fact]:
    """Circular padding adds at one end and crops at the other, more than the output has room for.

    PyTorch copies what wraps around from one end of its output to the other. With `p` positions added at one end, the
    other end cropped, and fewer than `2*p` positions in the output, the two overlap: where the axes before have size 1
    it refuses the copy, and elsewhere it returns memory that was never written. The values given here are those of the
    wrapped input.
    """
    layer = site.layer
    if not isinstance(layer, Pad) or layer.mode != "circular" or not site.framework.pads.copies_within_output:
        return
    axes = [axis for axis in site.axes if isinstance(axis, PaddedAxis)]
    leading = prod(size or 1 for size in (site.shape or ())[: -len(axes) or None])
    for index, axis in enumerate(axes):
        output, added = axis.output, max(axis.before, axis.after)
        if min(axis.before, axis.after) < 0 < added and output is not None and 0 < output < 2 * added:
            refused = leading == 1 and output != added
            yield Fact(
                f"{added} positions wrap around axis {index}, which has {output} after cropping: where they are copied"
                f" from overlaps where they go{f', which {site.framework.title} refuses' if refused else ''}",
                "padding",
                help="crop in a layer of its own, before",
                severity=None if refused else "warning",
            )
        leading *= output or 1


@diagnostic("F304", on=(Convolution, Pad), traits=("about padding", "about unknowns", "too small"))
def padding_exceeds_input(site: Site) -> Iterator[Fact]:
    """Padding takes more from the input than the input has.

    `reflect` copies up to `i - 1` positions, `circular` up to `i`; `replicate` and `zeros` any number. Negative
    amounts crop, together at most the `i` positions there are where cropping comes first.
    """
    pads, of_its_own = site.framework.pads, isinstance(site.layer, Pad)
    mode = site.layer.mode if isinstance(site.layer, Pad) else getattr(site.layer, "padding_mode", "zeros")
    padding = getattr(site.layer, "padding", 0)
    spare = LEFT_OUT_OF_COPIES.get(mode) if mode in pads.limited else None
    if spare is None and type(padding) is int and padding >= 0:
        return
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis | PaddedAxis) or axis.size is None:
            continue
        size = axis.dilated_size or 0 if isinstance(axis, WindowAxis) else axis.size
        before, after = axis.before or 0, axis.after or 0
        cropped = -min(before, 0) - min(after, 0)
        kept = pads.least_kept.get(mode) if of_its_own else None
        if size + before + after < 0 or (kept is not None and cropped > size - kept):
            yield Fact(
                f"{site.spelled('padding')} crops {cropped} positions of axis {index}, which has {size}",
                site.entry("padding", index),
                help=f"crop at most {size - (kept or 0)} there",
            )
            return
        if spare is None:
            continue
        most = size - spare - (cropped if pads.limited_after_crop else 0)
        if (asked := max(before, after)) > max(most, 0):
            yield Fact(
                f"`{mode}` padding of {asked} on axis {index} exceeds the {most} that an input of {axis.size} can give",
                site.entry("padding", index),
                help=f"pad at most {max(most, 0)} there, or with another mode",
            )
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
    """Of `output_size` and `output_padding` what is too small and looked at, where it stands, and the least there is.

    Nothing looks at batch and channels in an `output_size`, nor at an `output_padding` that it replaces.
    """
    layer = site.layer
    assert isinstance(layer, TransposedConvolution)
    if isinstance(layer.output_size, list):
        unread = len(layer.output_size) - (site.rank or 0)
        yield from (
            ("output_size", index, size, 1)
            for index, size in enumerate(layer.output_size)
            if size < 1 and index >= unread
        )
    replaced = layer.output_size is not None and site.rules is not None and not site.rules.output_size_crops
    if layer.output_padding is None or replaced:
        return
    if isinstance(layer.output_padding, int):
        if layer.output_padding < 0:
            yield "output_padding", None, layer.output_padding, 0
        return
    yield from (("output_padding", index, extra, 0) for index, extra in enumerate(layer.output_padding) if extra < 0)


@diagnostic("F305", on=(TransposedConvolution,), traits=("about padding", "about unknowns"))
def output_padding_out_of_range(site: Site) -> Iterator[Fact]:
    """`output_padding` is not below the stride (or the dilation), or `output_size` is out of reach.

    It does not pad: it chooses among the `stride` input sizes that a convolution would map to this layer's input.
    """
    layer, rules = site.layer, site.rules
    assert isinstance(layer, TransposedConvolution)
    if rules is None or (layer.output_padding is None and layer.output_size is None) or any(_below_least(site)):
        return
    by_size = layer.output_size is not None
    given = None if by_size else site.per_axis("output_padding")
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, TransposedAxis):
            continue
        limit = axis.stride if by_size else rules.output_padding_limit(axis.stride, axis.dilation)
        extra = given[index] if given else axis.output_padding
        by_name = isinstance(layer.padding, str) and not by_size
        if by_name and not rules.takes_output_padding_with_name(str(layer.padding), axis.effective_kernel, extra):
            message = (
                f'{site.spelled("output_padding")} is 0 beside "same" and an even window of {axis.effective_kernel}'
            )
            yield Fact(
                message, "output_padding", help=f"leave {site.spelled('output_padding')} out, or give it 1 or more"
            )
            return
        if 0 <= extra < limit:
            continue
        if by_size and axis.output is not None and rules.output_size_crops and axis.output_padding == 0:
            continue
        if by_size and axis.output is not None:
            least = axis.output - axis.output_padding
            reach = f"{least} to {least + limit - 1}"
            message = f"{site.spelled('output_size')} is {axis.output} on axis {index}, outside {reach}"
            at = site.entry("output_size", index - (site.rank or 0))
            yield Fact(message, at, help=f"give it from {reach} there")
        else:
            bound = f"{rules.output_padding_below} {limit}"
            message = f"{site.spelled('output_padding')} is {extra} on axis {index}, not below the {bound}"
            yield Fact(message, site.entry("output_padding", index), help=f"give it at most {limit - 1} there")
        return
