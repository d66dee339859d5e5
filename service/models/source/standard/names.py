"""Modules of which models use names only: types, warnings, loggers, paths."""

from typing import TYPE_CHECKING

from service.models.source.builtin_kinds import KINDS
from service.models.source.host import Value
from service.models.source.records import NAMED_TUPLE, named_tuple
from service.models.source.standard.arguments import SIMPLE_NAMESPACE
from service.models.source.values import Namespace, Native, Opaque

if TYPE_CHECKING:
    from service.models.source.machine import Machine


def _first(_machine: "Machine", value: Value = None, *_others: Value, **_options: Value) -> Value:
    return value


def _cast(_machine: "Machine", _kind: Value, value: Value) -> Value:
    return value


def _nothing(_machine: "Machine", *_arguments: Value, **_options: Value) -> None:
    return None


def _decorator(_machine: "Machine", *_arguments: Value, **_options: Value) -> Value:
    return Native("decorator", _first)


def _type_variable(_machine: "Machine", name: Value = "", *_bounds: Value, **_options: Value) -> Value:
    return Opaque(str(name))


def opaque(*names: str) -> dict[str, Value]:
    """Names that only have to exist."""
    return {name: Opaque(name) for name in names}


def _joined(_machine: "Machine", *parts: str) -> str:
    return "/".join(str(part) for part in parts)


_TYPING: dict[str, Value] = {
    **opaque(
        *("Any", "Optional", "Union", "Callable", "Iterable", "Iterator", "Sequence", "Mapping", "MutableMapping"),
        *("Literal", "ClassVar", "Final", "Generic", "Protocol", "Annotated", "Self", "NoReturn", "Generator"),
        *("Collection", "Hashable", "Sized", "Concatenate", "Unpack", "Required", "NotRequired", "TypeAlias"),
        *("AnyStr", "Text", "Counter", "Deque", "ContextManager", "Awaitable", "Never", "TypeGuard", "Container"),
        *("TypedDict", "SupportsInt", "SupportsFloat", "SupportsIndex", "Reversible", "AsyncIterator", "IO"),
    ),
    **{name: KINDS[name.lower()] for name in ("List", "Tuple", "Dict", "Set", "FrozenSet", "Type")},
    "DefaultDict": KINDS["dict"],
    "OrderedDict": KINDS["dict"],
    "TYPE_CHECKING": False,
    "NamedTuple": NAMED_TUPLE,
    **dict.fromkeys(("TypeVar", "NewType", "ParamSpec", "TypeVarTuple"), Native("TypeVar", _type_variable)),
    "cast": Native("cast", _cast),
    **dict.fromkeys(("overload", "final", "no_type_check", "runtime_checkable", "override"), Native("final", _first)),
    "get_args": Native("get_args", lambda _machine, _value: ()),
    "get_origin": Native("get_origin", lambda _machine, value: value),
    "get_type_hints": Native("get_type_hints", lambda _machine, _value: {}),
}
NAMED_TUPLE.attributes["__call__"] = Native("NamedTuple", named_tuple)
_ABSTRACT = opaque("ABC", "ABCMeta")
_LOGGER = Opaque("Logger")
_PATH = {"join": Native("join", _joined)}


NAMES_ONLY: dict[str, dict[str, Value]] = {
    "typing": _TYPING,
    "typing_extensions": _TYPING,
    "types": opaque("FunctionType", "ModuleType", "MethodType", "MappingProxyType", "LambdaType")
    | {"SimpleNamespace": SIMPLE_NAMESPACE},
    "collections.abc": _TYPING,
    "abc": {**_ABSTRACT, "abstractmethod": Native("abstractmethod", _first), "abstractproperty": KINDS["property"]},
    "__future__": opaque("annotations", "division", "print_function", "absolute_import", "unicode_literals"),
    "warnings": {name: Native(name, _nothing) for name in ("warn", "filterwarnings", "simplefilter", "warn_explicit")}
    | opaque("catch_warnings"),
    "logging": {
        "getLogger": Native("getLogger", lambda _machine, *_name: _LOGGER),
        **{name: Native(name, _nothing) for name in ("basicConfig", "info", "warning", "debug", "error", "critical")},
        **opaque("Logger", "INFO", "DEBUG", "WARNING", "ERROR", "StreamHandler", "Formatter", "FileHandler"),
    },
    "os": {
        "environ": {},
        "path": Namespace("os.path", _PATH, partly_known=True),
        "getenv": Native("getenv", lambda _m, _n, d=None: d),
    },
    "os.path": _PATH,
    "sys": {"version_info": (3, 11, 0), "maxsize": 2**63 - 1, "platform": "linux", "argv": [], "path": []},
    "time": {name: Native(name, lambda _machine, *_values: 0.0) for name in ("time", "perf_counter", "sleep")},
    "pathlib": opaque("Path", "PurePath"),
    "string": {"ascii_lowercase": "abcdefghijklmnopqrstuvwxyz", "digits": "0123456789"},
    "json": {},
    "gc": {"collect": Native("collect", _nothing)},
    "pprint": {"pprint": Native("pprint", _nothing)},
    "traceback": {"print_exc": Native("print_exc", _nothing)},
}
"""A module without names is found, so that importing it is no fault; what it has is unknown."""
