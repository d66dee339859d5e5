"""The padding question: which padding gives a wanted output size.

Sizes that depend on the input may be asked for by name: "same", and "causal", which pads before only.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.core.diagnostics import Diagnostic, inspect, placed
from service.core.diagnostics.questions import unreachable_output_size
from service.core.diagnostics.window_warnings import padding_only_answer
from service.core.geometry.arithmetic import floor_output, padding_totals, same_output, split
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.geometry.shapes import LARGEST
from service.core.layers.base import Site
from service.core.layers.pointers import Pointer
from service.core.questions.equivalents import Equivalent, equivalents

CAUSAL = "causal"


@dataclass(frozen=True, kw_only=True)
class AxisPadding:
    """The paddings of one axis that give the output; where none does, the nearest outputs that some padding gives."""

    output: int
    axis: WindowAxis | TransposedAxis | None
    total: tuple[int, int] | None
    below: int | None = None
    above: int | None = None


@dataclass(frozen=True, kw_only=True)
class PaddingSolution:
    """One padding for all axes, if there is one; how to write it; and what is wrong with the layer or the question."""

    axes: list[AxisPadding]
    diagnostics: list[Diagnostic]
    equivalents: dict[str, Equivalent] | None = None

    @property
    def solvable(self) -> bool:
        """Whether every axis has a padding."""
        return bool(self.axes) and all(axis.axis is not None for axis in self.axes)


def solve_padding(site: Site, wanted: int | Sequence[int] | str, at: Pointer) -> PaddingSolution:
    """The smallest padding that gives the wanted size, the same before and after if that is possible."""
    errors = [diagnostic for diagnostic in inspect(site) if diagnostic.is_error]
    others = [diagnostic for diagnostic in errors if not diagnostic.has("about padding")]
    if others or not site.axes:
        return PaddingSolution(axes=[], diagnostics=others)
    sizes, causal = _wanted(site, wanted), wanted == CAUSAL
    solved = [_solve(site, axis, output, causal=causal) for axis, output in zip(site.axes, sizes, strict=True)]
    diagnostics: list[Diagnostic] = []
    for index, axis in enumerate(solved):
        if axis.axis is None:
            diagnostics += placed(unreachable_output_size(index, axis.output, axis.below, axis.above, at))
    axes = [axis.axis for axis in solved if axis.axis is not None]
    ways = None if diagnostics else equivalents(site, axes)
    if ways is not None:
        diagnostics += placed(padding_only_answer(axes, at))
    return PaddingSolution(axes=solved, diagnostics=diagnostics, equivalents=ways)


def _wanted(site: Site, wanted: int | Sequence[int] | str) -> list[int]:
    """The wanted size of each axis; by name it is `ceil(i / s)`, or `i * s` of a transposed convolution."""
    if isinstance(wanted, int):
        return [wanted] * len(site.axes)
    if not isinstance(wanted, str):
        return list(wanted)
    sizes = []
    for axis in site.axes:
        if isinstance(axis, TransposedAxis):
            sizes.append((axis.size or 1) * axis.stride)
        elif isinstance(axis, WindowAxis):
            sizes.append(same_output(axis.dilated_size or 1, axis.stride))
    return sizes


def _solve(site: Site, axis: object, output: int, *, causal: bool) -> AxisPadding:
    if isinstance(axis, TransposedAxis):
        return _solve_transposed(site, axis, output, causal=causal)
    if isinstance(axis, WindowAxis):
        return _solve_window(axis, output, _most_padding(site, axis), causal=causal)
    raise TypeError(f"{site.kind.name} has no padding to solve for")


def _most_padding(site: Site, axis: WindowAxis) -> int:
    """The most padding that one end of an axis takes: by the framework's rules, or by what there is to copy."""
    rules, mode = site.rules, getattr(site.layer, "padding_mode", "zeros")
    most = LARGEST if rules is None else rules.most_padding(axis.kernel)
    left_out = site.framework.pads.left_out(mode)
    return most if left_out is None else min(most, (axis.dilated_size or 1) - left_out)


def _solve_window(axis: WindowAxis, output: int, most: int, *, causal: bool) -> AxisPadding:
    """The least even padding of a window axis, or the nearest output."""
    size, effective = axis.dilated_size or 1, axis.effective_kernel
    total = _ceil_totals(axis, output) if axis.ceil_mode else padding_totals(size, output, effective, axis.stride)
    if total is None:
        unpadded = replace(axis, before=0, after=0)
        least = (unpadded.output if axis.ceil_mode else floor_output(size, effective, axis.stride)) or 0
        return AxisPadding(output=output, axis=None, total=None, above=max(least, 1))
    before, after = (effective - 1, 0) if causal else split(_preferred(total))
    if max(before, after) > most:
        padded = replace(axis, before=min(before, most), after=min(after, most))
        return AxisPadding(output=output, axis=None, total=None, below=padded.output)
    return AxisPadding(output=output, axis=replace(axis, before=before, after=after), total=total)


def _preferred(total: tuple[int, int]) -> int:
    """The least even total of a range; the least of all where the range holds no even one."""
    least, greatest = total
    even = least + least % 2
    return even if even <= greatest else least


def _ceil_totals(axis: WindowAxis, output: int) -> tuple[int, int] | None:
    """The total paddings for which the ceiling formula, last-window rule included, gives the output.

    The output never falls as the total grows, so both ends are found by bisection.
    """

    def outputs(total: int) -> int:
        before, after = split(total)
        return replace(axis, before=before, after=after).output or 0

    candidates = range((output + 1) * axis.stride + axis.effective_kernel + 1)
    least, stop = (bisect(candidates, output, key=outputs) for bisect in (bisect_left, bisect_right))
    return (least, stop - 1) if least < stop else None


def _solve_transposed(site: Site, axis: TransposedAxis, output: int, *, causal: bool) -> AxisPadding:
    """`P - output_padding = (i - 1)*s + e - o`, with the least even P that leaves `output_padding` in its range.

    A causal one crops after only.
    """
    limit = 1 if site.rules is None else site.rules.output_padding_limit(axis.stride, axis.dilation)
    uncropped = replace(axis, before=0, after=0, output_padding=0).output or 0
    excess = uncropped - output
    if excess + limit - 1 < 0:
        return AxisPadding(output=output, axis=None, total=None, below=uncropped + limit - 1)
    total = (max(excess, 0), excess + limit - 1)
    chosen = total[0] if causal else _preferred(total)
    before, after = (0, chosen) if causal else split(chosen)
    solved = replace(axis, before=before, after=after, output_padding=chosen - excess)
    return AxisPadding(output=output, axis=solved, total=total)
