"""Layers without windows whose parameters are numbers: activations, linear layers, explicit pads and crops."""

from collections.abc import Sequence
from dataclasses import fields

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.geometry.axis_numbers import all_from_the_front
from service.core.layers.base import Site
from service.core.layers.dense import Linear
from service.core.layers.elementwise import Clamp
from service.core.questions.equivalents.numbers import default_number, number
from service.core.questions.equivalents.parts import in_parts
from service.core.questions.equivalents.way import Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

CHANGE_NOTHING = frozenset({"inplace", "num_parameters", "init", "p", "shared_axes", "return_mask"})
"""Parameters that no value depends on once it is trained."""


def function(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same function with the same numbers, those said that have another default; or others in its place."""
    family = site.kind.family
    values = {name: axis_of(site) if name == "dim" else number(site, name) for name in numbers_of(site)}
    changed = {name: value for name, value in values.items() if value != default_number(site, framework, name)}
    if family not in framework.compared or (changed and family in framework.fixed):
        return in_parts(framework, family, values)
    said = {name: value for name, value in values.items() if name in changed or name in site.spelling}
    return Way(steps=({"type": family, **({} if family in framework.fixed else said)},))


def numbers_of(site: Site) -> list[str]:
    """The parameters that values depend on."""
    return [field.name for field in fields(site.layer) if field.name not in CHANGE_NOTHING]


def axis_of(site: Site) -> int | tuple[int, ...] | None:
    """The axis that a softmax works along, counted from the front, or several; PyTorch's choice where none is named."""
    dim, dimensions = number(site, "dim"), len(site.shape or ())
    if isinstance(dim, int):
        return dim % dimensions if dimensions and -dimensions <= dim < dimensions else dim
    if dim is None:
        return 0 if dimensions in (0, 1, 3) else 1
    found = all_from_the_front(dim, dimensions)
    return tuple(dim) if found is None else found[0] if len(found) == 1 else found


def softmax(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """Along the same axis; along several where that is taken."""
    if isinstance(axis_of(site), tuple) and site.kind.family in framework.along_axes.one_axis:
        return no_way(f"{framework.title} takes one axis")
    return function(site, framework, axes)


def softmax_of_channels(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """Along the channels, which stand where the framework has them."""
    dimensions = len(site.shape or ())
    channels = site.layout.channel_axis(dimensions, dimensions - 2) if dimensions > 2 else None
    if channels is None or "softmax" not in framework.compared:
        return no_way(lacks_layer(framework, site.kind.name))
    return Way(steps=({"type": "softmax", "dim": dimensions - 1 if framework.layout.channels_last else 1},))


def clamp(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """Between the same bounds; one bound is a maximum or a minimum where both are needed."""
    layer = site.layer
    assert isinstance(layer, Clamp)
    low, high = layer.min, layer.max
    if len(site.inputs) > 1 or layer.other is not None or (low is None and high is None):
        return no_way("only bounds that are numbers were run")
    if low is not None and high is not None and low > high:
        return no_way("the lower bound is above the upper one")
    if framework.operators.clamp_needs_both and None in (low, high):
        kind, other = ("maximum", low) if high is None else ("minimum", high)
        return Way(steps=({"type": kind, "other": other},))
    return Way(steps=({"type": "clamp", "min": low, "max": high},))


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
