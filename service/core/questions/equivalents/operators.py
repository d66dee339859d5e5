"""Operators between branches, or between a branch and a number, written in another framework."""

from collections.abc import Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.layers.base import Site
from service.core.layers.elementwise import BRANCH_FAMILIES, BinaryOperator, Elementwise, TernaryOperator
from service.core.questions.equivalents.parts import in_parts
from service.core.questions.equivalents.way import Way, no_way

OF_NUMBERS = frozenset(
    [
        *("add", "subtract", "multiply", "divide", "power", "remainder", "fmod", "maximum", "minimum"),
        *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
    ]
)
"""Families of which one operand may be a number in every framework that has them."""
REVERSIBLE = frozenset({"subtract", "divide", "power", "remainder"})
"""Of these, families that also take the number first."""
TWO_ONLY = "only two operands were run"
LIKE_RANKS = "where the branches have as many axes and the same batch"
UNLIKE_RANKS = "it puts axes behind the batch, others in front: only branches with as many axes are alike"
OF_INTEGERS = "for floats: ONNX's Div cuts the quotient of integers off"


def operands(site: Site) -> list[Any] | None:
    """What an operator computes beside its family; None where nothing is claimed of such operands."""
    layer = site.layer
    assert isinstance(layer, Elementwise)
    several = len(site.inputs) > (3 if isinstance(layer, TernaryOperator) else 2)
    if several or layer.second_from is not None or (layer.other is not None and len(site.inputs) > 1):
        return None
    if layer.other is not None and site.kind.family not in OF_NUMBERS:
        return None
    first, rounding = reversal(layer), layer.rounding_mode if isinstance(layer, BinaryOperator) else None
    if (first and site.kind.family not in REVERSIBLE) or rounding == "floor":
        return None
    return [layer.other, first, rounding]


def reversal(layer: Elementwise) -> bool:
    """Whether the number is the first operand."""
    return isinstance(layer, BinaryOperator) and layer.reversed and layer.other is not None


def depends_on_ranks(site: Site) -> bool:
    """Whether a lower rank would be aligned after the batch, and the branches are not known to be alike."""
    layer = site.layer
    assert isinstance(layer, Elementwise)
    if layer.other is not None or not layer.batch_stands_apart(site):
        return False
    known = [shape for shape in site.inputs if shape]
    return len(known) < 2 or len({(len(shape), shape[0]) for shape in known}) > 1


def operator(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same operator; a quotient that is cut off in two steps, and the larger of a number as a bound."""
    layer, family, meaning = site.layer, site.kind.family, operands(site)
    assert isinstance(layer, Elementwise)
    if meaning is None:
        return no_way(TWO_ONLY)
    if depends_on_ranks(site) and len(site.inputs) > 1:
        return no_way(UNLIKE_RANKS)
    other, first, rounding = meaning
    if other is not None and family in ("maximum", "minimum") and not framework.operators.extremes_of_numbers:
        return Way(steps=({"type": "clamp", "min" if family == "maximum" else "max": other},))
    last = framework.batch_stands_apart and family in BRANCH_FAMILIES and other is None
    values = {"other": other, "reversed": True if first else None, "align": "last" if last else None}
    notes = (LIKE_RANKS,) if depends_on_ranks(site) and framework is not site.framework else ()
    if family == "divide" and (framework.opsets is None) != (site.framework.opsets is None):
        notes = (*notes, OF_INTEGERS)
    if family not in framework.compared:
        return in_parts(framework, family, values)
    if rounding and "trunc" not in framework.compared:
        return no_way(f"{framework.title} has no function that cuts a quotient off")
    step = {"type": family, **values}
    return Way(steps=(step, {"type": "trunc"}) if rounding else (step,), notes=notes)
