"""Attributes: a table of our own for each kind of value, so that none of Python's is ever reached."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.models.source.classes import bind, find, of_super
from service.models.source.host import (
    Host,
    NotKnownError,
    RaisedError,
    TracedFloat,
    TracedInt,
    TracedStr,
    Unknown,
    Value,
)
from service.models.source.methods import METHODS
from service.models.source.values import (
    MISSING,
    Bound,
    Class,
    Cursor,
    Defaulting,
    Function,
    Instance,
    Kind,
    Method,
    Namespace,
    Native,
    Opaque,
    Partial,
    Property,
    Record,
    Super,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_KEPT = ("_modules", "_parameters", "_buffers")
"""Where a module keeps what it does not keep as a plain attribute."""


def attribute(machine: "Machine", value: Value, name: str) -> Value:
    """`value.name`

    Raises:
        RaisedError: There is no such attribute.
        NotKnownError: It is not known.
    """
    handler = _GETTERS.get(value.__class__)
    if handler is not None:
        return handler(machine, value, name)
    if isinstance(value, Host):
        if name == "__class__":
            return value.kind(machine)
        return value.attribute(name, machine)
    return _of_plain(machine, value, name)


def _of_instance(machine: "Machine", instance: Instance, name: str) -> Value:
    attributes = instance.attributes
    if name in attributes:
        return attributes[name]
    cls = instance.cls
    found = find(cls, name, MISSING)
    if found is not MISSING:
        return bind(machine, found, instance, cls)
    if cls.is_module:
        for kept in _KEPT:
            values = attributes.get(kept)
            if isinstance(values, dict) and name in values:
                return values[name]
    if name in _OF_ANY:
        return _OF_ANY[name](machine, instance)
    return _fallback(machine, instance, name)


def _fallback(machine: "Machine", instance: Instance, name: str) -> Value:
    cls = instance.cls
    if instance.core is not None:
        with machine.catching("AttributeError"):
            try:
                return attribute(machine, instance.core, name)
            except RaisedError as error:
                if error.type_name != "AttributeError":
                    raise
    getter = find(cls, "__getattr__")
    if getter is not None:
        return machine.call(getter, [instance, name], {})
    return missing(machine, instance, name)


def missing(machine: "Machine", instance: Instance, name: str) -> Value:
    """What `instance.name` is where nothing has it; what follows from a mistake that is told is not told."""
    if instance.partly_unknown or instance.cls.partly_unknown:
        if name.startswith("__"):
            raise RaisedError("AttributeError", f"'{instance.cls.name}' object has no attribute '{name}'")
        if machine.mistakes:
            return Unknown(f"`{instance.cls.name}.{name}` is not known")
        raise NotKnownError(f"`{instance.cls.name}.{name}` is not known")
    raise RaisedError("AttributeError", f"'{instance.cls.name}' object has no attribute '{name}'")


def _class_of(_machine: "Machine", instance: Instance) -> Value:
    return instance.cls


def _dictionary_of(_machine: "Machine", instance: Instance) -> Value:
    return instance.attributes


def _module_of(_machine: "Machine", instance: Instance) -> Value:
    return instance.cls.module


_OF_ANY: dict[str, Callable[["Machine", Instance], Value]] = {
    "__class__": _class_of,
    "__dict__": _dictionary_of,
    "__module__": _module_of,
}


def _of_class(machine: "Machine", cls: Class, name: str) -> Value:
    if cls.members is not None and name in cls.members:
        return cls.members[name]
    found = find(cls, name, MISSING)
    if found is not MISSING:
        return bind(machine, found, None, cls)
    if name in _OF_CLASSES:
        return _OF_CLASSES[name](cls)
    if name in machine.object_methods:
        return machine.object_methods[name]
    if isinstance(cls.core, Host):
        return attribute(machine, cls.core, name)
    if cls.partly_unknown and not name.startswith("__"):
        raise NotKnownError(f"`{cls.name}.{name}` is not known")
    raise RaisedError("AttributeError", f"type object '{cls.name}' has no attribute '{name}'")


_OF_CLASSES: dict[str, Callable[[Class], Value]] = {
    "__name__": lambda cls: cls.name,
    "__qualname__": lambda cls: cls.name,
    "__module__": lambda cls: cls.module,
    "__doc__": lambda _: None,
    "__mro__": lambda cls: cls.mro,
    "__bases__": lambda cls: cls.bases,
    "__dict__": lambda cls: dict(cls.names),
    "__members__": lambda cls: dict(cls.members or {}),
    "__annotations__": lambda cls: dict.fromkeys(cls.annotations),
}


def _of_namespace(machine: "Machine", module: Namespace, name: str) -> Value:
    if name in module.names:
        return module.names[name]
    if module.lazy is not None:
        found = module.lazy(name)
        if found is not MISSING:
            return found
    if name == "__name__":
        return module.name
    if module.partly_known:
        raise NotKnownError(f"`{module.name}.{name}` is not known")
    raise RaisedError("AttributeError", f"module '{module.name}' has no attribute '{name}'")


def _of_function(machine: "Machine", function: Function, name: str) -> Value:
    if name in function.attributes:
        return function.attributes[name]
    if name in ("__name__", "__qualname__"):
        return function.name
    if name == "__module__":
        return function.closure.unit.module
    if name in ("__doc__", "__defaults__", "__wrapped__") and name != "__wrapped__":
        return tuple(function.defaults) if name == "__defaults__" else None
    return _of_any(machine, function, name)


def _of_bound(machine: "Machine", bound: Bound, name: str) -> Value:
    if name == "__self__":
        return bound.receiver
    if name == "__func__":
        return bound.function
    return attribute(machine, bound.function, name)


def _of_native(machine: "Machine", native: Native, name: str) -> Value:
    if name in ("__name__", "__qualname__"):
        return native.name
    if name == "__module__":
        return "builtins"
    if isinstance(native, Kind) and name in native.methods:
        return native.methods[name]
    if name == "__doc__":
        return None
    return _of_any(machine, native, name)


def _of_partial(machine: "Machine", partial: Partial, name: str) -> Value:
    if name == "func":
        return partial.function
    if name == "keywords":
        return partial.keywords
    if name == "args":
        return tuple(partial.arguments)
    return _of_any(machine, partial, name)


def _of_property(machine: "Machine", value: Property, name: str) -> Value:
    if name == "setter":
        return Native("setter", lambda _machine, setter: Property(value.getter, setter))
    if name in ("getter", "deleter"):
        return Native(name, lambda _machine, _function: value)
    return _of_any(machine, value, name)


def _of_record(machine: "Machine", record: Record, name: str) -> Value:
    fields = record.cls.record_fields or ()
    if name in fields:
        return record[fields.index(name)]
    found = find(record.cls, name, MISSING)
    if found is not MISSING:
        return bind(machine, found, record, record.cls)
    if name == "_fields":
        return fields
    if name == "__class__":
        return record.cls
    if name in ("_asdict", "_replace"):
        return Native(name, lambda _machine, **changes: _changed(record, fields, name, changes))
    return _of_plain(machine, record, name)


def _changed(record: Record, fields: tuple[str, ...], name: str, changes: dict[str, Value]) -> Value:
    values = dict(zip(fields, record, strict=True)) | changes
    if name == "_asdict":
        return values
    made = Record(values[field] for field in fields)
    made.cls = record.cls
    return made


def _of_plain(machine: "Machine", value: Value, name: str) -> Value:
    """A method of a number, a string or a collection, from our own table."""
    for kind in value.__class__.__mro__:
        native = METHODS.get(kind, {}).get(name)
        if native is not None:
            return Bound(native, value)
    if name == "__class__":
        return machine.type_of(value)
    if name in ("real", "imag") and isinstance(value, int | float | complex):
        return value.real if name == "real" else value.imag
    if name in ("start", "stop", "step") and isinstance(value, range | slice):
        return {"start": value.start, "stop": value.stop, "step": value.step}[name]
    raise RaisedError("AttributeError", f"'{machine.type_name(value)}' object has no attribute '{name}'")


def _of_any(machine: "Machine", value: Value, name: str) -> Value:
    if name == "__class__":
        return machine.type_of(value)
    raise RaisedError("AttributeError", f"'{machine.type_name(value)}' object has no attribute '{name}'")


def _of_unknown(machine: "Machine", value: Unknown, _name: str) -> Value:
    return machine.use(value)


def _of_opaque(_machine: "Machine", value: Opaque, name: str) -> Value:
    return value.attributes.get(name, value)


_GETTERS: dict[type, Callable[["Machine", Value, str], Value]] = {
    Instance: _of_instance,
    Class: _of_class,
    Namespace: _of_namespace,
    Function: _of_function,
    Bound: _of_bound,
    Partial: _of_partial,
    Property: _of_property,
    Record: _of_record,
    Super: of_super,
    Unknown: _of_unknown,
    Opaque: _of_opaque,
    Native: _of_native,
    Method: _of_native,
    Kind: _of_native,
    Cursor: _of_plain,
    Defaulting: _of_plain,
    TracedInt: _of_plain,
    TracedFloat: _of_plain,
    TracedStr: _of_plain,
}


def set_attribute(machine: "Machine", value: Value, name: str, given: Value) -> None:
    """`value.name = given`"""
    if isinstance(value, Instance):
        setter = find(value.cls, "__setattr__")
        if setter is not None:
            machine.call(setter, [value, name, given], {})
        else:
            set_plainly(machine, value, name, given)
    elif isinstance(value, Class):
        value.names[name] = given
        machine.forget_searches()
    elif isinstance(value, Function | Opaque):
        value.attributes[name] = given
    elif isinstance(value, Host):
        value.assign(name, given, machine)
    elif isinstance(value, Namespace) and value.lazy is None:
        value.names[name] = given
    elif isinstance(value, Unknown):
        machine.use(value)
    else:
        raise RaisedError("AttributeError", f"'{machine.type_name(value)}' object has no attribute '{name}'")


def set_plainly(machine: "Machine", value: Instance, name: str, given: Value) -> None:
    """`object.__setattr__(value, name, given)`"""
    found = find(value.cls, name)
    if isinstance(found, Property) and not found.cached:
        if found.setter is None:
            raise RaisedError("AttributeError", f"property '{name}' of '{value.cls.name}' object has no setter")
        machine.call(found.setter, [value, given], {})
        return
    if name == "__class__" or name == "__dict__":
        raise NotKnownError(f"setting `{name}` is not known")
    value.attributes[name] = given


def delete_attribute(machine: "Machine", value: Value, name: str) -> None:
    """`del value.name`"""
    if isinstance(value, Unknown):
        machine.use(value)
        return
    if isinstance(value, Instance):
        for holder in (value.attributes, *(value.attributes.get(kept, {}) for kept in _KEPT)):
            if isinstance(holder, dict) and name in holder:
                del holder[name]
                return
        if value.partly_unknown or value.cls.partly_unknown:
            return
    elif isinstance(value, Class | Namespace | Function):
        holder = value.attributes if isinstance(value, Function) else value.names
        if holder.pop(name, MISSING) is not MISSING:
            machine.forget_searches()
            return
    raise RaisedError("AttributeError", f"'{machine.type_name(value)}' object has no attribute '{name}'")
