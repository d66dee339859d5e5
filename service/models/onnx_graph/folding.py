"""Arithmetic on the small tensors that say shapes, with what is unknown, and where each number comes from."""

import operator
from collections.abc import Callable, Mapping
from math import ceil, prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.models.onnx_graph.elementwise import (
    MOST_TRACED,
    Arguments,
    Fold,
    NotFoldedError,
    cast,
    divided,
    elementwise,
    given,
    kept,
    multiplied,
    quotient,
    remainder,
    require_small,
    where,
)
from service.models.onnx_graph.parts import MOST_ELEMENTS, Node
from service.models.onnx_graph.values import Numbers, Origins

Array = NDArray[Any]
ERRORS = (ValueError, IndexError, TypeError, OverflowError, ZeroDivisionError, KeyError, AttributeError)
"""What arithmetic raises on numbers that do not go together; then nothing is folded, and the layer is judged."""


def moved(numbers: Numbers, move: Callable[[Array], Array]) -> Numbers:
    """Elements moved elsewhere, with all that is known of them."""
    return Numbers(move(numbers.values), move(numbers.unknown), move(numbers.origins))


def settings(arguments: Arguments, place: int, node: Node, attribute: str) -> list[int] | None:
    """A list of integers that an argument or an attribute gives; None where neither does.

    Raises:
        NotFoldedError: It is not known.
    """
    if place < len(arguments) and arguments[place] is not None:
        found = given(arguments, place)
        if not found.known:
            raise NotFoldedError
        return [int(entry) for entry in found.values.ravel().tolist()]
    value = node.attributes.get(attribute)
    return None if value is None else [int(entry) for entry in (value if isinstance(value, list) else [value])]


# --- elements moved ---------------------------------------------------------------------------------------------------


def gather(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """Elements along an axis."""
    numbers, indices = given(arguments, 0), given(arguments, 1)
    if not indices.known:
        raise NotFoldedError
    require_small(numbers.values.size * max(indices.values.size, 1))
    places, axis = indices.values.astype(np.int64), int(node.attributes.get("axis", 0))
    return moved(numbers, lambda array: np.take(array, places, axis=axis))


def sliced(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """A part along some axes."""
    numbers = given(arguments, 0)
    starts, ends = settings(arguments, 1, node, "starts"), settings(arguments, 2, node, "ends")
    if starts is None or ends is None:
        raise NotFoldedError
    axes = settings(arguments, 3, node, "axes") or list(range(len(starts)))
    steps = settings(arguments, 4, node, "steps") or [1] * len(starts)
    index: list[slice] = [slice(None)] * numbers.values.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        size = numbers.values.shape[axis]
        past = step < 0 and end < -size
        index[axis] = slice(start, None if past else end, step)
    return moved(numbers, lambda array: array[tuple(index)])


def concatenated(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """Arguments one after the other."""
    parts = [given(arguments, place) for place in range(len(arguments))]
    require_small(sum(part.values.size for part in parts))
    axis = int(node.attributes["axis"])
    rows = [[getattr(part, name) for part in parts] for name in ("values", "unknown", "origins")]
    return Numbers(*[np.concatenate(row, axis=axis) for row in rows])


def unsqueezed(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """New axes of size 1."""
    numbers, axes = given(arguments, 0), settings(arguments, 1, node, "axes") or []
    require_small(len(axes) + numbers.values.ndim)
    return moved(numbers, lambda array: np.expand_dims(array, tuple(axes)))


def squeezed(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """Axes of size 1 less."""
    numbers, axes = given(arguments, 0), settings(arguments, 1, node, "axes")
    return moved(numbers, lambda array: np.squeeze(array, None if axes is None else tuple(axes)))


def reshaped(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """The same elements in another shape."""
    numbers, shape = given(arguments, 0), settings(arguments, 1, node, "shape")
    if shape is None:
        raise NotFoldedError
    if not node.attributes.get("allowzero"):
        shape = [numbers.values.shape[axis] if size == 0 else size for axis, size in enumerate(shape)]
    return moved(numbers, lambda array: array.reshape(shape))


def transposed(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """The axes in another order."""
    return moved(given(arguments, 0), lambda array: np.transpose(array, node.attributes.get("perm")))


def expanded(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """Sizes of 1 stretched."""
    numbers, wanted = given(arguments, 0), settings(arguments, 1, node, "shape")
    if wanted is None:
        raise NotFoldedError
    require_small(prod(wanted) * max(numbers.values.size, 1))
    shape = np.broadcast_shapes(numbers.values.shape, tuple(wanted))
    require_small(prod(shape))
    return moved(numbers, lambda array: np.broadcast_to(array, shape))


def tiled(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """The whole again and again."""
    numbers, repeats = given(arguments, 0), settings(arguments, 1, node, "repeats")
    if repeats is None or min(repeats, default=0) < 0:
        raise NotFoldedError
    require_small(prod(repeats) * numbers.values.size)
    return moved(numbers, lambda array: np.tile(array, repeats))


def filled(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """One number in a shape."""
    shape = settings(arguments, 0, node, "shape")
    if shape is None or given(arguments, 0).origins.any():
        raise NotFoldedError
    require_small(prod(shape))
    held = node.attributes.get("value")
    number = np.float32(0) if held is None else held.array.ravel()[0]
    return Numbers.literal(np.full(shape, number))


def ranged(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """Numbers from a start to before a limit."""
    bounds = [given(arguments, place) for place in range(3)]
    if not all(bound.known for bound in bounds):
        raise NotFoldedError
    start, limit, delta = (bound.values.ravel()[0] for bound in bounds)
    require_small(ceil((float(limit) - float(start)) / float(delta)) if delta and limit != start else 0)
    values = np.arange(start, limit, delta, dtype=bounds[0].values.dtype)
    varies = any(bound.origins.any() for bound in bounds)
    return Numbers(values, np.zeros(values.shape, bool), np.full(values.shape, int(varies), np.int64))


def reduced(function: Callable[..., Any]) -> Fold:
    """A function of all elements along some axes."""

    def fold(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
        numbers, axes = given(arguments, 0), settings(arguments, 1, node, "axes")
        if not axes and node.attributes.get("noop_with_empty_axes"):
            return numbers
        along = tuple(axes) if axes else None
        keep = bool(node.attributes.get("keepdims", 1))
        with np.errstate(all="ignore"):
            values = np.asarray(function(numbers.values, axis=along, keepdims=keep)).astype(numbers.values.dtype)
        unknown = np.asarray(np.any(numbers.unknown, axis=along, keepdims=keep))
        varies = np.asarray(np.any(numbers.origins > 0, axis=along, keepdims=keep))
        return Numbers(values, unknown, varies.astype(np.int64))

    return fold


FOLDS: Mapping[str, Fold] = {
    "Add": elementwise(operator.add),
    "Sub": elementwise(operator.sub),
    "Mul": elementwise(operator.mul, traced=multiplied),
    "Div": elementwise(quotient, traced=divided),
    "Mod": elementwise(remainder),
    "Pow": elementwise(lambda first, second: np.power(first.astype(np.float64), second).astype(first.dtype)),
    "Neg": elementwise(operator.neg),
    "Abs": elementwise(np.abs),
    "Sqrt": elementwise(np.sqrt),
    "Reciprocal": elementwise(np.reciprocal),
    "Min": elementwise(lambda *operands: np.minimum.reduce(np.broadcast_arrays(*operands))),
    "Max": elementwise(lambda *operands: np.maximum.reduce(np.broadcast_arrays(*operands))),
    "Equal": elementwise(operator.eq),
    "Less": elementwise(operator.lt),
    "LessOrEqual": elementwise(operator.le),
    "Greater": elementwise(operator.gt),
    "GreaterOrEqual": elementwise(operator.ge),
    "And": elementwise(np.logical_and),
    "Or": elementwise(np.logical_or),
    "Xor": elementwise(np.logical_xor),
    "Not": elementwise(np.logical_not),
    "Sign": elementwise(np.sign),
    "Relu": elementwise(lambda numbers: np.maximum(numbers, 0)),
    "Floor": kept(np.floor),
    "Ceil": elementwise(np.ceil),
    "Round": elementwise(np.round),
    "Identity": kept(),
    "Cast": cast,
    "Where": where,
    "Gather": gather,
    "Slice": sliced,
    "Concat": concatenated,
    "Unsqueeze": unsqueezed,
    "Squeeze": squeezed,
    "Reshape": reshaped,
    "Transpose": transposed,
    "Expand": expanded,
    "Tile": tiled,
    "ConstantOfShape": filled,
    "Range": ranged,
    "ReduceProd": reduced(np.prod),
    "ReduceSum": reduced(np.sum),
    "ReduceMax": reduced(np.max),
    "ReduceMin": reduced(np.min),
}
"""What nodes make of numbers, by operator."""


def folded(node: Node, arguments: Arguments, origins: Origins) -> Numbers | None:
    """What a node makes of small tensors of numbers; None where it is not computed."""
    fold = FOLDS.get(node.type)
    if fold is None:
        return None
    try:
        made = fold(arguments, node, origins)
    except ERRORS:
        return None
    return made if made.values.size <= MOST_ELEMENTS and made.values.ndim <= MOST_TRACED else None
