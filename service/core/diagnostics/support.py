"""What a framework does not have: layers, parameters, values, combinations."""

from collections.abc import Iterator
from dataclasses import fields, replace

from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.patches import one_or_list, removing, setting
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.frameworks.window_rules import WindowRules
from service.core.layers.base import Layer, Site
from service.core.layers.convolution import Convolving
from service.core.layers.pools import AdaptivePool
from service.core.layers.resampling import Upsample
from service.core.layers.reshaping import Flatten

IMAGES = 2
"""Spatial axes of an image."""


@diagnostic("F301", on=(Layer,), traits=("sizes are doubtful",))
def not_supported_by_framework(site: Site) -> Iterator[Fact]:
    """The framework has no such layer, or its layer has no such parameter.

    The list of frameworks says what each framework's layers take. A parameter given with its neutral value
    (`dilation` 1, `ceil_mode` false) is accepted everywhere.
    """
    title, rules = site.framework.title, site.rules
    if rules is None:
        if site.layer.windowed:
            message = f"{title} has no layer like `{site.type}`"
            yield Fact(message, "type", help="use a layer that it has, or another framework")
        return
    for name in sorted(rules.lacks & site.spelling.keys()):
        if not _takes(rules, site.layer, name):
            yield _lacking(site, name, f"{title}'s {rules.name} has no {site.spelled(name)}")
    mode = getattr(site.layer, "padding_mode", "zeros")
    if mode not in rules.padding_modes:
        yield _lacking(site, "padding_mode", f"{title}'s {rules.name} pads with zeros only, not `{mode}`")
    if isinstance(site.layer, Convolving) and site.layer.groups > 1 and not rules.groups:
        yield _lacking(site, "groups", f"{title}'s {rules.name} has no {site.spelled('groups')}")


def lacking_value(site: Site, parameter: str, message: str) -> Iterator[Fact]:
    """The framework has the layer and the parameter, but not this value of it."""
    yield replace(_lacking(site, parameter, message), rule=DIAGNOSTICS["not-supported-by-framework"])


def _takes(rules: WindowRules, layer: Layer, parameter: str) -> bool:
    """Whether the framework's layer has a parameter, or its value changes nothing: on every axis the default."""
    neutral = next(field.default for field in fields(layer) if field.name == parameter)
    value = getattr(layer, parameter)
    if not isinstance(value, list):
        return bool(rules.takes_value(parameter, value, neutral))
    return all(
        rules.takes_value(parameter, entry, [neutral, neutral] if isinstance(entry, list) else neutral)
        for entry in value
    )


def _lacking(site: Site, parameter: str, message: str) -> Fact:
    spelled = site.spelled(parameter)
    return Fact(
        message, parameter, help=f"remove {spelled}", fixes=(Fix(f"remove {spelled}", removing(site, parameter)),)
    )


@check(on=(Upsample,))
def interpolations(site: Site) -> Iterator[Fact]:
    """Not every framework's upsampling has every interpolation."""
    known, mode, title = site.framework.interpolations, getattr(site.layer, "mode", "nearest"), site.framework.title
    if known is None or "mode" not in site.spelling:
        return
    if mode not in known:
        yield from lacking_value(site, "mode", f"{title} has no interpolation `{mode}`")
    elif site.rank != IMAGES:
        yield from lacking_value(site, "mode", f"{title} interpolates images only: {IMAGES} spatial axes")


@check(on=(Flatten,))
def flattened_range(site: Site) -> Iterator[Fact]:
    """Where flattening always gives two axes, no range of axes can be named."""
    if site.framework.flatten_axis is None:
        return
    for name in ("start_dim", "end_dim"):
        if name in site.spelling:
            message = f"{site.framework.title} flattens into two axes and has no {site.spelled(name)}"
            yield from lacking_value(site, name, message)


@check(on=(AdaptivePool,))
def kept_axes(site: Site) -> Iterator[Fact]:
    """Not every framework's adaptive pool can keep an axis."""
    layer = site.layer
    assert isinstance(layer, AdaptivePool)
    if site.rules is None or site.rules.nulls:
        return
    if layer.output_size is None or (isinstance(layer.output_size, list) and None in layer.output_size):
        owner, spelled = f"{site.framework.title}'s {site.rules.name}", site.spelled("output_size")
        yield from lacking_value(site, "output_size", f"{owner} cannot keep an axis: {spelled} is null")


@diagnostic("F306", on=(Convolving,), traits=("about unknowns", "sizes survive"))
def stride_with_dilation(site: Site) -> Iterator[Fact]:
    """A stride above 1 stands beside a dilation above 1, which the framework's layer refuses.

    Keras refuses it in Conv and ConvTranspose layers, also where they are on different axes.
    """
    strides, dilations = site.per_axis("stride"), site.per_axis("dilation")
    if site.rules is None or not strides or not dilations:
        return
    if not site.rules.takes_stride_with_dilation(max(strides), max(dilations)):
        stride, dilation = site.spelled("stride"), site.spelled("dilation")
        yield Fact(
            f"{stride} is {one_or_list(strides)} and {dilation} is {one_or_list(dilations)};"
            f" {site.framework.title} takes only one of them above 1",
            "dilation",
            help=f"set {dilation} or {stride} to 1",
            fixes=(Fix(f"set {dilation} to 1", setting(site, "dilation", 1)),),
        )
