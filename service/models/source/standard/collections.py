"""`collections`, `copy`, `dataclasses` and `enum`."""

from typing import TYPE_CHECKING

from service.models.source.builtin_kinds import KINDS
from service.models.source.host import Host, Unknown, Value
from service.models.source.keys import check_keys
from service.models.source.records import ENUM_MARKS, FieldRow, dataclass, named_tuple
from service.models.source.values import (
    MISSING,
    Defaulting,
    Deque,
    Instance,
    Kind,
    Native,
    Opaque,
    Partial,
    Record,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine


def _defaulting(machine: "Machine", factory: Value = None, given: Value = (), **named: Value) -> Defaulting:
    made = Defaulting(machine.pairs(given))
    made.update(named)
    made.factory = factory
    return made


def _counted(machine: "Machine", values: Value = ()) -> Defaulting:
    made = Defaulting(values) if isinstance(values, dict) else Defaulting()
    made.factory = KINDS["int"]
    elements = [] if isinstance(values, dict) else machine.iterate(values)
    check_keys(machine, elements)
    for value in elements:
        made[value] = made.get(value, 0) + 1
    return made


def _double_ended(machine: "Machine", values: Value = (), maxlen: Value = None) -> Deque:
    return Deque(machine.iterate(values))


COLLECTIONS: dict[str, Value] = {
    "OrderedDict": KINDS["dict"],
    "namedtuple": Native("namedtuple", named_tuple),
    "defaultdict": Kind("defaultdict", _defaulting, (Defaulting,), KINDS["dict"].methods),
    "Counter": Kind("Counter", _counted, (Defaulting,), KINDS["dict"].methods),
    "deque": Kind("deque", _double_ended, (Deque,), KINDS["list"].methods),
    "UserDict": KINDS["dict"],
    **{name: Kind(name, lambda _machine: (), (list, tuple, str, range)) for name in ("Sequence",)},
    **{name: Kind(name, lambda _machine: {}, (dict,)) for name in ("Mapping", "MutableMapping")},
}


def deep_copy(machine: "Machine", value: Value, memo: Value = None, *, known: dict[int, Value] | None = None) -> Value:
    """`copy.deepcopy(value)`: modules and collections anew, everything else the same."""
    known = {} if known is None else known
    if id(value) in known:
        return known[id(value)]
    machine.spend(elements=1)
    if isinstance(value, Record):
        return value
    if isinstance(value, list):
        made: Value = []
        known[id(value)] = made
        made.extend(deep_copy(machine, element, known=known) for element in value)
        return made
    if isinstance(value, tuple):
        return tuple(deep_copy(machine, element, known=known) for element in value)
    if isinstance(value, dict):
        made = Defaulting() if isinstance(value, Defaulting) else {}
        known[id(value)] = made
        made.update({key: deep_copy(machine, element, known=known) for key, element in value.items()})
        if isinstance(value, Defaulting):
            made.factory = value.factory
        return made
    if isinstance(value, Instance) and not value.cls.is_enum:
        return _copy_of_instance(machine, value, known)
    if isinstance(value, Host) and (value.is_module or value.is_parameter):
        known[id(value)] = value.copy(machine)
        return known[id(value)]
    if isinstance(value, Partial):
        return Partial(value.function, value.arguments, value.keywords)
    return set(value) if isinstance(value, set) else value


def _copy_of_instance(machine: "Machine", value: Instance, known: dict[int, Value]) -> Instance:
    made = Instance(value.cls)
    known[id(value)] = made
    made.partly_unknown = value.partly_unknown
    made.attributes = {name: deep_copy(machine, element, known=known) for name, element in value.attributes.items()}
    made.core = deep_copy(machine, value.core, known=known)
    return made


def shallow_copy(machine: "Machine", value: Value) -> Value:
    """`copy.copy(value)`"""
    if isinstance(value, list | dict | set):
        machine.spend(elements=len(value))
        return value.copy()
    if isinstance(value, Instance) and not value.cls.is_enum:
        made = Instance(value.cls)
        made.attributes = dict(value.attributes)
        made.core = value.core
        return made
    return value


COPY: dict[str, Value] = {"copy": Native("copy", shallow_copy), "deepcopy": Native("deepcopy", deep_copy)}


def _field(
    _machine: "Machine",
    *,
    default: Value = MISSING,
    default_factory: Value = MISSING,
    init: Value = True,
    **_options: Value,
) -> FieldRow:
    return FieldRow(default, default_factory, init)


def _as_dictionary(machine: "Machine", value: Value) -> Value:
    names = value.cls.names.get("__dataclass_fields__", value.attributes) if isinstance(value, Instance) else ()
    found = {name: value.attributes.get(name) for name in names}
    return {
        name: _as_dictionary(machine, element) if _is_dataclass(machine, element) else element
        for name, element in found.items()
    }


def _is_dataclass(_machine: "Machine", value: Value) -> bool:
    cls = value.cls if isinstance(value, Instance) else value
    return "__dataclass_fields__" in getattr(cls, "names", {})


def _replaced(machine: "Machine", value: Value, **changes: Value) -> Value:
    if not isinstance(value, Instance):
        return Unknown(reason="`dataclasses.replace` of this value")
    made = shallow_copy(machine, value)
    made.attributes.update(changes)
    return made


def _field_rows(machine: "Machine", value: Value) -> Value:
    cls = value.cls if isinstance(value, Instance) else value
    return tuple(cls.names.get("__dataclass_fields__", {}).values())


DATACLASSES: dict[str, Value] = {
    "dataclass": Native("dataclass", dataclass),
    "field": Native("field", _field),
    "asdict": Native("asdict", _as_dictionary),
    "replace": Native("replace", _replaced),
    "fields": Native("fields", _field_rows),
    "is_dataclass": Native("is_dataclass", _is_dataclass),
    "InitVar": Opaque("InitVar"),
    "KW_ONLY": Opaque("KW_ONLY"),
}
ENUM: dict[str, Value] = {
    **ENUM_MARKS,
    "EnumMeta": Opaque("EnumMeta"),
    "unique": Native("unique", lambda _machine, cls: cls),
    "auto": Native("auto", lambda _machine: Opaque("auto")),
}
