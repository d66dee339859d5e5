"""Layers that hold another one: what is wrong with the layer held, and layers that cannot be held."""

from collections.abc import Iterator

from service.core.diagnostics.inspect_layer import inspect
from service.core.diagnostics.malformed import missing_parameter
from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import DIAGNOSTICS, check
from service.core.layers.base import Site
from service.core.layers.wrappers import WeightWrapper, Wrapper


@check(on=(Wrapper,))
def layer_held(site: Site) -> Iterator[Fact]:
    """Everything that is wrong with the layer held, where what arrives at it arrives."""
    layer = site.layer
    assert isinstance(layer, Wrapper)
    inner = layer.inner(site)
    if inner is None or not layer.reaches(site):
        return
    for name in inner.layer.lacking(inner):
        if name not in inner.unreadable:
            yield from missing_parameter(f"`{inner.type}`", name, inner.location)
    for problem in inspect(inner, warnings=False):
        yield Fact(
            problem.message,
            anchor=problem.location,
            help=problem.help,
            related=problem.related,
            fixes=problem.fixes,
            severity=problem.severity,
            rule=problem.rule,
        )


@check(on=(WeightWrapper,))
def weight_held(site: Site) -> Iterator[Fact]:
    """Only a layer with one weight can have it computed in another way."""
    layer = site.layer
    assert isinstance(layer, WeightWrapper)
    inner = layer.inner(site)
    if inner is not None and not layer.holds_a_weight():
        yield Fact(
            f"`{inner.type}` has no single weight that `{site.type}` could compute",
            "layer",
            help="give a convolution or a linear layer",
            rule=DIAGNOSTICS["not-supported-by-framework"],
        )
