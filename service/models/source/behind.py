"""What in the posted text an error depends on: the literals behind the names that a statement and its condition use."""

import ast
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import TYPE_CHECKING

from service.models.reading import Literal, TextPlace
from service.models.source.host import NotKnownError, RaisedError, Value, literals_of
from service.models.source.operators import RAISED
from service.models.source.parsing import Unit
from service.models.source.tables import evaluate

if TYPE_CHECKING:
    from service.models.source.frames import Frame

_MOST_NODES = 60
"""Parts of a statement that are looked at. Chosen: longer ones do more than raise."""
_MOST_LITERALS = 24
"""Literals that are told. Chosen."""
_MOST_ELEMENTS = 6
"""Elements of a list that are looked at. Chosen."""


def literals_behind(node: ast.AST, frame: "Frame") -> tuple[Literal, ...]:
    """The literals behind a statement that raises, and behind the condition under which it runs.

    The first of every value comes first, then the second of each: a value may come from many.
    """
    tests = [] if frame.guard is None else [frame.guard]
    found = [literals for part in (*tests, node) for value in _values(part, frame) for literals in _literals_in(value)]
    for test in tests:
        for inner in ast.walk(test):
            if isinstance(inner, ast.Constant) and type(inner.value) is int:
                found += _literals_in(_evaluated(inner, frame))
    in_turns = [literal for turn in zip_longest(*found) for literal in turn if literal is not None]
    by_place = {literal.place: literal for literal in reversed(in_turns)}
    return tuple(islice(reversed(by_place.values()), _MOST_LITERALS))


def _values(part: ast.AST, frame: "Frame") -> Iterator[Value]:
    """The values of the names and attributes that are read; of a statement with a body, nothing."""
    if isinstance(part, ast.For | ast.While | ast.If | ast.With | ast.Try | ast.FunctionDef | ast.ClassDef):
        return
    waiting, seen = [part], 0
    while waiting and seen < _MOST_NODES:
        inner = waiting.pop(0)
        seen += 1
        if isinstance(inner, ast.Name | ast.Attribute) and isinstance(inner.ctx, ast.Load):
            yield _evaluated(inner, frame)
        if not isinstance(inner, ast.Attribute):
            waiting += ast.iter_child_nodes(inner)


def _evaluated(node: ast.expr, frame: "Frame") -> Value:
    """What a part of the statement is; None where that cannot be told."""
    at = frame.node
    try:
        return evaluate(node, frame)
    except (RaisedError, NotKnownError, *RAISED):
        return None
    finally:
        frame.node = at


def _literals_in(value: Value) -> list[tuple[Literal, ...]]:
    """The literals of a value, or of each element of a list."""
    return [literals_of(each) for each in (value[:_MOST_ELEMENTS] if isinstance(value, list | tuple) else [value])]


def place_of_name(name: str, node: ast.AST, unit: Unit, *, called: bool = True) -> TextPlace | None:
    """Where a keyword, an attribute or an imported name stands in a part of the tree; None where it does not.

    Where not `called`, what stands before the arguments of a call is not meant.
    """
    waiting, seen = [node], 0
    while waiting and seen < _MOST_NODES:
        inner = waiting.pop(0)
        seen += 1
        if isinstance(inner, ast.keyword | ast.alias) and name == _name_in(inner):
            return unit.place(_named(name, inner.lineno, inner.col_offset))
        if isinstance(inner, ast.Attribute) and inner.attr == name and inner.end_lineno and inner.end_col_offset:
            return unit.place(_named(name, inner.end_lineno, inner.end_col_offset - len(name.encode())))
        if isinstance(inner, ast.Name) and inner.id == name and not called:
            return unit.place(inner)
        function = inner.func if isinstance(inner, ast.Call) and not called else None
        waiting += [child for child in ast.iter_child_nodes(inner) if child is not function]
    return None


def _name_in(node: ast.keyword | ast.alias) -> str | None:
    """A keyword, or the name that is imported."""
    return node.name if isinstance(node, ast.alias) else node.arg


def _named(name: str, line: int, column: int) -> ast.Name:
    """A node where a name stands."""
    return ast.Name(name, lineno=line, col_offset=column, end_lineno=line, end_col_offset=column + len(name.encode()))
