"""Runs a layer in JAX on the CPU, in float64: whatever it raises is a refusal.

Never by abstract evaluation (`jax.eval_shape`): it accepts lists of a wrong length, and strides and kernels of 0, which
lowering refuses.

A layer's parameters go to the function as they are; Python refuses a parameter that the function does not have. What
JAX leaves to its user is chosen here:

- channels first everywhere, and a transposed convolution's weight is (out, in, *kernel), like a plain one's;
- pools follow `flax.linen` step by step, with the channels first: stride 1 and "VALID" unless given, padding counted in
  an average, with or without a batch axis; several batch axes only with named padding. The dilation of a window and
  that of the input, which flax does not have, go to `lax.reduce_window`;
- a global pool keeps its axes, of size 1; `flatten` is `lax.collapse`; `linear` is `x @ w` with a weight of (in, out);
- `pad` in the mode constant is `lax.pad`, in the other modes `jnp.pad`.
"""

import os
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import count
from math import prod
from multiprocessing import get_context
from typing import Any

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from tests.golden.record.arrays import from_numpy, to_numpy, tuples
from tests.golden.record.layers.drafts import Layer, Shape, family_of, rank_of
from tests.golden.record.layers.jax.types import SAMPLER
from tests.golden.record.recorder import Array, Recorder

PACKAGES = "jax==0.10.2 jaxlib==0.10.2"

jax.config.update("jax_enable_x64", True)
warnings.filterwarnings("ignore")

NOT_ARGUMENTS = ("type", "kernel_size", "in_channels", "out_channels", "in_features", "out_features", "window_shape")
LAYOUTS = {1: ("NCW", "OIW", "NCW"), 2: ("NCHW", "OIHW", "NCHW"), 3: ("NCDHW", "OIDHW", "NCDHW")}
JNP_MODES = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
RUNS_PER_CLEARING = 400
"""Runs between two clearings of JAX's caches. Chosen: each case compiles a program that is never used again."""
runs = count(1)


def arguments(layer: Layer, **defaults: Any) -> dict[str, Any]:
    """The parameters of the layer, with defaults for those that it leaves out."""
    return defaults | {name: tuples(value) for name, value in layer.items() if name not in NOT_ARGUMENTS}


def per_axis(layer: Layer, name: str) -> tuple[int, ...]:
    """A parameter with one number per axis of the layer's type; JAX itself takes the rank from the arrays."""
    rank, value = rank_of(layer["type"]), layer[name]
    values = (value,) * rank if isinstance(value, int) else tuple(value)
    if len(values) != rank:
        raise ValueError(f"{layer['type']} takes a {name} of {rank}, not {len(values)}")
    return values


# --- layers -----------------------------------------------------------------------------------------------------------


def convolution(layer: Layer, array: jax.Array, weight: jax.Array) -> jax.Array:
    ones = (1,) * rank_of(layer["type"])
    return lax.conv_general_dilated(array, weight, **arguments(layer, window_strides=ones, padding="VALID"))


def transposed(layer: Layer, array: jax.Array, weight: jax.Array) -> jax.Array:
    rank = rank_of(layer["type"])
    return lax.conv_transpose(
        array, weight, **arguments(layer, strides=(1,) * rank, dimension_numbers=LAYOUTS[rank], transpose_kernel=False)
    )


def max_pool(layer: Layer, array: jax.Array, weight: None) -> jax.Array:
    return pool(array, -jnp.inf, lax.max, per_axis(layer, "window_shape"), **arguments(layer))


def min_pool(layer: Layer, array: jax.Array, weight: None) -> jax.Array:
    return pool(array, jnp.inf, lax.min, per_axis(layer, "window_shape"), **arguments(layer))


def sum_pool(layer: Layer, array: jax.Array, weight: None) -> jax.Array:
    return pool(array, 0.0, lax.add, per_axis(layer, "window_shape"), **arguments(layer))


def avg_pool(layer: Layer, array: jax.Array, weight: None) -> jax.Array:
    """As `flax.linen.avg_pool`."""
    window, options = per_axis(layer, "window_shape"), arguments(layer)
    count_include_pad = options.pop("count_include_pad", True)
    sums = pool(array, 0.0, lax.add, window, **options)
    if count_include_pad:
        return sums / prod(window)
    channels = array.ndim - len(window) - 1
    ones = jnp.ones((*array.shape[:channels], 1, *array.shape[channels + 1 :]))
    return sums / pool(ones, 0.0, lax.add, window, **options)


def pool(
    array: jax.Array, initial: float, reduce: Callable[..., Any], window: tuple[int, ...], *,
    strides: tuple[int, ...] | None = None, padding: str | tuple[Any, ...] = "VALID",
    window_dilation: tuple[int, ...] | None = None, base_dilation: tuple[int, ...] | None = None,
) -> jax.Array:  # fmt: skip
    """As `flax.linen.pooling.pool`, with the channels before the window's axes."""
    batch_axes = array.ndim - (len(window) + 1)
    strides = strides or (1,) * len(window)
    assert len(window) == len(strides), f"len({window}) must equal len({strides})"
    is_unbatched = batch_axes == 0
    if is_unbatched:
        array, batch_axes = array[None], 1
    leading = (1,) * batch_axes + (1,)
    assert array.ndim == len(leading + window), f"len({array.shape}) != len({leading + window})"
    if not isinstance(padding, str):
        padding = tuple(map(tuple, padding))
        assert len(padding) == len(window), f"padding {padding} must specify pads for same number of dims as {window}"
        assert all(len(pair) == 2 for pair in padding), f"each entry in padding {padding} must be length 2"
        padding = ((0, 0), (0, 0), *padding)
    dilations = {
        name: leading + dilation
        for name, dilation in (("window_dilation", window_dilation), ("base_dilation", base_dilation))
        if dilation is not None
    }
    pooled = lax.reduce_window(array, initial, reduce, leading + window, leading + strides, padding, **dilations)
    return pooled[0] if is_unbatched else pooled


def global_pool(layer: Layer, array: jax.Array, weight: None) -> jax.Array:
    axes = tuple(range(-rank_of(layer["type"]), 0))
    return (jnp.max if "max" in layer["type"] else jnp.mean)(array, axis=axes, keepdims=True, **arguments(layer))


def pad(layer: Layer, array: jax.Array, weight: None) -> jax.Array:
    mode, pairs = layer.get("mode", "constant"), tuples(layer["padding"])
    pairs = ((0, 0),) * (array.ndim - len(pairs)) + pairs
    if mode == "constant":
        return lax.pad(array, float(layer.get("value", 0)), tuple((*pair, 0) for pair in pairs))
    value = {"constant_values": layer["value"]} if "value" in layer else {}
    return jnp.pad(array, pairs, mode=JNP_MODES.get(mode, mode), **value)


def flatten(layer: Layer, array: jax.Array, weight: None) -> jax.Array:
    """`lax.collapse`, whose end is exclusive and which clips what is out of range as a slice does."""
    end = layer.get("end_dim", -1)
    return lax.collapse(array, layer.get("start_dim", 1), None if end == -1 else end + 1)


def linear(layer: Layer, array: jax.Array, weight: jax.Array) -> jax.Array:
    return jnp.matmul(array, weight, **arguments(layer))


FAMILIES: dict[str, Callable[..., jax.Array]] = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": max_pool, "avg_pool": avg_pool,
    "min_pool": min_pool, "sum_pool": sum_pool,
    "global_max_pool": global_pool, "global_avg_pool": global_pool, "pad": pad, "flatten": flatten, "linear": linear,
}  # fmt: skip


# --- what the recorder asks for ---------------------------------------------------------------------------------------


def output_shape(layer: Layer, shape: Shape) -> Shape:
    """The shape that comes out; raises what JAX raises."""
    weights = [np.ones(sizes) for sizes in weight_shapes(layer, shape).values()]
    return list(run(layer, np.ones(shape), *weights).shape)


def weight_shapes(layer: Layer, shape: Shape) -> dict[str, Shape]:
    """The shape of the `weight`, where the layer has one; none of JAX's functions adds a bias."""
    if layer["type"] == "linear":
        return {"weight": [layer["in_features"], layer["out_features"]]}
    if not layer["type"].startswith("conv"):
        return {}
    inputs, groups = layer["in_channels"], max(layer.get("feature_group_count", 1), 1)
    if layer["type"].startswith("conv_transpose"):
        groups = 1
    if inputs % groups:
        raise ValueError(f"no weight has {inputs} input channels in {groups} groups")
    return {"weight": [layer["out_channels"], inputs // groups, *per_axis(layer, "kernel_size")]}


def output_values(layer: Layer, arrays: dict[str, Any]) -> Array:
    """The layer applied to the input with the given weight.

    In a process of its own: the recorder forks, and a process that has run JAX must not be forked.
    """
    return worker().submit(applied, layer, arrays).result()


@cache
def worker() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def applied(layer: Layer, arrays: dict[str, Any]) -> Array:
    operands = [arrays[name] for name in ("input", "weight") if arrays[name] is not None]
    return from_numpy(run(layer, *map(to_numpy, operands)))


def run(layer: Layer, array: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """The computed output: `np.asarray` waits for it."""
    if next(runs) % RUNS_PER_CLEARING == 0:
        jax.clear_caches()
    family = FAMILIES[family_of(layer["type"])]
    try:
        return np.asarray(family(layer, jnp.asarray(array), None if weight is None else jnp.asarray(weight)))
    except ValueError as error:
        raise ValueError(with_cause(str(error))) from error


def with_cause(message: str) -> str:
    """One line: the compiler's first line, and the second where the first one only announces it."""
    lines = message.strip().splitlines()
    return lines[0] if len(lines) < 2 or not lines[0].endswith(":") else " ".join(line.strip() for line in lines[:2])


RECORDER = Recorder(
    version=jax.__version__,
    cases=3_900,
    sampler=SAMPLER,
    output_shape=output_shape,
    weight_shapes=weight_shapes,
    output_values=output_values,
)
