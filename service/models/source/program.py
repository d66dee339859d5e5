"""From posted source to a network: run the files, make the model, call it, and see what comes out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from service.models.posted import PostedModel
from service.models.reading import ModelLimitError, ModelReading, NotUnderstood, UnreadableModelError
from service.models.recorder import JudgeLayer, Recorder, Tensor
from service.models.source import comprehensions, expressions, handlers, places, statements
from service.models.source.entry import find_entry, make_model
from service.models.source.host import Host, Library, NotKnownError, RaisedError, Value
from service.models.source.inputs import make_inputs
from service.models.source.machine import Machine
from service.models.source.modules import tree
from service.models.source.values import Instance

INTERPRETED = (comprehensions, expressions, handlers, places, statements)
"""The files that fill the tables of nodes."""
_MOST_OUTPUTS = 1000


def read_source(model: PostedModel, library: Library, judge: JudgeLayer, framework: str) -> ModelReading:
    """A posted model as a network.

    Raises:
        UnreadableModelError: Nothing can be made of it.
        ModelLimitError: It takes too much work or memory.
    """
    return within_limits(Machine(model, library, judge), lambda machine: _read(machine, framework))


def within_limits(machine: Machine, read: Callable[[Machine], ModelReading]) -> ModelReading:
    """What is read by a machine, unless it is too large or too deep.

    Raises:
        ModelLimitError: It takes too much work or memory.
    """
    _check_size(machine.model)
    try:
        return read(machine)
    except UnreadableModelError as error:
        error.steps = machine.steps
        raise
    except RecursionError:
        raise ModelLimitError(
            "the source has too many calls or expressions inside each other",
            "max_model_depth",
            "nest less deeply",
            place=machine.place,
        ) from None


def _check_size(model: PostedModel) -> None:
    if not model.files:
        raise UnreadableModelError("no source was posted", "post `source`, or `files` by path")
    most = model.limits.max_model_members
    if len(model.files) > most:
        message = f"the source has {len(model.files)} files, more than {most}"
        raise ModelLimitError(message, "max_model_members", "post the files that matter")
    size = sum(len(text) for text in model.files.values())
    limit = model.limits.max_source_bytes
    if size > limit:
        raise ModelLimitError(
            f"the source has {size} characters, more than {limit}", "max_source_bytes", "post the files that matter"
        )


def _read(machine: Machine, framework: str) -> ModelReading:
    entry = find_entry(machine, machine.model.entry)
    model = make_model(machine, entry, machine.model.arguments)
    _set_mode(machine, model)
    _name_modules(machine, model)
    earlier = machine.recorder.not_understood
    machine.recorder = Recorder(machine.judge, machine.limits)
    machine.runs_forward = True
    inputs = make_inputs(machine, model)
    try:
        returned = machine.call(model, inputs, {})
    except NotKnownError as error:
        returned = machine.not_understood(str(error))
    except RaisedError as error:
        raise UnreadableModelError(
            f"calling the model raises {error.type_name}: {error}", "post shapes for all that `forward` takes"
        ) from None
    outputs = list(dict.fromkeys(_outputs(machine, returned)))
    if not machine.recorder.layers and not machine.mistakes:
        raise UnreadableModelError(
            "`forward` makes no layer that is known",
            "name in `entry` the class whose `forward` does",
            place=next((said.place for said in machine.not_understood_places), None),
        )
    reading = machine.recorder.reading(framework, outputs)
    network = (
        reading.network if outputs else {name: part for name, part in reading.network.items() if name != "outputs"}
    )
    said = _once((*machine.not_understood_places, *earlier, *machine.recorder.not_understood))
    return replace(reading, network=network, not_understood=said, mistakes=tuple(machine.mistakes), steps=machine.steps)


def _set_mode(machine: Machine, model: Value) -> None:
    """`model.train()` or `model.eval()`, as the request has it."""
    if isinstance(model, Instance):
        try:
            machine.call(machine.attribute(model, "train"), [machine.training], {})
        except (NotKnownError, RaisedError):
            return


def _name_modules(machine: Machine, model: Value) -> None:
    """Give each module and parameter its path in the state dict."""
    for path, module in tree(machine, model):
        prefix = f"{path}." if path else ""
        machine.paths[id(module)] = (path, module)
        held: dict[str, Value] = {}
        if isinstance(module, Instance):
            for kind in ("_parameters", "_buffers"):
                found = module.attributes.get(kind)
                held |= found if isinstance(found, dict) else {}
            if isinstance(module.core, Host):
                machine.paths[id(module.core)] = (path, module.core)
                held = {**module.core.children(), **held}
        elif isinstance(module, Host):
            held = dict(module.children())
        for name, value in held.items():
            if isinstance(value, Host):
                machine.paths.setdefault(id(value), (prefix + name, value))


def _outputs(machine: Machine, value: Value) -> Iterator[Tensor]:
    """The tensors in what `forward` returns."""
    pending = [value]
    for _ in range(_MOST_OUTPUTS):
        if not pending:
            return
        value = pending.pop()
        if isinstance(value, Host):
            tensor = value.output(machine)
            if tensor is not None:
                yield tensor
        elif isinstance(value, list | tuple):
            pending.extend(reversed(value))
        elif isinstance(value, Mapping):
            pending.extend(reversed(list(value.values())))
        elif isinstance(value, Instance) and not value.cls.is_module:
            pending.extend(reversed(list(value.attributes.values())))
            if value.core is not None:
                pending.append(value.core)


def _once(said: tuple[NotUnderstood, ...]) -> tuple[NotUnderstood, ...]:
    return tuple(dict.fromkeys(said))
