"""Layers along one axis, written in another framework: running totals, sorting, gates, vectors of length 1."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.layers.along_axis import AlongAxis, CosineSimilarity, Normalize, RunningTotal, Sort, TopK
from service.core.layers.base import Site
from service.core.questions.equivalents.numbers import number
from service.core.questions.equivalents.order_of_axes import counted
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

NO_AXIS = "no axis is named, or it does not exist"
TWO_OUTPUTS = "its second output, the positions, is there in one framework only"


def along(site: Site) -> dict[str, Any] | None:
    """The axis counted from the front and the other parameters; None where nothing is claimed."""
    layer = site.layer
    assert isinstance(layer, AlongAxis)
    axis = layer.axis(site)
    if axis is None or not site.shape or len(site.inputs) > 1 or isinstance(layer, CosineSimilarity):
        return None
    meaning: dict[str, Any] = {"dim": axis}
    if isinstance(layer, RunningTotal):
        meaning |= {"exclusive": layer.exclusive, "from_the_end": layer.from_the_end}
    if isinstance(layer, Sort):
        meaning |= {"descending": layer.descending, "outputs": len(layer.output_shapes(site))}
    if isinstance(layer, TopK):
        meaning |= {"k": layer.k, "largest": layer.largest}
        return meaning if layer.sorted and layer.k else None
    if isinstance(layer, Normalize):
        power = 2.0 if layer.norm_type == "fro" else layer.norm_type
        meaning |= {"norm_type": power, "eps": number(site, "eps")}
        return None if isinstance(power, str) or power != int(power) else {**meaning, "norm_type": int(power)}
    return meaning


def along_axis(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same axis and the same parameters."""
    meaning, family = along(site), site.kind.family
    if meaning is None:
        return no_way(NO_AXIS)
    if family not in framework.compared:
        return no_way(lacks_layer(framework, family))
    if meaning.pop("outputs", 1) != (2 if family in framework.along_axes.gives_indices else 1):
        return no_way(TWO_OUTPUTS)
    lacking = framework.along_axes.lacks
    for name in ("exclusive", "from_the_end", "descending"):
        if not meaning.get(name):
            meaning.pop(name, None)
        elif name in lacking:
            return no_way(f"{framework.title}'s {family} has no `{name}`")
    if meaning.get("largest", True):
        meaning.pop("largest", None)
    elif "largest" in lacking:
        return no_way(f"{framework.title}'s {family} gives the largest only")
    if family == "topk" and "dim" in lacking and meaning.pop("dim") != len(site.shape or ()) - 1:
        return no_way(f"{framework.title}'s {family} works along the last axis")
    return Way(steps=({"type": family, **meaning},), notes=counted(site, framework))
