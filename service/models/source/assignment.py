"""Targets: names, attributes, items and unpacking."""

import ast
from collections.abc import Callable

from service.models.source.attributes import delete_attribute, set_attribute
from service.models.source.frames import Frame
from service.models.source.host import NotKnownError, Value
from service.models.source.items import delete_item, set_item
from service.models.source.iteration import unpack
from service.models.source.tables import evaluate


def assign(target: ast.expr, value: Value, frame: Frame) -> None:
    """`target = value`"""
    _ASSIGN[target.__class__](target, value, frame)


def delete(target: ast.expr, frame: Frame) -> None:
    """`del target`"""
    if isinstance(target, ast.Name):
        frame.remove(target.id)
    elif isinstance(target, ast.Attribute):
        delete_attribute(frame.machine, evaluate(target.value, frame), target.attr)
    elif isinstance(target, ast.Subscript):
        delete_item(frame.machine, evaluate(target.value, frame), evaluate(target.slice, frame))
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            delete(element, frame)


def _to_name(target: ast.Name, value: Value, frame: Frame) -> None:
    frame.store(target.id, value)


def _to_attribute(target: ast.Attribute, value: Value, frame: Frame) -> None:
    receiver = evaluate(target.value, frame)
    frame.node = target
    try:
        set_attribute(frame.machine, receiver, target.attr, value)
    except NotKnownError as error:
        frame.machine.not_understood(str(error))


def _to_item(target: ast.Subscript, value: Value, frame: Frame) -> None:
    receiver = evaluate(target.value, frame)
    key = evaluate(target.slice, frame)
    frame.node = target
    try:
        set_item(frame.machine, receiver, key, value)
    except NotKnownError as error:
        frame.machine.not_understood(str(error))


def _to_several(target: ast.Tuple | ast.List, value: Value, frame: Frame) -> None:
    elements = target.elts
    star = next((index for index, element in enumerate(elements) if isinstance(element, ast.Starred)), None)
    frame.node = target
    for element, part in zip(elements, unpack(frame.machine, value, len(elements), star), strict=True):
        assign(element.value if isinstance(element, ast.Starred) else element, part, frame)


_ASSIGN: dict[type[ast.AST], Callable[..., None]] = {
    ast.Name: _to_name,
    ast.Attribute: _to_attribute,
    ast.Subscript: _to_item,
    ast.Tuple: _to_several,
    ast.List: _to_several,
}
