"""The pixels of a network's input that one output depends on, found by walking back from it.

Exact where a formula of size, stride and start is not: at the edges, where windows see padding; under adaptive windows
of unequal width; behind branches that see different places. Each set of positions is kept axis by axis, and is that of
all channels. Where a layer mixes positions (a linear layer, a reshape) all of its input is seen.
"""

from collections.abc import Mapping, Sequence
from math import prod

import numpy as np

from service.core.geometry.positions import MOST_POSITIONS, Positions, every, inside
from service.core.geometry.shapes import Layout, Shape
from service.core.layers.base import Layer
from service.core.layers.merging import Concat
from service.core.layers.reshaping import Flatten
from service.core.networks.network import Network, Report
from service.core.networks.outcome import Outcome

Places = tuple[Positions, ...]
"""Positions along each axis of a tensor, its batch and channels left out."""
Box = list[list[int]]


class UnknownSizeError(Exception):
    """A size on the way is not known, since something is wrong there."""


def spread(shape: Shape, layout: Layout) -> range:
    """The axes of a tensor along which it has positions: the spatial ones, or the features of a flat one."""
    return layout.spatial_axes(len(shape), len(shape) - 2) if len(shape) > 2 else range(1, len(shape))


def boxes(network: Network, report: Report, target: int, output: Sequence[int]) -> dict[str, Box | None]:
    """By input of the network the first and last pixel of each axis that an output sees; None where it sees none.

    Raises UnknownSizeError where that cannot be told.
    """
    seen: dict[int | str, Places] = {target: tuple(np.array([index]) for index in output)}
    for index in reversed(report.order):
        places = seen.pop(index, None)
        if places is None:
            continue
        layer, outcome = network.nodes[index].description.layer, report.layers[index].outcome
        shapes = report.layers[index].input_shapes
        if layer is None or not outcome.complete:
            raise UnknownSizeError
        back = _back(layer, outcome, _known(shapes), network.framework.layout, places)
        for edge, part in zip(report.edges[index], back, strict=True):
            if edge is None:
                raise UnknownSizeError
            if all(along.size for along in part):
                key = edge[0] if edge[1] is None else edge[1]
                seen[key] = _together(seen.get(key), part)
    return {name: _box(seen.get(name)) for name in network.inputs}


def _known(shapes: Sequence[Shape | None]) -> list[Shape]:
    known = [shape for shape in shapes if shape is not None and None not in shape[1:]]
    if len(known) != len(shapes):
        raise UnknownSizeError
    return known


def _back(layer: Layer, outcome: Outcome, shapes: list[Shape], layout: Layout, places: Places) -> list[Places]:
    """What a layer reads of each of its inputs for these places of its output."""
    if isinstance(layer, Concat):
        return _parts(layer, shapes, layout, places)
    if layer.merges:
        return [_stretched(shape, layout, places) for shape in shapes]
    [shape] = shapes
    if isinstance(layer, Flatten) and len(places) == 1:
        return [_unflattened(layer, shape, layout, places[0])]
    if not layer.mixes_positions and len(places) == len(spread(shape, layout)):
        if not outcome.axes:
            return [places]
        if len(outcome.axes) == len(places):
            return [tuple(axis.reads(along) for axis, along in zip(outcome.axes, places, strict=True))]
    return [_everything(shape, layout)]


def _everything(shape: Shape, layout: Layout) -> Places:
    return tuple(every(shape[axis] or 1) for axis in spread(shape, layout))


def _stretched(shape: Shape, layout: Layout, places: Places) -> Places:
    """Places of a branch that may have to be stretched: a size of 1 is everywhere the same."""
    axes = spread(shape, layout)
    if len(axes) != len(places):
        return _everything(shape, layout)
    return tuple(np.array([0]) if shape[axis] == 1 else along for axis, along in zip(axes, places, strict=True))


def _parts(layer: Concat, shapes: list[Shape], layout: Layout, places: Places) -> list[Places]:
    """Places of branches one after another: along their axis each has its own part."""
    joined, axes = layer.axis(layout, len(shapes[0])), list(spread(shapes[0], layout))
    if joined is None or joined not in axes:
        return [places] * len(shapes)
    number, first, parts = axes.index(joined), 0, []
    for shape in shapes:
        size = shape[joined] or 0
        parts.append((*places[:number], inside(places[number] - first, size), *places[number + 1 :]))
        first += size
    return parts


def _unflattened(layer: Flatten, shape: Shape, layout: Layout, features: Positions) -> Places:
    """Places of what was flattened, where that is all positions, with channels or without."""
    first, last = layer.span(len(shape)) or (0, 0)
    axes = spread(shape, layout)
    whole = layer.axis in (None, 1) and axes and 1 <= first <= axes[0] and last >= axes[-1]
    flattened = tuple(size or 1 for size in shape[first : last + 1])
    if not whole or prod(flattened) > MOST_POSITIONS:
        return _everything(shape, layout)
    unraveled = np.unravel_index(features, flattened)
    return tuple(np.unique(unraveled[axis - first]) for axis in axes)


def _together(known: Places | None, part: Places) -> Places:
    """Everything that either path sees."""
    if known is None:
        return part
    return tuple(np.union1d(one, other) for one, other in zip(known, part, strict=True))


def _box(places: Places | None) -> Box | None:
    return None if places is None else [[int(along.min()), int(along.max())] for along in places]


def output_places(report: Report, target: int, layout: Layout) -> Mapping[int, int] | None:
    """The axes of a layer's output along which it has positions, with their sizes; None where they are not known."""
    shape = report.layers[target].outcome.output_shape
    if shape is None or None in shape[1:]:
        return None
    return {axis: shape[axis] or 0 for axis in spread(shape, layout)}
