"""Slices, narrowed axes and single positions, written in another framework as slices with resolved bounds."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.geometry.axis_numbers import from_the_front
from service.core.layers.base import Site
from service.core.layers.slicing import Cutting, Select
from service.core.layers.structural import RefusedError
from service.core.questions.equivalents.order_of_axes import counted
from service.core.questions.equivalents.way import Step, Way, no_way

NO_STEPS_BACK = "has no steps backwards"
UNKNOWN = "the size of an axis that is cut is not known"


def cut(site: Site) -> list[Any] | None:
    """By axis the first position, the step and how many there are; and the axis that goes."""
    layer, shape = site.layer, site.shape
    if shape is None:
        return None
    if isinstance(layer, Select):
        axis = from_the_front(layer.dim, len(shape))
        size = None if axis is None else shape[axis]
        if axis is None or size is None or not -size <= layer.position < size:
            return None
        return [{axis: (layer.position % size, 1, 1)}, axis]
    assert isinstance(layer, Cutting)
    try:
        cuts = layer.cuts(site)
    except RefusedError:
        return None
    if any(part.taken is None or shape[axis] is None for axis, part in cuts.items()):
        return None
    return [{axis: (part.start, part.step, part.taken) for axis, part in sorted(cuts.items())}, None]


def cutting(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """A slice with bounds counted from the front, and the axis of a single position taken away."""
    meaning = cut(site)
    if meaning is None:
        return no_way(UNKNOWN)
    parts, gone = meaning
    if any(step < 0 for _, step, _ in parts.values()) and not framework.structure.negative_steps:
        return no_way(f"{framework.title} {NO_STEPS_BACK}")
    if not parts:
        return Way(steps=({"type": "identity"},))
    step: Step = {
        "type": "slice",
        "starts": tuple(first for first, _, _ in parts.values()),
        "ends": tuple(_end(first, step, taken) for first, step, taken in parts.values()),
        "dims": tuple(parts),
        "steps": None if all(step == 1 for _, step, _ in parts.values()) else tuple(s for _, s, _ in parts.values()),
    }
    return Way(steps=(step,) if gone is None else (step, {"type": "squeeze", "dim": (gone,)}),
               notes=counted(site, framework))  # fmt: skip


def _end(first: int, step: int, taken: int) -> int:
    """Before which position it ends; far below 0 where it runs back to the first."""
    end = first + step * taken
    return end if end >= 0 else -(2**31)
