"""Windows that are accepted and surprise: positions that are never read, windows in the padding, even kernels."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import DIAGNOSTICS, diagnostic
from service.core.geometry.axes import Axis, WindowAxis
from service.core.geometry.padding_pairs import SAME
from service.core.layers.base import Site
from service.core.layers.convolution import Convolution
from service.core.layers.pointers import Pointer
from service.core.layers.pools import Pool
from service.core.layers.separable import DepthwiseConvolution


@diagnostic("W501", "warning", on=(Convolution, DepthwiseConvolution, Pool))
def unread_input(site: Site) -> Iterator[Fact]:
    """Trailing positions of the input are read by no window.

    `(i + P - e)` is not a multiple of the stride, so the division in the size formula is floored and what is left over
    is never read. Given for the first axis that has any. Rows that fall between windows anyway (a stride above the
    window) are not reported, nor is padding: of the layer, or of a padding layer before it.
    """
    for index, axis in enumerate(site.axes):
        if not isinstance(axis, WindowAxis) or axis.unread is None or axis.padded_size is None or axis.size is None:
            continue
        spare = axis.unread - max(axis.after or 0, 0)
        unread = -(-spare // axis.input_dilation)
        if spare <= max(axis.stride - axis.effective_kernel, 0):
            continue
        first, last = axis.size - unread, axis.size - 1
        where = (
            f"position {last} of axis {index} is" if unread == 1 else f"positions {first} to {last} of axis {index} are"
        )
        yield Fact(
            f"{where} never read: ({axis.padded_size} - {axis.effective_kernel}) / {axis.stride} is not whole, so it is"
            f" floored to {(axis.output or 1) - 1}",
            "stride",
            help=f"give the input {first} positions there, or pad it by {axis.stride - axis.unread} more",
        )
        return


@diagnostic("W502", "warning", on=(Convolution, DepthwiseConvolution, Pool))
def padding_only_window(site: Site) -> Iterator[Fact]:
    """The first or last window sees nothing but padding, so its output says nothing of the input.

    A convolution gives its bias there, a maximum pool minus infinity, a mean that leaves padding out 0/0.
    """
    for index, axis in enumerate(site.axes):
        message = only_padding(index, axis)
        if message:
            yield Fact(message, "padding", help=f"pad less than {getattr(axis, 'effective_kernel', 1)} there")
            return


def only_padding(index: int, axis: Axis) -> str | None:
    """Which window of an axis sees nothing but padding, in words; None where none does."""
    if not isinstance(axis, WindowAxis) or axis.size is None or not axis.output or axis.before is None:
        return None
    last_start = (axis.output - 1) * axis.stride - axis.before
    if axis.before < axis.effective_kernel and last_start < (axis.dilated_size or 0):
        return None
    which = "first" if axis.before >= axis.effective_kernel else "last"
    return (
        f"the {which} window on axis {index} spans {axis.effective_kernel} positions, all of them in the padding"
        f" ({axis.before} before, {axis.after} after)"
    )


def padding_only_answer(axes: Sequence[Axis], at: Pointer) -> Iterator[Fact]:
    """The warning that a padding which was solved for puts a whole window into the padding; for the first such axis."""
    messages = (message for index, axis in enumerate(axes) if (message := only_padding(index, axis)))
    for message in list(messages)[:1]:
        help_text = "ask for a smaller output, use a larger kernel, or enlarge the input by another layer"
        yield Fact(message, anchor=at, help=help_text, rule=DIAGNOSTICS["padding-only-window"])


def padding_only_solutions(count: int, listed: int, example: Mapping[str, Any], at: Pointer) -> Iterator[Fact]:
    """The warning that some of the solutions that are listed pad as much as their window spans, or more."""
    shown = ", ".join(f"`{name}` {value}" for name, value in example.items())
    yield Fact(
        f"{count} of the {listed} solutions listed {'pads' if count == 1 else 'pad'} by as much as the window spans or"
        f" more, so that some windows see nothing but padding: {shown}",
        anchor=at,
        help="keep `bounds` of `padding` below the window",
        rule=DIAGNOSTICS["padding-only-window"],
    )


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
            less, more = axis.before - 1, axis.before
            yield Fact(
                f"{site.spelled('padding')} {more} on both ends of axis {index} makes {axis.output} of {axis.size}: a"
                f" window of {axis.effective_kernel} keeps the size with {less} and {more}",
                "padding",
                help=f"use an odd kernel, or pad axis {index} by {less} before and {more} after",
            )
            return


@diagnostic("W515", "warning", on=(Convolution, Pool))
def same_padding_with_dilation(site: Site) -> Iterator[Fact]:
    """SAME padding stands beside a dilation, which the framework's runtime does not do as it is specified.

    The sizes here are the specification's. onnxruntime refuses such a convolution, and computes the padding of such a
    pool as if there were no dilation. Amounts give the same sizes in both.
    """
    dilations = site.per_axis("dilation")
    odd = None if site.rules is None else site.rules.same_with_dilation
    padding = getattr(site.layer, "padding", None)
    if odd is None or not isinstance(padding, str) or padding not in SAME or not dilations or max(dilations) == 1:
        return
    pairs = [axis.padding for axis in site.axes if isinstance(axis, WindowAxis) and axis.padding is not None]
    amounts = site.framework.spell_padding(pairs) if pairs and len(pairs) == len(site.axes) else {}
    instead = " and ".join(f"`{word}` {value}" for word, value in amounts.items()) or "amounts"
    runtime = site.framework.version.rpartition("with ")[2].partition(" ")[0]
    yield Fact(
        f"{site.spelled('padding')} {padding} stands beside a dilation of {max(dilations)}: {runtime} {odd}",
        "padding",
        help=f"give {instead} in its place, which computes the same",
    )
