"""Warnings about a sound network as a whole, which no layer shows by itself."""

from collections.abc import Iterator
from math import prod

import numpy as np

from service.core.diagnostics import Diagnostic, placed, whole_network
from service.core.geometry.axes import Rounding, WindowAxis
from service.core.geometry.shapes import Shape
from service.core.layers.axis_order import Squeeze
from service.core.layers.base import Layer
from service.core.layers.convolution import Convolution
from service.core.layers.pointers import Pointer
from service.core.layers.reshaping import Flatten, Reshape
from service.core.layers.viewing import Unflatten
from service.core.networks.judge_network import JudgedLayer, Judgement
from service.core.networks.network import Network, TensorKey, layer_of
from service.core.networks.trials import REFUSED, TooManyTrialsError, TrialResult, Trials

GROWTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Pixels by which the input is enlarged, to see whether branches still have one size. Chosen: strides up to 64."""
RESHAPES = (Reshape, Flatten, Unflatten)
"""Layers that give the same elements, in the same order, another shape."""
MOST_TRIALS = 5_000
"""Outputs of layers that are tried with some shapes. Chosen; without an answer by then there is no warning."""


def network_warnings(network: Network, judgement: Judgement) -> list[Diagnostic]:
    """Every warning about the network as a whole."""
    return [
        *_dilation_gridding(network, judgement),
        *(_receptive_field_exceeds_input(network, judgement) if judgement.valid else ()),
        *(_odd_size_before_skip(network, judgement) if judgement.valid else ()),
        *(_batch_changed(network, judgement) if judgement.valid else ()),
    ]


# --- batches ---------------------------------------------------------------------------------------------------------


def _batch_changed(network: Network, judgement: Judgement) -> Iterator[Diagnostic]:
    """The first reshape that swaps the batch with another axis, or changes it if another comes out than went in.

    Layers that name an axis, such as a permutation or an index, do what their author says.
    """
    batches = {shape[0] for shape in network.inputs.values() if shape}
    before = batches.pop() if len(batches) == 1 else None
    came_out = {shape[0] for shape in judgement.output_shapes.values() if shape}
    if before is None or not came_out or None in came_out:
        return
    for index in judgement.order:
        layer, judged = network.nodes[index].description.layer, judgement.layers[index]
        shape, made = next(iter(judged.input_shapes), None), judged.outcome.output_shape
        if not (isinstance(layer, RESHAPES) or _squeezes_all(layer)) or not shape or not made:
            continue
        if shape[0] != before or made[0] in (before, None):
            continue
        location = network.nodes[index].description.location
        swaps = (
            isinstance(layer, Reshape)
            and before > 1
            and len(shape) > 1
            and made[:2] == (shape[1], before) != (1, before)
        )
        if swaps:
            yield from placed(whole_network.batch_swapped(shape, made, location))
        elif before not in came_out and made[0] in came_out:
            squeezed = _squeezes_all(layer)
            yield from placed(
                whole_network.batch_changed(before, made[0] or 0, shape, made, location, squeezed=squeezed)
            )
        else:
            continue
        return


def _squeezes_all(layer: Layer | None) -> bool:
    """Whether a layer takes every axis of size 1 away, so also a batch of one example."""
    return isinstance(layer, Squeeze) and layer.dim is None


# --- dilations -------------------------------------------------------------------------------------------------------


def _dilation_gridding(network: Network, judgement: Judgement) -> Iterator[Diagnostic]:
    """Convolutions of the same dilation as the convolution before."""
    layers = (node.description.layer for node in network.nodes)
    if not any(isinstance(layer, Convolution) and layer.dilation != 1 for layer in layers):
        return
    last_wide: dict[TensorKey, int] = {}
    """For a tensor the wide convolution that it comes from, with only layers between that keep positions."""
    for index in judgement.order:
        inputs = judgement.graph.connections[index]
        key = inputs[0] if inputs else None
        before = None if key is None else last_wide.get(key)
        if _is_wide_convolution(network, judgement, index):
            last_wide[index] = index
            if before is not None:
                yield from _same_dilation(network, judgement, index, before)
        elif before is not None and _keeps_positions(network, judgement, index):
            last_wide[index] = before


def _window_axes(judgement: Judgement, index: int) -> list[WindowAxis]:
    return [axis for axis in judgement.layers[index].outcome.axes if isinstance(axis, WindowAxis)]


def _is_wide_convolution(network: Network, judgement: Judgement, index: int) -> bool:
    """Whether a layer is a convolution that reads more than one position along an axis."""
    layer = network.nodes[index].description.layer
    return isinstance(layer, Convolution) and any(axis.kernel > 1 for axis in _window_axes(judgement, index))


def _keeps_positions(network: Network, judgement: Judgement, index: int) -> bool:
    """Whether each output position reads that input position only, as in activations and 1x1 convolutions."""
    layer = network.nodes[index].description.layer
    if layer is None or layer.mixes_positions:
        return False
    axes = judgement.layers[index].outcome.axes
    return all(isinstance(axis, WindowAxis) and axis.kernel == axis.stride == 1 for axis in axes)


def _same_dilation(network: Network, judgement: Judgement, index: int, before: int) -> Iterator[Diagnostic]:
    """The warning if two convolutions share a dilation above 1 along an axis; about the first such axis."""
    pairs = zip(_window_axes(judgement, index), _window_axes(judgement, before), strict=False)
    for number, (here, there) in enumerate(pairs):
        if here.kernel > 1 and there.kernel > 1 and here.dilation == there.dilation > 1 and there.stride == 1:
            at, other = (_dilation_location(network, layer) for layer in (index, before))
            name = judgement.layers[before].name
            yield from placed(whole_network.dilation_gridding(here.dilation, number, name, at, other))
            return


def _dilation_location(network: Network, index: int) -> Pointer:
    description = network.nodes[index].description
    return (*description.location, description.spelling.get("dilation", "dilation"))


# --- receptive fields ------------------------------------------------------------------------------------------------


def _receptive_field_exceeds_input(network: Network, judgement: Judgement) -> Iterator[Diagnostic]:
    """The first wide convolution over a map that sees the whole input and is smaller than the kernel can use."""
    inputs = network.common_sizes
    if len(network.inputs) != 1 or not inputs:
        return
    for index in judgement.order:
        if not _is_wide_convolution(network, judgement, index):
            continue
        axes = _window_axes(judgement, index)
        kernel, read = prod(axis.kernel for axis in axes), prod(axis.kernel_reading_input or 0 for axis in axes)
        field = judgement.layers[index].receptive_field
        if field is None or len(field.axes) != len(inputs) or not 0 < read < kernel or axes[0].dilation > 1:
            continue
        sizes = [axis.size for axis in field.axes]
        if all(size > input_size > 0 for size, input_size in zip(sizes, inputs, strict=True)):
            location, arriving = network.nodes[index].description.location, [axis.size or 0 for axis in axes]
            yield from placed(
                whole_network.receptive_field_exceeds_input(sizes, inputs, arriving, read, kernel, location)
            )
            return


# --- branches --------------------------------------------------------------------------------------------------------


def _odd_size_before_skip(network: Network, judgement: Judgement) -> Iterator[Diagnostic]:
    """The first branches that have one size for this input, but not for larger ones."""
    sizes = network.common_sizes
    suspects = _merges_of_unlike_sizes(network, judgement) if sizes else []
    if not suspects:
        return
    trials = Trials(network, MOST_TRIALS)
    enlarged = [network.resized_inputs([size + growth for size in sizes]) for growth in GROWTHS]
    try:
        result = trials.try_inputs({name: [shapes[name] for shapes in enlarged] for name in network.inputs})
    except TooManyTrialsError:
        return
    failures = [failure for index in suspects for failure in _first_failure(trials, result, index)]
    if failures:
        growth, index = min(failures)
        working = next((growth for growth, ok in zip(GROWTHS, result.accepted.tolist(), strict=True) if ok), None)
        location = (*network.nodes[index].description.location, "inputs")
        wrong = [size + growth for size in sizes]
        yield from placed(whole_network.odd_size_before_skip(sizes, wrong, working, location))


def _first_failure(trials: Trials, result: TrialResult, index: int) -> Iterator[tuple[int, int]]:
    """The least growth of the input with which a layer refuses what arrives, and the layer's index."""
    arriving = [result.tensors[key].indices for key in trials.connections[index] if key is not None]
    refused = (result.tensors[index].indices == REFUSED) & (np.min(arriving, axis=0) != REFUSED)
    yield from [(growth, index) for growth, flag in zip(GROWTHS, refused.tolist(), strict=True) if flag][:1]


SizeFormulas = tuple[Rounding | None, ...] | None
"""How a tensor's sizes follow from any size of the input, axis by axis: `floor((i + c) / s)` as (c, s)."""


def _merges_of_unlike_sizes(network: Network, judgement: Judgement) -> list[int]:
    """The layers that merge branches whose sizes do not follow from the input's by one formula."""
    formulas: dict[TensorKey, SizeFormulas] = {
        name: ((0, 1),) * (len(shape) - 2) for name, shape in network.inputs.items()
    }
    unlike = []
    constant: set[TensorKey | None] = set()
    """Tensors to which nothing leads from the input: weights, whose sizes are not rounded on the way."""
    for index in judgement.order:
        layer, judged = network.nodes[index].description.layer, judgement.layers[index]
        keys = judgement.graph.connections[index]
        if all(key in constant or layer_of(key) in constant for key in keys):
            constant.add(index)
        arriving = [None if key is None else formulas.get(key) for key in keys]
        if layer is None or not arriving:
            continue
        if layer.merges:
            branches = [
                formula
                for key, formula, shape in zip(keys, arriving, judged.input_shapes, strict=True)
                if not (_has_one_position(shape) or key in constant or layer_of(key) in constant)
            ]
            unknown = any(formula is None or None in formula for formula in branches)
            if len(branches) > 1 and (unknown or len(set(branches)) > 1):
                unlike.append(index)
        formulas[index] = _composed(arriving[0], judged)
    return unlike


def _has_one_position(shape: Shape | None) -> bool:
    """Whether a branch has nothing but sizes of 1 besides batch and channels, so that it is broadcast."""
    return shape is not None and all(size == 1 for size in shape[2:])


def _composed(before: SizeFormulas, judged: JudgedLayer) -> SizeFormulas:
    """The formulas behind a layer: `floor((floor((i + C)/S) + c)/s) = floor((i + C + c*S)/(S*s))`."""
    if before is None or not judged.outcome.axes:
        return before
    roundings = judged.outcome.roundings
    if len(roundings) != len(before):
        return None
    return tuple(
        None if old is None or new is None else (old[0] + new[0] * old[1], old[1] * new[1])
        for old, new in zip(before, roundings, strict=True)
    )
