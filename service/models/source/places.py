"""Literals of the posted text, which their values remember."""

import ast

from service.models.reading import Literal
from service.models.source.frames import Frame
from service.models.source.host import TracedFloat, TracedInt, TracedStr, Value, traced
from service.models.source.tables import expression

_ELEMENTS_OF_A_LITERAL = 4
"""What a literal with its place counts for: it takes some 800 bytes."""
_TRACING = {int: TracedInt, float: TracedFloat, str: TracedStr}


@expression(ast.Constant)
def _constant(node: ast.Constant, frame: Frame) -> Value:
    made = getattr(node, "made", None)
    if made is not None:
        return made
    value = node.value
    if value is None or not frame.unit.posted:
        return value
    if value.__class__ in _TRACING:
        frame.machine.spend(elements=_ELEMENTS_OF_A_LITERAL)
        value = traced(value, (Literal(place=frame.unit.place(node), value=value),))
    node.made = value  # type: ignore[attr-defined]
    return value


def negated(node: ast.UnaryOp, frame: Frame) -> Value | None:
    """A negative number that stands in the text is a literal too; None for anything else."""
    operand = node.operand
    if not (isinstance(node.op, ast.USub) and isinstance(operand, ast.Constant)):
        return None
    if operand.value.__class__ not in (int, float):
        return None
    made = getattr(node, "made", None)
    if made is None:
        made = -operand.value
        if frame.unit.posted:
            made = traced(made, (Literal(place=frame.unit.place(node), value=made),))
        node.made = made  # type: ignore[attr-defined]
    return made
