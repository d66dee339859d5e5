"""What the interpreter and a library agree on: values that a library hands out, and what may be asked of them.

The interpreter knows Python: None, booleans, numbers, strings, tuples, lists, dictionaries, sets, ranges, slices, and
the functions, classes and instances of the posted source. Whatever else a name can mean (`torch`, `nn.Conv2d`, a
tensor) is a `Host` value of a library. The interpreter asks it only through the methods below, and never through
attributes of Python's own objects.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Protocol

from service.models.reading import Literal, Rename, TextPlace
from service.models.recorder import Recorder, Tensor

Value = Any
"""A value of the interpreted program."""


NOWHERE = TextPlace(line=1, column=1, end_line=1, end_column=1, text="")
"""Where a call stands that is not in the posted source: that of a model that was made at the top of a file."""


class NotKnownError(Exception):
    """A library does not know what is asked of it; the interpreter makes the result `Unknown` and says so once."""


class RaisedError(Exception):
    """The interpreted program raises: `type_name` is the exception's class."""

    def __init__(self, type_name: str, message: str) -> None:
        super().__init__(message)
        self.type_name = type_name


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is not known. Whatever is done with it is unknown too; a condition on it takes the usual branch."""

    reason: str = ""
    place: TextPlace | None = None
    """Where it arose; it is told there, once, when something is done with it."""


class TracedInt(int):
    """An integer that remembers the literals it comes from. Behaves as an integer everywhere."""

    literals: tuple[Literal, ...] = ()
    computed: bool = False
    """Whether it was computed from them, and is not what stands there."""
    size_of: tuple[str, int, int] | None = None
    """Where it is the size of an axis, as it was read off: the tensor's name, the axis, how many axes there are."""


class TracedFloat(float):
    """A float that remembers the literals it comes from."""

    literals: tuple[Literal, ...] = ()
    computed: bool = False


class TracedStr(str):
    """A string that remembers the literal it comes from."""

    literals: tuple[Literal, ...] = ()
    computed: bool = False


def traced(value: Value, literals: Sequence[Literal]) -> Value:
    """The value with its literals, where it is of a kind that can have them; booleans and None cannot."""
    kinds: tuple[tuple[type, type], ...] = ((int, TracedInt), (float, TracedFloat), (str, TracedStr))
    for plain, tracing in kinds:
        if isinstance(value, plain) and not isinstance(value, bool) and literals:
            made = tracing(value)
            made.literals = tuple(literals)
            return made
    return value


def literals_of(value: Value) -> tuple[Literal, ...]:
    """The literals that a value comes from; empty where they are not known."""
    if not isinstance(value, TracedInt | TracedFloat | TracedStr):
        return ()
    if value.computed:
        value.literals = tuple(replace(literal, exact=False) for literal in value.literals)
        value.computed = False
    return value.literals


class Run(Protocol):
    """The interpreter, as a library sees it while it answers."""

    recorder: Recorder
    """Where layers are written down. It is replaced before `forward` runs: what was made in `__init__` or at the top of
    a file is no layer of the network. A tensor made earlier must be written down again when it is used."""
    training: bool
    memory: dict[str, Any]
    """What the library remembers of this reading."""

    @property
    def place(self) -> TextPlace:
        """Where the call stands that is being interpreted: the innermost in the posted source, not in our own."""

    @property
    def module_path(self) -> str:
        """The path in the state dict of the module whose `forward` runs: `layer1.0`; "" for the whole model."""

    def path_of(self, module: Value) -> str | None:
        """The path of a module in the state dict of the model; None for one that is not part of it."""

    def call(self, function: Value, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
        """Call a value of the program, such as a function that was passed to the library."""

    def iterate(self, value: Value) -> list[Value]:
        """The elements of a list, tuple, range, dictionary or instance that can be iterated over."""

    def attribute(self, value: Value, name: str) -> Value:
        """An attribute of any value of the program."""

    def spend(self, steps: int = 1, elements: int = 0) -> None:
        """Count work and memory against the limits."""

    def prelude(self, prelude: "Prelude", name: str) -> Value:
        """A name of library source, such as the class `Sequential` of `service.models.source.preludes.MODULES`."""

    def is_instance(self, value: Value, kind: Value) -> bool:
        """`isinstance(value, kind)` for any values of the program, tuples of classes included."""

    def same_class(self, kind: Value, other: Value) -> bool:
        """`issubclass(kind, other)`"""

    def text_of(self, value: Value) -> str:
        """`str(value)`"""

    def not_understood(self, message: str) -> Unknown:
        """Say once, at the place of the call, that something is not understood; returns an unknown value."""

    def report(self, error: RaisedError, literals: Sequence[Literal] = (), renames: Sequence[Rename] = ()) -> None:
        """Say once that the program would raise, and go on; where it would catch the error, raise it.

        The place is that of the call, or of the name that is wrong.
        """

    def catches(self, error: RaisedError) -> bool:
        """Whether something around would catch an exception."""

    def catching(self, *names: str) -> AbstractContextManager[None]:
        """While what raises exceptions of these names is in a `try`: they are raised, and not told."""

    def place_of_name(self, name: str, *, called: bool = True) -> TextPlace | None:
        """Where a keyword, an attribute or an imported name stands in what is being interpreted.

        Where not `called`, what stands before the arguments of a call is not meant.
        """


class Host:
    """A value of a library. Each method raises `NotKnownError` where the library cannot answer."""

    type_name = "object"
    """What `type(x).__name__` says."""
    is_module: bool = False
    """Whether it is an instance of `nn.Module`: a leaf such as a convolution. It gets a path in the state dict."""
    is_callable: bool = True
    """What `callable(x)` says."""
    is_parameter: bool = False
    """Whether it is an `nn.Parameter`, which a module keeps under its name."""
    makes_modules: bool = False
    """Whether it is a class of modules, such as `nn.Conv2d`. A posted class may inherit from it: each instance then
    has a host, made by `call` from what `super().__init__` is given, that answers for what the posted class leaves."""

    def attribute(self, name: str, run: Run) -> Value:
        """`x.name`"""
        raise NotKnownError(f"`{self.type_name}.{name}` is not known")

    def assign(self, name: str, value: Value, run: Run) -> None:
        """`x.name = value`"""
        raise NotKnownError(f"`{self.type_name}.{name}` cannot be set")

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """`x(...)`"""
        raise NotKnownError(f"calling `{self.type_name}` is not known")

    def item(self, key: Value, run: Run) -> Value:
        """`x[key]`"""
        raise NotKnownError(f"`{self.type_name}[...]` is not known")

    def assign_item(self, key: Value, value: Value, run: Run) -> None:
        """`x[key] = value`"""
        raise NotKnownError(f"`{self.type_name}[...] = ...` is not known")

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """`x + other`, or `other + x` where reflected; `operator` is one of `+ - * / // % ** @ & | ^ < <= == !=`."""
        raise NotKnownError(f"`{operator}` of `{self.type_name}` is not known")

    def unary(self, operator: str, run: Run) -> Value:
        """`-x`, `+x`, `~x`, `abs`, `float`, `int`, `round`."""
        raise NotKnownError(f"`{operator}` of `{self.type_name}` is not known")

    def iterate(self, run: Run) -> list[Value]:
        """`for element in x`, unpacking and `*x`."""
        raise NotKnownError(f"iterating over `{self.type_name}` is not known")

    def length(self, run: Run) -> int:
        """`len(x)`"""
        raise NotKnownError(f"the length of `{self.type_name}` is not known")

    def truth(self, run: Run) -> bool:
        """`if x`"""
        return True

    def is_instance_of(self, kind: "Host") -> bool:
        """`isinstance(x, kind)`"""
        return False

    def inherits(self, class_name: str) -> bool:
        """`isinstance(x, kind)` for a class of library source of this name."""
        return self.is_module and class_name == "Module"

    def is_subclass_of(self, kind: "Host") -> bool:
        """`issubclass(x, kind)`"""
        return self is kind

    def kind(self, run: Run) -> Value:
        """`type(x)`"""
        raise NotKnownError(f"`type` of `{self.type_name}` is not known")

    def copy(self, run: Run) -> "Host":
        """`copy.deepcopy(x)`"""
        return copy(self)

    def output(self, run: Run) -> Tensor | None:
        """The tensor of the network that this value is, where it is one that `forward` returns."""
        return None

    def public_names(self) -> Sequence[str]:
        """The names that `from x import *` brings."""
        raise NotKnownError(f"what `import *` brings of `{self.type_name}` is not known")

    def children(self) -> Mapping[str, Value]:
        """The modules inside a leaf by name, and its parameters, where they are to have paths of their own."""
        return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Prelude:
    """Source of a library that the interpreter runs as if it were posted: `nn.Module` and containers are such."""

    module: str
    """The module's name, such as `torch.nn.modules.container`."""
    text: str
    file: str


class Library(Protocol):
    """Modules that posted source can import."""

    def module(self, name: str) -> Host | Prelude | None:
        """The module of a dotted name, such as `torch.nn.functional`; None where the library does not have it."""

    def input(self, tensor: Tensor, run: Run) -> Value:
        """The value that stands for an input of the network: a tensor that `forward` is given."""
