"""Solutions of the axes put together to solutions of the layer.

Each axis has its own kernel, stride and dilation, but a padding name is the same for all axes, and some rules hold for
the largest stride and dilation of all axes. Candidates to which these rules do the same are one class: what classes go
together is decided once, and only those are combined.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush, merge
from itertools import product
from math import prod
from typing import Any, NamedTuple

from service.core.frameworks.window_rules import WindowRules


@dataclass(frozen=True, slots=True)
class Candidate:
    """One combination of parameters of one axis."""

    kernel: int
    stride: int
    dilation: int
    padding: tuple[int, int] | str
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
class Solutions:
    """The solutions listed, how many there are, and whether these are all of them."""

    listed: list[dict[str, Any]]
    count: int
    complete: bool
    per_axis: bool


class CandidateClass(NamedTuple):
    """What rules across axes see of a candidate."""

    name: str | None
    """The padding name, if it has one."""
    stride: int
    """1, or 2 for all larger ones."""
    dilation: int
    """1, or 2 for all larger ones."""


AxisSolutions = Mapping[Candidate, range]
"""The candidates of one axis, each with its input sizes."""


def common_to_all(axes: Sequence[AxisSolutions]) -> list[Candidate]:
    """The candidates that solve every axis, simplest first."""
    return sorted(set(axes[0]).intersection(*axes[1:]), key=lambda candidate: candidate.rank)


def combined(axes: Sequence[AxisSolutions], rules: WindowRules | None) -> Iterator[tuple[Candidate, ...]]:
    """One candidate an axis, those of the best-ranked first."""
    classes = [_classes(solutions) for solutions in axes]
    joined = [[own[key] for own, key in zip(classes, keys, strict=True)] for keys in _joined(classes, rules)]
    parts = [_best_first(candidates) for candidates in joined]
    for _, _, combination in merge(*parts, key=lambda part: part[:2]):
        yield combination


def count_combined(axes: Sequence[AxisSolutions], rules: WindowRules | None) -> int:
    """How many combinations there are, each counted once for every combination of its input sizes."""
    weights: list[dict[CandidateClass, int]] = []
    for solutions in axes:
        sizes: dict[CandidateClass, int] = defaultdict(int)
        for candidate, inputs in solutions.items():
            sizes[_class_of(candidate)] += len(inputs)
        weights.append(sizes)
    return sum(prod(own[key] for own, key in zip(weights, keys, strict=True)) for keys in _joined(weights, rules))


def _class_of(candidate: Candidate) -> CandidateClass:
    name = candidate.padding if isinstance(candidate.padding, str) else None
    return CandidateClass(name, min(candidate.stride, 2), min(candidate.dilation, 2))


def _classes(solutions: AxisSolutions) -> dict[CandidateClass, list[tuple[int, Candidate]]]:
    """The candidates by class, each with its place among all of the axis."""
    classes: dict[CandidateClass, list[tuple[int, Candidate]]] = defaultdict(list)
    for place, candidate in enumerate(sorted(solutions, key=lambda candidate: candidate.rank)):
        classes[_class_of(candidate)].append((place, candidate))
    return classes


def _joined(
    classes: Sequence[Mapping[CandidateClass, Any]], rules: WindowRules | None
) -> Iterator[tuple[CandidateClass, ...]]:
    """The combinations of classes that the framework's layer takes side by side."""
    for keys in product(*classes):
        names = {key.name for key in keys}
        stride, dilation = max(key.stride for key in keys), max(key.dilation for key in keys)
        if len(names) > 1 or rules is None or not rules.takes_stride_with_dilation(stride, dilation):
            continue
        name = names.pop()
        if name is None or rules.takes_name_with_stride(name, stride):
            yield keys


Ranked = tuple[int, tuple[int, ...], tuple[Candidate, ...]]
"""A combination behind the sum of its candidates' places and the places themselves."""


def _best_first(axes: Sequence[Sequence[tuple[int, Candidate]]]) -> Iterator[Ranked]:
    """Combinations of one candidate an axis, by the sum of their places."""

    def ranked(indices: tuple[int, ...]) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        places = tuple(candidates[index][0] for candidates, index in zip(axes, indices, strict=True))
        return sum(places), places, indices

    start = (0,) * len(axes)
    heap, queued = [ranked(start)], {start}
    while heap:
        total, places, indices = heappop(heap)
        yield total, places, tuple(candidates[index][1] for candidates, index in zip(axes, indices, strict=True))
        for axis, candidates in enumerate(axes):
            following = (*indices[:axis], indices[axis] + 1, *indices[axis + 1 :])
            if following[axis] < len(candidates) and following not in queued:
                queued.add(following)
                heappush(heap, ranked(following))
