"""Explicit pads and crops as a framework has them."""

from collections.abc import Sequence

from service.core.frameworks import Framework
from service.core.frameworks.pad_rules import PadRules
from service.core.geometry.axes import PaddedAxis, WindowAxis
from service.core.geometry.padding_pairs import Pair
from service.core.geometry.shapes import Size
from service.core.layers.base import Site
from service.core.layers.pad_and_crop import Pad, PadOrCrop
from service.core.questions.equivalents.way import Step, Way, no_way

LOWEST = -3.4028234663852886e38
"""The lowest 32-bit float: JSON has no infinity, and no maximum is below it."""
LOWEST_NOTE = "the pad is filled with the lowest 32-bit float in place of minus infinity, which JSON has not"
NOT_SPATIAL = "another axis than the spatial ones is padded"
NOTHING_LEFT = "nothing of the input is left before it is padded"


def crops_all(size: Size, pair: Pair) -> bool:
    """Whether the negative amounts leave nothing of an axis."""
    return size is not None and size + min(pair[0], 0) + min(pair[1], 0) < 1


def bordered(
    framework: Framework, pairs: Sequence[Pair], mode: str = "constant", value: float = 0.0
) -> tuple[Step, ...] | None:
    """The layers that add these amounts, and crop negative ones; None where the framework has none for the mode."""
    rules = framework.pads
    if all(pair == (0, 0) for pair in pairs):
        return ()
    if not takes(rules, mode, value):
        return None
    cropped = tuple((max(-before, 0), max(-after, 0)) for before, after in pairs)
    cropping = any(map(any, cropped))
    if cropping and mode != "constant":
        return None  # whether a framework pads or crops first decides what is copied
    said = {} if mode == "constant" else {"mode": mode}
    if value:
        said["value"] = value  # type: ignore[assignment]
    if not cropping or mode in rules.negative:
        return ({"type": "pad", "padding": tuple(pairs), **said},)
    added = tuple((max(before, 0), max(after, 0)) for before, after in pairs)
    pads: tuple[Step, ...] = ({"type": "pad", "padding": added, **said},) if any(map(any, added)) else ()
    return ({"type": "crop", "padding": cropped}, *pads)


def takes(rules: PadRules, mode: str, value: float) -> bool:
    """Whether there is padding in a mode, filled with a value."""
    return mode in rules.modes and (rules.values or not value)


def gives_enough(rules: PadRules, mode: str, axes: Sequence[PaddedAxis | WindowAxis]) -> bool:
    """Whether there is as much to copy as the padding takes."""
    left_out = rules.left_out(mode)
    if left_out is None:
        return True
    return all(axis.size is not None and max(axis.padding or (0, 0)) <= axis.size - left_out for axis in axes)


def cropped(framework: Framework, pairs: Sequence[Pair]) -> tuple[Step, ...]:
    """The layer that takes these amounts away, if any are."""
    if all(pair == (0, 0) for pair in pairs):
        return ()
    if framework.crops:
        return ({"type": "crop", "padding": tuple(pairs)},)
    return ({"type": "pad", "padding": tuple((-before, -after) for before, after in pairs)},)


def border(site: Site, framework: Framework, axes: Sequence[PaddedAxis]) -> Way:
    """Pads and crops, whichever the framework has."""
    layer = site.layer
    assert isinstance(layer, PadOrCrop)
    if framework is site.framework and isinstance(layer, Pad):
        return _own_pad(layer, framework, [axis.padding for axis in axes])
    if any(crops_all(axis.size, axis.padding) for axis in axes):
        return no_way(NOTHING_LEFT)
    spatial = spatial_axes(site, layer, axes)
    if spatial is None:
        return no_way(NOT_SPATIAL)
    pairs = [axis.padding for axis in spatial]
    if isinstance(layer, Pad):
        if not gives_enough(framework.pads, layer.mode, spatial):
            return no_way(f"{framework.title} copies each position once at most")
        steps = bordered(framework, pairs, layer.mode, layer.value)
        if steps is None:
            return no_way(f"{framework.title} has no such pad")
    else:
        steps = cropped(framework, [(-before, -after) for before, after in pairs])
    return Way(steps=steps or ({"type": "identity"},))


def _own_pad(layer: Pad, framework: Framework, pairs: Sequence[Pair]) -> Way:
    """The pad itself, with its axes where they are not the spatial ones of a layer."""
    named = layer.dims is not None and framework.array_pads is not None
    own = {"mode": None if layer.mode == "constant" else layer.mode, "value": layer.value or None}
    dims = {"dims": tuple(layer.dims or ())} if named else {}
    return Way(steps=({"type": "pad", "padding": tuple(pairs), **dims, **own},))


def spatial_axes(site: Site, layer: PadOrCrop, axes: Sequence[PaddedAxis]) -> Sequence[PaddedAxis] | None:
    """The spatial axes of all that are named; None where another one is changed, too."""
    count = len(site.shape or ())
    if layer.dims is None or count < 3:
        return axes
    places = dict(zip(layer.places(site), axes, strict=False))
    spatial = site.layout.spatial_axes(count, count - 2)
    if any(axis.padding != (0, 0) for place, axis in places.items() if place not in spatial):
        return None
    return [places.get(place) or PaddedAxis(size=(site.shape or ())[place], before=0, after=0) for place in spatial]
