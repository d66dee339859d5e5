"""Comprehensions and generator expressions, whose values are made at once."""

import ast
from collections.abc import Callable

from service.models.source.assignment import assign
from service.models.source.frames import Frame
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.iteration import iterate
from service.models.source.keys import check_keys
from service.models.source.tables import evaluate, expression
from service.models.source.truth import truth
from service.models.source.values import Cursor


@expression(ast.ListComp)
def _list(node: ast.ListComp, frame: Frame) -> Value:
    values: list[Value] = []
    unknown = _each(node.generators, frame, lambda inner: values.append(evaluate(node.elt, inner)))
    return values if unknown is None else unknown


@expression(ast.GeneratorExp)
def _generator(node: ast.GeneratorExp, frame: Frame) -> Value:
    values: list[Value] = []
    unknown = _each(node.generators, frame, lambda inner: values.append(evaluate(node.elt, inner)))
    return Cursor(values) if unknown is None else unknown


@expression(ast.SetComp)
def _set(node: ast.SetComp, frame: Frame) -> Value:
    values: list[Value] = []
    unknown = _each(node.generators, frame, lambda inner: values.append(evaluate(node.elt, inner)))
    if unknown is not None:
        return unknown
    check_keys(frame.machine, values)
    try:
        return set(values)
    except TypeError as error:
        raise RaisedError("TypeError", str(error)) from None


@expression(ast.DictComp)
def _dictionary(node: ast.DictComp, frame: Frame) -> Value:
    pairs: list[tuple[Value, Value]] = []
    unknown = _each(
        node.generators, frame, lambda inner: pairs.append((evaluate(node.key, inner), evaluate(node.value, inner)))
    )
    if unknown is not None:
        return unknown
    check_keys(frame.machine, (key for key, _ in pairs))
    try:
        return dict(pairs)
    except TypeError as error:
        raise RaisedError("TypeError", str(error)) from None


def _each(generators: list[ast.comprehension], frame: Frame, make: Callable[[Frame], None]) -> Unknown | None:
    """Make each element; answers an unknown value where what is iterated over is not known."""
    machine = frame.machine
    inner = frame.inside()
    outer = machine.frame
    if frame.unit.posted:
        machine.frame = inner
    try:
        _loop(generators, 0, inner, make)
    except NotKnownError as error:
        return machine.not_understood(str(error))
    finally:
        frame.node = inner.node
        machine.frame = outer
    return None


def _loop(generators: list[ast.comprehension], depth: int, frame: Frame, make: Callable[[Frame], None]) -> None:
    if depth == len(generators):
        frame.machine.spend(elements=1)
        make(frame)
        return
    generator = generators[depth]
    iterated = evaluate(generator.iter, frame)
    frame.node = generator.iter
    for element in iterate(frame.machine, iterated):
        frame.machine.spend()
        assign(generator.target, element, frame)
        if all(truth(evaluate(condition, frame), frame) is not False for condition in generator.ifs):
            _loop(generators, depth + 1, frame, make)
