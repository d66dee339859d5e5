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


def coupling_of(trials: Trials, rank: int, sizes: range, tensors: Sequence[Tensors]) -> Coupling | None:
    """How the free axes depend on each other; None where they do not.

    They do where a mixing layer refuses any combination: it counts elements, to which all axes contribute. `tensors`
    are those of trying `sizes` on each free axis.

    Raises:
        TooManyTrialsError: The budget is spent.
    """
    keys = _shared_tensors([_mixed_tensors(trials, rank, of_axis) for of_axis in tensors], tensors)
    classes = [_classes(keys, sizes, of_axis) for of_axis in tensors]
    if not all(classes):
        return None
    most = int(MOST_COMBINATIONS ** (1 / len(classes)))
    tried = [_sample(of_axis, most) for of_axis in classes]
    combinations = list(product(*tried))
    result = trials.try_from({key: tensor_shapes(_combined_shapes(key, tensors, combinations)) for key in keys})
    if result.accepted.all() or sum(len(of_axis) > 1 for of_axis in tried) < 2:
        return None
    return Coupling(combinations=combinations, result=result, all_tried=tried == classes)


def mixes_positions(trials: Trials, rank: int, tensors: Tensors) -> bool:
    """Whether some layer mixes positions of what follows from the input, so that axes may depend on each other."""
    return bool(_mixed_tensors(trials, rank, tensors))


def _classes(keys: Sequence[TensorKey], sizes: range, tensors: Tensors) -> list[SizeClass]:
    """The classes of one free axis; empty where no layer mixes positions of what follows from the input."""
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


def _combined_shapes(
    key: TensorKey, tensors: Sequence[Tensors], combinations: Sequence[tuple[SizeClass, ...]]
) -> list[Shape]:
    """The shapes of a tensor where each free axis has the size of its own class.

    An axis of the tensor need not be in the place of the input's axis that it follows: layers move axes.
    """
    varying = [_varying(of_axis[key]) for of_axis in tensors]
    sources = [follows.index(True) if any(follows) else None for follows in zip(*varying, strict=True)]
    return [_combined([size_class.given[key] for size_class in combination], sources) for combination in combinations]


def _combined(shapes: Sequence[Shape], sources: Sequence[int | None]) -> Shape:
    """One shape that has each axis from its own source; one that never varies from where it is known."""
    return tuple(
        next((size for size in of_axis if size is not None), None) if source is None else of_axis[source]
        for of_axis, source in zip(zip(*shapes, strict=True), sources, strict=True)
    )
