"""Definitions of functions and classes, and their decorators."""

import ast

from service.models.source.blocks import run_block
from service.models.source.calls import call
from service.models.source.classes import find, make_class
from service.models.source.frames import Frame
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.records import finish_class
from service.models.source.signatures import signature_of
from service.models.source.tables import evaluate
from service.models.source.values import Class, Function


def define_function(node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> None:
    """`def name(...): ...`"""
    function = _function(node, node.name, frame)
    yields = getattr(node, "yields", None)
    if yields is None:
        yields = node.yields = _yields(node.body)  # type: ignore[union-attr]
    function.yields = yields
    frame.store(node.name, _decorated(function, node, frame))


def make_lambda(node: ast.Lambda, frame: Frame) -> Function:
    """`lambda ...: ...`"""
    return _function(node, "<lambda>", frame)


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str, frame: Frame) -> Function:
    arguments = node.args
    closure = frame
    while closure.is_class and closure.outer is not None:
        closure = closure.outer
    return Function(
        node,
        name,
        closure,
        signature_of(arguments),
        [evaluate(default, frame) for default in arguments.defaults],
        {
            argument.arg: evaluate(default, frame)
            for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        },
    )


def _yields(body: list[ast.stmt]) -> bool:
    """Whether a function is a generator."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending.extend(ast.iter_child_nodes(node))
    return False


def _decorated(value: Value, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, frame: Frame) -> Value:
    """What the decorators make of a function or class; one that is not known leaves it as it is."""
    machine = frame.machine
    for decorator_node in reversed(node.decorator_list):
        decorator = evaluate(decorator_node, frame)
        frame.node = decorator_node
        try:
            made = call(machine, decorator, [value], {})
        except NotKnownError as error:
            machine.not_understood(str(error))
            continue
        if isinstance(made, Unknown):
            machine.not_understood(f"the decorator of `{node.name}` is not known; it is read as if it had none")
        else:
            value = made
    return value


def define_class(node: ast.ClassDef, frame: Frame) -> None:
    """`class Name(...): ...`"""
    machine = frame.machine
    bases = _bases(node, frame)
    keywords = {keyword.arg or "": evaluate(keyword.value, frame) for keyword in node.keywords}
    body = Frame(machine, frame.unit, {}, frame)
    body.is_class = True
    body.annotations = {}
    outer = machine.frame
    if frame.unit.posted:
        machine.frame = body
    try:
        run_block(node.body, body)
    finally:
        machine.frame = outer
    frame.node = node
    cls = make_class(machine, node.name, bases, body.names, frame.unit.module)
    cls.annotations = body.annotations
    cls.partly_unknown = cls.partly_unknown or body.uncertain
    finish_class(machine, cls, bases)
    _tell_base(cls, keywords, frame)
    frame.store(node.name, _decorated(cls, node, frame))


def _bases(node: ast.ClassDef, frame: Frame) -> list[Value]:
    machine = frame.machine
    bases: list[Value] = []
    for base_node in node.bases:
        base = evaluate(base_node, frame)
        frame.node = base_node
        if isinstance(base, Unknown):
            reason = base.reason or "a class is not known"
            machine.not_understood(f"{reason}; what `{node.name}` inherits from it is not known")
        bases.append(base)
    return bases


def _tell_base(cls: Class, keywords: dict[str, Value], frame: Frame) -> None:
    """`__init_subclass__` of the classes that it inherits from."""
    for parent in cls.mro[1:]:
        if isinstance(parent, Class) and "__init_subclass__" in parent.names:
            keywords.pop("metaclass", None)
            found = find(parent, "__init_subclass__")
            try:
                call(frame.machine, getattr(found, "function", found), [cls], keywords)
            except NotKnownError as error:
                frame.machine.not_understood(str(error))
            except RaisedError:
                cls.partly_unknown = True
            return
