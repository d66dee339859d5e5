"""`x[...]` read and written."""

from typing import Any

import numpy as np

from service.models.source.host import NotKnownError, RaisedError, Run, Unknown, Value
from service.models.torch_library.calls import recorded, unknown_tensor
from service.models.torch_library.tensors import TensorHost, constant, of_values
from service.models.torch_library.written import InputIndex

MOST_WRITTEN = 64
"""Entries of a list in an index that are written down; a longer one is a constant."""


def taken(tensor: TensorHost, key: Value, run: Run) -> TensorHost:
    """A part of a tensor."""
    if tensor.known(run) is not None and (found := _of_values(tensor, key)) is not None:
        return found
    entries = _entries(key)
    if any(_is_mask(entry) for entry in entries):
        inputs = [tensor.tensor(run), *(entry.tensor(run) for entry in entries if isinstance(entry, TensorHost))]
        message = "how many values a mask leaves is not known, so the shape of what is taken is not either"
        name = f"{run.module_path}.getitem".strip(".")
        return TensorHost.of(run.recorder.unknown(message, inputs, name=name, place=run.place), run)
    return recorded(run, "operator.getitem", {"input": tensor, **_index(key, entries, 1, run)})[0]


def put(tensor: TensorHost, key: Value, value: Value, run: Run) -> None:
    """A part of a tensor replaced: the tensor becomes what the layer makes."""
    entries = _entries(key)
    if any(_is_mask(entry) or isinstance(entry, Unknown) for entry in entries):
        return
    if isinstance(value, Unknown):
        value = unknown_tensor(run)
    held = {"value": value} if isinstance(value, TensorHost) else {}
    arguments = {"input": tensor, **held, **_index(key, entries, 1 + len(held), run)}
    tensor.become(recorded(run, "operator.setitem", arguments)[0])


def parts(tensor: TensorHost, run: Run) -> list[Value]:
    """Each position along the first axis."""
    if tensor.shape == ():
        raise RaisedError("TypeError", "iteration over a 0-d tensor")
    if (values := tensor.known(run)) is not None:
        run.spend(elements=values.size)
        return [of_values(np.asarray(part), tensor.dtype) for part in values]
    size = tensor.shape[0] if tensor.shape else None
    if size is None:
        raise NotKnownError("how many parts a tensor has is not known")
    run.spend(elements=size)
    return list(recorded(run, "Tensor.unbind", {"input": tensor, "dim": 0}))


def _entries(key: Value) -> list[Value]:
    return list(key) if isinstance(key, tuple) else [key]


def _is_mask(entry: Value) -> bool:
    return isinstance(entry, TensorHost) and entry.dtype == "bool"


def _index(key: Value, entries: list[Value], first: int, run: Run) -> dict[str, Value]:
    """The index as a layer takes it, and the tensors in it, which are further inputs from `first` on."""
    said: list[Any] = []
    tensors: list[TensorHost] = []
    for entry in entries:
        found = _entry(entry, run)
        if isinstance(found, TensorHost):
            said.append(InputIndex(first + len(tensors)))
            tensors.append(found)
        else:
            said.append(found)
    listed = isinstance(key, tuple) or said[0] is None  # alone, None would be an index that is not said
    index = said if listed else said[0]
    return {"indices": tensors, "index": index} if tensors else {"index": index}


def _entry(entry: Value, run: Run) -> Value:
    """One entry: a number, a slice, or a tensor."""
    if isinstance(entry, TensorHost) and entry.data is not None and entry.data.ndim == 0:
        return int(entry.data)
    if isinstance(entry, range | list | tuple):
        listed = list(entry)
        if all(isinstance(part, int) for part in listed) and len(listed) <= MOST_WRITTEN:
            return listed
        return constant((len(listed),), dtype="int64")
    if isinstance(entry, bool):
        raise NotKnownError("an index that is true or false is not known")
    return entry


def _of_values(tensor: TensorHost, key: Value) -> TensorHost | None:
    """A part of values that are known; None where the index is not plain."""
    entries = _entries(key)
    if tensor.data is None or not all(_is_plain(entry) for entry in entries):
        return None
    try:
        return of_values(np.asarray(tensor.data[tuple(entries)]), tensor.dtype)
    except (IndexError, ValueError):
        return None


def _is_plain(entry: Value) -> bool:
    if isinstance(entry, slice):
        return all(part is None or isinstance(part, int) for part in (entry.start, entry.stop, entry.step))
    return entry is None or entry is Ellipsis or (isinstance(entry, int) and not isinstance(entry, bool))
