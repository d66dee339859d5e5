"""Sizes that are symbols: what they are where the request gives the inputs' sizes, and unknown otherwise.

An expression stands in the file as a text: `Mul(Integer(2), Symbol('s77', positive=True))`, in older files `2*s77`.
It is parsed as an expression of Python and folded here, over integers only; nothing of it is run.
"""

import ast
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from service.core.geometry.shapes import LARGEST_AXIS, Shape, Size
from service.models.json_documents import integer_of, list_of, member, object_of

LONGEST = 2000
"""Letters of an expression that is folded. Chosen: those of real programs have some hundred."""
LARGEST_EXPONENT = 8
FUNCTIONS: Mapping[str, Callable[[list[int]], int | None]] = {
    "Integer": lambda values: values[0] if values else None,
    "Add": sum,
    "Mul": prod,
    "Max": max,
    "Min": min,
    "FloorDiv": lambda values: values[0] // values[1] if len(values) == 2 and values[1] else None,
    "CleanDiv": lambda values: values[0] // values[1] if len(values) == 2 and values[1] else None,
    "Mod": lambda values: values[0] % values[1] if len(values) == 2 and values[1] else None,
    "PythonMod": lambda values: values[0] % values[1] if len(values) == 2 and values[1] else None,
    "Pow": lambda values: _power(*values) if len(values) == 2 else None,
}
OPERATORS: Mapping[type, str] = {
    ast.Add: "Add",
    ast.Mult: "Mul",
    ast.FloorDiv: "FloorDiv",
    ast.Mod: "Mod",
    ast.Pow: "Pow",
}


class Symbols:
    """The values of symbols, as far as they are known."""

    def __init__(self) -> None:
        self.values: dict[str, int] = {}

    def shape(self, meta: Any) -> Shape | None:
        """The shape of a tensor as the file declares it; None where it does not."""
        sizes = member(meta, "sizes")
        return tuple(self.size(size) for size in sizes) if isinstance(sizes, list) else None

    def size(self, size: Any) -> Size:
        """A size as the file declares it: a number, or an expression; None while it is unknown."""
        number = integer_of(object_of(size).get("as_int"))
        if number is not None:
            return number if 0 <= number <= LARGEST_AXIS else None
        return self.value(expression_of(size))

    def value(self, text: str) -> Size:
        """The value of an expression; None while it is unknown, or too large."""
        if not text or len(text) > LONGEST:
            return None
        try:
            value = self._folded(ast.parse(text, mode="eval").body)
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return None
        return value if value is not None and 0 <= value <= LARGEST_AXIS else None

    def learn(self, meta: Any, shape: Shape) -> None:
        """The values of the symbols among an input's sizes, where the request gives it this shape."""
        sizes = list_of(member(meta, "sizes"))
        for size, given in zip(sizes, shape, strict=False):
            name = symbol_in(expression_of(size))
            if name is not None and given is not None:
                self.values[name] = given

    def _folded(self, node: ast.expr) -> int | None:
        """The value of an expression; None where a part is unknown or of another kind."""
        if isinstance(node, ast.Constant):
            return integer_of(node.value)
        if isinstance(node, ast.Name):
            return self.values.get(node.id)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return self._applied("Mul", [node.operand, ast.Constant(-1)])
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub):
            return self._applied("Add", [node.left, ast.UnaryOp(ast.USub(), node.right)])
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
            return self._applied(OPERATORS[type(node.op)], [node.left, node.right])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = _symbol_called(node)
            return self.values.get(name) if name is not None else self._applied(node.func.id, node.args)
        return None

    def _applied(self, function: str, arguments: list[ast.expr]) -> int | None:
        values = [self._folded(entry) for entry in arguments]
        known = [value for value in values if value is not None and abs(value) <= LARGEST_AXIS]
        if function not in FUNCTIONS or not known or len(known) < len(values):
            return None
        return FUNCTIONS[function](known)


def expression_of(size: Any) -> str:
    """The text of a size that is an expression; empty where it is none."""
    text = member(size, "as_expr", "expr_str")
    return text if isinstance(text, str) else ""


def symbol_in(text: str) -> str | None:
    """The symbol that an expression is; None where it is more."""
    try:
        node = ast.parse(text, mode="eval").body if 0 < len(text) <= LONGEST else None
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if isinstance(node, ast.Name):
        return node.id
    return _symbol_called(node) if isinstance(node, ast.Call) else None


def _symbol_called(node: ast.Call) -> str | None:
    """The name in `Symbol('s77', positive=True)`."""
    is_symbol = isinstance(node.func, ast.Name) and node.func.id == "Symbol"
    first = node.args[0] if is_symbol and node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _power(base: int, exponent: int) -> int | None:
    """A power with a small exponent."""
    return base**exponent if 0 <= exponent <= LARGEST_EXPONENT else None
