"""The pixels of a network's inputs that one output depends on, found by walking back from it layer by layer.

The walk is exact where a formula of size, stride and start is not: at the edges, where windows see padding; under
adaptive windows of unequal width; behind branches that see different places. Positions are kept axis by axis and are
those of all channels. A layer that mixes positions (a linear layer, a reshape) reads all of its input.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from math import prod

import numpy as np

from service.core.geometry.positions import MOST_POSITIONS, Positions, all_positions, inside
from service.core.geometry.shapes import Layout, Shape
from service.core.layers.base import Layer
from service.core.layers.merging import Concat
from service.core.layers.reshaping import Flatten
from service.core.networks.judge_network import JudgedLayer, Judgement
from service.core.networks.network import Network, OtherOutput, TensorKey

TensorPositions = tuple[Positions, ...]
"""Positions along each axis of a tensor that has positions: not along its batch and channels."""
PixelBox = list[list[int]]
"""The first and the last pixel along each axis."""


class UnknownSizeError(Exception):
    """A size on the way back is unknown, because something is wrong there."""


def position_sizes(judgement: Judgement, target: int, layout: Layout) -> Mapping[int, int] | None:
    """The axes of a layer's output that have positions, with their sizes; None where a size is unknown."""
    shape = judgement.layers[target].outcome.output_shape
    if shape is None or None in shape[1:]:
        return None
    return {axis: shape[axis] or 0 for axis in layout.position_axes(shape)}


def pixel_boxes(
    network: Network, judgement: Judgement, target: int, output: Sequence[int]
) -> dict[str, PixelBox | None]:
    """For each network input the box of pixels that one output of layer `target` depends on; None if on none.

    `output` has an index for each axis of `position_sizes`.

    Raises:
        UnknownSizeError: A layer on the way cannot be read, or a size is unknown.
    """
    needed: dict[TensorKey, TensorPositions] = {target: tuple(np.array([index]) for index in output)}
    for index in reversed(judgement.order):
        positions = _needed_of(index, judgement, needed)
        if positions is None:
            continue
        layer = network.nodes[index].description.layer
        if layer is None or not judgement.layers[index].outcome.complete:
            raise UnknownSizeError
        read = _positions_read(layer, judgement.layers[index], network.framework.layout, positions)
        for key, of_input in zip(judgement.graph.connections[index], read, strict=False):
            if key is None:
                raise UnknownSizeError
            if all(along_axis.size for along_axis in of_input):
                needed[key] = _union(needed[key], of_input) if key in needed else of_input
    return {name: _box(needed[name]) if name in needed else None for name in network.inputs}


def _needed_of(index: int, judgement: Judgement, needed: dict[TensorKey, TensorPositions]) -> TensorPositions | None:
    """The positions that are needed of any output of a layer; taken out of `needed`, None where there are none.

    Outputs of unlike rank have no positions in common: their layer mixes positions and reads all of its input.
    """
    others = [OtherOutput(index, other) for other in range(1, len(judgement.layers[index].outcome.outputs))]
    wanted = [needed.pop(key) for key in (index, *others) if key in needed]
    if len({len(positions) for positions in wanted}) > 1:
        return wanted[0]
    return reduce(_union, wanted) if wanted else None


def _positions_read(
    layer: Layer, judged: JudgedLayer, layout: Layout, outputs: TensorPositions
) -> list[TensorPositions]:
    """What a layer reads of each of its inputs for some positions of its outputs."""
    shapes, axes = _known_shapes(judged), judged.outcome.axes
    if not shapes:
        return []
    if isinstance(layer, Concat):
        return _read_by_concat(layer, shapes, layout, outputs)
    if layer.merges:
        most = max(map(len, shapes))
        return [
            _read_by_broadcast(shape, layout, outputs) if len(shape) == most else _all_of(shape, layout)
            for shape in shapes
        ]
    if len(shapes) > 1:
        return [_all_of(shape, layout) for shape in shapes]
    [shape] = shapes
    if isinstance(layer, Flatten) and len(outputs) == 1:
        return [_read_by_flatten(layer, shape, layout, outputs[0])]
    keeps_axes = len(judged.outcome.output_shape or ()) == len(shape)  # Keras' global pools leave features only
    if not layer.mixes_positions and keeps_axes and len(outputs) == len(layout.position_axes(shape)):
        if not axes:
            return [outputs]
        if len(axes) == len(outputs):
            return [tuple(axis.reads(along_axis) for axis, along_axis in zip(axes, outputs, strict=True))]
    return [_all_of(shape, layout)]


def _known_shapes(judged: JudgedLayer) -> list[Shape]:
    known = [shape for shape in judged.input_shapes if shape is not None and None not in shape[1:]]
    if len(known) != len(judged.input_shapes):
        raise UnknownSizeError
    return known


def _all_of(shape: Shape, layout: Layout) -> TensorPositions:
    return tuple(all_positions(shape[axis] or 1) for axis in layout.position_axes(shape))


def _read_by_broadcast(shape: Shape, layout: Layout, outputs: TensorPositions) -> TensorPositions:
    """The positions read of a branch that is added or multiplied: where its size is 1, always that one."""
    axes = layout.position_axes(shape)
    if len(axes) != len(outputs):
        return _all_of(shape, layout)
    return tuple(
        np.array([0]) if shape[axis] == 1 else along_axis for axis, along_axis in zip(axes, outputs, strict=True)
    )


def _read_by_concat(
    layer: Concat, shapes: list[Shape], layout: Layout, outputs: TensorPositions
) -> list[TensorPositions]:
    """The positions read of branches that are put one after another: along their axis each has its own part."""
    joined, axes = layer.axis(layout, len(shapes[0])), list(layout.position_axes(shapes[0]))
    if joined is None or joined not in axes:
        return [outputs] * len(shapes)
    place, first, parts = axes.index(joined), 0, []
    for shape in shapes:
        size = shape[joined] or 0
        parts.append((*outputs[:place], inside(outputs[place] - first, size), *outputs[place + 1 :]))
        first += size
    return parts


def _read_by_flatten(layer: Flatten, shape: Shape, layout: Layout, features: Positions) -> TensorPositions:
    """The positions of some features before they were flattened; all if not every position was, or they are many."""
    first, last = layer.span(len(shape)) or (0, 0)
    axes = layout.position_axes(shape)
    all_flattened = layer.axis in (None, 1) and axes and 1 <= first <= axes[0] and last >= axes[-1]
    flattened = tuple(size or 1 for size in shape[first : last + 1])
    if not all_flattened or prod(flattened) > MOST_POSITIONS:
        return _all_of(shape, layout)
    indices = np.unravel_index(features, flattened)
    return tuple(np.unique(indices[axis - first]) for axis in axes)


def _union(some: TensorPositions, others: TensorPositions) -> TensorPositions:
    """Along each axis the positions that either has."""
    return tuple(np.union1d(a, b) for a, b in zip(some, others, strict=True))


def _box(positions: TensorPositions) -> PixelBox:
    return [[int(along_axis.min()), int(along_axis.max())] for along_axis in positions]
