"""`argparse` and `SimpleNamespace`: a script's options have their defaults, as where it is started without any."""

from typing import TYPE_CHECKING

from service.models.source.host import Unknown, Value
from service.models.source.values import Instance, Native, Opaque

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_SWITCHES = {"store_true": False, "store_false": True, "count": None}


def _namespace(machine: "Machine", **values: Value) -> Instance:
    made = Instance(machine.plain_class)
    made.attributes = dict(values)
    machine.spend(elements=len(values))
    return made


def _parser(_machine: "Machine", *_arguments: Value, **_options: Value) -> Opaque:
    values: dict[str, Value] = {}

    def add(machine: "Machine", *names: Value, **options: Value) -> None:
        machine.spend(elements=1)
        words = [name for name in names if isinstance(name, str)]
        long = next((word for word in words if word.startswith("--")), words[0] if words else "")
        name = options.get("dest") or long.lstrip("-").replace("-", "_")
        if not isinstance(name, str):
            return
        if long and not long.startswith("-") and "default" not in options:
            values[name] = Unknown(reason=f"the option `{name}` is not given", place=machine.place)
            return
        action = options.get("action")
        switch = _SWITCHES.get(action) if isinstance(action, str) else None
        values[name] = options.get("default", switch)

    def set_defaults(_inner: "Machine", **given: Value) -> None:
        values.update(given)

    parser = Opaque("ArgumentParser")
    parser.attributes = {
        "add_argument": Native("add_argument", add),
        "set_defaults": Native("set_defaults", set_defaults),
        "add_argument_group": Native("add_argument_group", lambda _inner, *_words, **_options: parser),
        "add_mutually_exclusive_group": Native("group", lambda _inner, **_options: parser),
        "parse_args": Native("parse_args", lambda inner, *_words, **_options: _namespace(inner, **values)),
        "parse_known_args": Native(
            "parse_known_args", lambda inner, *_words, **_options: (_namespace(inner, **values), [])
        ),
    }
    return parser


ARGPARSE: dict[str, Value] = {
    "ArgumentParser": Native("ArgumentParser", _parser),
    "Namespace": Native("Namespace", _namespace),
    "ArgumentDefaultsHelpFormatter": Opaque("ArgumentDefaultsHelpFormatter"),
}
SIMPLE_NAMESPACE = Native("SimpleNamespace", _namespace)
