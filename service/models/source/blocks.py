"""Running statements one after the other, and going on where the program would raise."""

import ast

from service.models.source.frames import EndlessError, Frame
from service.models.source.host import NotKnownError, RaisedError, Unknown
from service.models.source.operators import RAISED
from service.models.source.tables import RETURN, STATEMENTS


def run_block(body: list[ast.stmt], frame: Frame) -> object | None:
    """Execute statements; answers what ends the block early, as statements do.

    Raises:
        RaisedError: The program would raise, and something around would catch it.
    """
    machine = frame.machine
    signal: object | None
    for node in body:
        machine.steps += 1
        if machine.steps > machine.most_steps:
            machine.spend()
        try:
            signal = STATEMENTS[node.__class__](node, frame)
        except RaisedError as error:
            if machine.catches(error):
                raise
            if frame.uncertain:
                unknown = machine.not_understood(f"behind a condition that is not known: {error}")
            else:
                machine.mistake(error, node, frame)
                unknown = Unknown(reason=str(error))
            signal = go_on(node, frame, unknown)
        except EndlessError:
            raise
        except NotKnownError as error:
            signal = go_on(node, frame, machine.not_understood(str(error)))
        except RAISED as error:
            unknown = machine.not_understood(f"this statement is not understood ({type(error).__name__})")
            signal = go_on(node, frame, unknown)
        if signal is not None:
            return signal
    return None


def go_on(node: ast.stmt, frame: Frame, unknown: Unknown) -> object | None:
    """What a statement that failed leaves behind: unknown values; a function whose end it is returns one."""
    if isinstance(node, ast.Return | ast.Raise):
        frame.doubt()
        frame.result = unknown
        return RETURN
    if not isinstance(node, ast.Assert | ast.Expr):
        for name in bound_names(node):
            if name not in frame.names:
                frame.store(name, unknown)
        forget(node, frame, unknown)
    return None


def forget(node: ast.stmt, frame: Frame, unknown: Unknown) -> None:
    """Make what the statement assigns unknown."""
    from service.models.source.assignment import assign

    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    for target in targets:
        if isinstance(target, ast.expr):
            try:
                assign(target, unknown, frame)
            except (RaisedError, NotKnownError):
                frame.doubt()
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        frame.doubt()


def bound_names(node: ast.AST) -> list[str]:
    """The names that a statement gives values to, anywhere inside it but in functions."""
    names: list[str] = []
    pending = [node]
    while pending:
        inner = pending.pop()
        if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(inner.name)
            continue
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
            names.append(inner.id)
        elif isinstance(inner, ast.alias):
            names.append(inner.asname or inner.name.split(".")[0])
        elif not isinstance(inner, ast.Lambda):
            pending.extend(ast.iter_child_nodes(inner))
    return names


def changed_values(node: ast.AST) -> list[ast.Name]:
    """The names of what a statement may change inside: by a method, or by assigning to an item or attribute."""
    names: list[ast.Name] = []
    for inner in ast.walk(node):
        holder: ast.AST | None = None
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
            holder = inner.func.value
        elif isinstance(inner, ast.Subscript | ast.Attribute) and isinstance(inner.ctx, ast.Store):
            holder = inner.value
        while isinstance(holder, ast.Subscript | ast.Attribute):
            holder = holder.value
        if isinstance(holder, ast.Name):
            names.append(holder)
    return names
