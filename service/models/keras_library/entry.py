"""The model of posted Keras source: what `entry` names, else the last one that is made, else what makes one."""

import ast
from collections.abc import Iterator
from typing import Any

from service.models.keras_library.inside import is_of
from service.models.keras_library.signatures import names_of
from service.models.keras_library.state import state_of
from service.models.reading import UnreadableModelError
from service.models.source.classes import find
from service.models.source.entry import argument, find_entry, listed, missing_arguments, no_entry, used_values
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.imports import run_posted
from service.models.source.machine import Machine
from service.models.source.values import Bound, Class, Function, Instance, Namespace

MAKERS = frozenset({"Model", "Sequential", "Functional", *names_of("applications.")})
"""What a function calls that makes a model."""


def is_model(value: Value) -> bool:
    """Whether a value is a model, or a layer of the program."""
    return isinstance(value, Instance) and is_of(value.cls, "Layer")


def find_model(machine: Machine) -> Instance | None:
    """The model that is meant; None where the program raises before it makes one.

    Raises:
        UnreadableModelError: There is none, or several could be meant.
    """
    if machine.model.entry is not None:
        found = find_entry_or_none(machine, machine.model.entry)
        return None if found is None else made(machine, found)
    modules = [
        machine.modules[name] if name in machine.modules else run_posted(machine, name)
        for name in list(machine.posted_modules)
    ]
    named = {id(value) for module in modules for value in _values(module) if is_model(value)}
    models = [model for model in state_of(machine).models if id(model) in named]
    if models and not machine.model.arguments:
        last: Instance = models[-1]
        return last
    used = used_values(machine)
    makers = [maker for module, name in zip(modules, machine.posted_modules, strict=True)
              for maker in _makers(module, name, used)]  # fmt: skip
    if len(makers) > 1:
        required = [maker for maker in makers if not missing_arguments(maker, machine.model.arguments)]
        makers = required if len(required) == 1 else makers
    if len(makers) == 1:
        return made(machine, makers[0])
    if machine.mistakes:
        return None
    if not makers:
        raise _none_made([value for module in modules for value in _values(module)])
    names = listed(maker.name for maker in makers)
    raise no_entry(f"the source has {len(makers)} functions and classes that make a model", f"name one of {names}")


def _none_made(values: list[Value]) -> UnreadableModelError:
    """What is said where no model is made: with the first value that is not understood."""
    unknown = next((value for value in values if isinstance(value, Unknown) and value.place is not None), None)
    message, help_text = "the source makes no Keras model", "name in `entry` the function or variable that does"
    if unknown is None:
        return no_entry(message, help_text)
    return UnreadableModelError(
        f"{message} that is understood: {unknown.reason}", help_text, member="entry", place=unknown.place
    )


def find_entry_or_none(machine: Machine, entry: str) -> Value | None:
    """What `entry` names; None where the program raises before it is there.

    Raises:
        UnreadableModelError: The program has no such name.
    """
    try:
        return find_entry(machine, entry)
    except UnreadableModelError:
        if machine.mistakes:
            return None
        raise


def _values(module: Value) -> list[Value]:
    return list(module.names.values()) if isinstance(module, Namespace) else []


def _makers(module: Value, name: str, used: set[int]) -> Iterator[Function | Class]:
    """The functions and classes of a file that make models, and that no other function or class uses."""
    own = name or "__main__"
    names = module.names.items() if isinstance(module, Namespace) else ()
    classes = [value for _, value in names if isinstance(value, Class) and value.module == own]
    models = [cls for cls in classes if is_of(cls, "Model") and (find(cls, "call") or is_of(cls, "Sequential"))]
    layers = [] if models else [cls for cls in classes if is_of(cls, "Layer") and find(cls, "call") is not None]
    functions = [value for word, value in names if isinstance(value, Function) and word == value.name]
    makers = MAKERS | {cls.name for cls in models}
    building = _building(functions, makers, own)
    found: list[Function | Class] = [*models, *building, *([] if models or building else layers)]
    yield from (maker for maker in found if id(maker) not in used)


def _building(functions: list[Function], makers: frozenset[str], module: str) -> list[Function]:
    """The functions in whose body a model is made, by a call or by a call of one that makes one."""
    own = [function for function in functions if function.closure.unit.module == module]
    called = {function.name: _called_names(function.node) for function in own}
    known = set(makers)
    for _ in own:
        more = {name for name, names in called.items() if names & known} - known
        if not more:
            break
        known |= more
    return [function for function in own if function.name in known]


def _called_names(node: ast.AST) -> set[str]:
    names: set[str] = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call):
            function = inner.func
            if isinstance(function, ast.Name):
                names.add(function.id)
            elif isinstance(function, ast.Attribute):
                names.add(function.attr)
    return names


def made(machine: Machine, maker: Value) -> Instance | None:
    """The model that a function or class makes; None where it raises before.

    Raises:
        UnreadableModelError: Arguments are missing, or what it makes is no model.
    """
    if is_model(maker):
        model: Instance = maker
        return model
    given = machine.model.arguments
    if not isinstance(maker, Class | Function | Bound):
        raise no_entry("what `entry` names is no model", "name a model, or the function or class that makes it")
    if missing := missing_arguments(maker, given):
        words = listed(missing)
        name = maker.name if isinstance(maker, Class | Function) else "what `entry` names"
        raise UnreadableModelError(f"{name} needs {words}", f"give {words} in `arguments`", member="arguments")
    state_of(machine).names.clear()  # what the file itself tries has names of its own
    value = _called(machine, maker, {name: argument(machine, one) for name, one in given.items()})
    if isinstance(value, tuple | list):
        value = next((one for one in reversed(value) if is_model(one)), None)
    if is_model(value):
        made_model: Instance = value
        return made_model
    if machine.mistakes:
        return None
    kind = "an unknown value" if isinstance(value, Unknown) else f"a value of type `{machine.type_name(value)}`"
    raise no_entry(f"what `entry` names makes {kind}, and no Keras model", "name a function or class that does")


def _called(machine: Machine, maker: Value, keywords: dict[str, Any]) -> Value:
    try:
        return machine.call(maker, [], keywords)
    except NotKnownError as error:
        raise no_entry(f"the model is not made: {error}", "name a function or class of the posted source") from None
    except RaisedError as error:
        raise UnreadableModelError(str(error), "mend `arguments`", member="arguments") from None
