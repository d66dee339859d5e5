"""What interprets each kind of node: one function a kind, found by the node's class."""

import ast
from collections.abc import Callable
from typing import Any, TypeVar

from service.models.source.frames import Frame
from service.models.source.host import Value

Evaluate = Callable[..., Value]
Execute = Callable[..., Any]
_Handler = TypeVar("_Handler", bound=Callable[..., object])

EXPRESSIONS: dict[type[ast.AST], Evaluate] = {}
STATEMENTS: dict[type[ast.AST], Execute] = {}
PATTERNS: dict[type[ast.AST], Callable[..., Any]] = {}

BREAK, CONTINUE, RETURN = "break", "continue", "return"
"""What a statement answers when it ends a loop or a function; otherwise it answers None."""


def expression(*kinds: type[ast.AST]) -> Callable[[_Handler], _Handler]:
    """The function evaluates such nodes: `(node, frame) -> value`."""
    return _registering(EXPRESSIONS, kinds)


def statement(*kinds: type[ast.AST]) -> Callable[[_Handler], _Handler]:
    """The function executes such nodes: `(node, frame) -> None`, `BREAK`, `CONTINUE` or `RETURN`."""
    return _registering(STATEMENTS, kinds)


def pattern(*kinds: type[ast.AST]) -> Callable[[_Handler], _Handler]:
    """The function matches such patterns: `(node, value, frame) -> bool`."""
    return _registering(PATTERNS, kinds)


def evaluate(node: ast.AST, frame: Frame) -> Value:
    """The value of an expression."""
    return EXPRESSIONS[node.__class__](node, frame)


def _registering(
    table: dict[type[ast.AST], Callable[..., Any]], kinds: tuple[type[ast.AST], ...]
) -> Callable[[_Handler], _Handler]:
    def register(handler: _Handler) -> _Handler:
        for kind in kinds:
            if kind in table:
                raise ValueError(f"two functions for {kind.__name__}")
            table[kind] = handler
        return handler

    return register
