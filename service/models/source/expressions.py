"""Expressions: names, calls, operators, conditions, displays."""

import ast

from service.models.source.attributes import attribute
from service.models.source.calls import call, call_function
from service.models.source.definitions import make_lambda
from service.models.source.formatting import converted, format_value
from service.models.source.frames import EndlessError, Frame
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.items import item
from service.models.source.iteration import iterate
from service.models.source.keys import check_key, check_keys
from service.models.source.operators import binary, unary
from service.models.source.places import negated
from service.models.source.symbols import BINARY_SYMBOLS, COMPARISON_SYMBOLS, UNARY_SYMBOLS
from service.models.source.tables import EXPRESSIONS, evaluate, expression
from service.models.source.truth import contains, identical, truth
from service.models.source.values import MISSING, Bound, FrameNative, Function


@expression(ast.Name)
def _name(node: ast.Name, frame: Frame) -> Value:
    name = node.id
    if name in frame.names and not frame.elsewhere:
        return frame.names[name]
    value = frame.load(name)
    if value is not MISSING:
        return value
    frame.node = node
    if frame.uncertain:
        return Unknown(reason=f"`{name}` is not known")
    raise RaisedError("NameError", f"name '{name}' is not defined")


@expression(ast.Attribute)
def _attribute(node: ast.Attribute, frame: Frame) -> Value:
    value = EXPRESSIONS[node.value.__class__](node.value, frame)
    outer = frame.node
    frame.node = node
    try:
        found = attribute(frame.machine, value, node.attr)
    except NotKnownError as error:
        return frame.machine.not_understood(str(error))
    frame.node = outer
    return found


@expression(ast.Call)
def _call(node: ast.Call, frame: Frame) -> Value:
    machine = frame.machine
    function = EXPRESSIONS[node.func.__class__](node.func, frame)
    arguments: list[Value] = []
    keywords: dict[str, Value] = {}
    try:
        for argument in node.args:
            if argument.__class__ is ast.Starred:
                arguments.extend(_spread(argument.value, frame))
            else:
                arguments.append(EXPRESSIONS[argument.__class__](argument, frame))
        for keyword in node.keywords:
            value = EXPRESSIONS[keyword.value.__class__](keyword.value, frame)
            if keyword.arg is None:
                _add_keywords(keywords, value, frame)
            else:
                keywords[keyword.arg] = value
        machine.steps += len(arguments)
        frame.node = node
        if function.__class__ is FrameNative:
            return function.implementation(frame, *arguments)
        if function.__class__ is Bound and function.function.__class__ is Function:
            return call_function(machine, function.function, [function.receiver, *arguments], keywords)
        return call(machine, function, arguments, keywords)
    except NotKnownError as error:
        return machine.not_understood(str(error))


def _spread(node: ast.expr, frame: Frame) -> list[Value]:
    value = evaluate(node, frame)
    frame.node = node
    return iterate(frame.machine, value)


def _add_keywords(keywords: dict[str, Value], value: Value, frame: Frame) -> None:
    if isinstance(value, Unknown):
        frame.machine.use(value)
        return
    for name, element in frame.machine.pairs(value).items():
        if not isinstance(name, str):
            raise RaisedError("TypeError", "keywords must be strings")
        keywords[str(name)] = element


@expression(ast.BinOp)
def _binary(node: ast.BinOp, frame: Frame) -> Value:
    left = EXPRESSIONS[node.left.__class__](node.left, frame)
    right = EXPRESSIONS[node.right.__class__](node.right, frame)
    frame.node = node
    frame.machine.steps += 1
    try:
        return binary(frame.machine, BINARY_SYMBOLS[node.op.__class__], left, right)
    except NotKnownError as error:
        return frame.machine.not_understood(str(error))


@expression(ast.UnaryOp)
def _unary(node: ast.UnaryOp, frame: Frame) -> Value:
    literal = negated(node, frame)
    if literal is not None:
        return literal
    value = evaluate(node.operand, frame)
    frame.node = node
    if node.op.__class__ is ast.Not:
        known = truth(value, frame)
        return Unknown(reason="a condition that is not known") if known is None else not known
    try:
        return unary(frame.machine, UNARY_SYMBOLS[node.op.__class__], value)
    except NotKnownError as error:
        return frame.machine.not_understood(str(error))


@expression(ast.BoolOp)
def _boolean(node: ast.BoolOp, frame: Frame) -> Value:
    stops_at = node.op.__class__ is ast.Or
    unknown: Unknown | None = None
    value: Value = None
    for operand in node.values:
        value = EXPRESSIONS[operand.__class__](operand, frame)
        known = truth(value, frame)
        if known is None:
            unknown = value if isinstance(value, Unknown) else Unknown(reason="a condition that is not known")
        elif known is stops_at:
            return value
    frame.machine.steps += len(node.values)
    return value if unknown is None else unknown


@expression(ast.Compare)
def _compare(node: ast.Compare, frame: Frame) -> Value:
    machine = frame.machine
    left = EXPRESSIONS[node.left.__class__](node.left, frame)
    answer: Value = True
    machine.steps += len(node.ops)
    for operator, comparator in zip(node.ops, node.comparators, strict=True):
        right = EXPRESSIONS[comparator.__class__](comparator, frame)
        frame.node = node
        try:
            answer = _one_comparison(operator, left, right, frame)
        except NotKnownError as error:
            answer = machine.not_understood(str(error))
        if len(node.ops) > 1 and truth(answer, frame) is not True:
            return answer
        left = right
    return answer


def _one_comparison(operator: ast.cmpop, left: Value, right: Value, frame: Frame) -> Value:
    machine = frame.machine
    symbol = COMPARISON_SYMBOLS.get(operator.__class__)
    if symbol is not None:
        return binary(machine, symbol, left, right)
    if isinstance(operator, ast.In | ast.NotIn):
        answer = contains(machine, right, left)
    elif isinstance(left, Unknown) or isinstance(right, Unknown):
        unknown = machine.use(left if isinstance(left, Unknown) else right)
        answer = unknown if left is not None and right is not None else False
    else:
        answer = identical(left, right)
    if isinstance(operator, ast.NotIn | ast.IsNot) and not isinstance(answer, Unknown):
        known = truth(answer, frame)
        return answer if known is None else not known
    return answer


@expression(ast.IfExp)
def _conditional(node: ast.IfExp, frame: Frame) -> Value:
    condition = truth(evaluate(node.test, frame), frame)
    frame.machine.steps += 1
    if condition is None:
        frame.machine.guess(node.test, frame)
    chosen = node.orelse if condition is False else node.body
    return EXPRESSIONS[chosen.__class__](chosen, frame)


@expression(ast.Subscript)
def _subscript(node: ast.Subscript, frame: Frame) -> Value:
    value = EXPRESSIONS[node.value.__class__](node.value, frame)
    key = EXPRESSIONS[node.slice.__class__](node.slice, frame)
    frame.node = node
    frame.machine.steps += 1
    try:
        return item(frame.machine, value, key)
    except NotKnownError as error:
        return frame.machine.not_understood(str(error))


@expression(ast.Slice)
def _slice(node: ast.Slice, frame: Frame) -> Value:
    parts = [None if part is None else evaluate(part, frame) for part in (node.lower, node.upper, node.step)]
    return slice(*parts)


@expression(ast.Tuple)
def _tuple(node: ast.Tuple, frame: Frame) -> Value:
    return tuple(_elements(node.elts, frame))


@expression(ast.List)
def _list(node: ast.List, frame: Frame) -> Value:
    return _elements(node.elts, frame)


@expression(ast.Set)
def _set(node: ast.Set, frame: Frame) -> Value:
    values = _elements(node.elts, frame)
    check_keys(frame.machine, values)
    try:
        return set(values)
    except TypeError as error:
        raise RaisedError("TypeError", str(error)) from None


def _elements(nodes: list[ast.expr], frame: Frame) -> list[Value]:
    values: list[Value] = []
    for node in nodes:
        if node.__class__ is ast.Starred:
            try:
                values.extend(_spread(node.value, frame))
            except NotKnownError as error:
                frame.machine.not_understood(str(error))
        else:
            values.append(EXPRESSIONS[node.__class__](node, frame))
    frame.machine.spend(elements=len(values))
    return values


@expression(ast.Dict)
def _dictionary(node: ast.Dict, frame: Frame) -> Value:
    made: dict[Value, Value] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = EXPRESSIONS[value_node.__class__](value_node, frame)
        frame.node = value_node
        if key_node is None:
            made.update({} if isinstance(value, Unknown) else frame.machine.pairs(value))
            continue
        key = evaluate(key_node, frame)
        check_key(frame.machine, key)
        try:
            made[key] = value
        except TypeError as error:
            raise RaisedError("TypeError", str(error)) from None
    frame.machine.spend(elements=len(made))
    return made


@expression(ast.JoinedStr)
def _formatted_string(node: ast.JoinedStr, frame: Frame) -> Value:
    parts: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
            continue
        text = evaluate(part, frame)
        if isinstance(text, Unknown):
            return text
        parts.append(text)
    made = "".join(parts)
    frame.machine.spend(1 + len(parts), elements=len(made) // 16)
    return made


@expression(ast.FormattedValue)
def _formatted_value(node: ast.FormattedValue, frame: Frame) -> Value:
    machine = frame.machine
    value = evaluate(node.value, frame)
    specification = evaluate(node.format_spec, frame) if node.format_spec is not None else ""
    frame.node = node.value
    conversion = chr(node.conversion) if node.conversion > 0 else None
    if isinstance(specification, Unknown):
        return specification
    try:
        return format_value(machine, converted(machine, value, conversion), specification)
    except NotKnownError as error:
        return machine.not_understood(str(error))


@expression(ast.NamedExpr)
def _walrus(node: ast.NamedExpr, frame: Frame) -> Value:
    value = evaluate(node.value, frame)
    target = frame
    while target.is_comprehension and target.outer is not None:
        target = target.outer
    target.store(node.target.id, value)
    return value


@expression(ast.Lambda)
def _lambda(node: ast.Lambda, frame: Frame) -> Value:
    return make_lambda(node, frame)


@expression(ast.Starred)
def _starred(node: ast.Starred, frame: Frame) -> Value:
    return tuple(_spread(node.value, frame))


@expression(ast.Await)
def _await(node: ast.Await, frame: Frame) -> Value:
    return evaluate(node.value, frame)


@expression(ast.Yield)
def _yield(node: ast.Yield, frame: Frame) -> Value:
    value = None if node.value is None else evaluate(node.value, frame)
    _collect(frame, [value])


@expression(ast.YieldFrom)
def _yield_from(node: ast.YieldFrom, frame: Frame) -> Value:
    _collect(frame, iterate(frame.machine, evaluate(node.value, frame)))


def _collect(frame: Frame, values: list[Value]) -> None:
    while frame.yielded is None and frame.outer is not None:
        frame = frame.outer
    if frame.yielded is not None:
        frame.machine.spend(elements=len(values))
        if len(frame.yielded) > frame.machine.most_yielded:
            raise EndlessError("a generator without an end is not followed")
        frame.yielded.extend(values)
