"""Layers without windows whose parameters are numbers: activations, linear layers, explicit pads and crops."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis, PaddedAxis
from service.core.layers.base import Site
from service.core.layers.dense import Linear
from service.core.layers.pad_and_crop import Pad
from service.core.questions.equivalents.borders import NOTHING_LEFT, bordered, cropped, crops_all
from service.core.questions.equivalents.numbers import default_number, number
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

CHANGE_NOTHING = frozenset({"inplace", "num_parameters", "init", "p"})
"""Parameters that no value depends on once it is trained."""
CLIPPED = {"relu6": {"min_val": 0.0, "max_val": 6.0}}
"""Activations that are a `hardtanh` with other bounds."""


def function(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same function with the same numbers, those said that have another default."""
    family = site.kind.family
    if family not in framework.compared:
        if family in CLIPPED and "hardtanh" in framework.compared - framework.fixed:
            return Way(steps=({"type": "hardtanh", **CLIPPED[family]},))
        return no_way(lacks_layer(framework, family))
    step: dict[str, Any] = {"type": family}
    for name in numbers_of(site):
        value = axis_of(site) if name == "dim" else number(site, name)
        if family in framework.fixed and value != default_number(site, framework, name):
            return no_way(f"{framework.title}'s {family} has no `{name}`")
        if family not in framework.fixed and (name in site.spelling or value != default_number(site, framework, name)):
            step[name] = value
    return Way(steps=(step,))


def numbers_of(site: Site) -> list[str]:
    """The parameters that values depend on."""
    return [field.name for field in fields(site.layer) if field.name not in CHANGE_NOTHING]


def axis_of(site: Site) -> int | None:
    """The axis that a softmax works along, counted from the front; PyTorch's own choice where none is named."""
    dim, dimensions = number(site, "dim"), len(site.shape or ())
    if dim is None:
        return 0 if dimensions in (0, 1, 3) else 1
    return int(dim % dimensions if dimensions and -dimensions <= dim < dimensions else dim)


def dropout(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same probability."""
    if "dropout" not in framework.compared:
        return no_way(lacks_layer(framework, "dropout"))
    return Way(steps=({"type": "dropout", "p": getattr(site.layer, "p", None)},))


def linear(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """As many features."""
    layer = site.layer
    assert isinstance(layer, Linear)
    if len(site.shape or ()) < framework.dense_axes:
        return no_way(f"{framework.title}'s takes {framework.dense_axes} axes at least")
    features = {"in_features": layer.features_in(site), "out_features": layer.out_features}
    return Way(steps=({"type": "linear", **features, "bias": None if layer.bias else False},))


def border(site: Site, framework: Framework, axes: Sequence[PaddedAxis]) -> Way:
    """Pads and crops, whichever the framework has."""
    pairs, layer = [axis.padding for axis in axes], site.layer
    if framework is site.framework and isinstance(layer, Pad):
        own = {"mode": None if layer.mode == "constant" else layer.mode, "value": layer.value or None}
        return Way(steps=({"type": "pad", "padding": tuple(pairs), **own},))
    if any(crops_all(axis.size, pair) for axis, pair in zip(axes, pairs, strict=True)):
        return no_way(NOTHING_LEFT)
    if isinstance(layer, Pad):
        left_out = framework.pads.left_out(layer.mode)
        if left_out is not None and any(axis.size is None or max(axis.padding) > axis.size - left_out for axis in axes):
            return no_way(f"{framework.title} copies each position once at most")
        steps = bordered(framework, pairs, layer.mode, layer.value)
        if steps is None:
            return no_way(f"{framework.title} has no such pad")
    else:
        steps = cropped(framework, [(-before, -after) for before, after in pairs])
    return Way(steps=steps or ({"type": "identity"},))
