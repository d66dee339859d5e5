"""What `nn.Module` does that is done often: keep modules and parameters, call `forward`, walk the tree."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from service.models.source.attributes import missing, set_plainly
from service.models.source.calls import call, call_host
from service.models.source.classes import find
from service.models.source.host import Host, NotKnownError, RaisedError, Unknown, Value
from service.models.source.preludes import MODULES
from service.models.source.values import Cursor, Instance, Method, is_module

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_KEPT = ("_modules", "_parameters", "_buffers")


def start(machine: "Machine", instance: Instance, *_arguments: Value, **_keywords: Value) -> None:
    """`nn.Module.__init__`"""
    attributes = instance.attributes
    attributes["training"] = True
    attributes["_modules"], attributes["_parameters"], attributes["_buffers"] = {}, {}, {}


def _kept(machine: "Machine", instance: Instance, kind: str) -> dict[str, Value]:
    """What a module keeps of one kind. Where `nn.Module.__init__` was not called, that is told, and made good."""
    kept = instance.attributes.get(kind)
    if not isinstance(kept, dict):
        if instance.partly_unknown:
            return instance.attributes.setdefault(kind, {}) if kept is None else {}
        word = {"_modules": "module", "_parameters": "parameters", "_buffers": "buffer"}[kind]
        error = RaisedError("AttributeError", f"cannot assign {word} before Module.__init__() call")
        if machine.catches(error):
            raise error
        machine.report(error)
        start(machine, instance)
        kept = instance.attributes[kind]
    return kept


def set_attribute(machine: "Machine", instance: Instance, name: str, value: Value) -> None:
    """`module.name = value`"""
    kind = "_modules" if is_module(value) else "_parameters" if _is_parameter(value) else None
    attributes = instance.attributes
    if kind is not None:
        kept = _kept(machine, instance, kind)
        for other in _KEPT:
            if other != kind and isinstance(attributes.get(other), dict):
                attributes[other].pop(name, None)
        attributes.pop(name, None)
        kept[name] = value
        machine.spend(elements=1)
        return
    for other in _KEPT:
        kept = attributes[other] if isinstance(attributes.get(other), dict) else {}
        if name in kept:
            if value is not None and other != "_buffers":
                _refuse(machine, name, value, other)
                del kept[name]
                break
            kept[name] = value
            return
    set_plainly(machine, instance, name, value)
    if isinstance(instance.core, Host) and instance.core.is_module:
        instance.core.assign(name, value, machine)


def _refuse(machine: "Machine", name: str, value: Value, kind: str) -> None:
    if isinstance(value, Unknown):
        return
    wanted = "child module" if kind == "_modules" else "parameter"
    expected = "torch.nn.Module" if kind == "_modules" else "torch.nn.Parameter"
    given = machine.type_name(value)
    raise RaisedError("TypeError", f"cannot assign '{given}' as {wanted} '{name}' ({expected} or None expected)")


def _is_parameter(value: Value) -> bool:
    return isinstance(value, Host) and value.is_parameter


def keep(machine: "Machine", instance: Instance, kind: str, name: Value, value: Value) -> None:
    """`add_module`, `register_buffer`, `register_parameter`"""
    if isinstance(name, Unknown):
        machine.use(name)
        return
    if not isinstance(name, str):
        raise RaisedError("TypeError", f"a name should be a string, but got {machine.type_name(name)}")
    if "." in name or not name:
        raise RaisedError("KeyError", f'a name can\'t be empty or contain ".", got: "{name}"')
    if kind == "_modules" and value is not None and not is_module(value) and not isinstance(value, Unknown):
        raise RaisedError("TypeError", f"{machine.type_name(value)} is not a Module subclass")
    machine.spend(elements=1)
    instance.attributes.pop(name, None)
    _kept(machine, instance, kind)[str(name)] = value


def fill(machine: "Machine", instance: Instance, modules: Value) -> None:
    """Keep modules under their numbers."""
    for index, module in enumerate(modules):
        keep(machine, instance, "_modules", str(index), module)


def renumber(_machine: "Machine", instance: Instance) -> None:
    """Give the modules of a list their numbers anew."""
    modules = list(instance.attributes["_modules"].values())
    instance.attributes["_modules"] = {str(index): module for index, module in enumerate(modules)}


def element(machine: "Machine", instance: Instance, index: Value) -> Value:
    """`modules[index]`"""
    if isinstance(index, Unknown):
        return machine.use(index)
    if isinstance(index, Host):
        raise NotKnownError("the index of the module is not known")
    modules = list(_kept(machine, instance, "_modules").values())
    if not isinstance(index, int):
        raise RaisedError("TypeError", f"indices must be integers, not {machine.type_name(index)}")
    if not -len(modules) <= index < len(modules):
        raise RaisedError("IndexError", f"index {int(index)} is out of range")
    return modules[index]


def call_module(machine: "Machine", instance: Instance, *arguments: Value, **keywords: Value) -> Value:
    """`module(...)`: hooks, and `forward`."""
    forward = instance.attributes.get("forward") or find(instance.cls, "forward")
    if forward is None:
        if instance.cls.partly_unknown:
            raise NotKnownError(f"`{instance.cls.name}.forward` is not known")
        name = instance.cls.name
        raise RaisedError("NotImplementedError", f'Module [{name}] is missing the required "forward" function')
    given = list(arguments)
    for hook in instance.attributes.get("_forward_pre_hooks", ()):
        changed = call(machine, hook, [instance, tuple(given)], {})
        if changed is not None and not isinstance(changed, Unknown):
            given = list(changed) if isinstance(changed, tuple) else [changed]
    machine.module_stack.append(instance)
    try:
        receiver = [] if "forward" in instance.attributes else [instance]
        made = call(machine, forward, [*receiver, *given], keywords)
    finally:
        machine.module_stack.pop()
    for hook in instance.attributes.get("_forward_hooks", ()):
        changed = call(machine, hook, [instance, tuple(given), made], {})
        made = made if changed is None else changed
    return made


def forward_in_order(machine: "Machine", instance: Instance, value: Value) -> Value:
    """`nn.Sequential.forward`"""
    for module in list(_kept(machine, instance, "_modules").values()):
        machine.spend()
        if isinstance(module, Host):
            try:
                value = call_host(machine, module, [value], {})
            except NotKnownError as error:
                value = machine.not_understood(str(error))
        else:
            value = call(machine, module, [value], {})
    return value


def children_of(value: Value) -> Mapping[str, Value]:
    """The modules inside a module, by name."""
    if isinstance(value, Instance):
        kept = value.attributes.get("_modules")
        own = {name: module for name, module in kept.items() if is_module(module)} if isinstance(kept, dict) else {}
        inner = children_of(value.core) if isinstance(value.core, Host) else {}
        return {**inner, **own}
    if isinstance(value, Host):
        inside = value.children()
        return {name: child for name, child in inside.items() if is_module(child)} if inside else {}
    return {}


def tree(machine: "Machine", root: Value) -> Iterator[tuple[str, Value]]:
    """Every module once, with its path, as `named_modules` gives them."""
    seen: set[int] = set()
    pending: list[tuple[str, Value]] = [("", root)]
    while pending:
        path, module = pending.pop()
        if id(module) in seen:
            continue
        seen.add(id(module))
        machine.spend()
        yield path, module
        prefix = f"{path}." if path else ""
        children = children_of(module)
        if children:
            pending.extend(reversed([(prefix + name, child) for name, child in children.items()]))


def _held(machine: "Machine", root: Instance, kind: str) -> Iterator[tuple[str, Value]]:
    seen: set[int] = set()
    for path, module in tree(machine, root):
        held: Mapping[str, Value] = {}
        if isinstance(module, Instance):
            held = module.attributes.get(kind) or {}
            module = module.core if isinstance(module.core, Host) else module
        if isinstance(module, Host) and kind == "_parameters":
            held = {**{name: value for name, value in module.children().items() if _is_parameter(value)}, **held}
        for name, value in held.items():
            if value is not None and id(value) not in seen:
                seen.add(id(value))
                yield f"{path}.{name}" if path else name, value


def _named(kind: str) -> Callable[..., Value]:
    def named(machine: "Machine", instance: Instance, prefix: str = "", recurse: Value = True, **_: Value) -> Value:
        return Cursor(
            [(f"{prefix}.{name}" if prefix else name, value) for name, value in _held(machine, instance, kind)]
        )

    return named


def _all(kind: str) -> Callable[..., Value]:
    def values(machine: "Machine", instance: Instance, recurse: Value = True) -> Value:
        return Cursor([value for _, value in _held(machine, instance, kind)])

    return values


def _named_modules(machine: "Machine", instance: Instance, memo: Value = None, prefix: str = "", **_: Value) -> Value:
    return Cursor(
        [(f"{prefix}.{path}".strip(".") if prefix else path, module) for path, module in tree(machine, instance)]
    )


def _modules(machine: "Machine", instance: Instance) -> Value:
    return Cursor([module for _, module in tree(machine, instance)])


def train(machine: "Machine", instance: Instance, mode: Value = True) -> Value:
    """`module.train(mode)`"""
    for _, module in list(tree(machine, instance)):
        if isinstance(module, Instance):
            own = find(module.cls, "train")
            if module is not instance and not isinstance(own, Method):
                call(machine, own, [module, mode], {})
            module.attributes["training"] = mode
    return instance


def _missing_attribute(machine: "Machine", instance: Instance, name: str) -> Value:
    for kind in _KEPT:
        kept = instance.attributes.get(kind)
        if isinstance(kept, dict) and name in kept:
            return kept[name]
    return missing(machine, instance, name)


def _as_parameter(machine: "Machine", value: Value) -> Value:
    if isinstance(value, Host) and not value.is_parameter and not value.is_module:
        nn = machine.library.module("torch.nn")
        if isinstance(nn, Host):
            return call(machine, machine.attribute(nn, "Parameter"), [value], {})
    return value


_IMPLEMENTATIONS: dict[str, Callable[..., Any]] = {
    "START": start,
    "SET_ATTRIBUTE": set_attribute,
    "MISSING_ATTRIBUTE": _missing_attribute,
    "CALL": call_module,
    "NAMED_MODULES": _named_modules,
    "ALL_MODULES": _modules,
    "NAMED_PARAMETERS": _named("_parameters"),
    "PARAMETERS": _all("_parameters"),
    "NAMED_BUFFERS": _named("_buffers"),
    "BUFFERS": _all("_buffers"),
    "TRAIN": train,
    "SAME": lambda _machine, instance, *_arguments, **_options: instance,
    "KEEP": keep,
    "FILL": fill,
    "RENUMBER": renumber,
    "ELEMENT": element,
    "FORWARD_IN_ORDER": forward_in_order,
    "AS_PARAMETER": _as_parameter,
}
GIVEN: dict[str, dict[str, Value]] = {
    MODULES.module: {name: Method(name, implementation) for name, implementation in _IMPLEMENTATIONS.items()}
}
"""The names that library source finds, beside the builtins, by its module."""
