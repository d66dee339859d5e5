"""`try`, `with` and `match`."""

import ast

from service.models.source.assignment import assign
from service.models.source.blocks import run_block
from service.models.source.calls import call
from service.models.source.frames import Frame
from service.models.source.host import Host, NotKnownError, RaisedError, Unknown, Value
from service.models.source.operators import binary
from service.models.source.tables import PATTERNS, evaluate, pattern, statement
from service.models.source.truth import identical, truth
from service.models.source.values import MISSING, Class, Cursor, Instance


@statement(ast.Try, ast.TryStar)
def _try(node: ast.Try, frame: Frame) -> object | None:
    names = _caught_names(node, frame)
    signal: object | None = None
    try:
        try:
            with frame.machine.catching(*(name for some in names for name in some)):
                signal = run_block(node.body, frame)
        except RaisedError as error:
            signal = _handle(node, names, error, frame)
        else:
            if signal is None and node.orelse:
                signal = run_block(node.orelse, frame)
    finally:
        ending = run_block(node.finalbody, frame) if node.finalbody else None
    return signal if ending is None else ending


def _caught_names(node: ast.Try, frame: Frame) -> list[tuple[str, ...]]:
    """The names of the exceptions that each handler takes; all of them where it is not known."""
    rows: list[tuple[str, ...]] = []
    for handler in node.handlers:
        if handler.type is None:
            rows.append(("BaseException",))
            continue
        kinds = evaluate(handler.type, frame)
        several = kinds if isinstance(kinds, tuple) else (kinds,)
        rows.append(tuple(kind.name if isinstance(kind, Class) else "BaseException" for kind in several))
    return rows


def _handle(node: ast.Try, names: list[tuple[str, ...]], error: RaisedError, frame: Frame) -> object | None:
    machine = frame.machine
    for handler, taken in zip(node.handlers, names, strict=True):
        if not machine.is_error(error, taken):
            continue
        if handler.name:
            frame.store(handler.name, machine.exception_of(error))
        frame.handling = [*(frame.handling or []), error]
        try:
            return run_block(handler.body, frame)
        finally:
            frame.handling = frame.handling[:-1]
    raise error


@statement(ast.With, ast.AsyncWith)
def _with(node: ast.With, frame: Frame) -> object | None:
    entered = [_enter(item, frame) for item in node.items]
    try:
        return run_block(node.body, frame)
    finally:
        for manager in reversed(entered):
            if isinstance(manager, Instance):
                _leave(manager, frame)


def _enter(item: ast.withitem, frame: Frame) -> Value:
    """Enter a context; one of a library or one that is not known is left out, since it makes no tensor."""
    machine = frame.machine
    manager = evaluate(item.context_expr, frame)
    frame.node = item.context_expr
    value: Value = manager
    if isinstance(manager, Instance):
        value = call(machine, machine.attribute(manager, "__enter__"), [], {})
    if isinstance(manager, Cursor):
        value = manager.values[0] if manager.values else None
    if isinstance(manager, Host | Unknown) and item.optional_vars is not None:
        value = Unknown(reason="what the context gives is not known", place=machine.place)
    if item.optional_vars is not None:
        assign(item.optional_vars, value, frame)
    return manager


def _leave(manager: Instance, frame: Frame) -> None:
    machine = frame.machine
    try:
        call(machine, machine.attribute(manager, "__exit__"), [None, None, None], {})
    except NotKnownError as error:
        machine.not_understood(str(error))


@statement(ast.Match)
def _match(node: ast.Match, frame: Frame) -> object | None:
    subject = evaluate(node.subject, frame)
    if isinstance(subject, Unknown):
        frame.machine.use(subject)
        frame.doubt()
    for case in node.cases:
        if _matches(case.pattern, subject, frame) and (
            case.guard is None or truth(evaluate(case.guard, frame), frame) is not False
        ):
            return run_block(case.body, frame)
    return None


def _matches(node: ast.pattern, value: Value, frame: Frame) -> bool:
    return bool(PATTERNS[node.__class__](node, value, frame))


@pattern(ast.MatchValue)
def _value(node: ast.MatchValue, value: Value, frame: Frame) -> bool:
    return truth(binary(frame.machine, "==", value, evaluate(node.value, frame)), frame) is not False


@pattern(ast.MatchSingleton)
def _singleton(node: ast.MatchSingleton, value: Value, _frame: Frame) -> bool:
    return identical(value, node.value)


@pattern(ast.MatchAs)
def _as(node: ast.MatchAs, value: Value, frame: Frame) -> bool:
    if node.pattern is not None and not _matches(node.pattern, value, frame):
        return False
    if node.name is not None:
        frame.store(node.name, value)
    return True


@pattern(ast.MatchOr)
def _or(node: ast.MatchOr, value: Value, frame: Frame) -> bool:
    return any(_matches(alternative, value, frame) for alternative in node.patterns)


@pattern(ast.MatchSequence)
def _sequence(node: ast.MatchSequence, value: Value, frame: Frame) -> bool:
    if not isinstance(value, list | tuple):
        return False
    patterns = node.patterns
    star = next((index for index, part in enumerate(patterns) if isinstance(part, ast.MatchStar)), None)
    if star is None:
        return len(value) == len(patterns) and all(
            _matches(part, element, frame) for part, element in zip(patterns, value, strict=True)
        )
    end = len(value) - (len(patterns) - star - 1)
    if end < star:
        return False
    if not all(_matches(part, element, frame) for part, element in zip(patterns[:star], value[:star], strict=True)):
        return False
    if not all(_matches(part, element, frame) for part, element in zip(patterns[star + 1 :], value[end:], strict=True)):
        return False
    name = patterns[star].name  # type: ignore[attr-defined]
    if name is not None:
        frame.store(name, list(value[star:end]))
    return True


@pattern(ast.MatchMapping)
def _mapping(node: ast.MatchMapping, value: Value, frame: Frame) -> bool:
    if not isinstance(value, dict):
        return False
    keys = [evaluate(key, frame) for key in node.keys]
    for key, inner in zip(keys, node.patterns, strict=True):
        if key not in value or not _matches(inner, value[key], frame):
            return False
    if node.rest is not None:
        frame.store(node.rest, {key: element for key, element in value.items() if key not in keys})
    return True


@pattern(ast.MatchClass)
def _of_class(node: ast.MatchClass, value: Value, frame: Frame) -> bool:
    machine = frame.machine
    kind = evaluate(node.cls, frame)
    if not machine.is_instance(value, kind):
        return False
    names = list(node.kwd_attrs)
    inner = list(node.kwd_patterns)
    if node.patterns:
        if not isinstance(value, Instance):
            return len(node.patterns) == 1 and _matches(node.patterns[0], value, frame)
        fields = list(value.cls.names.get("__match_args__") or value.cls.names.get("__dataclass_fields__") or ())
        names = [*fields[: len(node.patterns)], *names]
        inner = [*node.patterns[: len(fields)], *inner]
    for name, part in zip(names, inner, strict=True):
        with machine.catching("AttributeError"):
            try:
                found = machine.attribute(value, name)
            except RaisedError:
                found = MISSING
        if found is MISSING or not _matches(part, found, frame):
            return False
    return True
