"""Embeddings and trained slopes, written in another framework."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.layers.base import Site
from service.core.layers.lookup import Embedding
from service.core.layers.pointwise import PRelu
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

TABLE_FIRST = "Gather along axis 0 takes the table of vectors as its first input and the indices as its second"
OTHER_SLOPES = "its slopes are neither one for all nor one a channel"
SLOPE_SHAPE = "the slopes are an input, with an axis of size 1 for each axis behind the channels"


def embedded(site: Site) -> list[Any] | None:
    """How many vectors of how many numbers."""
    layer = site.layer
    assert isinstance(layer, Embedding)
    return [layer.num_embeddings, layer.embedding_dim]


def embedding(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """As many vectors of as many numbers."""
    layer = site.layer
    assert isinstance(layer, Embedding)
    if "embedding" not in framework.compared:
        return no_way(TABLE_FIRST if framework.weights_are_inputs else lacks_layer(framework, "embedding"))
    step = {"type": "embedding", "num_embeddings": layer.num_embeddings, "embedding_dim": layer.embedding_dim}
    return Way(steps=(step,))


def slopes(site: Site) -> list[Any] | None:
    """One slope for all, or one a channel; None for others."""
    layer, shape = site.layer, site.shape
    assert isinstance(layer, PRelu)
    if not shape or len(site.inputs) > 1 or None in shape[1:]:
        return None
    if not layer.slopes_of_elements(site):
        count = layer.num_parameters or 1
        return [count] if count == 1 or (len(shape) > 1 and count == layer.channels(site)) else None
    shared = layer.shared(len(shape))
    if shared is None:
        return None
    sizes = [1 if axis in shared else size for axis, size in enumerate(shape[1:])]
    channel = sizes.pop(-1 if site.layout.channels_last else 0) if sizes else 1
    return [channel] if all(size == 1 for size in sizes) else None


def prelu(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """One slope, or one a channel; the other axes share it where every element would have its own."""
    meaning, count = slopes(site), len(site.shape or ())
    if "prelu" not in framework.compared:
        return no_way(lacks_layer(framework, "prelu"))
    if meaning is None:
        return no_way(OTHER_SLOPES)
    [number] = meaning
    if framework.slopes_of_elements:
        channels = count - 1 if framework.layout.channels_last else 1
        shared = tuple(axis for axis in range(1, count) if number == 1 or axis != channels)
        return Way(steps=({"type": "prelu", "shared_axes": shared},))
    notes = (SLOPE_SHAPE,) if framework.weights_are_inputs and framework is not site.framework else ()
    return Way(steps=({"type": "prelu", "num_parameters": number},), notes=notes)
