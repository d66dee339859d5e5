"""The solve question: every combination of the unknown parameters that gives a wanted output size.

Axis by axis, each combination of kernel, dilation, stride and padding within its bounds is tried against the
framework's rules; the input size, where it is unknown, is found by bisection, since the output never falls as the
input grows. Combinations that all axes have in common come first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from math import prod
from typing import Any

from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import effective_kernel
from service.core.geometry.padding_pairs import read_padding
from service.core.layers.base import Site
from service.core.layers.pools import Pool
from service.core.layers.spatial import window_axis
from service.core.layers.transposed_convolution import TransposedConvolution, transposed_axis
from service.core.questions.combinations import Candidate, Solutions, combined, common_to_all, count_combined

DEFAULT_BOUNDS: Mapping[str, tuple[int, int]] = {
    "kernel_size": (1, 11),
    "stride": (1, 8),
    "padding": (0, 11),
    "dilation": (1, 4),
    "output_padding": (0, 7),
    "input_size": (1, 1024),
}
"""Of each unknown that there is, the least and greatest value that are tried unless the question says others."""
UNKNOWNS = tuple(DEFAULT_BOUNDS)
WIDEST_BOUNDS: Mapping[str, int] = dict.fromkeys(DEFAULT_BOUNDS, 4096) | {"input_size": 65_536}
"""Values between the bounds of a parameter, at most."""
MOST_TRIALS = 100_000
"""Output sizes computed for one question, at most; chosen so that an answer takes less than a second."""
MOST_SHARED_TRIALS = 1_000_000
"""The same for all the questions of a batch."""


@dataclass(frozen=True, kw_only=True)
class SolveQuestion:
    """A layer in its place, the output wanted on each axis, what is unknown and within which bounds."""

    site: Site
    wanted: Sequence[int]
    unknown: frozenset[str]
    bounds: Mapping[str, tuple[int, int]]
    limit: int

    def span(self, name: str) -> range:
        """The values of an unknown that are tried."""
        least, greatest = self.bounds.get(name, DEFAULT_BOUNDS[name])
        return range(least, greatest + 1)


class TrialBudget:
    """Counts the output sizes that are computed, and says when there are too many."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.exhausted = False

    def take(self, count: int) -> bool:
        """Use some of the budget.

        Returns:
            Whether so many more may be computed.
        """
        self.left -= count
        self.exhausted = self.exhausted or self.left < 0
        return not self.exhausted


def solve(question: SolveQuestion, *, share: int = 1) -> Solutions:
    """Every combination within the bounds, simplest first; `complete` is false when a limit cut the list.

    `share` is the number of questions that the work is shared among.
    """
    budget = TrialBudget(min(MOST_TRIALS, MOST_SHARED_TRIALS // share))
    axes = [_axis_solutions(question, index, budget) for index in range(len(question.wanted))]
    common = common_to_all(axes)
    if common or len(axes) == 1:
        combinations: Iterator[tuple[Candidate, ...]] = ((candidate,) * len(axes) for candidate in common)
        count = sum(prod(len(solutions[candidate]) for solutions in axes) for candidate in common)
    else:
        combinations = combined(axes, question.site.rules)
        count = count_combined(axes, question.site.rules)
    listed = list(islice(_spelled(question, axes, combinations), question.limit))
    return Solutions(
        listed=listed,
        count=count,
        complete=not budget.exhausted and len(listed) == count,
        per_axis=not common and len(axes) > 1,
    )


def _axis_solutions(question: SolveQuestion, index: int, budget: TrialBudget) -> dict[Candidate, range]:
    """For one axis the combinations that give the output, each with its input sizes."""
    given, rules = question.site.spatial[index], question.site.rules
    sizes = range(given, given + 1) if given is not None else question.span("input_size")
    bisections = 2 * len(sizes).bit_length()
    solutions: dict[Candidate, range] = {}
    for candidate in _candidates(question, index):
        if not budget.take(1):
            break
        if rules is None or not _accepts(rules, candidate):
            continue
        if not budget.take(bisections):
            break
        fitting = _fitting_sizes(question, rules, candidate, index, sizes)
        if fitting:
            solutions[candidate] = fitting
    return solutions


# --- candidates -------------------------------------------------------------------------------------------------------


def _candidates(question: SolveQuestion, index: int) -> Iterator[Candidate]:
    """Every combination within the bounds, known parameters as they are; odd and smaller kernels first."""
    kernels = sorted(_values(question, "kernel_size", index), key=lambda kernel: (kernel % 2 == 0, kernel))
    extras = _output_paddings(question, index)
    for kernel, dilation in product(kernels, _values(question, "dilation", index)):
        for stride in _strides(question, kernel, index):
            for padding in _paddings(question, index):
                for extra in extras:
                    yield Candidate(kernel, stride, dilation, padding, extra)


def _values(question: SolveQuestion, name: str, index: int) -> Sequence[int]:
    """The values of a per-axis parameter to try: all within the bounds, or the one that is given."""
    if name in question.unknown:
        return question.span(name)
    known = question.site.per_axis(name) if hasattr(question.site.layer, name) else None
    return [known[index] if known else 1]


def _strides(question: SolveQuestion, kernel: int, index: int) -> Sequence[int]:
    """The strides to try; one that is left out is the framework's default, which may be the kernel."""
    site = question.site
    if "stride" not in question.unknown and isinstance(site.layer, Pool) and site.layer.stride is None:
        return [kernel if site.rules is not None and site.rules.default_stride == "kernel" else 1]
    return _values(question, "stride", index)


def _paddings(question: SolveQuestion, index: int) -> Iterator[tuple[int, int] | str]:
    """The paddings to try: amounts, uneven ones where the layer takes them, or names where it takes only those."""
    site, rules = question.site, question.site.rules
    if "padding" not in question.unknown:
        padding = read_padding(getattr(site.layer, "padding", 0), site.rank or 0)
        if padding is not None:
            yield padding if isinstance(padding, str) else padding[index]
    elif rules is not None and not rules.numbers:
        yield from sorted(rules.named)
    else:
        amounts = question.span("padding")
        yield from ((amount, amount) for amount in amounts)
        if rules is not None and rules.uneven:
            yield from ((before, after) for before in amounts for after in amounts if before != after)


def _output_paddings(question: SolveQuestion, index: int) -> Sequence[int | None]:
    layer = question.site.layer
    if not isinstance(layer, TransposedConvolution):
        return [None]
    if "output_padding" in question.unknown:
        return question.span("output_padding")
    given = None if layer.output_padding is None else question.site.per_axis("output_padding")
    return [given[index] if given else None]


# --- what a framework accepts, and what comes out ---------------------------------------------------------------------


def _accepts(rules: WindowRules, candidate: Candidate) -> bool:
    """Whether the framework's layer takes the combination on one axis, its input aside."""
    stride, dilation, extra, padding = candidate.stride, candidate.dilation, candidate.output_padding, candidate.padding
    if extra is not None and not rules.takes_output_padding(extra, stride, dilation):
        return False
    if not isinstance(padding, str):
        return bool(rules.takes_window(candidate.kernel, stride, dilation, *padding))
    effective = effective_kernel(candidate.kernel, dilation)
    if extra is not None and not rules.takes_output_padding_with_name(padding, effective, extra):
        return False
    takes_window = rules.takes_window(candidate.kernel, stride, dilation)
    return bool(takes_window and rules.takes_name_with_stride(padding, stride))


def _fitting_sizes(
    question: SolveQuestion, rules: WindowRules, candidate: Candidate, index: int, sizes: range
) -> range:
    """The input sizes for which the combination is accepted and gives the output."""
    site, wanted = question.site, question.wanted[index]
    input_dilations = site.per_axis("input_dilation") if hasattr(site.layer, "input_dilation") else None
    if isinstance(candidate.padding, str) and not rules.takes_name_with_input_dilation(max(input_dilations or (1,))):
        return range(0)
    input_dilation = input_dilations[index] if input_dilations else 1

    def output(size: int) -> int:
        return _output(site, rules, candidate, size, input_dilation)

    start, stop = (bisect(sizes, wanted, key=output) for bisect in (bisect_left, bisect_right))
    fitting = sizes[start:stop]
    least = _least_input(site, rules, candidate)
    return range(max(fitting.start, least), max(fitting.stop, least)) if fitting else fitting


def _least_input(site: Site, rules: WindowRules, candidate: Candidate) -> int:
    """The smallest input that the framework's rules take, whatever comes out."""
    effective = effective_kernel(candidate.kernel, candidate.dilation)
    least = 1 if rules.takes_input(1, effective) else effective
    left_out = site.framework.pads.left_out(getattr(site.layer, "padding_mode", "zeros"))
    copied = max(candidate.padding) if isinstance(candidate.padding, tuple) else effective - 1
    return least if left_out is None else max(least, copied + left_out)


def _output(site: Site, rules: WindowRules, candidate: Candidate, size: int, input_dilation: int) -> int:
    """The output size of one axis; 0 and below where nothing fits."""
    kernel, stride, dilation, padding = candidate.kernel, candidate.stride, candidate.dilation, candidate.padding
    if isinstance(site.layer, TransposedConvolution):
        return transposed_axis(rules, size, kernel, stride, dilation, padding, candidate.output_padding).output or 0
    ceil_mode = getattr(site.layer, "ceil_mode", False)
    window = window_axis(
        rules, size, kernel, stride, dilation, padding, ceil_mode=ceil_mode, input_dilation=input_dilation
    )
    return window.output or 0


# --- solutions as parameters ------------------------------------------------------------------------------------------


def _spelled(
    question: SolveQuestion, axes: Sequence[Mapping[Candidate, range]], combinations: Iterator[tuple[Candidate, ...]]
) -> Iterator[dict[str, Any]]:
    """Each solution as parameters: one value where all axes have the same, a list where they differ."""
    for combination in combinations:
        values = {
            "kernel_size": one_or_all([candidate.kernel for candidate in combination]),
            "stride": one_or_all([candidate.stride for candidate in combination]),
            "padding": _padding([candidate.padding for candidate in combination]),
            "dilation": one_or_all([candidate.dilation for candidate in combination]),
            "output_padding": one_or_all([candidate.output_padding for candidate in combination]),
        }
        parameters = {name: values[name] for name in UNKNOWNS if name in question.unknown and name in values}
        if "input_size" not in question.unknown:
            yield parameters
            continue
        for sizes in product(*(axis[candidate] for axis, candidate in zip(axes, combination, strict=True))):
            yield {**parameters, "input_size": one_or_all(sizes)}


def pads_a_whole_window(site: Site, solution: Mapping[str, Any]) -> bool:
    """Whether the padding of a solution is as long as its window on some axis, of a layer that pads its input."""
    layer, rank = site.layer, site.rank or 0
    pairs = read_padding(solution.get("padding", getattr(layer, "padding", 0)), rank)
    if isinstance(layer, TransposedConvolution) or pairs is None or isinstance(pairs, str):
        return False
    kernels, dilations = (
        site.per_axis(name, solution.get(name)) if hasattr(layer, name) else None
        for name in ("kernel_size", "dilation")
    )
    windows = zip(pairs, kernels or (), dilations or (1,) * rank, strict=False)
    return any(max(pair) >= effective_kernel(kernel, dilation) for pair, kernel, dilation in windows)


def _padding(paddings: Sequence[tuple[int, int] | str]) -> Any:
    """Padding as a caller writes it: a name, one amount, one an axis, or a pair an axis if any of them is uneven."""
    pairs = [padding for padding in paddings if not isinstance(padding, str)]
    if len(pairs) < len(paddings):
        return paddings[0]
    if any(before != after for before, after in pairs):
        return [list(pair) for pair in pairs]
    return one_or_all([before for before, _ in pairs])


def one_or_all(values: Sequence[Any]) -> Any:
    """One value where all are the same, else the list of them."""
    return values[0] if all(value == values[0] for value in values) else list(values)
