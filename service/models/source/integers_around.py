"""Integers that stand around places in posted text, for where none is known to lead to an error.

Not all that a program depends on can be followed: a condition decides which layers there are, an index which size is
taken. What decides usually stands in the function that makes a layer or calls it.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping

from service.models.posted import ReadingLimits
from service.models.reading import Literal, TextPlace
from service.models.source.parsing import Unit, parsed

_MOST_FUNCTIONS = 12
"""Functions that are looked at. Chosen: each has some ten integers, each of which might be several others."""
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def integers_around(
    files: Mapping[str, str], places: Iterable[TextPlace], limits: ReadingLimits
) -> Iterator[list[Literal]]:
    """The integers of the innermost function around each place, then those of the other functions of its class.

    There is one list for each function, the integers that are nearest to the place first.
    """
    units: dict[str, Unit] = {}
    seen: set[ast.AST] = set()
    for place, function, unit in _functions(files, places, limits, units):
        if function not in seen:
            seen.add(function)
            yield _sorted(_integers(function, unit), place.line)
        if len(seen) == _MOST_FUNCTIONS:
            return


def _functions(
    files: Mapping[str, str], places: Iterable[TextPlace], limits: ReadingLimits, units: dict[str, Unit]
) -> Iterator[tuple[TextPlace, ast.AST, Unit]]:
    """The functions around places, then those of their classes."""
    of_classes: list[tuple[TextPlace, ast.AST, Unit]] = []
    for place in places:
        path = place.file or ""
        if path not in files:
            continue
        if path not in units:
            units[path] = parsed(files[path], place.file, limits)
        unit = units[path]
        around = list(_around(unit.tree, place.line))
        functions = [node for node in around if isinstance(node, _FUNCTIONS)]
        if functions:
            yield place, functions[-1], unit
        for node in around:
            if isinstance(node, ast.ClassDef):
                of_classes += [(place, inner, unit) for inner in node.body if isinstance(inner, _FUNCTIONS)]
    yield from of_classes


def _around(tree: ast.Module, line: int) -> Iterator[ast.AST]:
    """The parts of a file that a line stands in, the outermost first."""
    inside: ast.AST | None = tree
    while inside is not None:
        yield inside
        inside = next((node for node in ast.iter_child_nodes(inside) if _spans(node, line)), None)


def _spans(node: ast.AST, line: int) -> bool:
    first, last = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return first is not None and last is not None and first <= line <= last


def _sorted(integers: Iterable[Literal], line: int) -> list[Literal]:
    """Those nearest to a line first."""
    return sorted(integers, key=lambda literal: abs(literal.place.line - line))


def _integers(function: ast.AST, unit: Unit) -> Iterator[Literal]:
    for node in ast.walk(function):
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield Literal(place=unit.place(node), value=node.value)
