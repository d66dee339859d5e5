"""Which input sizes a network accepts: every size of a range is tried, axis by axis.

Axes are independent of each other until a layer mixes positions: `coupling` says what holds then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from service.core.geometry.shapes import Shape, Size
from service.core.networks.accepted_sizes import AcceptedSizes, SizeRange, accepted_sizes
from service.core.networks.coupled_axes import Block, coupling_of
from service.core.networks.trials import Flags, TrialResult, Trials


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

    def all_axes(self, sizes: Sequence[int]) -> tuple[int, ...]:
        """The sizes of all axes: the given ones, and these on the free axes."""
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

    First all free axes have the same size; then each axis varies alone, while the others keep a size that is accepted.

    Raises:
        TooManyTrialsError: The budget is spent.
        OutputAxesError: An output size is wanted that the output has no axes for.
    """
    sizes, free = question.sizes, question.free
    first, every_axis = question.bounds[0], range(len(question.given))
    alike = _try(trials, question, [question.all_axes([size] * len(free)) for size in sizes])
    alike_wanted = accepted_sizes(first, _gives_wanted(trials, question, alike, every_axis))
    if len(free) == 1:
        return InputSizesResult(axes=(alike_wanted,), coupled=False)
    accepted = np.flatnonzero(alike.accepted)
    others = sizes[int(accepted[len(accepted) // 2])] if len(accepted) else sizes[-1]
    alone = [_try(trials, question, _varied(question, place, others)) for place in range(len(free))]
    coupling = coupling_of(trials, len(question.given), free, sizes, [result.tensors for result in alone])
    if coupling is not None:
        blocks = coupling.blocks(lambda result: _gives_wanted(trials, question, result, every_axis))
        return InputSizesResult(axes=(alike_wanted,) * len(free), coupled=True, blocks=blocks)
    flags = [result.accepted for result in alone] if len(accepted) else [alike.accepted] * len(free)
    if not (np.logical_and.reduce(flags) == alike.accepted).all():
        return InputSizesResult(axes=(alike_wanted,) * len(free), coupled=True)
    given = [axis for axis in every_axis if axis not in free]
    axes = tuple(
        accepted_sizes(first, of_axis & _gives_wanted(trials, question, result, [axis, *given]))
        for axis, of_axis, result in zip(free, flags, alone, strict=True)
    )
    return InputSizesResult(axes=axes, coupled=False)


def _varied(question: InputSizesQuestion, place: int, others: int) -> list[tuple[int, ...]]:
    """Sizes of all axes, a tuple for each size to try: free axis number `place` has that size, the others `others`."""
    before, after = place, len(question.free) - place - 1
    return [question.all_axes([*[others] * before, size, *[others] * after]) for size in question.sizes]


def _try(trials: Trials, question: InputSizesQuestion, sizes: Sequence[Sequence[int]]) -> TrialResult:
    """Try sizes of all axes, the same for every network input."""
    layout = trials.network.framework.layout
    return trials.try_inputs(
        {
            name: [layout.join((question.batch,), channels, spatial) for spatial in sizes]
            for name, channels in question.channels.items()
        }
    )


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
