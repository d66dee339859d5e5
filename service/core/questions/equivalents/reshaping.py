"""Flattening, reshaping and permuting, where the order of axes decides."""

from collections.abc import Sequence
from math import prod

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, elements
from service.core.layers.base import Site
from service.core.layers.reshaping import Flatten, Permute
from service.core.questions.equivalents.way import Way, no_way

OTHER_ORDER = "flattening takes the features in another order where the channels come last"
BATCH_STAYS = "the batch cannot be put into another shape"
NO_ORDER = "the axes are not known, or it is no order of all of them"


def order_of_features(site: Site) -> str | None:
    """The order in which flattening takes the features; None where the channels' place makes no difference."""
    shape = site.shape
    if shape is None or len(shape) < 3:
        return None
    spatial = site.layout.spatial(shape, len(shape) - 2)
    channels = shape[site.layout.channel_axis(len(shape), len(shape) - 2)]
    if channels == 1 or (None not in spatial and prod(size for size in spatial if size is not None) == 1):
        return None
    return site.layout.name


def flattened_from(site: Site) -> tuple[int, int] | None:
    """The first and last axis that are joined, where they are counted from the front; None for two axes of all."""
    layer, dimensions = site.layer, len(site.shape or ())
    assert isinstance(layer, Flatten)
    axis = layer.split_axis(site)
    if axis is None:
        return layer.span(dimensions)
    return (1, dimensions - 1) if axis % max(dimensions, 1) == 1 and dimensions > 1 else None


def flatten(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """A flatten, after a permutation where the channels stand elsewhere; or a reshape."""
    shape = site.shape
    if shape is None:
        return no_way(OTHER_ORDER)
    count, span = len(shape), flattened_from(site)
    moved = framework.layout is not site.layout and order_of_features(site) is not None
    if span == (1, count - 1):
        flat = {"type": "flatten"}
        if not moved:
            return Way(steps=(flat,))
        last = framework.layout.channels_last
        order = (0, count - 1, *range(1, count - 1)) if last else (0, *range(2, count), 1)
        dims = order[1:] if framework.batch_stands_apart else order
        return Way(steps=({"type": "permute", "dims": dims}, flat), notes=(OTHER_ORDER,))
    if moved:
        return no_way(OTHER_ORDER)
    if span is not None and framework.flatten_axis is None:
        return Way(steps=({"type": "flatten", "start_dim": span[0], "end_dim": span[1]},))
    return _reshaped(site, framework, site.layer.output_shape(site))


def reshape(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same sizes; the batch is left out where it stands apart."""
    return _reshaped(site, framework, site.layer.output_shape(site))


def _reshaped(site: Site, framework: Framework, output: Shape | None) -> Way:
    """A reshape to sizes of which at most one is not known."""
    if output is None or site.shape is None:
        return no_way("the sizes are not known")
    if framework.batch_stands_apart:
        if not output or not site.shape or output[0] != site.shape[0] or len(output) < 2:
            return no_way(BATCH_STAYS)
        output = output[1:]
    if sum(size is None for size in output) > 1 or (None in output and elements(site.shape[1:]) is None):
        return no_way("the sizes are not known")
    return Way(steps=({"type": "reshape", "shape": tuple(-1 if size is None else size for size in output)},))


def permute(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same order; the batch is left out where it stands apart and stays."""
    assert isinstance(site.layer, Permute)
    order = site.layer.order(site)
    if not order:
        return no_way(NO_ORDER)
    apart = framework.batch_stands_apart and order[0] == 0
    return Way(steps=({"type": "permute", "dims": tuple(order[1:] if apart else order)},))
