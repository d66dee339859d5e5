"""From posted Keras source to a network: run the files, find the model, and write down what it computes."""

from collections.abc import Sequence
from dataclasses import replace

from service.core.geometry.shapes import Shape
from service.models.keras.layers import FRAMEWORK
from service.models.keras.network_inputs import make_inputs
from service.models.keras_library.entry import find_model
from service.models.keras_library.graph import Graph
from service.models.keras_library.inputs import input_tensor
from service.models.keras_library.inside import called_plainly, graph_of_sequential, input_of_sequential
from service.models.keras_library.library import LIBRARY
from service.models.keras_library.nodes import Output, write_down
from service.models.keras_library.state import state_of
from service.models.keras_library.tensors import SymbolicTensor, tensors_in, unknown_tensor
from service.models.posted import PostedModel
from service.models.reading import ModelLimitError, ModelReading, UnreadableModelError
from service.models.recorder import JudgeLayer, Recorder
from service.models.source.classes import find
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.machine import Machine
from service.models.source.program import within_limits
from service.models.source.values import Function, Instance

ONLY = "input"
NOT_INPUTS = frozenset({"training", "mask"})
"""Parameters of `call` that are no inputs."""


def read_keras_source(model: PostedModel, judge: JudgeLayer) -> ModelReading:
    """A posted model as a network.

    Raises:
        UnreadableModelError: Nothing can be made of it.
        ModelLimitError: It takes too much work or memory.
    """
    return within_limits(Machine(model, LIBRARY, judge), _read)


def _read(machine: Machine) -> ModelReading:
    """The reading; where the program raises before there is a model, only what it raises."""
    try:
        model = find_model(machine)
        return _nothing(machine) if model is None else _read_model(machine, model)
    except (RaisedError, NotKnownError) as error:
        if machine.mistakes:
            return _nothing(machine)
        raise UnreadableModelError(
            f"the model is not understood: {error}", "name in `entry` what makes the model"
        ) from None
    except ModelLimitError:
        raise
    except UnreadableModelError:
        if machine.mistakes:
            return _nothing(machine)
        raise


def _nothing(machine: Machine) -> ModelReading:
    """A reading without a network."""
    machine.recorder = Recorder(machine.judge, machine.limits)
    return _told(machine, machine.recorder.reading(FRAMEWORK, []))


def _read_model(machine: Machine, model: Instance) -> ModelReading:
    inputs, outputs = _whole(machine, model)
    machine.recorder = Recorder(machine.judge, machine.limits)
    names = [output.name for output in inputs]
    declared = [output.shape for output in inputs]
    tensors = make_inputs(names, declared, machine.model, machine.recorder, [output.place for output in inputs])
    for output, tensor in zip(inputs, tensors, strict=True):
        _note_literals(machine.recorder, output, tensor.name)
    returned = write_down(machine.recorder, inputs, tensors, outputs)
    if not machine.recorder.layers or not inputs:
        raise UnreadableModelError(
            "the model has no layers between its inputs and outputs",
            "name in `entry` the model that has some",
            place=next((said.place for said in machine.not_understood_places), None),
        )
    return _told(machine, machine.recorder.reading(FRAMEWORK, returned))


def _told(machine: Machine, reading: ModelReading) -> ModelReading:
    """The reading with what was not understood, and what the program would raise."""
    network = {name: part for name, part in reading.network.items() if name != "outputs" or part}
    said = tuple(dict.fromkeys((*machine.not_understood_places, *machine.recorder.not_understood)))
    return replace(reading, network=network, not_understood=said, mistakes=tuple(machine.mistakes), steps=machine.steps)


def _note_literals(recorder: Recorder, output: Output, name: str) -> None:
    """Where the sizes of an input stand, unless the request gives others."""
    if recorder.inputs[name] == output.shape:
        for axis, literals in output.literals.items():
            recorder.literals["inputs", name, axis] = literals


def _whole(machine: Machine, model: Instance) -> tuple[list[Output], list[Output]]:
    """The inputs and outputs of a model."""
    graph = model.attributes.get("_graph")
    if isinstance(graph, Graph) and "_layers" not in model.attributes:
        return graph.inputs, graph.outputs
    if "_layers" in model.attributes:
        if input_of_sequential(model, machine) is not None:
            whole = graph_of_sequential(model, machine)
            return whole.inputs, whole.outputs
        inputs = [_asked_for(machine, ONLY, machine.model.shapes_of([ONLY]).get(ONLY))]
    else:
        inputs = _inputs_of_class(machine, model)
    state_of(machine).calls += 1
    try:
        returned = called_plainly(model, [_given(inputs, model)], {}, machine)
    except NotKnownError as error:
        returned = machine.not_understood(str(error))
    except RaisedError as error:
        machine.report(error)
        returned = Unknown(str(error))
    if isinstance(returned, Unknown):
        returned = unknown_tensor(machine, returned)
    return inputs, [tensor.value for tensor in tensors_in(returned)]


def _given(inputs: Sequence[Output], model: Instance) -> Value:
    tensors = [SymbolicTensor(output) for output in inputs]
    return tensors[0] if len(tensors) == 1 else tensors


def _inputs_of_class(machine: Machine, model: Instance) -> list[Output]:
    """The inputs of a model with a `call` of its own: as the request says, or as the program tries it."""
    names = _names_of_inputs(model)
    given = machine.model.shapes_of(names)
    if len(names) == 1 and len(given) == 1:
        given = {names[0]: next(iter(given.values()))}
    tried = model.attributes.get("_build_shape")
    if not given and isinstance(tried, list | tuple):
        several = bool(tried) and isinstance(tried[0], list | tuple)
        return [input_tensor(machine, list(shape), "").value for shape in (tried if several else [tried])]
    if given and set(given) != set(names) and not set(given) & set(names):
        return [_asked_for(machine, name, shape) for name, shape in given.items()]
    return [_asked_for(machine, name, given.get(name)) for name in names]


def _names_of_inputs(model: Instance) -> list[str]:
    """The first parameter of `call`: Keras gives all inputs by it."""
    call = find(model.cls, "call")
    names = call.signature.positional[1:] if isinstance(call, Function) else []
    return [name for name in names if name not in NOT_INPUTS][:1] or [ONLY]


def _asked_for(machine: Machine, name: str, shape: Shape | None) -> Output:
    """An input whose shape the request gives.

    Raises:
        UnreadableModelError: It does not.
    """
    if shape is None:
        raise UnreadableModelError(
            f"the model does not say the shape of its input `{name[:60]}`",
            "give it as `input_shape`, such as [null, 28, 28, 1]",
        )
    return Output(shape=tuple(shape), node=None, name=name)
