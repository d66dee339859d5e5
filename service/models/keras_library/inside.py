"""What the classes of `preludes/models.py.txt` do natively: names, graphs, calls of layers of the program."""

from collections.abc import Mapping, Sequence

from service.models.keras_library.functions import Foreign, constant_tensor
from service.models.keras_library.graph import Graph, made_graph
from service.models.keras_library.inputs import input_of_layer, input_tensor
from service.models.keras_library.layers import LayerClass, Leaf
from service.models.keras_library.nodes import nodes_between
from service.models.keras_library.preludes import MODELS
from service.models.keras_library.state import State, state_of
from service.models.keras_library.tensors import SymbolicTensor, sizes_of, tensors_in, unknown_tensor
from service.models.reading import Place, Rename
from service.models.source.classes import find
from service.models.source.host import NotKnownError, RaisedError, Run, Unknown, Value, literals_of
from service.models.source.library_hosts import Answer, Function, Namespace
from service.models.source.values import Bound, Class, Instance
from service.models.source.values import Function as PostedFunction
from service.models.source.wrong_names import similar

GIVEN_NAMES = {"Model": "Functional"}
"""Classes whose instances Keras names after another."""
MOST_ATTRIBUTES = 1000


def name_of(layer: Value) -> str:
    """The name of a layer or model."""
    if isinstance(layer, Leaf):
        return layer.name
    named = layer.attributes.get("name") if isinstance(layer, Instance) else None
    return str(named) if isinstance(named, str) else "layer"


def _named(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The name of a new layer of the program; where it is made is remembered."""
    instance, name = arguments
    state = state_of(run)
    if isinstance(instance, Instance):
        state.places[id(instance)] = (instance, run.place)
    if isinstance(name, str) and name:
        return name
    kind = instance.cls.name if isinstance(instance, Instance) else "layer"
    return state.given_name(GIVEN_NAMES.get(kind, kind))


def _noted(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """A new model."""
    state_of(run).models.append(arguments[0])


def _graph(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The graph between inputs and outputs."""
    instance, inputs, outputs = arguments
    return made_graph(name_of(instance), inputs, outputs, run)


def _called(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """A layer or model of the program is called."""
    instance, given, named = arguments
    if not isinstance(instance, Instance):
        raise NotKnownError("a call is not understood")
    _note_trial(instance, given)
    graph = instance.attributes.get("_graph")
    if isinstance(graph, Unknown):
        return unknown_tensor(run, graph)
    state = state_of(run)
    with state.inside(name_of(instance), instance):
        if isinstance(graph, Graph) and "_layers" not in instance.attributes:
            made = graph.call(given, named, run)
        else:
            made = called_plainly(instance, given, named, run)
    for name, value in (("_inputs", given[0] if given else None), ("_outputs", made)):
        instance.attributes[name] = value
    return made


def _note_trial(instance: Instance, given: Sequence[Value]) -> None:
    """A model is tried with numbers: their shapes are those of its inputs, where nothing else says them."""
    tensors = list(tensors_in(given[0])) if given else []
    if tensors and all(tensor.value.node is not None and not tensor.value.node.taken for tensor in tensors):
        shapes = [tensor.value.shape for tensor in tensors]
        if all(shape is not None for shape in shapes):
            instance.attributes.setdefault("_build_shape", shapes[0] if len(shapes) == 1 else shapes)


def called_plainly(instance: Instance, given: Sequence[Value], named: Mapping[str, Value], run: Run) -> Value:
    """`build`, then `call`, of a class of the program.

    Raises:
        RaisedError: It has no `call`.
    """
    call, build = find(instance.cls, "call"), find(instance.cls, "build")
    if call is None:
        if instance.cls.partly_unknown:
            raise NotKnownError(f"what `{instance.cls.name}` inherits is not known")
        name = instance.cls.name
        raise RaisedError("NotImplementedError", f"Layer {name} does not have a `call()` method implemented.")
    is_own = isinstance(build, PostedFunction) and build.closure.unit.module != MODELS.module
    if is_own and instance.attributes.get("built") is not True and given:
        run.call(Bound(build, instance), [_shapes_of(given[0], run)], {})
    instance.attributes["built"] = True
    return run.call(Bound(call, instance), list(given), named)


def _shapes_of(value: Value, run: Run) -> Value:
    """The shape of a tensor, or the shapes of several."""
    if isinstance(value, SymbolicTensor):
        return sizes_of(value, run)
    if isinstance(value, list | tuple):
        return [_shapes_of(entry, run) for entry in value]
    return Unknown("the shape of an input is not known")


def _graph_of(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The graph of a `Sequential` model, from its input to what its last layer gives.

    Raises:
        RaisedError: Its input is not known.
    """
    return graph_of_sequential(arguments[0], run)


def graph_of_sequential(model: Value, run: Run) -> Graph:
    """The same, of a model.

    Raises:
        RaisedError: Its input is not known.
    """
    first = input_of_sequential(model, run)
    if first is None or not isinstance(model, Instance):
        name = name_of(model)
        raise RaisedError("AttributeError", f"The layer {name} has never been called and thus has no defined input.")
    attributes = model.attributes
    if attributes.get("_current") is None:
        attributes["_current"] = _ordered([model, first], {}, run)
    if not isinstance(attributes.get("_graph"), Graph):
        attributes["_graph"] = made_graph(name_of(model), [first], [attributes["_current"]], run)
    graph: Graph = attributes["_graph"]
    return graph


def _added(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """`model.add(layer)`"""
    model, layer = arguments
    if not isinstance(model, Instance):
        raise NotKnownError("a model is not known")
    layers = model.attributes["_layers"]
    if isinstance(layer, SymbolicTensor) and layer.value.node is None and not layers:
        model.attributes["_first"] = layer
        return
    if isinstance(layer, Leaf) and layer.class_name == "InputLayer":
        model.attributes["_first"] = input_of_layer(layer, run)
        return
    _require_layer(layer, run)
    if isinstance(layer, Instance | Leaf | Unknown):
        run.spend(elements=1)
        layers.append(layer)
        _rebuild(model, layer, run)


def _rebuild(model: Instance, layer: Value, run: Run) -> None:
    """Where the input is known, a layer that is added is called at once, as Keras does."""
    attributes = model.attributes
    known = attributes.get("_current") if len(attributes["_layers"]) > 1 else input_of_sequential(model, run)
    attributes["_graph"] = None
    attributes["_current"] = None if known is None else called_in_order(layer, known, run)


def _require_layer(layer: Value, run: Run) -> None:
    """Only layers are added to a model; what is none is told, and left out."""
    if isinstance(layer, Instance | Leaf | Unknown):
        return
    named = layer.name if isinstance(layer, LayerClass | Class) else None
    what = "no layer" if named is None else f"the class `{named}`, which has to be called"
    place = None if named is None else run.place_of_name(named, called=False)
    renames = () if place is None else (Rename(place=place, name=f"{named}()"),)
    message = f"Only instances of `keras.Layer` can be added to a Sequential model. This is {what}"
    run.report(RaisedError("ValueError", message), renames=renames)


def _ordered(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The layers of a `Sequential` model, one after the other."""
    model, value = arguments
    layers = model.attributes.get("_layers") if isinstance(model, Instance) else None
    for layer in layers if isinstance(layers, list) else ():
        value = called_in_order(layer, value, run)
    return value


def called_in_order(layer: Value, value: Value, run: Run) -> Value:
    """One layer of a `Sequential` model; where that raises, nothing is known of what comes out."""
    state = state_of(run)
    if isinstance(value, Unknown):
        value = unknown_tensor(run, value)
    if isinstance(layer, Unknown):
        return unknown_tensor(run, layer)
    with state.at(_made_at(layer, state)):
        try:
            return run.call(layer, [value], {})
        except RaisedError as error:
            run.report(error)
            return unknown_tensor(run)
        except NotKnownError as error:
            return unknown_tensor(run, run.not_understood(str(error)))


def _made_at(layer: Value, state: State) -> Place | None:
    if isinstance(layer, Leaf):
        return layer.made_at
    known = state.places.get(id(layer))
    return None if known is None else known[1]


def input_of_sequential(model: Value, run: Run) -> SymbolicTensor | None:
    """The input of a `Sequential` model, as far as it says its shape; None where it does not."""
    attributes = model.attributes if isinstance(model, Instance) else {}
    first = attributes.get("_first")
    if isinstance(first, SymbolicTensor):
        return first
    shape = attributes.get("_build_shape")
    layers = attributes.get("_layers") or [None]
    found: SymbolicTensor | None = None
    if isinstance(shape, list | tuple):
        found = input_tensor(run, list(shape), "")
    elif isinstance(layers[0], Leaf) and (declared := layers[0].declared_shape()) is not None:
        found = input_tensor(run, [None, *declared], "", place=layers[0].made_at)
    elif isinstance(layers[0], Instance):
        found = _input_of_inner(layers[0], run)
    if found is not None:
        attributes["_first"] = found
    return found


def _input_of_inner(layer: Instance, run: Run) -> SymbolicTensor | None:
    """The input of a `Sequential` model whose first layer is a model."""
    graph = layer.attributes.get("_graph")
    given = layer.attributes.get("_input_shape_arg")
    if isinstance(given, list | tuple):
        return input_tensor(run, [None, *given], "")
    if "_layers" in layer.attributes:
        inner = input_of_sequential(layer, run)
        return None if inner is None or inner.value.shape is None else input_tensor(run, list(inner.value.shape), "")
    if isinstance(graph, Graph) and len(graph.inputs) == 1 and graph.inputs[0].shape is not None:
        return input_tensor(run, list(graph.inputs[0].shape), "")
    return None


def _unknown_layer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """A layer of a model of which not all layers are known.

    Raises:
        NotKnownError: Always.
    """
    raise NotKnownError(f"the layer `{run.text_of(arguments[0])[:60]}` of a model is not known")


def _missing_layer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """A layer that a model does not have: that is told, with the names that may be meant."""
    name, known = arguments
    error = RaisedError("ValueError", f"No such layer: {run.text_of(name)}. Existing layers are: {run.text_of(known)}.")
    places = [literal.place for literal in literals_of(name) if literal.exact]
    likely = similar(str(name), tuple(known), run) if isinstance(name, str) else []
    run.report(error, literals_of(name), [Rename(place=place, name=repr(one)) for place in places for one in likely])
    return Unknown(str(error))


def _weight(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """A weight of a layer of the program.

    Raises:
        NotKnownError: Its shape is not known.
    """
    _, shape, trainable, name = arguments
    sizes = [shape] if isinstance(shape, int) else [] if shape is None else shape
    if not isinstance(sizes, list | tuple) or not all(isinstance(size, int) for size in sizes):
        raise NotKnownError("the shape of a weight is not known")
    kind = "buffer" if trainable is False else "parameter"
    own = str(name) if isinstance(name, str) else kind
    return constant_tensor([int(size) for size in sizes], run, kind, own)


def _members(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The layers that a model of the program keeps."""
    instance = arguments[0]
    found: list[Value] = []
    waiting = list(instance.attributes.values())[:MOST_ATTRIBUTES] if isinstance(instance, Instance) else []
    for value in waiting:
        entries = value if isinstance(value, list | tuple) else [value]
        found += [entry for entry in entries if isinstance(entry, Leaf) or _is_layer(entry)]
    return found


def _is_layer(value: Value) -> bool:
    return isinstance(value, Instance) and is_of(value.cls, "Layer")


def is_of(cls: Class, name: str) -> bool:
    """Whether a class inherits from one of Keras' own."""
    return any(isinstance(base, Class) and base.is_of_library and base.name == name for base in cls.mro)


def _built(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """`model.build(input_shape)`"""
    model, shape = arguments
    if isinstance(model, Instance) and isinstance(shape, list | tuple):
        model.attributes["_build_shape"] = shape
        model.attributes["_current"] = None


def _sources(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The inputs that a tensor comes from."""
    _, inputs = nodes_between([], [tensor.value for tensor in tensors_in(arguments[0])])
    found = [SymbolicTensor(output) for output in inputs]
    return found[0] if len(found) == 1 else found


ANSWERS: Mapping[str, Answer] = {
    "ADDED": _added, "BUILT": _built, "CALLED": _called, "EXTENDED": _members, "GRAPH": _graph,
    "GRAPH_OF": _graph_of, "MISSING": _missing_layer, "NAMED": _named, "NOTED": _noted, "ORDERED": _ordered,
    "SOURCES": _sources, "UNKNOWN": _unknown_layer, "WEIGHT": _weight,
}  # fmt: skip
INSIDE = Namespace(
    "keras._inside",
    {**{name: Function(name, answer) for name, answer in ANSWERS.items()}, "INERT": Foreign("keras.history")},
)
"""What the classes are told in."""
