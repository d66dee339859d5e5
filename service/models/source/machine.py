"""The state of one reading: limits, what was said, where we are; and the operations by which a library asks."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from service.models.posted import PostedModel
from service.models.reading import ModelLimitError, TextPlace
from service.models.recorder import JudgeLayer, Recorder
from service.models.source import attributes, calls, errors, instances, items, truth
from service.models.source.behind import place_of_name
from service.models.source.builtin_functions import FUNCTIONS, next_of, sorted_values
from service.models.source.builtin_kinds import KINDS
from service.models.source.classes import make_class
from service.models.source.formatting import percent, text_of
from service.models.source.frame_functions import OF_FRAMES
from service.models.source.frames import Frame
from service.models.source.host import NOWHERE, Library, NotKnownError, Prelude, RaisedError, Unknown, Value
from service.models.source.imports import module_names, run_prelude
from service.models.source.iteration import iterate
from service.models.source.journal import Journal
from service.models.source.keys import check_keys
from service.models.source.modules import GIVEN, start
from service.models.source.parsing import Unit
from service.models.source.preludes import MODULES
from service.models.source.values import Class, Instance, Native

_BUILTINS: dict[str, Value] = {
    **{name: Native(name, implementation) for name, implementation in FUNCTIONS.items()},
    **OF_FRAMES,
    **KINDS,
    "NotImplemented": Unknown(reason="`NotImplemented`"),
    "Ellipsis": ...,
    "__debug__": True,
}


class Machine(Journal):
    """The interpreter while it reads one model. What a library may ask of it is `Run`."""

    most_yielded = 10_000
    """Values that a generator makes at most: they are made at once."""

    def __init__(self, model: PostedModel, library: Library, judge: JudgeLayer) -> None:
        super().__init__()
        self.model = model
        self.library = library
        self.limits = model.limits
        self.judge = judge
        self.recorder = Recorder(judge, model.limits)
        self.runs_forward = False
        """Whether the model is made, and called now."""
        self.training = model.training
        self.memory: dict[str, Any] = {}
        self.steps = 0
        self.elements = 0
        self.depth = 0
        self.partly_known: dict[int, Value] = {}
        """Collections that something not known was put into, by their identity."""
        self.most_steps = model.limits.max_model_steps
        self.frame: Frame | None = None
        """The innermost frame of posted source."""
        self.callee: Value = None
        """The library's module that is being called."""
        self._last_place: tuple[ast.AST, Value, TextPlace] | None = None
        """What was asked last, since a library asks several times for each call."""
        self.module_stack: list[Instance] = []
        self.modules: dict[str, Value] = {}
        self.units: dict[str, Unit] = {}
        self.posted_modules = module_names(model.files)
        self.builtins: dict[str, Value] = {**_BUILTINS, **errors.exception_classes()}
        self.object_methods = instances.OBJECT_METHODS
        self.classes: list[Class] = []
        self.plain_class = Class("object", (), {}, "builtins")
        self.paths: dict[int, tuple[str, Value]] = {}
        """The path of each module by its identity, with the module, so that it lives as long."""
        self.given = GIVEN
        self._module_class: Class | None = None

    # Where we are

    @property
    def place(self) -> TextPlace:
        """Where the call stands that is being interpreted: the innermost in the posted source."""
        frame = self.frame
        if frame is None or frame.node is None:
            return NOWHERE
        node, callee = frame.node, self.callee
        if self._last_place is not None and self._last_place[0] is node and self._last_place[1] is callee:
            return self._last_place[2]
        place: TextPlace | None = getattr(node, "place", None)
        if place is None:
            place = node.place = frame.unit.place(node)  # type: ignore[attr-defined]
        path = None if callee is None else self.path_of(callee)
        if path is not None:
            place = replace(place, module=path)
        self._last_place = (node, callee, place)
        return place

    def place_of_name(self, name: str, *, called: bool = True) -> TextPlace | None:
        """Where a keyword, an attribute or an imported name stands in what is being interpreted."""
        frame = self.frame
        if frame is None or frame.node is None or not frame.unit.posted:
            return None
        return place_of_name(name, frame.node, frame.unit, called=called)

    @property
    def layers_so_far(self) -> int:
        """How many layers of the network there are: none before `forward` runs."""
        return len(self.recorder.layers) if self.runs_forward else 0

    @property
    def module_path(self) -> str:
        """The path in the state dict of the module whose `forward` runs."""
        return (self.path_of(self.module_stack[-1]) or "") if self.module_stack else ""

    def path_of(self, module: Value) -> str | None:
        """The path of a module in the state dict of the model; None for one that is not part of it."""
        found = self.paths.get(id(module))
        return None if found is None else found[0]

    # Limits

    def spend(self, steps: int = 1, elements: int = 0) -> None:
        """Count work and memory against the limits.

        Raises:
            ModelLimitError: One of them is exceeded.
        """
        self.steps += steps
        self.elements += elements
        if self.steps > self.most_steps:
            raise self._too_much("takes more steps", "max_model_steps", self.limits.max_model_steps)
        if self.elements > self.limits.max_model_elements:
            raise self._too_much("makes more elements", "max_model_elements", self.limits.max_model_elements)

    def enter(self) -> None:
        """A call begins.

        Raises:
            ModelLimitError: There are too many inside each other.
        """
        self.depth += 1
        self.spend()
        if self.depth > self.limits.max_model_depth:
            raise self._too_much("has more calls inside each other", "max_model_depth", self.limits.max_model_depth)

    def _too_much(self, what: str, limit: str, most: int) -> ModelLimitError:
        return ModelLimitError(
            f"the source {what} than {most}", limit, "post a smaller model, or only the files that it needs",
            place=self.place,
        )  # fmt: skip

    # Operations on values

    def call(self, function: Value, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
        """Call a value of the program, such as a function that was passed to the library."""
        return calls.call(self, function, list(arguments), keywords)

    def iterate(self, value: Value) -> list[Value]:
        """The elements of a value."""
        return iterate(self, value)

    def attribute(self, value: Value, name: str) -> Value:
        """An attribute of any value of the program."""
        return attributes.attribute(self, value, name)

    def set_attribute(self, value: Value, name: str, given: Value) -> None:
        """`value.name = given`"""
        attributes.set_attribute(self, value, name, given)

    def delete_attribute(self, value: Value, name: str) -> None:
        """`del value.name`"""
        attributes.delete_attribute(self, value, name)

    def item(self, value: Value, key: Value) -> Value:
        """`value[key]`"""
        return items.item(self, value, key)

    def equal(self, left: Value, right: Value) -> bool:
        """`left == right`"""
        return truth.equal(self, left, right)

    def text_of(self, value: Value) -> str:
        """`str(value)`"""
        return text_of(self, value)

    def percent(self, text: str, given: Value) -> str:
        """`text % given`"""
        return percent(self, text, given)

    def sorted(self, values: Value, key: Value, reverse: Value) -> list[Value]:
        """`sorted(values, key=key, reverse=reverse)`"""
        return sorted_values(self, values, key, reverse)

    def next_of(self, cursor: Value) -> Value:
        """`next(cursor)`"""
        return next_of(self, cursor)

    def extend(self, values: list[Value], more: Value) -> None:
        """`values.extend(more)`"""
        try:
            added = self.iterate(more)
        except NotKnownError as error:
            self.not_understood(str(error))
            return
        self.spend(elements=len(added))
        values.extend(added)

    def pairs(self, value: Value) -> dict[Value, Value]:
        """The keys and values of a dictionary, of what has `keys`, or of a list of pairs."""
        if isinstance(value, dict):
            self.spend(elements=len(value) // 4)
            return dict(value)
        if isinstance(value, Instance):
            if isinstance(value.core, dict):
                return dict(value.core)
            with self.catching("AttributeError"):
                try:
                    keys = self.call(self.attribute(value, "keys"), [], {})
                    return {key: self.item(value, key) for key in self.iterate(keys)}
                except RaisedError as error:
                    if error.type_name != "AttributeError":
                        raise
        rows = [self.iterate(row) for row in self.iterate(value)]
        check_keys(self, (row[0] for row in rows if row))
        if any(len(row) != 2 for row in rows):
            raise RaisedError("ValueError", "dictionary update sequence element #0 has length other than 2")
        return dict(rows)

    def instantiate(self, cls: Class, arguments: list[Value], keywords: Mapping[str, Value]) -> Value:
        """`Class(...)`"""
        return instances.instantiate(self, cls, arguments, keywords)

    def is_instance(self, value: Value, kind: Value) -> Value:
        """`isinstance(value, kind)`"""
        return instances.is_instance(self, value, kind)

    def same_class(self, kind: Value, other: Value) -> Value:
        """`issubclass(kind, other)`"""
        return instances.same_class(self, kind, other)

    def type_of(self, value: Value) -> Value:
        """`type(value)`"""
        return instances.type_of(self, value)

    def type_name(self, value: Value) -> str:
        """`type(value).__name__`"""
        return instances.type_name(value)

    def make_class(self, name: str, bases: list[Value], names: dict[str, Value]) -> Class:
        """`type(name, bases, names)`"""
        return make_class(self, name, bases, names, "__main__")

    def forget_searches(self) -> None:
        """A class has changed: search all classes anew."""
        for cls in self.classes:
            cls.found.clear()

    # Modules of the library

    @property
    def module_class(self) -> Class:
        """`nn.Module`"""
        if self._module_class is None:
            self._module_class = self.prelude(MODULES, "Module")
        return self._module_class

    def start_module(self, instance: Instance) -> None:
        """`nn.Module.__init__`"""
        start(self, instance)

    def prelude(self, prelude: Prelude, name: str) -> Value:
        """A name of library source, which is run once for each reading."""
        module = run_prelude(self, prelude)
        if name not in module.names:
            raise RaisedError("AttributeError", f"module '{prelude.module}' has no attribute '{name}'")
        return module.names[name]

    # Exceptions

    @contextmanager
    def catching(self, *names: str) -> Iterator[None]:
        """While these exceptions would be caught, statements do not go on behind them."""
        self.handlers.append(names)
        try:
            yield
        finally:
            self.handlers.pop()

    @contextmanager
    def importing(self) -> Iterator[None]:
        """While a file runs for the first time: what it does not need is not told, and nothing catches its errors."""
        handlers, quiet = self.handlers, self.quiet
        self.handlers, self.quiet = [], True
        try:
            yield
        finally:
            self.handlers, self.quiet = handlers, quiet

    def catches(self, error: RaisedError) -> bool:
        """Whether something around would catch an exception."""
        return any(errors.is_error(error, names) for names in self.handlers)

    def is_error(self, error: RaisedError, names: tuple[str, ...]) -> bool:
        """Whether an exception is of one of these classes."""
        return errors.is_error(error, names)

    def error_of(self, raised: Value) -> RaisedError:
        """What `raise value` raises."""
        return errors.error_of(self, raised)

    def exception_of(self, error: RaisedError) -> Instance:
        """The value that `except ... as name` gives."""
        return errors.exception_of(self, error)
