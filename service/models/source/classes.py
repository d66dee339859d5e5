"""Classes: the order in which they are searched, what a name of them is for an instance, and `super()`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.models.source.host import Host, RaisedError, Unknown, Value
from service.models.source.preludes import MODULES
from service.models.source.values import (
    MISSING,
    Bound,
    Class,
    ClassMethod,
    CoreMethod,
    Function,
    Instance,
    Kind,
    Method,
    Property,
    StaticMethod,
    Super,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_OF_A_LIBRARY_CLASS = ("__init__", "forward")
"""What a library's class answers for in the order of classes; its other attributes are asked of the instance's core."""


def find(cls: Class, name: str, default: Value = None) -> Value:
    """A name of a class or the classes that it inherits from; the default where none has it."""
    found = cls.found.get(name)
    if found is None:
        found = search(cls.mro, name)
        if found is None:
            return None
        cls.found[name] = found
    return default if found is MISSING else found


def search(classes: Sequence[Value], name: str) -> Value:
    """A name of the first of these classes that has it; `MISSING` where none does."""
    for kind in classes:
        if isinstance(kind, Class):
            if name in kind.names:
                return kind.names[name]
        elif isinstance(kind, Host):
            if name in _OF_A_LIBRARY_CLASS:
                return CoreMethod(kind, name)
        elif name == "__init__" or name in kind.methods:
            return CoreMethod(kind, name)
    return MISSING


def linearised(cls: Class, bases: Sequence[Value]) -> tuple[Value, ...]:
    """The C3 order of a class and the classes that it inherits from.

    Raises:
        RaisedError: There is none.
    """
    sequences = [list(base.mro) if isinstance(base, Class) else [base] for base in bases]
    sequences = [*sequences, list(bases)]
    order: list[Value] = [cls]
    while any(sequences):
        sequences = [sequence for sequence in sequences if sequence]
        for sequence in sequences:
            head = sequence[0]
            if not any(head in other[1:] for other in sequences):
                break
        else:
            raise RaisedError("TypeError", "Cannot create a consistent method resolution order (MRO) for the bases")
        order.append(head)
        for sequence in sequences:
            if sequence[0] is head:
                del sequence[0]
    return tuple(order)


def make_class(machine: "Machine", name: str, bases: Sequence[Value], names: dict[str, Value], module: str) -> Class:
    """A class with these bases and names, as its body made them."""
    known = [
        base for base in bases if isinstance(base, Class | Host) or (isinstance(base, Kind) and base.name != "object")
    ]
    unknown = [base for base in bases if isinstance(base, Unknown)]
    inherits_modules = any(isinstance(base, Host) and base.makes_modules for base in known)
    if inherits_modules or (unknown and "forward" in names):
        module_class = machine.module_class
        if not any(isinstance(base, Class) and base.is_module for base in known):
            known.append(module_class)
    cls = Class(name, tuple(known), names, module)
    cls.mro = linearised(cls, known)
    parents = [kind for kind in cls.mro[1:] if isinstance(kind, Class)]
    cores = [kind for kind in cls.mro if not isinstance(kind, Class)]
    cls.core = cores[0] if cores else None
    cls.partly_unknown = bool(unknown) or any(parent.partly_unknown for parent in parents)
    cls.is_module = any(parent.is_module for parent in parents) or (name == "Module" and module == MODULES.module)
    cls.is_of_library = module not in machine.posted_modules and module != "__main__"
    cls.is_enum = any(parent.is_enum for parent in parents)
    cls.is_exception = any(parent.is_exception for parent in parents)
    for parent in parents:
        cls.record_fields = cls.record_fields or parent.record_fields
    for value in names.values():
        _own(value, cls)
    machine.classes.append(cls)
    return cls


def _own(value: Value, cls: Class) -> None:
    """Tell the functions of a class's body where `super()` begins for them."""
    if isinstance(value, Function):
        value.owner = value.owner or cls
        wrapped = value.attributes.get("__wrapped__")
        if wrapped is not None:
            _own(wrapped, cls)
    elif isinstance(value, StaticMethod | ClassMethod):
        _own(value.function, cls)
    elif isinstance(value, Property):
        _own(value.getter, cls)
        _own(value.setter, cls)


def bind(machine: "Machine", found: Value, instance: Value, cls: Class) -> Value:
    """What a name of a class is for an instance, or for the class itself where `instance` is None."""
    kind = found.__class__
    if kind is Function or kind is Method:
        return found if instance is None else Bound(found, instance)
    if kind is Property:
        return found if instance is None else _of_property(machine, found, instance)
    if kind is StaticMethod:
        return found.function
    if kind is ClassMethod:
        return Bound(found.function, cls)
    if kind is CoreMethod:
        return Bound(found, instance) if instance is not None else found
    return found


def _of_property(machine: "Machine", found: Property, instance: Value) -> Value:
    value = machine.call(found.getter, [instance], {})
    if found.cached and isinstance(instance, Instance):
        name = found.getter.name if isinstance(found.getter, Function) else ""
        instance.attributes[name] = value
    return value


def of_super(machine: "Machine", value: Super, name: str) -> Value:
    """`super().name`"""
    receiver = value.receiver
    cls = receiver if isinstance(receiver, Class) else receiver.cls
    position = cls.mro.index(value.owner) if value.owner in cls.mro else 0
    found = search(cls.mro[position + 1 :], name)
    if found is not MISSING:
        return bind(machine, found, None if isinstance(receiver, Class) else receiver, cls)
    if name in machine.object_methods:
        return Bound(machine.object_methods[name], receiver)
    core = None if isinstance(receiver, Class) else receiver.core
    if core is not None:
        return machine.attribute(core, name)
    if cls.partly_unknown:
        return machine.not_understood(f"what `{cls.name}` inherits is not known, so `super().{name}` is not either")
    raise RaisedError("AttributeError", f"'super' object has no attribute '{name}'")
