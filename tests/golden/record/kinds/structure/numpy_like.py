"""What `jax.numpy` and `keras.ops` call alike: functions by kind, for a module that has NumPy's names."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.golden.record.kinds.structure.indices import python_index

Layer = dict[str, Any]


def as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def split(np: Any, layer: Layer, x: Any) -> Any:
    return np.split(x, as_tuple(layer["indices"]) if "indices" in layer else layer["sections"], layer["dim"])


def dims(layer: Layer, name: str = "dims") -> Any:
    return as_tuple(layer.get(name))


def transpose(np: Any, layer: Layer, x: Any) -> Any:
    return np.swapaxes(x, layer["dim0"], layer["dim1"]) if "dim0" in layer else np.transpose(x)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "split": split,
    "unbind": lambda np, layer, x: np.unstack(x, axis=layer["dim"]),
    "squeeze": lambda np, layer, x: np.squeeze(x, dims(layer, "dim")),
    "unsqueeze": lambda np, layer, x: np.expand_dims(x, dims(layer, "dim")),
    "transpose": transpose,
    "permute": lambda np, layer, x: np.transpose(x, tuple(layer["dims"])),
    "movedim": lambda np, layer, x: np.moveaxis(x, dims(layer, "source"), dims(layer, "destination")),
    "roll": lambda np, layer, x: np.roll(x, as_tuple(layer["shifts"]), dims(layer)),
    "flip": lambda np, layer, x: np.flip(x, dims(layer)),
    "rot90": lambda np, layer, x: np.rot90(x, layer["k"], dims(layer)),
    "expand": lambda np, layer, x: np.broadcast_to(x, tuple(layer["shape"])),
    "tile": lambda np, layer, x: np.tile(x, tuple(layer["repeats"])),
    "reshape": lambda np, layer, x: np.reshape(x, tuple(layer["shape"])),
    "stack": lambda np, layer, *inputs: np.stack(inputs, layer["dim"]),
    "take_along": lambda np, layer, x, y: np.take_along_axis(x, y, layer.get("dim")),
    "meshgrid": lambda np, layer, *inputs: np.meshgrid(*inputs, indexing=layer["indexing"]),
    "getitem": lambda np, layer, *inputs: inputs[0][python_index(layer["index"], inputs)],
    "pad": lambda np, layer, x: np.pad(x, every_axis(layer, len(x.shape))),
    "nonzero": lambda np, layer, x: np.nonzero(x),
    "range": lambda np, layer: np.arange(layer["start"], layer["limit"], layer["delta"]),
}


def every_axis(layer: Layer, count: int) -> list[tuple[int, int]]:
    """The padding of every axis, where those that are named are padded."""
    pairs = [(0, 0)] * count
    if len({dim % count for dim in layer["dims"] if count}) != len(layer["dims"]):
        raise ValueError("an axis twice")
    for dim, pair in zip(layer["dims"], layer["padding"], strict=True):
        if not -count <= dim < count:
            raise IndexError("no such axis")
        pairs[dim] = tuple(pair)
    return pairs
