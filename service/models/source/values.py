"""What a posted program makes: functions, classes, instances, modules. Everything else is Python's own, or a `Host`."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.models.source.host import Value

if TYPE_CHECKING:
    from service.models.source.frames import Frame

Implementation = Callable[..., Value]
"""What a builtin does: takes the machine, then the arguments."""


class _Missing:
    __slots__ = ()


MISSING: Any = _Missing()
"""What stands for nothing at all, where None is a value."""


class Namespace:
    """A module: its names, and the dotted name by which it was imported."""

    __slots__ = ("lazy", "name", "names", "partly_known")

    def __init__(
        self,
        name: str,
        names: dict[str, Value],
        lazy: Callable[[str], Value] | None = None,
        *,
        partly_known: bool = False,
    ) -> None:
        self.name = name
        self.names = names
        self.lazy = lazy
        """Finds what is not among the names, such as a module inside a package; `MISSING` where there is nothing."""
        self.partly_known = partly_known
        """Whether it has more names than are known here, as a module of the standard library."""


class Native:
    """A function of the language or the standard library."""

    __slots__ = ("implementation", "name")

    def __init__(self, name: str, implementation: Implementation) -> None:
        self.name = name
        self.implementation = implementation


class FrameNative(Native):
    """A function that looks at the frame it is called in, such as `super`; it takes the frame, then the arguments."""

    __slots__ = ()


class Method(Native):
    """A function of library source that is ours: found through an instance, it gets the instance first."""

    __slots__ = ()


class Kind(Native):
    """A class of the language, such as `int` or `list`; calling it is what `implementation` does."""

    __slots__ = ("instances", "methods")

    def __init__(
        self,
        name: str,
        implementation: Implementation,
        instances: tuple[type, ...] = (),
        methods: Mapping[str, Native] | None = None,
    ) -> None:
        super().__init__(name, implementation)
        self.instances = instances
        """Python's classes of its instances."""
        self.methods = methods or {}


class CoreMethod:
    """A method that a posted class inherits from a library's class, or from `list` or `dict`."""

    __slots__ = ("kind", "name")

    def __init__(self, kind: Value, name: str) -> None:
        self.kind = kind
        self.name = name


@dataclass(slots=True, eq=False)
class Signature:
    """The parameters of a function, as a call binds them."""

    positional: list[str]
    positional_only: int
    keyword_only: list[str]
    rest: str | None
    """The name of `*args`."""
    keywords: str | None
    """The name of `**kwargs`."""
    accepted: frozenset[str]
    """The names that may be given as keywords."""


class Function:
    """A function or lambda of the program."""

    __slots__ = (
        "attributes",
        "closure",
        "defaults",
        "keyword_defaults",
        "name",
        "node",
        "owner",
        "signature",
        "yields",
    )

    def __init__(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        name: str,
        closure: "Frame",
        signature: Signature,
        defaults: list[Value],
        keyword_defaults: dict[str, Value],
    ) -> None:
        self.node = node
        self.name = name
        self.closure = closure
        self.signature = signature
        self.defaults = defaults
        self.keyword_defaults = keyword_defaults
        self.owner: Class | None = None
        """The class in whose body it stands: where `super()` begins."""
        self.yields = False
        self.attributes: dict[str, Value] = {}


class Bound:
    """A function with its first argument."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Value, receiver: Value) -> None:
        self.function = function
        self.receiver = receiver


class Partial:
    """`functools.partial`"""

    __slots__ = ("arguments", "function", "keywords")

    def __init__(self, function: Value, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> None:
        self.function = function
        self.arguments = list(arguments)
        self.keywords = dict(keywords)


@dataclass(slots=True, eq=False)
class Property:
    """`@property`; cached ones are the same here."""

    getter: Value
    setter: Value = None
    cached: bool = False


@dataclass(slots=True, eq=False)
class StaticMethod:
    """`@staticmethod`"""

    function: Value


@dataclass(slots=True, eq=False)
class ClassMethod:
    """`@classmethod`"""

    function: Value


class Class:
    """A class of the program or of library source."""

    __slots__ = (
        "annotations",
        "bases",
        "core",
        "found",
        "is_enum",
        "is_exception",
        "is_module",
        "is_of_library",
        "members",
        "module",
        "mro",
        "name",
        "names",
        "partly_unknown",
        "record_fields",
    )

    def __init__(self, name: str, bases: tuple[Value, ...], names: dict[str, Value], module: str) -> None:
        self.name = name
        self.bases = bases
        self.names = names
        self.module = module
        self.mro: tuple[Value, ...] = (self,)
        self.annotations: dict[str, ast.expr] = {}
        self.found: dict[str, Value] = {}
        """What looking a name up in all bases found; emptied when a class changes."""
        self.core: Value = None
        """The library's class, or `list` or `dict`, that it inherits from."""
        self.is_module = False
        self.is_of_library = False
        """Whether library source defines it."""
        self.is_enum = False
        self.is_exception = False
        self.partly_unknown = False
        """Whether it inherits from something that is not known."""
        self.members: dict[str, Value] | None = None
        """Those of an enumeration, in order."""
        self.record_fields: tuple[str, ...] | None = None
        """Those of a named tuple."""


class Instance:
    """An instance of such a class."""

    __slots__ = ("attributes", "cls", "core", "partly_unknown")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Value] = {}
        self.core: Value = None
        """The library's value, list or dictionary that answers for what its class inherits."""
        self.partly_unknown = False
        """Whether making it went wrong: what is missing may be there in truth."""


class Record(tuple[Value, ...]):
    """A named tuple."""

    cls: Class


class Super:
    """`super()`: looks names up behind a class in the order of the instance's classes."""

    __slots__ = ("owner", "receiver")

    def __init__(self, owner: Class, receiver: Value) -> None:
        self.owner = owner
        self.receiver = receiver


@dataclass(slots=True, eq=False)
class Cursor:
    """An iterator: what is left of the values. What a generator yields is made at once."""

    values: list[Value]
    position: int = 0

    def rest(self) -> list[Value]:
        """What was not taken yet; takes it."""
        taken = self.values[self.position :]
        self.position = len(self.values)
        return taken


@dataclass(slots=True, eq=False)
class Endless:
    """`itertools.count` and `repeat`, which only end beside another iterator."""

    start: Value
    step: Value

    def first(self, count: int) -> list[Value]:
        """So many of its values; takes them."""
        if self.step is None:
            return [self.start] * count
        values = [self.start + self.step * index for index in range(count)]
        self.start += self.step * count
        return values


class Array(list[Any]):
    """An array of NumPy's, as far as sizes and rates need one: a list whose operators work element by element."""


class Deque(list[Any]):
    """`collections.deque`"""


class Defaulting(dict[Any, Any]):
    """`collections.defaultdict`"""

    factory: Value = None


@dataclass(slots=True, eq=False)
class Opaque:
    """Something of the standard library that only has to exist: a logger, a type variable, a warning filter."""

    name: str
    attributes: dict[str, Value] = field(default_factory=dict)


def is_module(value: Value) -> bool:
    """Whether a value is an instance of `nn.Module`."""
    if isinstance(value, Instance):
        return value.cls.is_module
    return bool(getattr(value, "is_module", False)) and not isinstance(value, Class)
