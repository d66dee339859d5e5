"""Layers whose weights are inputs: the weight's axes and channels, the bias, the scales of quantised numbers."""

from collections.abc import Iterator
from dataclasses import replace

from service.core.diagnostics.model import Fact
from service.core.diagnostics.products import branches, stretches_to
from service.core.diagnostics.registry import DIAGNOSTICS, check, checks_of
from service.core.geometry.shapes import Shape, shape_text
from service.core.layers.applied import BilinearOfInputs, LinearOfInputs
from service.core.layers.base import Site
from service.core.layers.convolving_inputs import ConvolvingInputs
from service.core.layers.quantized import QuantizedConvolution, QuantizedProduct


@check(on=(ConvolvingInputs,))
def convolution_of_inputs(site: Site) -> Iterator[Fact]:
    """What the convolution that owns the weight is refused for, and a bias that is not one number a channel."""
    layer = site.layer
    assert isinstance(layer, ConvolvingInputs)
    weight, rank = layer.weight(site), layer.rank(site)
    if weight is None:
        return
    if rank is None or len(weight) != rank + 2:
        wanted = "3 to 5" if site.kind.rank is None else str(site.kind.rank + 2)
        yield _weight(site, f"`{site.kind.name}` takes a weight of {wanted} axes, but it is {shape_text(weight)}")
        return
    plain = layer.plain(site)
    if plain is None:
        return
    for registered in checks_of(type(plain.layer))[0]:
        for fact in registered.check(plain):
            yield replace(fact, rule=fact.rule or registered.rule, fixes=())
    if layer.bias_given(site):
        yield from _bias(site, layer.bias_at, (plain.layer.out_channels,))  # type: ignore[attr-defined]  # a convolution has them


@check(on=(QuantizedConvolution, QuantizedProduct))
def scales_of_quantised_numbers(site: Site) -> Iterator[Fact]:
    """Scale and zero point of the input and of the output are one number each; of a product's second factor
    too, which may have one a column."""
    positions = (1, 2, 6, 7) if isinstance(site.layer, QuantizedConvolution) else (1, 2, 4, 5, 6, 7)
    for position in positions:
        scale = site.inputs[position] if len(site.inputs) > position else None
        columns = (site.inputs[3] or ())[-1:] if position in (4, 5) else ()
        if scale is not None and scale not in ((), (1,), (None,), columns):
            yield Fact(
                f"input {position}, a scale or a zero point, is {shape_text(scale)}, but must be one number",
                "inputs",
                help="give one number",
                related=branches(site),
                rule=DIAGNOSTICS["branch-shape-mismatch"],
            )


def _weight(site: Site, message: str) -> Fact:
    return Fact(
        message,
        "inputs",
        help="give the weight the axes that the layer takes",
        related=branches(site),
        rule=DIAGNOSTICS["rank-mismatch"],
    )


def _bias(site: Site, position: int, wanted: Shape) -> Iterator[Fact]:
    """A bias has one number for each output channel."""
    bias = site.inputs[position] if len(site.inputs) > position else None
    if bias is not None and not same_sizes(bias, wanted):
        yield Fact(
            f"the bias is {shape_text(bias)}, and {shape_text(wanted)} comes out",
            "inputs",
            help=f"give a bias of {shape_text(wanted)}",
            related=branches(site),
            rule=DIAGNOSTICS["branch-shape-mismatch"],
        )


def same_sizes(first: Shape, second: Shape) -> bool:
    """Whether two shapes have the same axes, as far as their sizes are known."""
    return len(first) == len(second) and all(
        None in pair or pair[0] == pair[1] for pair in zip(first, second, strict=True)
    )


@check(on=(LinearOfInputs,))
def linear_of_inputs(site: Site) -> Iterator[Fact]:
    """The weight must have as many features as arrive, and the bias stretch to what comes out."""
    weight = site.inputs[1] if len(site.inputs) > 1 else None
    if weight is None or site.shape is None:
        return
    if not site.shape or not len(site.inputs) - 1 <= len(weight) <= 2:
        yield _weight(
            site,
            f"`{site.kind.name}` takes `[..., in]` and `[out, in]`, but gets {site.arriving} and {shape_text(weight)}",
        )
        return
    if None not in (site.shape[-1], weight[-1]) and site.shape[-1] != weight[-1]:
        yield _features(site, f"the weight {shape_text(weight)} takes {weight[-1]} features, but {site.source} has"
                              f" {site.shape[-1]}: its shape is {site.arriving}")  # fmt: skip
        return
    bias = site.inputs[2] if len(site.inputs) > 2 else None
    result = (*site.shape[:-1], *weight[:-1])
    if bias is not None and not stretches_to(bias, result):
        yield from _bias(site, 2, weight[:-1])


def _features(site: Site, message: str) -> Fact:
    return Fact(
        message,
        "inputs",
        help="give a weight of as many features as arrive",
        related=branches(site),
        rule=DIAGNOSTICS["feature-mismatch"],
    )


@check(on=(BilinearOfInputs,))
def bilinear_of_inputs(site: Site) -> Iterator[Fact]:
    """The weight must have as many features as arrive from either side."""
    weight = site.inputs[2] if len(site.inputs) > 2 else None
    if weight is None:
        return
    if len(weight) != 3:
        yield _weight(site, f"`{site.kind.name}` takes a weight of 3 axes, but it is {shape_text(weight)}")
        return
    yield from bilinear_inputs(site, (weight[1], weight[2]))
    yield from _bias(site, 3, weight[:1])


def bilinear_inputs(site: Site, features: Shape) -> Iterator[Fact]:
    """The last axes must be the features that the layer is made for, those before them equal."""
    first, second = site.inputs[:2]
    if first is None or second is None:
        return
    if not first or not second or len(first) != len(second):
        yield Fact(
            f"the inputs are {shape_text(first)} and {shape_text(second)}, which differ in their axes",
            "inputs",
            help="give both inputs the same axes",
            related=branches(site),
            rule=DIAGNOSTICS["rank-mismatch"],
        )
        return
    for shape, wanted in zip((first, second), features, strict=True):
        if None not in (shape[-1], wanted) and shape[-1] != wanted:
            yield _features(site, f"the layer takes {wanted} features of an input of shape {shape_text(shape)}")
    if any(None not in pair and pair[0] != pair[1] for pair in zip(first[:-1], second[:-1], strict=True)):
        yield Fact(
            f"the inputs {shape_text(first)} and {shape_text(second)} differ before their last axis",
            "inputs",
            help="give both inputs the same sizes there",
            related=branches(site),
            rule=DIAGNOSTICS["branch-shape-mismatch"],
        )
