"""The parameters of a function, and how a call binds them."""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from service.models.source.host import RaisedError, Value
from service.models.source.values import Function, Signature

if TYPE_CHECKING:
    from service.models.source.machine import Machine


def signature_of(arguments: ast.arguments) -> Signature:
    """The parameters that a function declares; computed once for each node."""
    known: Signature | None = getattr(arguments, "signature", None)
    if known is None:
        positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        keyword_only = [argument.arg for argument in arguments.kwonlyargs]
        known = Signature(
            positional=positional,
            positional_only=len(arguments.posonlyargs),
            keyword_only=keyword_only,
            rest=arguments.vararg.arg if arguments.vararg else None,
            keywords=arguments.kwarg.arg if arguments.kwarg else None,
            accepted=frozenset((*positional[len(arguments.posonlyargs) :], *keyword_only)),
        )
        arguments.signature = known  # type: ignore[attr-defined]
    return known


def bind_arguments(
    machine: "Machine", function: Function, arguments: list[Value], keywords: Mapping[str, Value]
) -> dict[str, Value]:
    """The names of a function's frame, as a call begins.

    Raises:
        RaisedError: The arguments do not fit.
    """
    signature = function.signature
    positional = signature.positional
    count, given = len(positional), len(arguments)
    names = dict(zip(positional, arguments, strict=False))
    if given > count and signature.rest is None:
        raise RaisedError("TypeError", _too_many(function, given))
    extra: dict[str, Value] = {}
    for name, value in keywords.items():
        if name not in signature.accepted:
            if signature.keywords is None:
                raise RaisedError("TypeError", f"{function.name}() got an unexpected keyword argument '{name}'")
            extra[name] = value
        elif name in names:
            raise RaisedError("TypeError", f"{function.name}() got multiple values for argument '{name}'")
        else:
            names[name] = value
    if len(names) < count:
        _fill(function, names)
    for name in signature.keyword_only:
        if name not in names:
            if name not in function.keyword_defaults:
                raise RaisedError("TypeError", f"{function.name}() missing 1 required keyword-only argument: '{name}'")
            names[name] = function.keyword_defaults[name]
    if signature.rest is not None:
        names[signature.rest] = tuple(arguments[count:])
    if signature.keywords is not None:
        names[signature.keywords] = extra
    return names


def _fill(function: Function, names: dict[str, Value]) -> None:
    """Defaults, where nothing was given."""
    positional, defaults = function.signature.positional, function.defaults
    first = len(positional) - len(defaults)
    missing = []
    for position, name in enumerate(positional):
        if name not in names:
            if position < first:
                missing.append(name)
            else:
                names[name] = defaults[position - first]
    if missing:
        words = ", ".join(f"'{name}'" for name in missing)
        plural = "s" if len(missing) > 1 else ""
        message = f"{function.name}() missing {len(missing)} required positional argument{plural}: {words}"
        raise RaisedError("TypeError", message)


def _too_many(function: Function, given: int) -> str:
    count = len(function.signature.positional)
    verb = "was" if given == 1 else "were"
    return f"{function.name}() takes {count} positional argument{'' if count == 1 else 's'} but {given} {verb} given"
