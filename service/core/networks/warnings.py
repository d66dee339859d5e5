"""What there is to remark on a sound network as a whole: warnings that no layer by itself shows."""

from collections.abc import Iterator, Sequence

import numpy as np

from service.core.diagnostics import Diagnostic, graph, placed
from service.core.geometry.axes import Rounding, WindowAxis
from service.core.geometry.shapes import Shape
from service.core.layers.windows import Convolution
from service.core.networks.graph import Edge
from service.core.networks.network import Network, Placed, Report
from service.core.networks.trials import TooManyTrialsError, Trials

STEPS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""How much larger inputs are tried to see whether branches still meet."""
MOST_TRIALS = 5_000


def remarks(network: Network, report: Report) -> list[Diagnostic]:
    """Every warning about the network as a whole."""
    return [
        *_gridding(network, report),
        *(_seen_it_all(network, report) if report.valid else ()),
        *(_chance_meetings(network, report) if report.valid else ()),
    ]


# --- dilations -------------------------------------------------------------------------------------------------------


def _gridding(network: Network, report: Report) -> Iterator[Diagnostic]:
    """Convolutions of the same dilation as the one before."""
    layers = (node.description.layer for node in network.nodes)
    if not any(isinstance(layer, Convolution) and layer.dilation != 1 for layer in layers):
        return
    before: dict[int, int] = {}
    for index in report.order:
        wide = _is_wide(network, report, index)
        edge = report.edges[index][0] if report.edges[index] else None
        passed_on = before.get(edge[1]) if edge is not None and edge[1] is not None else None
        if not wide:
            if passed_on is not None and _keeps_places(network, report, index):
                before[index] = passed_on
            continue
        before[index] = index
        if passed_on is not None:
            yield from _same_dilation(network, report, index, passed_on)


def _windows(report: Report, index: int) -> list[WindowAxis]:
    return [axis for axis in report.layers[index].outcome.axes if isinstance(axis, WindowAxis)]


def _is_wide(network: Network, report: Report, index: int) -> bool:
    """Whether it is a convolution whose kernel has neighbours to leave out."""
    layer = network.nodes[index].description.layer
    return isinstance(layer, Convolution) and any(axis.kernel > 1 for axis in _windows(report, index))


def _keeps_places(network: Network, report: Report, index: int) -> bool:
    """Whether each output belongs to one input, as in activations and 1x1 convolutions."""
    layer = network.nodes[index].description.layer
    if layer is None or layer.mixes_positions:
        return False
    axes = report.layers[index].outcome.axes
    return all(isinstance(axis, WindowAxis) and axis.kernel == axis.stride == 1 for axis in axes)


def _same_dilation(network: Network, report: Report, index: int, before: int) -> Iterator[Diagnostic]:
    for number, (here, there) in enumerate(zip(_windows(report, index), _windows(report, before), strict=False)):
        if here.kernel > 1 and there.kernel > 1 and here.dilation == there.dilation > 1 and there.stride == 1:
            nodes = network.nodes
            places = [
                (*nodes[one].description.location, nodes[one].description.spelling.get("dilation", "dilation"))
                for one in (index, before)
            ]
            name = report.layers[before].name
            yield from placed(graph.dilation_gridding(here.dilation, number, name, places[0], places[1]))
            return


# --- receptive fields ------------------------------------------------------------------------------------------------


def _seen_it_all(network: Network, report: Report) -> Iterator[Diagnostic]:
    """The first convolution with neighbours that is given fields larger than the only input."""
    inputs = network.input_sizes
    if len(network.inputs) != 1 or not inputs:
        return
    for index in report.order:
        edge = report.edges[index][0] if report.edges[index] else None
        field = None if edge is None or edge[1] is None else report.layers[edge[1]].field
        if field is None or len(field.axes) != len(inputs) or not _is_wide(network, report, index):
            continue
        sizes = [axis.size for axis in field.axes]
        if all(size > most > 0 for size, most in zip(sizes, inputs, strict=True)):
            at = network.nodes[index].description.location
            yield from placed(graph.receptive_field_exceeds_input(sizes, inputs, at))
            return


# --- branches --------------------------------------------------------------------------------------------------------


def _chance_meetings(network: Network, report: Report) -> Iterator[Diagnostic]:
    """The first branches that have one size for this input and not for others."""
    sizes = network.input_sizes
    suspects = _unequal_ways(network, report) if sizes else []
    if not suspects:
        return
    found = _failing(network, report, sizes, suspects)
    if found is not None:
        index, step, works = found
        at = (*network.nodes[index].description.location, "inputs")
        wrong = [size + step for size in sizes]
        yield from placed(graph.odd_size_before_skip(sizes, wrong, works, at))


def _failing(
    network: Network, report: Report, sizes: Sequence[int], suspects: Sequence[int]
) -> tuple[int, int, int | None] | None:
    """Which of some layers fails first as the input grows, by how much, and by how much it may grow."""
    trials = Trials(network, MOST_TRIALS)
    grown = [network.with_input_sizes([size + step for size in sizes]) for step in STEPS]
    inputs = {name: [shapes[name] for shapes in grown] for name in network.inputs}
    try:
        alive, tensors = trials.run(inputs)
    except TooManyTrialsError:
        return None
    failures = []
    for index in suspects:
        arriving = [tensors[edge].which for edge in report.edges[index] if edge is not None]
        refused = (tensors[report.layers[index].name, index].which < 0) & (np.min(arriving, axis=0) >= 0)
        failures += [(step, index) for step, one in zip(STEPS, refused.tolist(), strict=True) if one][:1]
    if not failures:
        return None
    step, index = min(failures)
    return index, step, min((one for one, ok in zip(STEPS, alive.tolist(), strict=True) if ok), default=None)


Way = tuple[Rounding | None, ...] | None
"""How a tensor's sizes follow from any size of the input, axis by axis: `floor((n + C)/S)` as (C, S)."""


def _unequal_ways(network: Network, report: Report) -> list[int]:
    """The layers that bring branches together whose sizes do not follow from the input's alike."""
    ways: dict[Edge, Way] = {(name, None): ((0, 1),) * (len(shape) - 2) for name, shape in network.inputs.items()}
    unequal = []
    for index in report.order:
        layer, here = network.nodes[index].description.layer, report.layers[index]
        arriving = [ways.get(edge) if edge else None for edge in report.edges[index]]
        if layer is None or not arriving:
            continue
        if layer.merges:
            stretched = [_is_single(shape) for shape in here.input_shapes]
            different = {way for way, single in zip(arriving, stretched, strict=True) if not single}
            if len(different) > 1 or None in different or any(way and None in way for way in different):
                unequal.append(index)
        ways[here.name, index] = _onward(arriving[0], here)
    return unequal


def _is_single(shape: Shape | None) -> bool:
    """Whether a branch has nothing but sizes of 1 besides batch and channels."""
    return shape is not None and all(size == 1 for size in shape[2:])


def _onward(way: Way, here: Placed) -> Way:
    """The way behind a layer: `floor((floor((n + C)/S) + c)/s) = floor((n + C + c*S)/(S*s))`."""
    if way is None or not here.outcome.axes:
        return way
    roundings = here.outcome.roundings
    if len(roundings) != len(way):
        return None
    return tuple(
        None if old is None or new is None else (old[0] + new[0] * old[1], old[1] * new[1])
        for old, new in zip(way, roundings, strict=True)
    )
