"""Calls JAX's functions on the CPU, with inputs of ones in float32, and of zeros where indices are meant."""

import os
import warnings
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen, nnx
from jax import lax

from tests.golden.record.arrays import tuples

Layer = dict[str, Any]
Call = Callable[[Any, list[Any], Layer], Any]
"""(function, inputs, arguments) → what it gives."""
VERSION = jax.__version__
RUNS_PER_CLEARING = 400
"""Runs between two clearings of JAX's caches. Chosen: each case compiles a program that is never used again."""
MODULES: Mapping[str, Any] = {
    "jnp": jnp, "jax.numpy": jnp, "lax": lax, "jax.lax": lax, "jax.nn": jax.nn, "nnx": nnx, "flax.nnx": nnx,
    "linen": linen, "flax.linen": linen, "jax.image": jax.image,
}  # fmt: skip
INTEGERS = {
    "one_hot": (0,),
    "take": (1,),
    "take_along_axis": (1,),
    **dict.fromkeys(("bitwise_and", "bitwise_or"), (0, 1)),
}
INTEGERS["bitwise_xor"] = (0, 1)
FLAGS = {"where": (0,)}
BY_VALUES = ("nonzero", "repeat")
"""Functions whose shapes depend on values, so that they have to be executed."""
TRACED = bool(os.environ.get("TRACED"))
"""Whether the calls are compiled up to XLA's own part, not executed: ten times as fast, for many fresh cases."""

warnings.filterwarnings("ignore")
runs = 0


def inputs(name: str, shapes: list[list[int]]) -> list[Any]:
    """The inputs of a function."""
    kinds = {**dict.fromkeys(INTEGERS.get(name, ()), "int32"), **dict.fromkeys(FLAGS.get(name, ()), "bool")}
    return [
        jnp.asarray(np.zeros(shape, kinds[place]) if place in kinds else np.ones(shape, "float32"))
        for place, shape in enumerate(shapes)
    ]


def plain(function: Any, arrays: list[Any], given: Layer) -> Any:
    """The inputs first, a number among them, then the arguments by their names."""
    numbers = [given.pop("other")] if "other" in given else []
    return function(*arrays, *numbers, **given)


def of_list(function: Any, arrays: list[Any], given: Layer) -> Any:
    return function(arrays, **given)


def einsum(function: Any, arrays: list[Any], given: Layer) -> Any:
    return function(given["subscripts"], *arrays)


def astype(function: Any, arrays: list[Any], given: Layer) -> Any:
    return function(arrays[0], given["dtype"])


def arange(function: Any, arrays: list[Any], given: Layer) -> Any:
    return function(*given.values())


def where(function: Any, arrays: list[Any], given: Layer) -> Any:
    numbers = [given["other"]] if "other" in given else []
    return function(*arrays, *numbers)


def repeat(function: Any, arrays: list[Any], given: Layer) -> Any:
    repeats = given.pop("repeats")
    return function(*arrays, jnp.array(repeats) if isinstance(repeats, tuple) else repeats, **given)


def convolution(function: Any, arrays: list[Any], given: Layer) -> Any:
    """With a weight of ones in the order of its axes."""
    first, second, kernel = (given.pop(name) for name in ("in_channels", "out_channels", "kernel_size"))
    transposed = "strides" in given
    order = given.get("dimension_numbers", (None, "HWIO" if transposed else "OIHW"))[1]
    channels = (first // given.get("feature_group_count", 1), second)
    weight = (*kernel, *channels) if order.endswith("IO") else (*reversed(channels), *kernel)
    if function is lax.conv_with_general_padding:
        given = {"lhs_dilation": None, "rhs_dilation": None, **given}
    return function(arrays[0], jnp.asarray(np.ones(weight, "float32")), **given)


SPECIAL: Mapping[str, Call] = {
    **dict.fromkeys(("concatenate", "concat", "stack"), of_list),
    **dict.fromkeys(("conv_general_dilated", "conv_with_general_padding", "conv", "conv_transpose"), convolution),
    "einsum": einsum,
    "astype": astype,
    "arange": arange,
    "where": where,
    "repeat": repeat,
}


def run(layer: Layer, shapes: list[list[int]]) -> list[list[int]]:
    """The shapes that come out; raises what JAX raises."""
    global runs
    runs += 1
    if runs % RUNS_PER_CLEARING == 0:
        jax.clear_caches()
    module, _, name = layer["type"].rpartition(".")
    given = {word: tuples(value) for word, value in layer.items() if word != "type"}
    arrays = inputs(name, shapes)
    if TRACED and arrays and name not in BY_VALUES:
        result = jax.jit(lambda arrays: called(module, name, arrays, dict(given))).lower(arrays).out_info
    else:
        result = jax.block_until_ready(called(module, name, arrays, given))
    results = list(result) if isinstance(result, tuple | list) else [result]
    assert all(prod(array.shape) >= 0 for array in results)
    return [list(array.shape) for array in results]


def called(module: str, name: str, arrays: list[Any], given: Layer) -> Any:
    return SPECIAL.get(name, plain)(getattr(MODULES[module], name), arrays, given)
