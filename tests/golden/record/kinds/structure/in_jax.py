"""Runs layers that change the structure of tensors in JAX, on the CPU."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp

from tests.golden.record.kinds.structure.in_lists import sliced_index
from tests.golden.record.kinds.structure.numpy_like import FUNCTIONS, every_axis

NAME = "jax"
VERSION = jax.__version__
Layer = dict[str, Any]


def array_split(layer: Layer, x: Any) -> Any:
    if layer.get("indices") is not None:
        return jnp.array_split(x, tuple(layer["indices"]), layer["dim"])
    return jnp.array_split(x, layer["sections"], layer["dim"])


def repeat_interleave(layer: Layer, x: Any) -> Any:
    repeats = layer["repeats"]
    return jnp.repeat(x, repeats if isinstance(repeats, int) else jnp.array(repeats), layer.get("dim"))


def pad(layer: Layer, x: Any) -> Any:
    return jax.lax.pad(x, 0.0, [(*pair, 0) for pair in every_axis(layer, x.ndim)])


def resize(layer: Layer, x: Any) -> Any:
    return jax.image.resize(x, tuple(layer["new_sizes"]), "nearest")


RUN: Mapping[str, Callable[..., Any]] = {
    **{kind: partial(function, jnp) for kind, function in FUNCTIONS.items()},
    "tensor_split": array_split,
    "tril": lambda layer, x: jnp.tril(x, layer["diagonal"]),
    "triu": lambda layer, x: jnp.triu(x, layer["diagonal"]),
    "repeat_interleave": repeat_interleave,
    "slice": lambda layer, x: x[sliced_index(layer, x.ndim)],
    "indexed": partial(FUNCTIONS["getitem"], jnp),
    "resize": resize,
    "pad": pad,
}


def run(kind: str, layer: Layer, shapes: Sequence[Sequence[int]]) -> list[list[int]]:
    """The shapes of the outputs."""
    made = [jnp.ones(tuple(shape)) for shape in shapes]
    if layer["type"] in ("take_along", "getitem"):
        made[1:] = [array.astype("int32") * 0 for array in made[1:]]
    if layer["type"] == "getitem":
        layer = {**layer, "index": listed(layer["index"])}
    result = RUN[kind](layer, *made)
    outputs = [result] if isinstance(result, jax.Array) else list(result)
    return [list(output.shape) for output in outputs]


def listed(index: Any) -> Any:
    """An index whose lists are arrays."""
    if not isinstance(index, list):
        return index
    return [jnp.array(item) if isinstance(item, list) else item for item in index]


def takes(layer: Layer) -> bool:
    """Whether JAX has what the layer asks for at all; 0 repeats skip its check of the axis, and are left out."""
    return layer.get("repeats") != 0 and not ("split_size" in layer or "scales" in layer)
