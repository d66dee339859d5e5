"""The solve question: every combination of the unknown parameters that gives a wanted output size.

Axis by axis, each combination of kernel, dilation, stride and padding within its bounds is tried against the
framework's rules; the input size, where it is unknown, is found by bisection, since the output never falls as the
input grows. What the axes have in common comes first.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice, product
from math import prod
from typing import Any

from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import effective_kernel
from service.core.geometry.axes import TransposedAxis, WindowAxis
from service.core.geometry.padding import Pair, normalize, resolve
from service.core.layers.base import Site
from service.core.layers.pools import Pool
from service.core.layers.windows import Convolution, TransposedConvolution

UNKNOWNS = ("kernel_size", "stride", "padding", "dilation", "output_padding", "input_size")
DEFAULT_BOUNDS: Mapping[str, tuple[int, int]] = {
    "kernel_size": (1, 11),
    "stride": (1, 8),
    "padding": (0, 11),
    "dilation": (1, 4),
    "output_padding": (0, 7),
    "input_size": (1, 1024),
}
WIDEST_BOUNDS: Mapping[str, int] = dict.fromkeys(UNKNOWNS, 4096) | {"input_size": 65_536}
"""Values between the bounds of a parameter, at most."""
MOST_TRIALS = 100_000
"""Output sizes computed for one question, at most."""
MOST_SHARED_TRIALS = 1_000_000
"""The same for all the questions of a batch."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One combination of parameters of one axis; an input size of 0 stands for the one that is given."""

    kernel: int
    stride: int
    dilation: int
    padding: Pair | str
    output_padding: int | None

    @property
    def rank(self) -> tuple[Any, ...]:
        """Simplest first: odd and smaller kernels, no dilation, smaller strides, even and smaller padding."""
        pair = self.padding if isinstance(self.padding, tuple) else (0, 0)
        return (
            self.kernel % 2 == 0,
            self.kernel,
            self.dilation,
            self.stride,
            pair[0] != pair[1],
            sum(pair),
            pair,
            str(self.padding),
            self.output_padding or 0,
        )


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: a layer in its place, the output wanted, what is unknown and within which bounds."""

    site: Site
    wanted: Sequence[int]
    unknown: frozenset[str]
    bounds: Mapping[str, tuple[int, int]]
    limit: int


@dataclass(frozen=True, kw_only=True)
class Solutions:
    """The solutions listed, how many there are, and whether these are all of them."""

    listed: list[dict[str, Any]]
    count: int
    complete: bool
    per_axis: bool


def search(question: Question, *, share: int = 1) -> Solutions:
    """Every combination within the bounds, simplest first; `complete` is false when a limit cut the list.

    `share` is the number of questions that the work is shared among.
    """
    trials = Trials(min(MOST_TRIALS, MOST_SHARED_TRIALS // share))
    found = [_axis_solutions(question, index, trials) for index in range(len(question.wanted))]
    common = set(found[0]).intersection(*found[1:])
    if common or len(found) == 1:
        ranked = sorted(common, key=lambda one: one.rank)
        combinations: Iterator[tuple[Candidate, ...]] = (((one,) * len(found)) for one in ranked)
        count = sum(prod(len(sizes[one]) for sizes in found) for one in ranked)
    else:
        combinations = _best_first([sorted(sizes, key=lambda one: one.rank) for sizes in found])
        count = prod(sum(map(len, sizes.values())) for sizes in found)
    listed = list(islice(_spelled(question, found, combinations), question.limit))
    return Solutions(
        listed=listed,
        count=count,
        complete=not trials.exhausted and len(listed) == count,
        per_axis=not common and len(found) > 1,
    )


class Trials:
    """Counts the combinations tried, and says when there were too many."""

    def __init__(self, most: int) -> None:
        self.left = most
        self.exhausted = False

    def take(self, count: int) -> bool:
        """Whether so many more may be tried."""
        self.left -= count
        self.exhausted = self.exhausted or self.left < 0
        return not self.exhausted


def _axis_solutions(question: Question, index: int, trials: Trials) -> dict[Candidate, range]:
    """For one axis the combinations that give the output, each with its input sizes."""
    given = question.site.spatial[index]
    sizes = range(given, given + 1) if given is not None else _span(question, "input_size")
    bisections = 2 * len(sizes).bit_length()
    solutions = {}
    for candidate in _candidates(question, index):
        rules = question.site.rules
        if not trials.take(1):
            break
        if rules is None or not _allowed(candidate, rules):
            continue
        if not trials.take(bisections):
            break
        fitting = _fitting_sizes(question, candidate, index, sizes)
        if fitting:
            solutions[candidate] = fitting
    return solutions


def _span(question: Question, name: str) -> range:
    least, greatest = question.bounds.get(name, DEFAULT_BOUNDS[name])
    return range(least, greatest + 1)


def _candidates(question: Question, index: int) -> Iterator[Candidate]:
    """Every combination within the bounds, known parameters as they are; kernels of the simpler kinds first."""
    site, unknown = question.site, question.unknown
    known = {name: site.per_axis(name) for name in ("kernel_size", "dilation") if hasattr(site.layer, name)}
    kernels = _values(question, "kernel_size", known.get("kernel_size"), index)
    dilations = _values(question, "dilation", known.get("dilation"), index)
    extras = _output_paddings(question, index)
    for kernel, dilation in product(sorted(kernels, key=lambda k: (k % 2 == 0, k)), dilations):
        strides = _span(question, "stride") if "stride" in unknown else [_known_stride(site, kernel, index)]
        for stride in strides:
            for padding in _paddings(question, index):
                for extra in extras:
                    yield Candidate(kernel, stride, dilation, padding, extra)


def _values(question: Question, name: str, known: tuple[int, ...] | None, index: int) -> Sequence[int]:
    return _span(question, name) if name in question.unknown else [known[index] if known else 1]


def _known_stride(site: Site, kernel: int, index: int) -> int:
    """The stride as given, or the framework's default, which may be the kernel."""
    if isinstance(site.layer, Pool) and site.layer.stride is None:
        return kernel if site.rules is not None and site.rules.default_stride == "kernel" else 1
    strides = site.per_axis("stride")
    return strides[index] if strides else 1


def _paddings(question: Question, index: int) -> Iterator[Pair | str]:
    """The paddings to try: amounts, uneven ones where the layer takes them, or names where it takes only those."""
    site = question.site
    amounts = _span(question, "padding")
    if "padding" not in question.unknown:
        normal = normalize(getattr(site.layer, "padding", 0), site.rank or 0)
        if normal is not None:
            yield normal if isinstance(normal, str) else normal[index]
    elif site.rules is not None and not site.rules.numbers:
        yield from sorted(site.rules.named)
    else:
        yield from ((amount, amount) for amount in amounts)
        if site.rules is not None and site.rules.uneven:
            yield from ((before, after) for before in amounts for after in amounts if before != after)


def _output_paddings(question: Question, index: int) -> Sequence[int | None]:
    layer = question.site.layer
    if not isinstance(layer, TransposedConvolution):
        return [None]
    if "output_padding" in question.unknown:
        return _span(question, "output_padding")
    given = None if layer.output_padding is None else question.site.per_axis("output_padding")
    return [given[index] if given else None]


def _allowed(candidate: Candidate, rules: WindowRules) -> bool:
    """Whether the framework's layer takes the combination, its input aside."""
    stride, dilation, extra, padding = candidate.stride, candidate.dilation, candidate.output_padding, candidate.padding
    if not rules.takes_stride_with_dilation(stride, dilation) or not rules.takes_value("dilation", dilation, 1):
        return False
    if extra is not None and not rules.takes_output_padding(extra, stride, dilation):
        return False
    if isinstance(padding, str):
        effective = effective_kernel(candidate.kernel, dilation)
        allowed = extra is None or rules.takes_output_padding_with_name(padding, effective, extra)
        return allowed and bool(rules.takes_name_with_stride(padding, stride))
    return bool(rules.takes_value("padding", padding, (0, 0)) and rules.takes_padding_of(*padding, candidate.kernel))


def _fitting_sizes(question: Question, candidate: Candidate, index: int, sizes: range) -> range:
    """The input sizes for which the combination is accepted and gives the output."""

    def output(size: int) -> int:
        return _output(question.site, candidate, size, hole)

    wanted, site = question.wanted[index], question.site
    holes = site.per_axis("input_dilation") if isinstance(site.layer, Convolution) else None
    hole = holes[index] if holes else 1
    if hole > 1 and isinstance(candidate.padding, str) and site.rules and not site.rules.named_with_input_dilation:
        return range(0)
    start, stop = (find(sizes, wanted, key=output) for find in (bisect_left, bisect_right))
    fitting = sizes[start:stop]
    least = _least_input(question.site, candidate)
    return range(max(fitting.start, least), max(fitting.stop, least)) if fitting else fitting


def _least_input(site: Site, one: Candidate) -> int:
    """The smallest input that the framework's rules take, whatever comes out."""
    effective = effective_kernel(one.kernel, one.dilation)
    least = 1 if site.rules is None or site.rules.takes_input(1, effective) else effective
    left_out = site.framework.pads.left_out(getattr(site.layer, "padding_mode", "zeros"))
    copied = max(one.padding) if isinstance(one.padding, tuple) else effective - 1
    return least if left_out is None else max(least, copied + left_out)


def _output(site: Site, one: Candidate, size: int, hole: int) -> int:
    """The output size of one axis; 0 and below where nothing fits."""
    assert site.rules is not None
    if isinstance(site.layer, TransposedConvolution):
        crop = site.rules.crop(one.padding, size, one.kernel, one.stride, one.dilation, one.output_padding)
        spread = TransposedAxis(
            size=size,
            kernel=one.kernel,
            stride=one.stride,
            dilation=one.dilation,
            before=crop.before,
            after=crop.after,
            output_padding=crop.output_padding,
        )
        return spread.output or 0
    padding = one.padding
    dilated = effective_kernel(size, hole)
    pair = resolve(padding, dilated, one.kernel, one.stride, one.dilation) if isinstance(padding, str) else padding
    before, after = pair or (0, 0)
    axis = WindowAxis(
        size=size,
        kernel=one.kernel,
        stride=one.stride,
        dilation=one.dilation,
        before=before,
        after=after,
        ceil_mode=getattr(site.layer, "ceil_mode", False),
        truncates=site.rules.truncates,
        input_dilation=hole,
    )
    return axis.output or 0


def _best_first(ranked: Sequence[Sequence[Candidate]]) -> Iterator[tuple[Candidate, ...]]:
    """Combinations of one candidate per axis, those of the best-ranked first."""
    if not all(ranked):
        return
    start = (0,) * len(ranked)
    heap, seen = [(0, start)], {start}
    while heap:
        _, places = heappop(heap)
        yield tuple(candidates[place] for candidates, place in zip(ranked, places, strict=True))
        for axis, candidates in enumerate(ranked):
            following = (*places[:axis], places[axis] + 1, *places[axis + 1 :])
            if following[axis] < len(candidates) and following not in seen:
                seen.add(following)
                heappush(heap, (sum(following), following))


def _spelled(
    question: Question, found: Sequence[dict[Candidate, range]], combinations: Iterator[tuple[Candidate, ...]]
) -> Iterator[dict[str, Any]]:
    """Each solution as parameters: one value where all axes have the same, a list where they differ."""
    unknown = question.unknown
    for combination in combinations:
        values: dict[str, list[Any]] = {
            "kernel_size": [one.kernel for one in combination],
            "stride": [one.stride for one in combination],
            "padding": [_shown(one.padding) for one in combination],
            "dilation": [one.dilation for one in combination],
            "output_padding": [one.output_padding for one in combination],
        }
        if not all(isinstance(value, int | str) for value in values["padding"]):
            values["padding"] = [list(one.padding) for one in combination]
        parameters = {
            name: values[name] if name == "padding" and isinstance(values[name][0], list) else _one_or_all(values[name])
            for name in UNKNOWNS
            if name in unknown and name != "input_size"
        }
        if "input_size" not in unknown:
            yield parameters
            continue
        for sizes in product(*(ranges[one] for ranges, one in zip(found, combination, strict=True))):
            yield {**parameters, "input_size": _one_or_all(sizes)}


def _shown(padding: Pair | str) -> int | str | list[int]:
    if isinstance(padding, str):
        return padding
    return padding[0] if padding[0] == padding[1] else list(padding)


def _one_or_all(values: Sequence[Any]) -> Any:
    return values[0] if all(value == values[0] for value in values) else list(values)
