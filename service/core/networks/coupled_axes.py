"""Axes that depend on each other: which sizes go together where a layer mixes positions.

A linear head of fixed `in_features` takes every combination of sizes that leaves it as many features. Sizes of an axis
with which all such layers are given the same shapes form one class, and classes are combined instead of sizes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from service.core.geometry.shapes import Shape
from service.core.networks.accepted_sizes import SizeRange, ranges_of
from service.core.networks.network import TensorKey
from service.core.networks.trials import Flags, TensorShapes, TrialResult, Trials, tensor_shapes

MOST_COMBINATIONS = 20_000
"""Combinations of classes that are tried. Chosen."""

Block = tuple[SizeRange, ...]
"""A range of sizes for each axis, of which every combination is accepted."""
Tensors = Mapping[TensorKey, TensorShapes]


@dataclass(frozen=True)
class SizeClass:
    """Sizes of one axis with which all mixing layers are given the same shapes, and those shapes."""

    sizes: list[int]
    given: Mapping[TensorKey, Shape]


@dataclass(frozen=True, kw_only=True)
class Coupling:
    """The combinations of classes, a class for each free axis, and what came of trying them."""

    combinations: Sequence[tuple[SizeClass, ...]]
    result: TrialResult
    all_tried: bool
    """Whether the combinations are all there are."""

    def blocks(self, is_wanted: Callable[[TrialResult], Flags]) -> tuple[Block, ...] | None:
        """All sizes that go together and give what is wanted; None where not every combination was tried."""
        if not self.all_tried:
            return None
        wanted = is_wanted(self.result).tolist()
        return tuple(
            block
            for combination, ok in zip(self.combinations, wanted, strict=True)
            if ok
            for block in product(*(ranges_of(size_class.sizes) for size_class in combination))
        )


def coupling_of(
    trials: Trials, rank: int, free: Sequence[int], sizes: range, tensors: Sequence[Tensors]
) -> Coupling | None:
    """How the free axes depend on each other; None where they do not.

    They do where a mixing layer refuses any combination: it counts elements, to which all axes contribute. `tensors`
    are those of trying `sizes` on each free axis.

    Raises:
        TooManyTrialsError: The budget is spent.
    """
    classes = [_classes(trials, rank, sizes, of_axis) for of_axis in tensors]
    if not all(classes):
        return None
    most = int(MOST_COMBINATIONS ** (1 / len(classes)))
    tried = [_sample(of_axis, most) for of_axis in classes]
    combinations = list(product(*tried))
    result = trials.try_from(
        {
            key: tensor_shapes([_combined_shape(trials, rank, free, key, combination) for combination in combinations])
            for key in classes[0][0].given
        }
    )
    if result.accepted.all() or sum(len(of_axis) > 1 for of_axis in tried) < 2:
        return None
    return Coupling(combinations=combinations, result=result, all_tried=tried == classes)


def mixes_positions(trials: Trials, rank: int, tensors: Tensors) -> bool:
    """Whether some layer mixes positions of what follows from the input, so that axes may depend on each other."""
    return bool(_mixed_tensors(trials, rank, tensors))


def _classes(trials: Trials, rank: int, sizes: range, tensors: Tensors) -> list[SizeClass]:
    """The classes of one free axis; empty where no layer mixes positions of what follows from the input."""
    keys = _mixed_tensors(trials, rank, tensors)
    classes: dict[tuple[Shape, ...], SizeClass] = {}
    for trial, size in enumerate(sizes):
        given = {key: shape for key in keys if (shape := tensors[key].shape(trial)) is not None}
        if given and len(given) == len(keys):
            classes.setdefault(tuple(given.values()), SizeClass([], given)).sizes.append(size)
    return list(classes.values())


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
    """At most so many classes, spread over all of them."""
    step = -(-len(classes) // most)
    return classes[::step]


def _combined_shape(
    trials: Trials, rank: int, free: Sequence[int], key: TensorKey, combination: tuple[SizeClass, ...]
) -> Shape:
    """The shape of a tensor where each free axis has the size of its own class."""
    shape = list(combination[0].given[key])
    spatial = trials.network.framework.layout.spatial_axes(len(shape), rank)
    for axis, size_class in zip(free, combination, strict=True):
        shape[spatial[axis]] = size_class.given[key][spatial[axis]]
    return tuple(shape)
