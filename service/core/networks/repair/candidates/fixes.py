"""The fixes of the error itself, as changes to the network."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from service.core.diagnostics.model import Fix
from service.core.geometry.shapes import Shape
from service.core.networks.network import Network
from service.core.networks.repair.candidates.parameters import kind_of
from service.core.networks.repair.candidates.suspect import Suspect, amount, ratio
from service.core.networks.repair.edits import Edit, Insertion, RawLayer
from service.core.networks.repair.family import parameter_of
from service.core.networks.repair.rewalk import State


def own_fixes(state: State) -> Iterator[Edit]:
    """Each fix of the first error that changes layers, puts one before another, or changes an input."""
    for diagnostic in state.errors[state.target]:
        for fix in diagnostic.fixes:
            edit = edit_of(fix, state)
            if edit is not None:
                yield edit


def edit_of(fix: Fix, state: State) -> Edit | None:
    """A fix as a change to the network; None where it changes something else."""
    network = state.network
    layers: dict[int, dict[str, Any]] = {}
    inserted: dict[int, Insertion] = {}
    inputs: dict[str, tuple[int | None, ...]] = {}
    for operation in fix.patch:
        path = operation["path"].split("/")[1:]
        if operation["op"] == "test":
            continue
        if path[0] == "layers" and len(path) == 2 and operation["op"] == "add":
            inserted[int(path[1])] = Insertion(operation["value"])
        elif path[0] == "layers" and len(path) >= 3:
            index = int(path[1])
            if inserted and path[2] == "inputs":
                continue  # the layer behind the inserted one takes it in
            raw = layers.setdefault(index, deepcopy(dict(state.raw(index))))
            if not _apply(raw, path[2:], operation):
                return None
        elif path[0] in ("input_shape", "inputs"):
            name, axis = _input(network, path)
            shape = list(inputs.get(name, state.edit.inputs.get(name, network.inputs[name])))
            if axis is None:
                shape = list(operation["value"])
            else:
                shape[axis] = operation["value"]
            inputs[name] = tuple(shape)
        else:
            return None
    return Edit(
        title=fix.title,
        layers=layers,
        inserted=inserted,
        inputs=inputs,
        patch=fix.patch if not state.edits else (),
        applicability=fix.applicability,
        kind=_kind(state, layers, inputs) if not inserted else "flatten",
        amount=max([amount(state.raw(index), raw) for index, raw in layers.items()] + list(_ratios(state, inputs))),
    )


def _kind(state: State, layers: Mapping[int, RawLayer], inputs: Mapping[str, Shape]) -> str:
    """What a fix changes: the axes or sizes of the input, the rank of a layer, or the one parameter that it sets."""
    if inputs:
        axes = [len(shape) - len(state.network.inputs[name]) for name, shape in inputs.items()]
        return "axes of the input" if any(axes) else "input sizes"
    changed = [
        (index, word) for index, raw in layers.items() for word in raw if raw[word] != state.raw(index).get(word)
    ]
    removed = [word for index, raw in layers.items() for word in state.raw(index) if word not in raw]
    if removed:
        return "removed word"
    if len(changed) != 1:
        return "own fix"
    index, word = changed[0]
    if word == "type":
        return "rank"
    return kind_of(Suspect(state, index, 0), parameter_of(state.node(index), word), layers[index][word])


def _ratios(state: State, inputs: Mapping[str, Shape]) -> Iterator[float]:
    """How much each size of an input changes."""
    yield 1.0
    for name, shape in inputs.items():
        before = state.network.inputs[name]
        yield from (
            ratio(old or 0, new or 0) for old, new in zip(before, shape, strict=False) if len(before) == len(shape)
        )


def _apply(raw: dict[str, Any], path: list[str], operation: Any) -> bool:
    """Apply one operation below a layer object; False where it cannot be."""
    holder: Any = raw
    for part in path[:-1]:
        holder = holder[int(part)] if isinstance(holder, list) else holder.get(part)
        if not isinstance(holder, dict | list):
            return False
    last: Any = int(path[-1]) if isinstance(holder, list) and path[-1].isdigit() else path[-1]
    if operation["op"] == "remove":
        del holder[last]
    elif operation["op"] == "move":
        holder[last] = holder.pop(operation["from"].split("/")[-1])
    elif isinstance(holder, list) and operation["op"] == "add":
        holder.insert(last, operation["value"])
    else:
        holder[last] = operation["value"]
    return True


def _input(network: Network, path: list[str]) -> tuple[str, int | None]:
    """The input that a path is about, and the axis of its shape if it is about one."""
    if path[0] == "input_shape":
        return next(iter(network.inputs)), int(path[1]) if len(path) > 1 else None
    name = path[1].replace("~1", "/").replace("~0", "~")
    return name, int(path[2]) if len(path) > 2 else None
