"""What makes the model: the class, function or instance that `entry` names, or the one that nothing else uses."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from service.models.reading import UnreadableModelError
from service.models.source.classes import find
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.imports import module_named, run_posted
from service.models.source.values import (
    Bound,
    Class,
    Function,
    Instance,
    Namespace,
    StaticMethod,
    is_module,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_MOST_NAMES = 20
"""Names that a message lists."""


def find_entry(machine: "Machine", entry: str | None) -> Value:
    """The value that makes the model.

    Raises:
        UnreadableModelError: There is none of that name, or none is named and several could be meant.
    """
    if entry is None:
        return _guessed(machine)
    module, _, path = entry.rpartition(":")
    if ":" not in entry:
        module = _module_with(machine, path.split(".")[0], entry)
    elif module not in machine.posted_modules:
        names = listed(name for name in machine.posted_modules if name)
        raise no_entry(f"no posted file is the module `{module}`", f"name one of {names}" if names else "name a class")
    value: Value = run_posted(machine, module) if module not in machine.modules else machine.modules[module]
    for name in path.split("."):
        with machine.catching("AttributeError"):
            try:
                value = machine.attribute(value, name)
            except (RaisedError, NotKnownError):
                raise no_entry(f"the source has no `{entry}`", _there_are(machine, module)) from None
    if isinstance(value, Unknown):
        raise no_entry(f"`{entry}` is not known: {value.reason}", "name a class of the posted source")
    return value


def _module_with(machine: "Machine", name: str, entry: str) -> str:
    """The posted module that defines a name."""
    if not name.isidentifier():
        raise no_entry(f"`{entry}` is no name", "name a class or function, such as `Net` or `package.module:Net`")
    definition = re.compile(rf"^(?:class|def)\s+{re.escape(name)}\b|^{re.escape(name)}\s*[:=]", re.MULTILINE)
    found = [module for module, path in machine.posted_modules.items() if definition.search(machine.model.files[path])]
    if len(found) == 1 or len(machine.posted_modules) == 1:
        return found[0] if found else next(iter(machine.posted_modules))
    if not found:
        raise no_entry(f"no posted file defines `{name}`", "name a class or function of the posted files")
    raise no_entry(f"{len(found)} files define `{name}`", f"name the file too, such as `{found[0]}:{name}`")


def _guessed(machine: "Machine") -> Value:
    """The class of modules that no other class or function uses."""
    classes: list[tuple[str, Class]] = []
    instances: list[Value] = []
    modules = {
        name: machine.modules[name] if name in machine.modules else run_posted(machine, name)
        for name in list(machine.posted_modules)
    }
    used = used_values(machine)
    for name, module in modules.items():
        for word, value in module.names.items():
            if isinstance(value, Class) and value.is_module and value.module == (name or "__main__"):
                if word == value.name and id(value) not in used and find(value, "forward") is not None:
                    classes.append((name, value))
            elif is_module(value):
                instances.append(value)
    if len(classes) == 1:
        cls = classes[0][1]
        made = [value for value in instances if isinstance(value, Instance) and value.cls is cls]
        return made[0] if made and missing_arguments(cls, {}) else cls
    if not classes and len(instances) == 1:
        return instances[0]
    if not classes:
        raise no_entry("the source has no class of `nn.Module` with a `forward`", "name what makes the model")
    names = listed(cls.name if not module else f"{module}:{cls.name}" for module, cls in classes)
    raise no_entry(f"the source has {len(classes)} models that nothing else uses", f"name one of {names}")


def used_values(machine: "Machine") -> set[int]:
    """The identities of what classes and functions of the posted files use, from whichever of them it comes.

    What stands at the top of a file only tries things out.
    """
    used: set[int] = set()
    for name in machine.posted_modules:
        module = machine.modules.get(name)
        if isinstance(module, Namespace):
            used |= {id(value) for value in _used_in(machine.units[name].tree, module)}
    return used


def _used_in(tree: ast.Module, module: Namespace) -> Iterator[Value]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            own = module.names.get(node.name) if isinstance(node, ast.ClassDef) else None
            values = (_value_of(inner, module) for inner in ast.walk(node))
            yield from (value for value in values if value is not None and value is not own)


def _value_of(node: ast.AST, module: Namespace) -> Value:
    """What a name means at the top of a module, or a dotted name of the modules that it imports; else None."""
    if isinstance(node, ast.Name):
        return module.names.get(node.id)
    owner = _value_of(node.value, module) if isinstance(node, ast.Attribute) else None
    return owner.names.get(node.attr) if isinstance(node, ast.Attribute) and isinstance(owner, Namespace) else None


def missing_arguments(value: Value, given: Mapping[str, Any]) -> list[str]:
    """The parameters without a default that nothing is given for."""
    skipped = 0
    if isinstance(value, Class):
        value, skipped = find(value, "__init__"), 1
    if isinstance(value, Bound):
        value, skipped = value.function, 1
    if isinstance(value, StaticMethod):
        value = value.function
    if not isinstance(value, Function):
        return []
    signature = value.signature
    required = signature.positional[skipped : len(signature.positional) - len(value.defaults)]
    required += [name for name in signature.keyword_only if name not in value.keyword_defaults]
    return [name for name in required if name not in given]


def make_model(machine: "Machine", entry: Value, arguments: Mapping[str, Any]) -> Value:
    """The model itself.

    Raises:
        UnreadableModelError: The arguments do not fit, or no module is made.
    """
    if is_module(entry):
        return entry
    missing = missing_arguments(entry, arguments)
    if missing:
        words = listed(missing)
        raise UnreadableModelError(
            f"{machine.type_name(entry) if not isinstance(entry, Class | Function) else entry.name} needs {words}",
            f"give {words} in `arguments`",
            member="arguments",
        )
    keywords = {name: argument(machine, value) for name, value in arguments.items()}
    try:
        made = machine.call(entry, [], keywords)
    except NotKnownError as error:
        raise no_entry(f"the model is not made: {error}", "name a class of the posted source") from None
    except RaisedError as error:
        raise UnreadableModelError(str(error), "mend `arguments`", member="arguments", place=_place(machine)) from None
    if not is_module(made):
        kind = "an unknown value" if isinstance(made, Unknown) else f"a value of type `{machine.type_name(made)}`"
        raise no_entry(f"what `entry` names makes {kind}, and no `nn.Module`", "name a class or function that does")
    return made


def _place(machine: "Machine") -> Any:
    return machine.place if machine.frame is not None else None


def argument(machine: "Machine", value: Any) -> Value:
    """A posted argument: JSON, where `{"$torch": name}` is that object, and `{"$tuple": [...]}` a tuple.

    Raises:
        UnreadableModelError: The name is not known.
    """
    if isinstance(value, Mapping):
        if set(value) == {"$torch"}:
            return _of_library(machine, value["$torch"])
        if set(value) == {"$tuple"} and isinstance(value["$tuple"], list | tuple):
            return tuple(argument(machine, element) for element in value["$tuple"])
        return {name: argument(machine, element) for name, element in value.items()}
    if isinstance(value, list | tuple):
        return [argument(machine, element) for element in value]
    return value


def _of_library(machine: "Machine", name: Any) -> Value:
    parts = name.split(".") if isinstance(name, str) else []
    for end in range(len(parts), 0, -1):
        value = module_named(machine, ".".join(parts[:end]))
        if isinstance(value, Unknown):
            continue
        try:
            with machine.catching("AttributeError"):
                for part in parts[end:]:
                    value = machine.attribute(value, part)
        except (RaisedError, NotKnownError):
            break
        return value
    raise UnreadableModelError(f"`{name}` is not known", 'write a name such as "torch.nn.GELU"', member="arguments")


def no_entry(message: str, help_text: str) -> UnreadableModelError:
    """What is said of an `entry` that makes no model."""
    return UnreadableModelError(message, help_text, member="entry")


def _there_are(machine: "Machine", module: str) -> str:
    found = machine.modules.get(module)
    names = found.names.items() if isinstance(found, Namespace) else ()
    words = [name for name, value in names if isinstance(value, Class | Function) and not name.startswith("_")]
    return f"name one of {listed(words)}" if words else "name a class or function of the source"


def listed(names: Any) -> str:
    """Names in a message."""
    words = list(names)
    more = ", ..." if len(words) > _MOST_NAMES else ""
    return ", ".join(f"`{word}`" for word in words[:_MOST_NAMES]) + more
