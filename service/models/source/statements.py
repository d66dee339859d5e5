"""Statements: assignments, conditions, loops, imports, definitions."""

import ast

from service.models.source.assignment import assign, delete
from service.models.source.blocks import bound_names, changed_values, run_block
from service.models.source.definitions import define_class, define_function
from service.models.source.frames import Frame
from service.models.source.host import RaisedError, Unknown
from service.models.source.imports import import_from, import_module
from service.models.source.iteration import iterate
from service.models.source.operators import binary
from service.models.source.symbols import BINARY_SYMBOLS
from service.models.source.tables import BREAK, CONTINUE, EXPRESSIONS, RETURN, evaluate, statement
from service.models.source.truth import truth
from service.models.source.values import Instance


@statement(ast.Expr)
def _expression(node: ast.Expr, frame: Frame) -> None:
    value = node.value
    if value.__class__ is not ast.Constant:
        EXPRESSIONS[value.__class__](value, frame)


@statement(ast.Assign)
def _assign(node: ast.Assign, frame: Frame) -> None:
    value = EXPRESSIONS[node.value.__class__](node.value, frame)
    for target in node.targets:
        if target.__class__ is ast.Name and not frame.elsewhere:
            frame.names[target.id] = value
        else:
            assign(target, value, frame)


@statement(ast.AnnAssign)
def _annotated(node: ast.AnnAssign, frame: Frame) -> None:
    if frame.is_class and isinstance(node.target, ast.Name) and frame.annotations is not None:
        frame.annotations[node.target.id] = node.annotation
    if node.value is not None:
        assign(node.target, evaluate(node.value, frame), frame)


@statement(ast.AugAssign)
def _augmented(node: ast.AugAssign, frame: Frame) -> None:
    target = node.target
    loaded = getattr(node, "loaded", None)
    if loaded is None:
        loaded = node.loaded = _as_load(target)  # type: ignore[attr-defined]
    left = evaluate(loaded, frame)
    right = evaluate(node.value, frame)
    frame.node = node
    symbol = BINARY_SYMBOLS[node.op.__class__]
    if isinstance(left, list) and symbol == "+":
        frame.machine.extend(left, right)
        assign(target, left, frame)
    elif isinstance(left, dict) and symbol == "|" and isinstance(right, dict):
        left.update(right)
    else:
        assign(target, binary(frame.machine, symbol, left, right), frame)


def _as_load(target: ast.expr) -> ast.expr:
    """The same expression, read instead of written."""
    fields = {name: getattr(target, name) for name in target._fields if name != "ctx"}
    return ast.copy_location(type(target)(**fields, ctx=ast.Load()), target)  # type: ignore[call-arg]


@statement(ast.Return)
def _return(node: ast.Return, frame: Frame) -> object:
    frame.result = None if node.value is None else EXPRESSIONS[node.value.__class__](node.value, frame)
    return RETURN


@statement(ast.If)
def _if(node: ast.If, frame: Frame) -> object | None:
    while True:
        condition = truth(evaluate(node.test, frame), frame)
        if condition is None:
            frame.machine.guess(node.test, frame)
            frame.doubt()
            condition = not _raises(node.body)
        if condition:
            frame.guard = node.test if _raises(node.body) else None
            return run_block(node.body, frame)
        if len(node.orelse) == 1 and node.orelse[0].__class__ is ast.If:
            node = node.orelse[0]
            frame.node = node
            continue
        return run_block(node.orelse, frame) if node.orelse else None


def _raises(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise)


@statement(ast.For, ast.AsyncFor)
def _for(node: ast.For, frame: Frame) -> object | None:
    machine = frame.machine
    iterated = evaluate(node.iter, frame)
    frame.node = node.iter
    if isinstance(iterated, Unknown):
        machine.use(iterated)
        _skip_loop(node, frame)
        return None
    for element in iterate(machine, iterated):
        machine.spend()
        assign(node.target, element, frame)
        signal = run_block(node.body, frame)
        if signal is BREAK:
            return None
        if signal is RETURN:
            return signal
    return run_block(node.orelse, frame) if node.orelse else None


@statement(ast.While)
def _while(node: ast.While, frame: Frame) -> object | None:
    machine = frame.machine
    while True:
        condition = truth(evaluate(node.test, frame), frame)
        if condition is None:
            machine.guess(node.test, frame)
            _skip_loop(node, frame)
            return None
        if not condition:
            break
        machine.spend()
        signal = run_block(node.body, frame)
        if signal is BREAK:
            return None
        if signal is RETURN:
            return signal
    return run_block(node.orelse, frame) if node.orelse else None


def _skip_loop(node: ast.For | ast.While, frame: Frame) -> None:
    """Nobody knows how often such a loop runs: what it would assign is unknown."""
    frame.doubt()
    for name in bound_names(node):
        frame.store(name, Unknown(reason=f"`{name}` is assigned in a loop that is not known"))
    for holder in changed_values(node):
        value = frame.load(holder.id)
        if isinstance(value, list | dict | set):
            frame.store(holder.id, Unknown(reason=f"`{holder.id}` is changed in a loop that is not known"))
        elif isinstance(value, Instance):
            value.partly_unknown = True


@statement(ast.Break)
def _break(_node: ast.Break, _frame: Frame) -> object:
    return BREAK


@statement(ast.Continue)
def _continue(_node: ast.Continue, _frame: Frame) -> object:
    return CONTINUE


@statement(ast.Pass)
def _pass(_node: ast.Pass, _frame: Frame) -> None:
    return None


@statement(ast.Assert)
def _assert(node: ast.Assert, frame: Frame) -> None:
    if truth(evaluate(node.test, frame), frame) is False:
        message = frame.machine.text_of(evaluate(node.msg, frame)) if node.msg else "the assertion does not hold"
        frame.node = node
        raise RaisedError("AssertionError", message)


@statement(ast.Raise)
def _raise(node: ast.Raise, frame: Frame) -> None:
    if node.exc is None:
        raise frame.handling[-1] if frame.handling else RaisedError("RuntimeError", "No active exception to reraise")
    raised = evaluate(node.exc, frame)
    frame.node = node
    raise frame.machine.error_of(raised)


@statement(ast.Delete)
def _delete(node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        delete(target, frame)


@statement(ast.Global)
def _global(node: ast.Global, frame: Frame) -> None:
    for name in node.names:
        frame.declare(name, everywhere=True)


@statement(ast.Nonlocal)
def _nonlocal(node: ast.Nonlocal, frame: Frame) -> None:
    for name in node.names:
        frame.declare(name, everywhere=False)


@statement(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(node: ast.FunctionDef, frame: Frame) -> None:
    define_function(node, frame)


@statement(ast.ClassDef)
def _class(node: ast.ClassDef, frame: Frame) -> None:
    define_class(node, frame)


@statement(ast.Import)
def _import(node: ast.Import, frame: Frame) -> None:
    frame.node = node
    for alias in node.names:
        module = import_module(frame.machine, alias.name, whole=alias.asname is not None)
        frame.store(alias.asname or alias.name.split(".")[0], module)


@statement(ast.ImportFrom)
def _import_from(node: ast.ImportFrom, frame: Frame) -> None:
    frame.node = node
    for name, value in import_from(frame.machine, node, frame).items():
        frame.store(name, value)
