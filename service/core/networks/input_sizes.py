"""Which input sizes a network accepts: every size of a range is tried, axis by axis.

Axes are independent of each other until a layer mixes positions: a linear head of fixed `in_features` takes every
combination of sizes that leaves it as many. Sizes with which such a layer is given the same are one class, and classes
are combined.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from service.core.geometry.shapes import Shape, Size
from service.core.networks.dependencies import spread
from service.core.networks.graph import Edge
from service.core.networks.trials import Flags, Tensor, Trials, tensor_of

MOST_COMBINATIONS = 20_000
"""Combinations of classes that are tried."""

Range = tuple[int, int]
"""The first and last of some sizes in a row."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: the channels of each input, the sizes known beforehand, the range of the others."""

    channels: Mapping[str, Size]
    fixed: tuple[Size, ...]
    """An entry an axis: its size, or None where that is asked for."""
    bounds: Range
    batch: Size = None
    output_size: tuple[int, ...] | None = None

    @property
    def free(self) -> list[int]:
        """The axes that are asked about."""
        return [axis for axis, size in enumerate(self.fixed) if size is None]

    def filled(self, sizes: Sequence[int]) -> tuple[int, ...]:
        """All axes: those known beforehand, and these in place of the others."""
        given = iter(sizes)
        return tuple(next(given) if size is None else size for size in self.fixed)

    def varied(self, place: int, sizes: range, others: int) -> list[tuple[int, ...]]:
        """Sizes of all axes, of which one free one takes each size and the other free ones stay."""
        count = len(self.free)
        return [self.filled([size if one == place else others for one in range(count)]) for size in sizes]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The sizes of one axis: from a least one on, those of some residues; or just a list."""

    accepted: tuple[Range, ...]
    minimum: int | None
    modulus: int | None
    residues: tuple[int, ...] | None

    def nearest(self, size: int) -> tuple[int | None, int | None]:
        """The accepted sizes closest to one, not above and not below it."""
        below = [min(last, size) for first, last in self.accepted if first <= size]
        above = [max(first, size) for first, last in self.accepted if last >= size]
        return max(below, default=None), min(above, default=None)

    def text(self, bounds: Range) -> str:
        """The rule in words."""
        if self.minimum is None:
            return f"no size from {bounds[0]} to {bounds[1]}"
        if self.modulus == 1:
            return f"every size from {self.minimum}"
        if self.modulus is None or self.residues is None:
            return ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in self.accepted)
        if self.residues == (0,):
            return f"multiples of {self.modulus} from {self.minimum}"
        rests = " or ".join(str(one) for one in self.residues)
        return f"from {self.minimum} those that leave {rests} when divided by {self.modulus}"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The rule of each axis; where axes are coupled that of equal sizes, and the combinations."""

    rules: tuple[Rule, ...]
    coupled: bool
    combinations: tuple[tuple[Range, ...], ...] | None = None
    """Where axes are coupled all blocks of accepted sizes; None where they are too many to be tried."""


class NoPlacesError(Exception):
    """An output size is wanted of a network whose output has no such axes."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(str(shape))
        self.shape = shape


@dataclass(frozen=True)
class Class:
    """Sizes of one axis with which all mixing layers are given the same, and what they are given."""

    sizes: list[int]
    given: dict[Edge, Shape]


def solve(trials: Trials, question: Question) -> Answer:
    """The accepted sizes of each free axis; may raise TooManyTrialsError or NoPlacesError."""
    sizes, free = range(question.bounds[0], question.bounds[1] + 1), question.free
    taken, tensors = _try(trials, question, [question.filled([size] * len(free)) for size in sizes])
    equal = taken & _gives(trials, question, tensors, taken, range(len(question.fixed)))
    if len(free) == 1:
        return Answer(rules=(_rule(question, equal),), coupled=False)
    anywhere = np.flatnonzero(taken)
    others = sizes[int(anywhere[len(anywhere) // 2])] if len(anywhere) else sizes[-1]
    tried = [_try(trials, question, question.varied(place, sizes, others)) for place in range(len(free))]
    coupled, blocks = _coupled(trials, question, sizes, [tensors for _, tensors in tried])
    alone = [flags for flags, _ in tried] if len(anywhere) else [taken] * len(free)
    if coupled or not (np.logical_and.reduce(alone) == taken).all():
        return Answer(rules=tuple(_rule(question, equal) for _ in free), coupled=True, combinations=blocks)
    known = [axis for axis, size in enumerate(question.fixed) if size is not None]
    wanted = [
        flags & _gives(trials, question, tensors, flags, [axis, *known])
        for axis, flags, (_, tensors) in zip(free, alone, tried, strict=True)
    ]
    return Answer(rules=tuple(_rule(question, flags) for flags in wanted), coupled=False)


def _try(trials: Trials, question: Question, sizes: Sequence[Sequence[int]]) -> tuple[Flags, dict[Edge, Tensor]]:
    """Which of these sizes of all axes are accepted, and the tensors."""
    layout = trials.network.framework.layout
    return trials.run(
        {
            name: [layout.join((question.batch,), channels, spatial) for spatial in sizes]
            for name, channels in question.channels.items()
        }
    )


def _gives(
    trials: Trials, question: Question, tensors: Mapping[Edge, Tensor], alive: Flags, axes: Sequence[int]
) -> Flags:
    """Which inputs lead to the output size that is wanted on some axes; all where none is."""
    last = len(trials.names) - 1
    output = tensors.get((trials.names[last], last))
    if question.output_size is None or output is None or not output.shapes:
        return alive
    suitable = np.array([_has_size(trials, question.output_size, axes, shape) for shape in output.shapes])
    found: Flags = (output.which >= 0) & suitable[output.which]
    return found


def _has_size(trials: Trials, wanted: Sequence[int], axes: Sequence[int], shape: Shape) -> bool:
    places = spread(shape, trials.network.framework.layout) if len(shape) > 2 else ()
    if len(places) != len(wanted):
        raise NoPlacesError(shape)
    return all(shape[places[axis]] == wanted[axis] for axis in axes)


# --- coupled axes ----------------------------------------------------------------------------------------------------


def _classes(trials: Trials, question: Question, sizes: range, tensors: Mapping[Edge, Tensor]) -> list[Class]:
    """The classes of one free axis; none where no layer mixes positions of what follows from the input."""
    entrances = _entrances(trials, tensors, len(question.fixed))
    groups: dict[tuple[Shape, ...], Class] = {}
    for index, size in enumerate(sizes):
        given = {edge: shape for edge in entrances if (shape := tensors[edge].of(index)) is not None}
        if given and len(given) == len(entrances):
            groups.setdefault(tuple(given.values()), Class([], given)).sizes.append(size)
    return list(groups.values())


def _entrances(trials: Trials, tensors: Mapping[Edge, Tensor], rank: int) -> list[Edge]:
    """The tensors that mixing layers take in and that still have all their axes."""
    taken = [
        edge
        for index, node in enumerate(trials.network.nodes)
        if node.description.layer is not None and node.description.layer.mixes_positions
        for edge in trials.edges[index]
        if edge is not None and edge in tensors
    ]
    return [edge for edge in dict.fromkeys(taken) if {len(shape) for shape in tensors[edge].shapes} == {rank + 2}]


def _coupled(
    trials: Trials, question: Question, sizes: range, tensors: Sequence[Mapping[Edge, Tensor]]
) -> tuple[bool, tuple[tuple[Range, ...], ...] | None]:
    """Whether the axes depend on each other, and the accepted combinations of their classes.

    They do where a mixing layer refuses any: it counts elements, to which all axes contribute.
    """
    classes = [_classes(trials, question, sizes, one) for one in tensors]
    if not all(classes):
        return False, None
    tried = [_thinned(one, int(MOST_COMBINATIONS ** (1 / len(classes)))) for one in classes]
    combinations = list(product(*tried))
    known = {
        edge: tensor_of([_joined(trials, question, edge, combination) for combination in combinations])
        for edge in classes[0][0].given
    }
    taken, behind = trials.run_from(known)
    if taken.all() or sum(len(one) > 1 for one in tried) < 2:
        return False, None
    if tried != classes:
        return True, None
    accepted = taken & _gives(trials, question, behind, taken, range(len(question.fixed)))
    blocks = [
        block
        for combination, ok in zip(combinations, accepted.tolist(), strict=True)
        if ok
        for block in product(*(ranges(one.sizes) for one in combination))
    ]
    return True, tuple(blocks)


def _thinned(classes: list[Class], most: int) -> list[Class]:
    """As many of them as may be tried, from all over."""
    step = -(-len(classes) // most)
    return classes[::step]


def _joined(trials: Trials, question: Question, edge: Edge, combination: tuple[Class, ...]) -> Shape:
    """What a mixing layer is given where each axis has the size of its class."""
    shape = list(combination[0].given[edge])
    places = trials.network.framework.layout.spatial_axes(len(shape), len(question.fixed))
    for axis, one in zip(question.free, combination, strict=True):
        shape[places[axis]] = one.given[edge][places[axis]]
    return tuple(shape)


# --- rules -----------------------------------------------------------------------------------------------------------


def _rule(question: Question, accepted: Flags) -> Rule:
    """The rule behind a list of sizes: the shortest period that shows at least twice, to the end of the range."""
    sizes = (np.flatnonzero(accepted) + question.bounds[0]).tolist()
    if not sizes:
        return Rule(accepted=(), minimum=None, modulus=None, residues=None)
    pattern = accepted[sizes[0] - question.bounds[0] :]
    for modulus in range(1, len(pattern) // 2 + 1):
        if (pattern[modulus:] == pattern[:-modulus]).all():
            residues = tuple(sorted({size % modulus for size in sizes}))
            return Rule(accepted=tuple(ranges(sizes)), minimum=sizes[0], modulus=modulus, residues=residues)
    return Rule(accepted=tuple(ranges(sizes)), minimum=sizes[0], modulus=None, residues=None)


def ranges(sizes: Sequence[int]) -> list[Range]:
    """Sizes in rising order as the ranges that they fill."""
    found: list[Range] = []
    for size in sizes:
        if found and found[-1][1] == size - 1:
            found[-1] = (found[-1][0], size)
        else:
            found.append((size, size))
    return found
