"""Axes that depend on each other: which sizes go together where a layer mixes positions.

A linear head of fixed `in_features` takes every combination of sizes that leaves it as many features. Sizes of an axis
with which all such layers are given the same shapes form one class, and classes are combined instead of sizes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from operator import attrgetter

import numpy as np

from service.core.geometry.shapes import Shape
from service.core.networks.accepted_sizes import SizeRange, ranges_of
from service.core.networks.network import TensorKey
from service.core.networks.trials import (
    INDICES_OF_A_STEP,
    STEPS_OF_A_LAYER,
    STEPS_OF_A_LOOKUP,
    Flags,
    Places,
    TensorShapes,
    TrialResult,
    Trials,
    combinations_of,
    given_to_all,
    tensor_shapes,
)

MOST_SAMPLED = 4096
"""Combinations of classes that are tried to see whether axes depend on each other. Chosen: 64 classes of two axes."""
MOST_COMBINATIONS = 20_000
"""Combinations of classes that are tried where they do, and blocks that are listed. Chosen."""

Block = tuple[SizeRange, ...]
"""A range of sizes for each axis, of which every combination is accepted."""
Tensors = Mapping[TensorKey, TensorShapes]


@dataclass(frozen=True)
class SizeClass:
    """Sizes of one axis with which all mixing layers are given the same shapes, as the runs that they fill."""

    runs: Sequence[SizeRange]
    trial: int
    """The first trial with one of the sizes."""


@dataclass(frozen=True, kw_only=True)
class Coupling:
    """The combinations of classes, a class for each free axis, and what came of trying them."""

    combinations: Sequence[tuple[SizeClass, ...]]
    result: TrialResult
    all_tried: bool
    """Whether the combinations are all there are."""

    def blocks(self, is_wanted: Callable[[TrialResult], Flags]) -> tuple[Block, ...] | None:
        """All sizes that go together and give what is wanted; None where not every combination was tried.

        None too where they are more blocks than combinations are tried.
        """
        if not self.all_tried:
            return None
        wanted = is_wanted(self.result).tolist()
        found = [combination for combination, ok in zip(self.combinations, wanted, strict=True) if ok]
        if sum(prod(len(size_class.runs) for size_class in combination) for combination in found) > MOST_COMBINATIONS:
            return None
        return tuple(
            block for combination in found for block in product(*(size_class.runs for size_class in combination))
        )


def coupling_of(trials: Trials, rank: int, sizes: range, tensors: Sequence[Tensors]) -> Coupling | None:
    """How the free axes depend on each other; None where they do not.

    They do where a mixing layer refuses any combination: it counts elements, to which all axes contribute. `tensors`
    are those of trying `sizes` on each free axis.

    Raises:
        TooManyTrialsError: The budget is spent.
    """
    keys = _needed(trials, _shared_tensors([_mixed_tensors(trials, rank, of_axis) for of_axis in tensors], tensors))
    if not keys:
        return None
    classes = [_classes(trials, [of_axis[key] for key in keys], sizes) for of_axis in tensors]
    if not all(classes):
        return None

    def tried(of_axes: Sequence[Sequence[SizeClass]], *, are_all: bool) -> Coupling:
        combinations = list(product(*of_axes))
        result = trials.try_from(_combined_tensors(trials, keys, tensors, combinations))
        return Coupling(combinations=combinations, result=result, all_tried=are_all)

    sampled = [_sample(of_axis, int(MOST_SAMPLED ** (1 / len(classes)))) for of_axis in classes]
    few = prod(map(len, classes)) <= MOST_COMBINATIONS
    coupling = tried(sampled, are_all=few and sampled == classes)
    if coupling.result.accepted.all() or sum(len(of_axis) > 1 for of_axis in classes) < 2:
        return None
    return tried(classes, are_all=True) if few and not coupling.all_tried else coupling


def mixes_positions(trials: Trials, rank: int, tensors: Tensors) -> bool:
    """Whether some layer mixes positions of what follows from the input, so that axes may depend on each other."""
    return bool(_mixed_tensors(trials, rank, tensors))


def _classes(trials: Trials, tensors: Sequence[TensorShapes], sizes: range) -> list[SizeClass]:
    """The classes of one free axis, in the order of their least sizes."""
    given = given_to_all(tensors)
    if not given.any():
        return []
    trials.spend(len(tensors) + len({id(tensor.indices) for tensor in tensors}) * len(sizes) // INDICES_OF_A_STEP)
    firsts, class_of = combinations_of(tensors, given)
    tried = np.flatnonzero(given)
    members = np.split(tried[np.argsort(class_of, kind="stable")], np.cumsum(np.bincount(class_of))[:-1])
    classes = [
        SizeClass(ranges_of([sizes[trial] for trial in of_class.tolist()]), int(first))
        for first, of_class in zip(firsts, members, strict=True)
    ]
    return sorted(classes, key=attrgetter("trial"))


def _needed(trials: Trials, keys: Sequence[TensorKey]) -> list[TensorKey]:
    """The tensors from which the rest follows: that of the last layer, and those that go into a layer to be tried.

    A layer whose own tensor is known is not tried again.
    """
    known = set(keys)
    needed = {key for index, inputs in enumerate(trials.connections) if index not in known for key in inputs}
    last = len(trials.connections) - 1
    return [key for key in keys if key in needed or key == last]


def _mixed_tensors(trials: Trials, rank: int, tensors: Tensors) -> list[TensorKey]:
    """The tensors that mixing layers take in and that still have all their axes."""
    taken_in = dict.fromkeys(
        key
        for node, inputs in zip(trials.network.nodes, trials.connections, strict=True)
        if node.description.layer is not None and node.description.layer.mixes_positions
        for key in inputs
        if key is not None and key in tensors
    )
    return [key for key in taken_in if {len(shape) for shape in tensors[key].different} == {rank + 2}]


def _sample(classes: list[SizeClass], most: int) -> list[SizeClass]:
    """At most so many classes: half of them in a row, so that no rhythm is missed, the others spread over the rest."""
    if len(classes) <= most:
        return classes
    in_a_row = most - most // 2
    step = -(-(len(classes) - in_a_row) // max(most // 2, 1))
    return classes[:in_a_row] + classes[in_a_row::step]


def _shared_tensors(mixed: Sequence[Sequence[TensorKey]], tensors: Sequence[Tensors]) -> list[TensorKey]:
    """The tensors that mixing layers take in whichever axis varies, each of whose axes follows one free axis at most.

    An axis that follows several, as behind a reshape, is computed again from the tensors before it.
    """
    return [
        key
        for key in mixed[0]
        if all(key in of_axis for of_axis in mixed[1:])
        and not any(sum(follows) > 1 for follows in zip(*(_varying(of_axis[key]) for of_axis in tensors), strict=True))
    ]


def _varying(tensor: TensorShapes) -> list[bool]:
    """For each axis of a tensor whether its size varies from trial to trial."""
    return [len(set(of_axis)) > 1 for of_axis in zip(*tensor.different, strict=True)]


def _combined_tensors(
    trials: Trials,
    keys: Sequence[TensorKey],
    tensors: Sequence[Tensors],
    combinations: Sequence[tuple[SizeClass, ...]],
) -> dict[TensorKey, TensorShapes]:
    """The tensors where each free axis has the size of its own class.

    Raises:
        TooManyTrialsError: The budget is spent.
    """
    picked = np.array([[size_class.trial for size_class in combination] for combination in combinations]).T
    everywhere = np.ones(len(combinations), np.bool_)
    found: dict[tuple[int, ...], tuple[Places, Places]] = {}
    combined = {}
    for key in keys:
        of_axes = [of_axis[key] for of_axis in tensors]
        alike = tuple(id(tensor.indices) for tensor in of_axes)
        if alike not in found:
            trials.spend(len(of_axes) * len(everywhere) // INDICES_OF_A_STEP)
            moved = [
                TensorShapes(tensor.different, tensor.indices[picked_of])
                for tensor, picked_of in zip(of_axes, picked, strict=True)
            ]
            found[alike] = combinations_of(moved, everywhere)
        firsts, combination_of = found[alike]
        trials.spend(STEPS_OF_A_LAYER + STEPS_OF_A_LOOKUP * len(firsts))
        shapes = tensor_shapes(_combined_shapes(of_axes, picked[:, firsts]))
        combined[key] = TensorShapes(shapes.different, shapes.indices[combination_of])
    return combined


def _combined_shapes(of_axes: Sequence[TensorShapes], picked: Places) -> list[Shape]:
    """The shapes of a tensor where each free axis has the size of one trial of its own: for each a row of `picked`.

    An axis of the tensor need not be in the place of the input's axis that it follows: layers move axes.
    """
    varying = [_varying(tensor) for tensor in of_axes]
    sources = [follows.index(True) if any(follows) else None for follows in zip(*varying, strict=True)]
    rows = [
        [tensor.different[index] for index in tensor.indices[trials].tolist()]
        for tensor, trials in zip(of_axes, picked, strict=True)
    ]
    return [_combined(shapes, sources) for shapes in zip(*rows, strict=True)]


def _combined(shapes: Sequence[Shape], sources: Sequence[int | None]) -> Shape:
    """One shape that has each axis from its own source; one that never varies from where it is known."""
    return tuple(
        next((size for size in of_axis if size is not None), None) if source is None else of_axis[source]
        for of_axis, source in zip(zip(*shapes, strict=True), sources, strict=True)
    )
