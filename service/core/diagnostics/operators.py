"""Operators between branches: their operands, bounds, and results that take the place of an operand."""

from collections.abc import Iterator

from service.core.diagnostics.malformed import missing_parameter
from service.core.diagnostics.model import Fact
from service.core.diagnostics.network_graph import wrong_number_of_inputs
from service.core.diagnostics.registry import check, diagnostic
from service.core.geometry.shapes import shape_text
from service.core.layers.base import Site
from service.core.layers.elementwise import BinaryOperator, Clamp, Elementwise, TernaryOperator


def wrong_inputs(site: Site, wanted: str) -> Iterator[Fact]:
    """The layer has another number of inputs than it takes."""
    at = (*site.location, "inputs") if "inputs" in site.posted else site.location
    yield from wrong_number_of_inputs(f"`{site.name}`", len(site.inputs), wanted, at)


@check(on=(Elementwise,))
def operands(site: Site) -> Iterator[Fact]:
    """A number stands for one of the inputs."""
    layer, count = site.layer, len(site.inputs)
    assert isinstance(layer, Elementwise)
    if isinstance(layer, Clamp):
        yield from _bounds(site, layer)
    elif isinstance(layer, TernaryOperator):
        least = 1 if layer.other is not None and site.kind.family == "where" else 3 - (layer.other is not None)
        if not least <= count <= 3 - (layer.other is not None):
            yield from wrong_inputs(site, "three, or fewer and a number")
    elif layer.other is not None and count > 1:
        yield from wrong_inputs(site, "one beside a number")
    elif isinstance(layer, BinaryOperator) and layer.other is None and count < 2 and "other" not in site.unreadable:
        yield from missing_parameter(f"`{site.kind.name}` of one input", "other", site.location)


def _bounds(site: Site, layer: Clamp) -> Iterator[Fact]:
    """Some frameworks' clamps need a bound."""
    given = len(site.inputs) > 1 or layer.min is not None or layer.max is not None
    if not given and site.framework.operators.clamp_needs_bound and not {"min", "max"} & site.unreadable:
        yield from missing_parameter(f"`{site.kind.name}`", "min", site.location)


@diagnostic("S220", on=(Elementwise,), traits=("another input may do",))
def in_place_changes_shape(site: Site) -> Iterator[Fact]:
    """The result of an operator is to take the place of its left operand and has another shape.

    PyTorch's `x += y` and `x.add_(y)` write into `x`: `y` may stretch, `x` may not.
    """
    layer = site.layer
    assert isinstance(layer, Elementwise)
    if not layer.inplace or not site.framework.operators.in_place_keeps_shape or site.shape is None:
        return
    result = layer.output_shape(site)
    if result is None or (
        len(result) == len(site.shape)
        and all(None in pair or pair[0] == pair[1] for pair in zip(result, site.shape, strict=True))
    ):
        return
    yield Fact(
        f"the result is {shape_text(result)} and cannot take the place of {site.source}, which is {site.arriving}",
        "inplace",
        help="write the result as a new tensor",
    )
