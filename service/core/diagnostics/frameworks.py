"""Diagnostics of what a framework does not have: layers, parameters, values, combinations."""

from collections.abc import Iterator
from dataclasses import fields, replace

from service.core.diagnostics.model import Fact, Fix
from service.core.diagnostics.proposals import one_or_list, removing, setting
from service.core.diagnostics.registry import DIAGNOSTICS, check, diagnostic
from service.core.layers.base import Layer, Site
from service.core.layers.pools import AdaptivePool
from service.core.layers.resampling import Upsample
from service.core.layers.reshaping import Flatten
from service.core.layers.windows import Convolving

IMAGES = 2


@diagnostic("F301", on=(Layer,), traits=("sizes are doubtful",))
def not_supported_by_framework(site: Site) -> Iterator[Fact]:
    """The framework has no such layer, or its layer has no such parameter.

    `GET /v1/frameworks` lists what each framework's layers take. A parameter given with its neutral value
    (`dilation` 1, `ceil_mode` false) is accepted everywhere.
    """
    title = site.framework.title
    if site.layer.windowed and site.rules is None:
        yield Fact(
            f"{title} has no layer like `{site.kind.name}`",
            "type",
            help="use a layer that it has, or another framework",
        )
    if site.rules is None:
        return
    for name in sorted(site.rules.lacks & site.spelling.keys()):
        if not _is_neutral(site.layer, name):
            yield _lacking(site, name, f"{title}'s {site.rules.name} has no {site.spelled(name)}")
    mode = getattr(site.layer, "padding_mode", "zeros")
    if mode not in site.rules.padding_modes:
        yield _lacking(site, "padding_mode", f"{title}'s {site.rules.name} pads with zeros only, not `{mode}`")
    if isinstance(site.layer, Convolving) and site.layer.groups > 1 and not site.rules.groups:
        yield _lacking(site, "groups", f"{title}'s {site.rules.name} has no {site.spelled('groups')}")


def lacking_value(site: Site, parameter: str, message: str) -> Iterator[Fact]:
    """The framework has the layer and the parameter, but not this value of it."""
    yield replace(_lacking(site, parameter, message), rule=DIAGNOSTICS["not-supported-by-framework"])


def _is_neutral(layer: Layer, parameter: str) -> bool:
    """Whether a parameter changes nothing: it is its default, on every axis."""
    neutral = next(one.default for one in fields(layer) if one.name == parameter)
    value = getattr(layer, parameter)
    return all(one in (neutral, [neutral, neutral]) for one in value) if isinstance(value, list) else value == neutral


def _lacking(site: Site, parameter: str, message: str) -> Fact:
    spelled = site.spelled(parameter)
    return Fact(
        message, parameter, help=f"remove {spelled}", fixes=(Fix(f"remove {spelled}", removing(site, parameter)),)
    )


@check(on=(Upsample,))
def interpolations(site: Site) -> Iterator[Fact]:
    """Not every framework's upsampling has every interpolation."""
    known, mode = site.framework.interpolations, getattr(site.layer, "mode", "nearest")
    if known is None or "mode" not in site.spelling:
        return
    if mode not in known:
        yield from lacking_value(site, "mode", f"{site.framework.title} has no interpolation `{mode}`")
    elif site.rank != IMAGES:
        yield from lacking_value(
            site, "mode", f"{site.framework.title} interpolates images only: {IMAGES} spatial axes"
        )


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
        message = (
            f"{site.framework.title}'s {site.rules.name} cannot keep an axis: {site.spelled('output_size')} is null"
        )
        yield from lacking_value(site, "output_size", message)


@diagnostic("F306", on=(Convolving,), traits=("about unknowns", "sizes survive"))
def stride_with_dilation(site: Site) -> Iterator[Fact]:
    """A stride above 1 meets a dilation above 1, which the framework's layer refuses.

    Keras refuses it in Conv and ConvTranspose layers.
    """
    if site.rules is None or site.rules.stride_with_dilation:
        return
    strides, dilations = site.per_axis("stride"), site.per_axis("dilation")
    if strides and dilations and max(strides) > 1 and max(dilations) > 1:
        yield Fact(
            f"{site.spelled('stride')} is {one_or_list(strides)} and {site.spelled('dilation')} is"
            f" {one_or_list(dilations)}; {site.framework.title} takes only one of them above 1",
            "dilation",
            help=f"set {site.spelled('dilation')} or {site.spelled('stride')} to 1",
            fixes=(Fix(f"set {site.spelled('dilation')} to 1", setting(site, "dilation", 1)),),
        )
