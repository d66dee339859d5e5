"""Reductions written in another framework: the axes are always named, and it is always said whether they stay."""

from collections.abc import Sequence
from math import prod, sqrt
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.layers.base import Site
from service.core.layers.reductions import Choice, Deviation, Norm, Reduction
from service.core.questions.equivalents.numbers import number
from service.core.questions.equivalents.order_of_axes import counted
from service.core.questions.equivalents.parts import can_say
from service.core.questions.equivalents.way import Step, Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

CHOSEN = {"max": "amax", "min": "amin"}
"""Choices of an element, and the reduction that gives the element only."""
SQUARES = {"sum_square": ("square", "sum"), "log_sum": ("sum", "log")}
"""Reductions as two layers."""
PLACES = frozenset({"argmax", "argmin"})
ONLY_ELEMENTS = "it gives the elements without their positions"
NOTHING_REDUCED = "no axis is reduced"
TWO_OUTPUTS = "its second output, the positions, has another form"


def reduced(site: Site) -> dict[str, Any] | None:
    """What is reduced, by resolved parameters; None where nothing is claimed."""
    layer = site.layer
    assert isinstance(layer, Reduction)
    axes = layer.reduced(site)
    if not axes or (isinstance(layer, Choice) and layer.outputs(site) > 1):
        return None
    meaning: dict[str, Any] = {"dim": tuple(sorted(set(axes))), "keepdims": keeps(site)}
    if isinstance(layer, Deviation):
        meaning["correction"] = correction(site)
    if isinstance(layer, Norm):
        power = number(site, "norm_type")
        meaning["norm_type"] = 2.0 if power == "fro" else power
        return None if isinstance(meaning["norm_type"], str) else meaning
    return meaning


def keeps(site: Site) -> bool:
    """Whether the axes stay."""
    layer = site.layer
    assert isinstance(layer, Reduction)
    if "keepdims" in site.spelling:
        return layer.keepdims
    return bool(site.framework.defaults.get(site.kind.family, {}).get("keepdims", layer.keepdims))


def correction(site: Site) -> float:
    """By how much the number of squares is lessened."""
    layer = site.layer
    assert isinstance(layer, Deviation)
    if layer.unbiased is not None:
        return float(layer.unbiased)
    said = number(site, "correction")
    return float(said or 0)


def reduction(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same axes; one after another where only one is taken at a time."""
    family, meaning = site.kind.family, reduced(site)
    if meaning is None:
        return no_way(TWO_OUTPUTS if isinstance(site.layer, Choice) else NOTHING_REDUCED)
    steps = _steps(site, framework, family, meaning)
    return Way(steps=steps, notes=counted(site, framework)) if steps else no_way(lacks_layer(framework, family))


def _steps(site: Site, framework: Framework, family: str, meaning: dict[str, Any]) -> tuple[Step, ...]:
    every = len(meaning["dim"]) == len(site.shape or ())
    if family in CHOSEN:
        return _steps(site, framework, CHOSEN[family], meaning)
    if family in SQUARES and family not in framework.compared:
        parts = SQUARES[family]
        each = [_one(framework, part, meaning) if part == "sum" else {"type": part} for part in parts]
        return tuple(each) if all(can_say(framework, step) for step in each) else ()
    if family not in framework.compared:
        return ()
    if "correction" in meaning:
        return _deviation(site, framework, family, meaning)
    if "norm_type" in meaning and not _takes_norm(framework, meaning):
        return ()
    if len(meaning["dim"]) > 1 and family in (*framework.along_axes.one_axis, *PLACES):
        return _one_by_one(framework, family, meaning, every=every)
    return (_one(framework, family, meaning),)


def _one(framework: Framework, family: str, meaning: dict[str, Any]) -> Step:
    """One reduction of all axes."""
    stays = meaning["keepdims"]
    default = bool(framework.defaults.get(family, {}).get("keepdims", False))
    alone = family in framework.along_axes.one_axis
    return {
        "type": family,
        **{name: value for name, value in meaning.items() if name not in ("correction", "dim")},
        "dim": meaning["dim"][0] if alone else meaning["dim"],
        "keepdims": stays if stays != default or stays else None,
    }


def _one_by_one(framework: Framework, family: str, meaning: dict[str, Any], *, every: bool) -> tuple[Step, ...]:
    """Axis after axis, the last one first; a place among all elements is one in their row."""
    if family not in PLACES:
        return tuple(_one(framework, family, {**meaning, "dim": (axis,)}) for axis in meaning["dim"][::-1])
    if not every or meaning["keepdims"]:
        return ()
    if framework.defaults.get(family, {}).get("dim") is None:
        return ({"type": family},)
    return ({"type": "reshape", "shape": (-1,)}, _one(framework, family, {**meaning, "dim": (0,)}))


def _takes_norm(framework: Framework, meaning: dict[str, Any]) -> bool:
    """Whether a norm of these axes is that of one vector, with a power that there is."""
    whole = not framework.opsets or meaning["norm_type"] in (1, 2)
    return whole and (len(meaning["dim"]) == 1 or framework.operators.norms_of_vectors)


def _deviation(site: Site, framework: Framework, family: str, meaning: dict[str, Any]) -> tuple[Step, ...]:
    """With the same correction, or what comes out without it scaled."""
    lessened = meaning["correction"]
    step = _one(framework, family, meaning)
    if family not in framework.fixed:
        return ({**step, "correction": lessened},)
    sizes = [(site.shape or ())[axis] for axis in meaning["dim"]]
    count = None if None in sizes else prod(size or 0 for size in sizes)
    if not lessened:
        return (step,)
    if count is None or count <= lessened:
        return ()
    scale = count / (count - lessened)
    return (step, {"type": "multiply", "other": sqrt(scale) if family == "std" else scale})
