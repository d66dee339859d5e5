"""Calls: of functions, classes, bound methods, builtins, instances and values of a library."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from service.models.source.blocks import run_block
from service.models.source.classes import find
from service.models.source.frames import Frame
from service.models.source.host import Host, NotKnownError, RaisedError, Unknown, Value
from service.models.source.operators import RAISED, raised
from service.models.source.signatures import bind_arguments
from service.models.source.tables import EXPRESSIONS
from service.models.source.values import (
    Bound,
    Class,
    CoreMethod,
    Cursor,
    Function,
    Instance,
    Kind,
    Method,
    Native,
    Opaque,
    Partial,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine

Keywords = Mapping[str, Value]


def call(machine: "Machine", function: Value, arguments: list[Value], keywords: Keywords) -> Value:
    """`function(*arguments, **keywords)`

    Raises:
        RaisedError: The program would raise.
        NotKnownError: What the function does is not known.
    """
    handler = _CALLS.get(function.__class__)
    if handler is not None:
        return handler(machine, function, arguments, keywords)
    if isinstance(function, Host):
        return call_host(machine, function, arguments, keywords)
    raise RaisedError("TypeError", f"'{machine.type_name(function)}' object is not callable")


def call_host(machine: "Machine", function: Host, arguments: list[Value], keywords: Keywords) -> Value:
    """Call a value of the library."""
    for argument in arguments:
        if argument.__class__ is Unknown:
            machine.use(argument)
    machine.spend()
    outer = machine.callee
    machine.callee = function if function.is_module else None
    try:
        return function.call(arguments, keywords, machine)
    except RAISED as error:
        raise NotKnownError(
            f"this call of `{function.type_name}` is not understood ({type(error).__name__})"
        ) from error
    finally:
        machine.callee = outer


def call_function(machine: "Machine", function: Function, arguments: list[Value], keywords: Keywords) -> Value:
    """Run the body of a function."""
    names = bind_arguments(machine, function, arguments, keywords)
    closure = function.closure
    frame = Frame(machine, closure.unit, names, closure)
    frame.owner = function.owner or closure.owner
    frame.receiver = arguments[0] if arguments and function.owner is not None else closure.receiver
    machine.enter()
    outer = machine.frame
    if closure.unit.posted:
        machine.frame = frame
    try:
        node = function.node
        if node.__class__ is ast.Lambda:
            return EXPRESSIONS[node.body.__class__](node.body, frame)
        if function.yields:
            frame.yielded = []
        run_block(node.body, frame)  # type: ignore[arg-type]
        return Cursor(frame.yielded) if frame.yielded is not None else frame.result
    finally:
        machine.frame = outer
        machine.depth -= 1


def _call_bound(machine: "Machine", bound: Bound, arguments: list[Value], keywords: Keywords) -> Value:
    function = bound.function
    if function.__class__ is Function:
        return call_function(machine, function, [bound.receiver, *arguments], keywords)
    if function.__class__ is CoreMethod:
        return _call_core(machine, function, bound.receiver, arguments, keywords)
    return call(machine, function, [bound.receiver, *arguments], keywords)


def _call_core_method(machine: "Machine", method: CoreMethod, arguments: list[Value], keywords: Keywords) -> Value:
    """`Base.__init__(self, ...)`"""
    if not arguments:
        raise RaisedError("TypeError", f"{method.name}() needs an instance")
    return _call_core(machine, method, arguments[0], arguments[1:], keywords)


def _call_core(
    machine: "Machine", method: CoreMethod, instance: Value, arguments: list[Value], keywords: Keywords
) -> Value:
    """What an instance inherits from a library's class, or from `list` or `dict`."""
    if not isinstance(instance, Instance):
        raise RaisedError("TypeError", f"{method.name}() needs an instance")
    if method.name == "__init__":
        if instance.cls.is_module and "_modules" not in instance.attributes:
            machine.start_module(instance)
        if not instance.cls.is_exception:
            instance.core = call(machine, method.kind, arguments, keywords)
        return None
    if instance.core is None and isinstance(method.kind, Kind):
        instance.core = call(machine, method.kind, [], {})
    if method.name == "forward" and isinstance(instance.core, Host):
        return call_host(machine, instance.core, arguments, keywords)
    return call(machine, machine.attribute(instance.core, method.name), arguments, keywords)


def _call_native(machine: "Machine", native: Native, arguments: list[Value], keywords: Keywords) -> Value:
    machine.spend()
    try:
        return native.implementation(machine, *arguments, **keywords)
    except RAISED as error:
        raise raised(error) from None


def _call_method(machine: "Machine", method: Method, arguments: list[Value], keywords: Keywords) -> Value:
    """A function of library source raises what the program is to see by itself."""
    machine.spend()
    return method.implementation(machine, *arguments, **keywords)


def _call_instance(machine: "Machine", instance: Instance, arguments: list[Value], keywords: Keywords) -> Value:
    found = find(instance.cls, "__call__")
    if found is None:
        if instance.cls.partly_unknown:
            raise NotKnownError(f"calling an instance of `{instance.cls.name}` is not known")
        raise RaisedError("TypeError", f"'{instance.cls.name}' object is not callable")
    if found.__class__ is Function:
        return call_function(machine, found, [instance, *arguments], keywords)
    return call(machine, found, [instance, *arguments], keywords)


def _call_class(machine: "Machine", cls: Class, arguments: list[Value], keywords: Keywords) -> Value:
    return machine.instantiate(cls, arguments, keywords)


def _call_partial(machine: "Machine", partial: Partial, arguments: list[Value], keywords: Keywords) -> Value:
    return call(machine, partial.function, [*partial.arguments, *arguments], {**partial.keywords, **keywords})


def _call_unknown(machine: "Machine", function: Unknown, _arguments: list[Value], _keywords: Keywords) -> Value:
    return machine.use(function)


def _call_opaque(machine: "Machine", function: Opaque, arguments: list[Value], keywords: Keywords) -> Value:
    calling = function.attributes.get("__call__")
    return function if calling is None else call(machine, calling, arguments, keywords)


_CALLS: dict[type, Callable[["Machine", Value, list[Value], Keywords], Value]] = {
    Function: call_function,
    Bound: _call_bound,
    CoreMethod: _call_core_method,
    Native: _call_native,
    Method: _call_method,
    Kind: _call_native,
    Instance: _call_instance,
    Class: _call_class,
    Partial: _call_partial,
    Unknown: _call_unknown,
    Opaque: _call_opaque,
}
