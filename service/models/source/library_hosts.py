"""Values of a library that are no tensors: modules, functions, types, and things that change no shape."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from service.models.source.host import Host, NotKnownError, Run, Unknown, Value

Answer = Callable[[Sequence[Value], Mapping[str, Value], Run], Value]
"""What a function does: its positional arguments, those by name, and the interpreter."""


@dataclass(eq=False)
class Function(Host):
    """A function of the library."""

    name: str
    answer: Answer
    type_name = "builtin_function_or_method"

    def attribute(self, name: str, run: Run) -> Value:
        """Its name; nothing else is known."""
        if name in ("__name__", "__qualname__"):
            return self.name.rpartition(".")[2]
        if name == "__module__":
            return self.name.rpartition(".")[0]
        raise NotKnownError(f"`{self.name}.{name}` is not known")

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """What it answers."""
        return self.answer(arguments, keywords, run)


Find = Callable[[str, Run], Value]
"""What finds a name of a module; None where there is none."""


@dataclass(eq=False)
class Namespace(Host):
    """A module, or a class that is only looked into: its names, and what finds the others."""

    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    find: Find | None = None
    public: Sequence[str] | None = None
    """The names that `import *` brings, where they are known."""
    type_name = "module"
    is_callable = False

    def attribute(self, name: str, run: Run) -> Value:
        """The value of a name."""
        if name in self.values:
            return self.values[name]
        found = None if self.find is None else self.find(name, run)
        if found is None:
            raise NotKnownError(f"`{self.name}.{name}` is not known")
        return found

    def public_names(self) -> Sequence[str]:
        """The names that `import *` brings."""
        return super().public_names() if self.public is None else self.public

    def assign(self, name: str, value: Value, run: Run) -> None:
        """Settings such as `torch.backends.cudnn.benchmark`, which change no shape."""


class TypeOf(Host):
    """A class of the library that values are tested against, and that may be called: `torch.Tensor`, `torch.device`."""

    type_name = "type"

    def __init__(self, name: str, make: Answer | None = None, *, kind: str | None = None) -> None:
        self.name = name
        self.make = make
        self.type_name_of = kind or name.rpartition(".")[2]

    def attribute(self, name: str, run: Run) -> Value:
        """Its name."""
        if name in ("__name__", "__qualname__"):
            return self.name.rpartition(".")[2]
        raise NotKnownError(f"`{self.name}.{name}` is not known")

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """A new value."""
        if self.make is None:
            raise NotKnownError(f"`{self.name}(...)` is not known")
        return self.make(arguments, keywords, run)

    def item(self, key: Value, run: Run) -> Value:
        """Annotations such as `Tensor[int]` say the type itself."""
        return self

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """`Tensor | None` is an annotation; it compares with itself."""
        if operator in ("==", "!="):
            return (self is other) is (operator == "==")
        return self if operator == "|" else super().operate(operator, other, run, reflected=reflected)


class Harmless(Host):
    """A value with which anything may be done, and nothing comes of it: a context manager, a logger, a decorator."""

    type_name = "object"

    def __init__(self, name: str) -> None:
        self.name = name

    def attribute(self, name: str, run: Run) -> Value:
        """Such a value again."""
        return Harmless(f"{self.name}.{name}")

    def assign(self, name: str, value: Value, run: Run) -> None:
        """Nothing."""

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """As a decorator it gives back the function; otherwise such a value again."""
        return arguments[0] if len(arguments) == 1 and not keywords and _is_function(arguments[0]) else self

    def item(self, key: Value, run: Run) -> Value:
        """Such a value again: `Callable[..., Tensor]`."""
        return self

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """An annotation, or unknown."""
        if operator in ("==", "!="):
            return (self is other) is (operator == "==")
        return self if operator == "|" else Unknown(f"`{self.name}` is not known")


def _is_function(value: Value) -> bool:
    """Whether a value may be what a decorator is given: no plain value and no tensor."""
    plain = (bool, int, float, str, bytes, tuple, list, dict, set, range, slice, type(None), Unknown)
    return value.is_callable if isinstance(value, Host) else not isinstance(value, plain)


def same(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The first argument as it is."""
    return arguments[0] if arguments else next(iter(keywords.values()), None)


def nothing(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """None."""
    return None


def always(value: Value) -> Answer:
    """One answer to everything."""

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        return value

    return answer
