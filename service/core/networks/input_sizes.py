"""Which input sizes a network accepts: every size of a range is tried, axis by axis.

Axes are independent of each other until a layer mixes positions: `coupling` says what holds then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from service.core.geometry.shapes import Shape, Size
from service.core.networks.accepted_sizes import AcceptedSizes, SizeRange, accepted_sizes
from service.core.networks.coupled_axes import Block, coupling_of, mixes_positions
from service.core.networks.trials import (
    STEPS_OF_A_LOOKUP,
    STEPS_OF_A_TRIAL,
    Flags,
    TooManyTrialsError,
    TrialResult,
    Trials,
    tensor_shapes,
)

MOST_PROBED = 8
"""Sizes that are tried before all others, to see how much work they are. Chosen."""
LEAST_PROBED = 8
"""Times as many sizes as are probed, from which it is worth it. Chosen."""
HOPELESS = 2
"""Times the budget from which nothing more is tried. Chosen: the sizes that are accepted may be half of the range."""
STEPS_OF_AN_INPUT = 4
"""Steps to make the shape of one input. Measured: 1 microsecond."""
MOST_CHECKED = 32
"""Sizes that all axes accept alike and that are tried on each axis alone. Chosen: spread over the range."""


@dataclass(frozen=True, kw_only=True)
class InputSizesQuestion:
    """What is asked: the channels of each input, the sizes that are given, the range of the others."""

    channels: Mapping[str, Size]
    given: tuple[Size, ...]
    """An entry for each axis: its size, or None where that is asked for."""
    bounds: SizeRange
    """The first and the last size to try."""
    batch: Size = None
    output_size: tuple[int, ...] | None = None
    """The sizes that must come out of the network; any will do if None."""

    @property
    def free(self) -> list[int]:
        """The axes whose size is asked for."""
        return [axis for axis, size in enumerate(self.given) if size is None]

    @property
    def sizes(self) -> range:
        """The sizes to try."""
        return range(self.bounds[0], self.bounds[1] + 1)

    def all_axes(self, sizes: Sequence[Size]) -> tuple[Size, ...]:
        """The sizes of all axes: the given ones, and these on the free axes, None where one is to be unknown."""
        free_sizes = iter(sizes)
        return tuple(next(free_sizes) if size is None else size for size in self.given)


@dataclass(frozen=True, kw_only=True)
class InputSizesResult:
    """The accepted sizes of each free axis; where axes are coupled those that all may have alike."""

    axes: tuple[AcceptedSizes, ...]
    coupled: bool
    """Whether the accepted sizes of an axis depend on the sizes of the others."""
    blocks: tuple[Block, ...] | None = None
    """Where axes are coupled all sizes that go together; None where they are too many to be tried."""


class OutputAxesError(Exception):
    """The output of the network has not the axes whose sizes are wanted."""

    def __init__(self, shape: Shape) -> None:
        super().__init__(str(shape))
        self.shape = shape


def find_input_sizes(trials: Trials, question: InputSizesQuestion) -> InputSizesResult:
    """The accepted sizes of each free axis.

    First all free axes have the same size. Then each axis varies alone, while the others keep sizes that are accepted:
    where no size will do for all axes, those that each axis takes while the others are unknown.

    Raises:
        TooManyTrialsError: The budget is spent.
        OutputAxesError: An output size is wanted that the output has no axes for.
    """
    free, every_axis = question.free, range(len(question.given))
    if not _try(trials, question, [question.all_axes([None] * len(free))]).accepted.any():
        nothing = accepted_sizes(question.bounds[0], np.zeros(len(question.sizes), np.bool_))
        return InputSizesResult(axes=(nothing,) * len(free), coupled=False)
    _require_hope(trials, question)
    alike = _try(trials, question, [question.all_axes([size] * len(free)) for size in question.sizes])
    alike_wanted = accepted_sizes(question.bounds[0], _gives_wanted(trials, question, alike, every_axis))
    if len(free) == 1:
        return InputSizesResult(axes=(alike_wanted,), coupled=False)
    mixes = mixes_positions(trials, len(question.given), alike.tensors)
    others, separate = _others(trials, question, alike)
    if not (mixes or separate or alike.accepted.any()):
        return InputSizesResult(axes=(alike_wanted,) * len(free), coupled=False)
    places = _places_to_try(alike.accepted, everywhere=mixes or question.output_size is not None)
    alone = [_try(trials, question, _varied(question, axis, others, places)) for axis in range(len(free))]
    coupling = None
    if mixes:
        tensors = [result.tensors for result in alone]
        coupling = coupling_of(trials, len(question.given), question.sizes, tensors)
    if coupling is not None:
        blocks = coupling.blocks(lambda result: _gives_wanted(trials, question, result, every_axis))
        return InputSizesResult(axes=(alike_wanted,) * len(free), coupled=True, blocks=blocks)
    if not (separate or alike.accepted.any()):
        return InputSizesResult(axes=(alike_wanted,) * len(free), coupled=False)
    flags = [_filled(alike.accepted, places, result.accepted) for result in alone]
    if not _are_independent(trials, question, alike.accepted, flags):
        return InputSizesResult(axes=(alike_wanted,) * len(free), coupled=True)
    given = [axis for axis in every_axis if axis not in free]
    axes = []
    for axis, of_axis, result in zip(free, flags, alone, strict=True):
        wanted = _filled(of_axis, places, _gives_wanted(trials, question, result, [axis, *given]))
        axes.append(accepted_sizes(question.bounds[0], of_axis & wanted))
    return InputSizesResult(axes=tuple(axes), coupled=False)


def nearest_sizes(
    trials: Trials, question: InputSizesQuestion, result: InputSizesResult, sizes: Sequence[Size]
) -> list[tuple[int | None, int | None]]:
    """For each free axis the accepted sizes nearest to one: not above it, and not below it.

    What the rule says of sizes that were not tried is tried; where it does not hold, the nearest of the range remain.
    """
    nearest = []
    for place, (axis, size) in enumerate(zip(result.axes, sizes, strict=True)):
        found = (None, None) if size is None else axis.nearest(size)
        below, above = [
            None if near is None or not _holds(trials, question, result, place, near) else near for near in found
        ]
        in_range = [last for _, last in axis.ranges if size is not None and last <= size]
        nearest.append((max(in_range, default=None) if below is None else below, above))
    return nearest


def _holds(trials: Trials, question: InputSizesQuestion, result: InputSizesResult, place: int, size: int) -> bool:
    """Whether a size of one axis is accepted: within the range it is, beyond it is tried beside accepted sizes."""
    axes = result.axes
    if size <= axes[place].last:
        return True
    sizes = [size if result.coupled or number == place else axis.minimum for number, axis in enumerate(axes)]
    try:
        tried = _try(trials, question, [question.all_axes(sizes)])
        return bool(_gives_wanted(trials, question, tried, range(len(question.given)))[0])
    except TooManyTrialsError:
        return False


def _require_hope(trials: Trials, question: InputSizesQuestion) -> None:
    """Tries the last few sizes, from which it follows how much work all of them are at least.

    What was tried is known when all are tried. Layers behind strides are given fewer shapes than there are sizes: of
    each layer no more is counted than is sure for evenly spread shapes.

    Raises:
        TooManyTrialsError: It is far more than the budget, even if the first half of the sizes is refused.
    """
    sizes = question.sizes
    if len(sizes) < LEAST_PROBED * MOST_PROBED:
        return
    budget, probed = trials.budget, sizes[-MOST_PROBED:]
    _try(trials, question, [question.all_axes([size] * len(question.free)) for size in probed])
    scale = len(sizes) / (MOST_PROBED - 1)
    steps = sum(
        (of_layer - 2) * (STEPS_OF_A_LOOKUP + len(trials.connections[index]))
        for index, of_layer in trials.arrived.items()
        if of_layer > 2
    )
    steps += sum((of_layer - 2) * STEPS_OF_A_TRIAL for of_layer in trials.placed.values() if of_layer > 2)
    least = int(steps * scale) // STEPS_OF_A_TRIAL
    if least > HOPELESS * budget:
        raise TooManyTrialsError(least)


def _others(trials: Trials, question: InputSizesQuestion, alike: TrialResult) -> tuple[list[int], bool]:
    """A size for each free axis to keep while another one varies, and whether each axis accepts some for itself."""
    sizes, count = question.sizes, len(question.free)
    accepted = np.flatnonzero(alike.accepted)
    if len(accepted):
        return [sizes[int(accepted[len(accepted) // 2])]] * count, False
    others, separate = [], True
    for axis in range(count):
        result = _try(trials, question, _varied(question, axis, [None] * count, list(range(len(sizes)))))
        accepted = np.flatnonzero(result.accepted)
        others.append(sizes[int(accepted[len(accepted) // 2])] if len(accepted) else sizes[-1])
        separate = separate and len(accepted) > 0
    return others, separate


def _places_to_try(alike: Flags, *, everywhere: bool) -> list[int]:
    """Which sizes of an axis are tried alone, by index.

    A size that all axes may have alike is accepted on each of them, unless axes depend on each other; some of those are
    tried as well, to see that they do not.
    """
    refused, accepted = np.flatnonzero(~alike), np.flatnonzero(alike)
    if everywhere or len(accepted) <= MOST_CHECKED:
        return list(range(len(alike)))
    checked = accepted[:: -(-len(accepted) // MOST_CHECKED)]
    return sorted([*refused.tolist(), *checked.tolist()])


def _filled(known: Flags, places: list[int], found: Flags) -> Flags:
    """Truth values with those that were found put in their places."""
    flags = known.copy()
    flags[places] = found
    return flags


def _are_independent(trials: Trials, question: InputSizesQuestion, alike: Flags, flags: Sequence[Flags]) -> bool:
    """Whether the sizes accepted on each axis are accepted together: all that are alike, and the ends of all others."""
    if not (np.logical_and.reduce(flags) == alike).all():
        return False
    ends = [(np.flatnonzero(of_axis)[[0, -1]] + question.bounds[0]).tolist() for of_axis in flags if of_axis.any()]
    if len(ends) < len(flags):
        return True
    return bool(_try(trials, question, [question.all_axes(sizes) for sizes in product(*ends)]).accepted.all())


def _varied(
    question: InputSizesQuestion, varied: int, others: Sequence[Size], places: Sequence[int]
) -> list[tuple[Size, ...]]:
    """Sizes of all axes, a tuple for each place in the range: free axis number `varied` has that size."""
    return [
        question.all_axes([question.sizes[place] if axis == varied else other for axis, other in enumerate(others)])
        for place in places
    ]


def _try(trials: Trials, question: InputSizesQuestion, sizes: Sequence[Sequence[Size]]) -> TrialResult:
    """Try sizes of all axes, the same for every network input.

    Raises:
        TooManyTrialsError: The budget is spent.
    """
    layout, tensors = trials.network.framework.layout, {}
    for channels in dict.fromkeys(question.channels.values()):
        trials.spend(STEPS_OF_AN_INPUT * len(sizes))
        tensors[channels] = tensor_shapes([layout.join((question.batch,), channels, spatial) for spatial in sizes])
    return trials.try_from({name: tensors[channels] for name, channels in question.channels.items()})


def _gives_wanted(trials: Trials, question: InputSizesQuestion, result: TrialResult, axes: Sequence[int]) -> Flags:
    """Which inputs give the output size that is wanted on some axes; every accepted one where none is wanted."""
    output = result.tensors.get(len(trials.network.nodes) - 1)
    if question.output_size is None or output is None or not output.different:
        return result.accepted
    wanted = np.array([_has_sizes(trials, question.output_size, axes, shape) for shape in output.different])
    flags: Flags = result.accepted & wanted[output.indices]
    return flags


def _has_sizes(trials: Trials, wanted: Sequence[int], axes: Sequence[int], shape: Shape) -> bool:
    """Whether a shape has the wanted sizes on some spatial axes."""
    spatial = trials.network.framework.layout.position_axes(shape) if len(shape) > 2 else ()
    if len(spatial) != len(wanted):
        raise OutputAxesError(shape)
    return all(shape[spatial[axis]] == wanted[axis] for axis in axes)
