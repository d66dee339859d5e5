"""JAX's names of window reductions: `lax.reduce_window`, whose lists are about every axis, and Flax's pools.

A reduction is one of our pools where its windows leave the batch and the channels alone, the channels being in front
of the spatial axes or behind them. With two axes beside the spatial ones that is a batch, with one it is none.
"""

from collections.abc import Mapping
from typing import Any

from service.core.layers.names import conversions as to
from service.core.layers.names.jax import CHANNELS_LAST, FUNCTION_PREFIXES, LAX_PREFIXES, OPTIONS
from service.core.layers.names.layer_name import LayerName, OutOfRangeError, Vocabulary, Word, Words, called
from service.core.layers.registry import SPATIAL_RANKS

COMPUTATIONS: Mapping[str, str] = {
    **dict.fromkeys(("lax.max", "jax.lax.max", "jnp.maximum", "jax.numpy.maximum"), "max_pool"),
    **dict.fromkeys(("lax.min", "jax.lax.min", "jnp.minimum", "jax.numpy.minimum"), "min_pool"),
    **dict.fromkeys(("lax.add", "jax.lax.add", "jnp.add", "jax.numpy.add"), "sum_pool"),
}
"""Functions of two values, and the pools that they make of a window."""
INFINITIES = ("inf", "jnp.inf", "np.inf", "numpy.inf", "jax.numpy.inf", "math.inf", "float('inf')", 'float("inf")')
NEUTRAL: Mapping[str, tuple[Any, ...]] = {
    "max_pool": (*(f"-{text}" for text in INFINITIES), "float('-inf')", 'float("-inf")'),
    "min_pool": INFINITIES,
    "sum_pool": (0, 0.0),
}
"""What a pool may begin with: it changes no window. JSON has no infinity, so it is a text."""
LEADING_AXES = (2, 1, 3, 4, 5, 6, 7, 8)
"""How many axes may stand beside the spatial ones; the usual number first."""
MOST_WITH_PAIRS = 2
"""How many may stand there where there is padding in amounts."""
LISTS: Mapping[str, str] = {
    "window_dimensions": "kernel_size",
    "window_strides": "stride",
    "base_dilation": "input_dilation",
}
"""Lists in which every entry but those of the spatial axes is 1, and what they are here."""
WORDS: Mapping[str, str] = {**LISTS, "window_dilation": "dilation", "padding": "padding"}
"""All that is about every axis."""
PADDING_NAMES = ("same", "same_lower", "valid")
AN_INTEGER_AN_AXIS = "an integer per axis of the input, batch and channels included"
A_PAIR_AN_AXIS = 'a name ("SAME", "SAME_LOWER", "VALID"), or a pair per axis of the input, batch and channels included'


def places(posted: Mapping[str, Any]) -> tuple[str, range] | None:
    """The layout and the spatial axes of a reduction; None where it is none of our pools."""
    windows: Any = posted.get("window_dimensions")
    if not to.are_integers(windows):
        return None
    count, used, padded = len(windows), set(used_axes(posted)), any(map(any, pads_of(posted)))
    for leading in LEADING_AXES:
        if count - leading not in SPATIAL_RANKS or (leading > MOST_WITH_PAIRS and padded):
            continue
        for layout, first in (("channels_first", leading), ("channels_last", leading - 1)):
            axes = range(first, first + count - leading)
            if used <= set(axes):
                return layout, axes
    return None


def used_axes(posted: Mapping[str, Any]) -> list[int]:
    """The axes along which a reduction has windows, steps, padding or an input dilation."""
    count = len(posted["window_dimensions"])
    lists = [posted[name] for name in LISTS if to.are_integers(posted.get(name)) and len(posted[name]) == count]
    pads = pads_of(posted)
    return [axis for axis in range(count) if any(pads[axis]) or any(entries[axis] != 1 for entries in lists)]


def pads_of(posted: Mapping[str, Any]) -> list[list[int]]:
    """The amounts of padding of every axis of a reduction, none where there is a name."""
    count = len(posted["window_dimensions"])
    padding: Any = posted.get("padding")
    return padding if to.are_pairs(padding) and len(padding) == count else [[0, 0]] * count


def spatial_rank(posted: Mapping[str, Any]) -> int | None:
    """The number of spatial axes of a reduction."""
    found = places(posted)
    return None if found is None else len(found[1])


def window_rank(posted: Mapping[str, Any]) -> int | None:
    """The number of spatial axes of a pool of Flax: its window has an entry for each."""
    window = posted.get("window_shape")
    return len(window) if isinstance(window, list) else None


def per_axis(value: Any, posted: Mapping[str, Any]) -> Any:
    """A list about every axis of the input."""
    windows = posted.get("window_dimensions", value)
    if not to.are_integers(value) or (to.are_integers(windows) and len(value) != len(windows)):
        raise ValueError(AN_INTEGER_AN_AXIS)
    if min(value, default=1) < 1:
        raise OutOfRangeError("with an entry below 1", f"{AN_INTEGER_AN_AXIS}, each at least 1")
    return list(value)


def windows_of_pools(value: Any, posted: Mapping[str, Any]) -> Any:
    """The windows, which must leave the batch and the channels alone."""
    windows = per_axis(value, posted)
    if places(posted) is None:
        most = SPATIAL_RANKS[-1]
        there = f"the last {most} axes at most, or the {most} before the last, and never all"
        bound = f"with windows, steps or padding on the axes {used_axes(posted)}: those of a pool are {there}"
        raise OutOfRangeError(bound, "1 for every other axis, and steps of 1 and no padding there")
    return windows


def pads_per_axis(value: Any, posted: Mapping[str, Any]) -> Any:
    """A padding name, or a pair for every axis of the input."""
    windows = posted.get("window_dimensions", value)
    if isinstance(value, str):
        if value.lower() not in PADDING_NAMES:
            raise OutOfRangeError("which is not a name that it has", A_PAIR_AN_AXIS)
        if value.lower() != "valid" and "window_strides" not in posted:
            form = '"VALID" or a pair per axis, or give `window_strides` too'
            raise OutOfRangeError("which JAX takes beside `window_strides` only", form)
        return value.lower()
    if not to.are_pairs(value) or (isinstance(windows, list) and len(value) != len(windows)):
        raise ValueError(A_PAIR_AN_AXIS)
    return list(value)


def neutral(chooser: str) -> Word:
    """What a reduction begins with, which must leave its windows as they are."""

    def check(value: Any, posted: Mapping[str, Any]) -> None:
        kind = COMPUTATIONS[posted[chooser]]
        if isinstance(value, bool) or value not in NEUTRAL[kind]:
            form = NEUTRAL[kind][0]
            bound = f"which takes part in every window: `{kind}` begins with {form}"
            raise OutOfRangeError(bound, f'"{form}"' if isinstance(form, str) else str(form))

    return Word(None, beside=check)


def of_spatial_axes(values: dict[str, Any]) -> dict[str, Any]:
    """The lists without their entries for the batch and the channels, and where these are."""
    found = places({word: values.get(name) for word, name in WORDS.items()})
    if found is None:
        return {name: value for name, value in values.items() if name not in WORDS.values()}
    layout, axes = found
    count = len(values["kernel_size"])
    cut = {
        name: [value[axis] for axis in axes] if isinstance(value, list) and len(value) == count else value
        for name, value in values.items()
        if name in WORDS.values()
    }
    if count - len(axes) > MOST_WITH_PAIRS and isinstance(cut.get("padding"), list):
        cut["padding"] = "valid"
    return {**values, **cut, "data_format": layout}


REDUCED: Words = {
    "operand": None,
    "init_value": neutral("computation"),
    "window_dimensions": Word("kernel_size", beside=windows_of_pools, counts_axes=len),
    "window_strides": Word("stride", beside=per_axis),
    "padding": Word("padding", beside=pads_per_axis),
    "base_dilation": Word("input_dilation", beside=per_axis),
    "window_dilation": Word("dilation", beside=per_axis),
}
POOLED: Words = {"window_shape": Word("kernel_size", to.as_list), "padding": Word("padding", to.lowered)}
OF_FLAX: Mapping[str, Any] = {"words": POOLED, "defaults": CHANNELS_LAST, "rank": window_rank}

LAX: tuple[LayerName, ...] = (
    called("reduce_window", kind="max_pool", words=REDUCED, chooses=("computation", COMPUTATIONS),
           elsewhere={"stride": 1}, rank=spatial_rank, adapts=of_spatial_axes),
)  # fmt: skip
POOLS: tuple[LayerName, ...] = (
    called("max_pool", kind="max_pool", **OF_FLAX, elsewhere={"stride": 1}),
    called("avg_pool", kind="avg_pool", **OF_FLAX, elsewhere={"stride": 1, "count_include_pad": True}),
    called("min_pool", kind="min_pool", **OF_FLAX),
    called("pool", kind="max_pool", **{**OF_FLAX, "words": {**POOLED, "init": neutral("reduce_fn")}},
           elsewhere={"stride": 1}, chooses=("reduce_fn", COMPUTATIONS)),
)  # fmt: skip

VOCABULARIES = (
    Vocabulary(framework="jax", prefixes=LAX_PREFIXES, names=LAX, everywhere=OPTIONS),
    Vocabulary(framework="jax", prefixes=FUNCTION_PREFIXES, names=POOLS, everywhere=OPTIONS),
)
