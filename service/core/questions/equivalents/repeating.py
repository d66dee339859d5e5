"""Layers that repeat or view what they get, written in another framework."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.geometry.axis_numbers import from_the_front
from service.core.layers.base import Site
from service.core.layers.expanding import RepeatInterleave
from service.core.questions.equivalents.order_of_axes import counted
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

UNKNOWN = "the sizes are not known"


def expanded(site: Site) -> list[Any] | None:
    """The shape that comes out."""
    output = site.layer.output_shape(site)
    return None if output is None or None in output else [output]


def expand(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """To the shape that comes out, whatever said it."""
    meaning = expanded(site)
    if meaning is None or "expand" not in framework.compared:
        return no_way(UNKNOWN)
    return Way(steps=({"type": "expand", "shape": tuple(meaning[0])},), notes=counted(site, framework))


def tiled(site: Site) -> list[Any] | None:
    """How often each axis of the output is repeated, axes in front of the input's included."""
    repeats = getattr(site.layer, "repeats", None)
    if site.shape is None or repeats is None:
        return None
    each = [repeats] if isinstance(repeats, int) else list(repeats)
    return [(*(1,) * (len(site.shape) - len(each)), *each)]


def tile(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """A number for each axis; new axes are made first."""
    meaning = tiled(site)
    if meaning is None or "tile" not in framework.compared or 0 in meaning[0]:
        return no_way(UNKNOWN)
    [repeats] = meaning
    new = len(repeats) - len(site.shape or ())
    step = {"type": "tile", "repeats": tuple(repeats)}
    if new and framework.structure.exact_repeats:
        return Way(steps=({"type": "unsqueeze", "dim": tuple(range(new))}, step))
    return Way(steps=(step,), notes=counted(site, framework))


def interleaved(site: Site) -> list[Any] | None:
    """How often each position is repeated, and along which axis."""
    layer = site.layer
    assert isinstance(layer, RepeatInterleave)
    dim = None if layer.dim is None else from_the_front(layer.dim, len(site.shape or ()))
    return [layer.repeats, dim] if isinstance(layer.repeats, int) and layer.repeats and dim is not None else None


def interleave(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """Each position as often along the same axis."""
    meaning = interleaved(site)
    if meaning is None:
        return no_way("only one number of repeats along an axis was run")
    if "repeat_interleave" not in framework.compared:
        return no_way(lacks_layer(framework, site.kind.name))
    step = {"type": "repeat_interleave", "repeats": meaning[0], "dim": meaning[1]}
    return Way(steps=(step,), notes=counted(site, framework))
