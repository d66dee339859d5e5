"""The layers of Keras as the program sees them: classes that are called with arguments, and layers that are called."""

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from service.core.layers.names.lookup import meanings
from service.core.layers.pointers import Pointer
from service.models.keras.calling import arranged, has_weights
from service.models.keras.connections import Call, ConstantTensor, TensorReference
from service.models.keras.layers import FRAMEWORK, LayerObject, layer_object
from service.models.keras_library.arguments import checked, with_known_activations
from service.models.keras_library.nodes import Output, Said, new_node
from service.models.keras_library.signatures import signature
from service.models.keras_library.state import state_of
from service.models.keras_library.tensors import (
    SymbolicTensor,
    holds_tensor,
    structure_of,
    tensors_in,
    unknown_tensor,
)
from service.models.keras_library.written import Written, WrittenLayer, places_of
from service.models.reading import MADE, Literal, Place, TextPlace
from service.models.source.host import Host, NotKnownError, RaisedError, Run, Unknown, Value
from service.models.source.library_hosts import Function
from service.models.source.recorded_signatures import Signature
from service.models.source.values import Instance

OWN_MODULE = "keras.layers"
OF_ANY_LAYER = frozenset({"name", "trainable", "dtype", "autocast", "activity_regularizer", "input_shape", "input_dim",
                          "input_length", "weights"})  # fmt: skip
"""Arguments that are no part of what the layer computes."""
INPUTS = Signature("call", ("inputs", "training", "mask"))


class LayerClass(Host):
    """A class of `keras.layers` such as `Conv2D`."""

    type_name = "type"

    def __init__(self, name: str, constructor: Signature) -> None:
        self.name = name
        self.constructor = constructor

    def attribute(self, name: str, run: Run) -> Value:
        """Its name."""
        if name in ("__name__", "__qualname__"):
            return self.name
        raise NotKnownError(f"`keras.layers.{self.name}.{name}` is not known")

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """A new layer."""
        given = checked(self.name, self.constructor, arguments, keywords, run)
        return Leaf(self, with_known_activations(self.name, given, run), run)

    def is_subclass_of(self, kind: Host) -> bool:
        """Whether it is that class."""
        return isinstance(kind, LayerClass) and kind.name == self.name

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """Whether two are the same; `Conv2D | None` is an annotation."""
        if operator in ("==", "!="):
            return (self is other) is (operator == "==")
        return self if operator == "|" else super().operate(operator, other, run, reflected=reflected)


class Leaf(WrittenLayer):
    """A layer, with the arguments that it was made with."""

    def __init__(self, layer_class: LayerClass, arguments: dict[str, Value], run: Run) -> None:
        self.layer_class = layer_class
        self.type_name = layer_class.name
        self.arguments = arguments
        named = arguments.get("name")
        self.name = str(named) if isinstance(named, str) and named else state_of(run).given_name(layer_class.name)
        self.made_at: Place = run.place
        self.values: dict[str, Value] = {}
        self.taken: Sequence[Output] = ()
        self.made: Sequence[Output] = ()

    @property
    def class_name(self) -> str:
        """The class that it is of."""
        return self.layer_class.name

    def attribute(self, name: str, run: Run) -> Value:
        """An argument, what it was set to, or what came out of its last call."""
        if name in self.values:
            return self.values[name]
        if name == "name":
            return self.name
        if name in ("output", "input", "output_shape", "input_shape"):
            return self._of_last_call(name, run)
        given = {**self.layer_class.constructor.defaults, **self.arguments}
        if name in given:
            return given[name]
        if name in ("trainable", "built"):
            return True
        if name == "call":
            return self
        if name == "count_params" or name.startswith(("get_", "set_", "build", "compute_", "load_", "adapt")):
            return Function(name, lambda arguments, keywords, run: Unknown(f"`{name}` is not known"))
        raise NotKnownError(f"`{self.type_name}.{name}` is not known")

    def _of_last_call(self, name: str, run: Run) -> Value:
        outputs = self.made if name.startswith("output") else self.taken
        if not outputs:
            raise RaisedError("AttributeError", _never_called(self.name, name))
        value = structure_of(outputs)
        return run.attribute(value, "shape") if name.endswith("_shape") else value

    def assign(self, name: str, value: Value, run: Run) -> None:
        """`layer.trainable = False`"""
        if name == "name" or name == "_name":
            self.name = run.text_of(value)
        self.values[name] = value

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """Call it with tensors."""
        if self.class_name == "Lambda":
            return self._of_function(arguments, run)
        held = self.arguments.get("layer")
        if self.class_name == "TimeDistributed" and isinstance(held, Instance):
            return self._at_each_step(held, arguments, run)
        call, taken = arranged_call(self, arguments, keywords, run)
        outputs = new_node(run, self.said(call, run), taken)
        self.taken, self.made = taken, outputs
        return structure_of(outputs)

    def _of_function(self, arguments: Sequence[Value], run: Run) -> Value:
        """A `Lambda` layer: the function is called with the tensors."""
        more = self.arguments.get("arguments")
        with state_of(run).inside(self.name, self):
            made = run.call(self.arguments.get("function"), arguments[:1], more if isinstance(more, dict) else {})
        self.taken = [tensor.value for tensor in tensors_in(list(arguments[:1]))]
        self.made = [tensor.value for tensor in tensors_in(made)]
        return unknown_tensor(run, made) if isinstance(made, Unknown) else made

    def _at_each_step(self, held: Instance, arguments: Sequence[Value], run: Run) -> Value:
        """A model or a layer of the program at each step: the same as each of its layers so."""
        state = state_of(run)
        state.in_steps += 1
        try:
            with state.inside(self.name, self):
                return run.call(held, arguments[:1], {})
        finally:
            state.in_steps -= 1

    def said(self, call: Call, run: Run) -> Said:
        """What is called, in the words of the network."""
        state, written = state_of(run), Written()
        name = f"{state.prefix}{self.name}"
        place = state.made_at or run.place
        try:
            found: LayerObject | None = layer_object(self.configuration(written, ()))
            message = f"the layer `{self.name}` of class `{self.class_name}` is not known"
        except NotKnownError as error:
            found, message = None, f"{error}, so the layer `{self.name}` is not either"
        if found is not None:
            found = arranged(found, call)
        literals = {at: spots for at, spots in written.literals.items() if found and at[0] in found.parameters}
        return Said(
            found=found,
            name=name,
            message=message,
            place=place,
            places={(MADE,): self.made_at, **places_of(literals)},
            literals=literals,
            member=self,
            owner=self if found is not None and has_weights(found) else None,
        )

    def configuration(self, written: Written, at: Pointer) -> dict[str, Any]:
        """Its class and configuration, as Keras saves them."""
        known = meanings(self.class_name, FRAMEWORK)
        words = known[0].words if known else {}
        config: dict[str, Any] = {}
        for word, value in self.arguments.items():
            said = words.get(word)
            matters = said is not None and (said.parameter is not None or said.activates)
            matters = matters or (bool(known) and known[0].chooses is not None and word == known[0].chooses[0])
            if (word in OF_ANY_LAYER and word not in ("input_dim",)) or (word == "input_dim" and not matters):
                continue
            try:
                config[word] = written.value(value, (*at, word))
            except NotKnownError:
                if matters and not (said is not None and said.activates):
                    raise
        return {"class_name": self.class_name, "module": OWN_MODULE, "config": config}

    def declared_shape(self) -> tuple[Value, ...] | None:
        """The shape that it says it is given, without the batch."""
        given = self.arguments.get("input_shape")
        if given is None and self.class_name != "Embedding" and isinstance(self.arguments.get("input_dim"), int):
            given = (self.arguments["input_dim"],)
        return tuple(given) if isinstance(given, list | tuple) else None

    def inherits(self, class_name: str) -> bool:
        """Whether it is a `Layer`."""
        return class_name in ("Layer", "Operation")

    def is_instance_of(self, kind: Host) -> bool:
        """Whether it is of that class."""
        return self.layer_class.is_subclass_of(kind)

    def kind(self, run: Run) -> Value:
        """Its class."""
        return self.layer_class


def _never_called(layer: str, word: str) -> str:
    return f"The layer {layer} has never been called and thus has no defined {word}."


def arranged_call(
    layer: Leaf, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run
) -> tuple[Call, list[Output]]:
    """A call as configurations have it, and the tensors that it takes.

    Raises:
        RaisedError: The arguments are not those that the layer takes.
    """
    known = signature(f"layers.{layer.class_name}.call") or INPUTS
    bound = checked(f"{layer.class_name}.call", known, arguments, keywords, run, is_call=True)
    first = next(iter(bound.values()), None)
    if not bound or not (holds_tensor(first) or _holds_unknown(first)):
        raise_no_tensor(layer, first, run)
    taken: list[Output] = []
    placed = {name: _referring(value, taken, run) for name, value in bound.items()}
    names = list(placed)
    count = min(len(arguments), len(names))
    positional = [placed[name] for name in names[:count] if not _is_plain(placed[name])]
    named = {name: placed[name] for name in names[count:]}
    return Call(arguments=positional, keywords=named), taken_in_order(Call(arguments=positional, keywords=named), taken)


def raise_no_tensor(layer: Leaf, given: Value, run: Run) -> NoReturn:
    """A layer is called with something that is no tensor. Where that is a layer, its place is told too.

    Raises:
        RaisedError: Always, where it is not told already.
    """
    text = run.text_of(given) if isinstance(given, int | float | str) else type_text(given)
    message = "Only input tensors may be passed as positional arguments. The following argument value should be"
    error = RaisedError("ValueError", f"{message} passed as a keyword argument: {text} (for layer {layer.name})")
    if isinstance(given, Leaf) and isinstance(given.made_at, TextPlace):
        run.report(error, (Literal(place=given.made_at, value=None),))
    raise error


def taken_in_order(call: Call, tensors: Sequence[Output]) -> list[Output]:
    """The tensors that the layer takes, masks left out, in the order of the network."""
    from service.models.keras.calling import inputs_of_call

    return [tensors[entry.node] for entry in inputs_of_call(call) if isinstance(entry, TensorReference)]


def _referring(value: Value, taken: list[Output], run: Run) -> Any:
    """The argument with references in the place of tensors."""
    if isinstance(value, Unknown):
        value = unknown_tensor(run, value)
    if isinstance(value, SymbolicTensor):
        taken.append(value.value)
        return TensorReference("", len(taken) - 1, 0)
    if isinstance(value, list | tuple):
        return [_referring(entry, taken, run) for entry in value]
    if isinstance(value, dict):
        return {str(key): _referring(entry, taken, run) for key, entry in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return None


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str | ConstantTensor)


def _holds_unknown(value: Value) -> bool:
    if isinstance(value, list | tuple):
        return any(_holds_unknown(entry) for entry in value)
    return isinstance(value, Unknown)


def type_text(value: Value) -> str:
    """What a message says of a value that is none that is expected."""
    if isinstance(value, Leaf):
        return f"<{value.class_name} name={value.name}>"
    return f"a value of type `{value.type_name}`" if isinstance(value, Host) else "a value that is no tensor"
