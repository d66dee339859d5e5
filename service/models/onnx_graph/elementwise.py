"""Functions of the elements of small tensors, with what is unknown, and where each number comes from."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.models.onnx_graph.parts import MOST_ELEMENTS, Node
from service.models.onnx_graph.values import COMPUTED, LITERAL, Numbers, Origin, Origins

Array = NDArray[Any]
MOST_TRACED = 64
"""Elements whose origins are kept through arithmetic. Chosen: a shape has fewer."""
NUMPY_TYPES: Mapping[int, Any] = {
    1: np.float32, 2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_,
    10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64,
}  # fmt: skip
"""Types of numbers by ONNX's numbers for them."""


class NotFoldedError(ValueError):
    """What a node makes of these numbers is not computed."""


Arguments = Sequence[Numbers | None]
Fold = Callable[[Arguments, Node, Origins], Numbers]


def require_small(count: int) -> None:
    """Raise `NotFoldedError` for a result of many elements, before it is made."""
    if not 0 <= count <= MOST_ELEMENTS:
        raise NotFoldedError


def given(arguments: Arguments, place: int) -> Numbers:
    """An argument that must be there.

    Raises:
        NotFoldedError: It is not.
    """
    found = arguments[place] if place < len(arguments) else None
    if found is None:
        raise NotFoldedError
    return found


def elementwise(function: Callable[..., Any], *, traced: Callable[..., Fraction | None] | None = None) -> Fold:
    """A function of elements; what depends on an unknown one is unknown.

    `traced` says by what factor the origin's size is multiplied, given which operand is it and the other's value.
    """

    def fold(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
        operands = [given(arguments, place) for place in range(len(arguments))]
        shape = np.broadcast_shapes(*[operand.values.shape for operand in operands])
        require_small(prod(shape))
        with np.errstate(all="ignore"):
            values = np.asarray(function(*[operand.values for operand in operands]))
        unknown = np.broadcast_to(np.logical_or.reduce([np.broadcast_to(o.unknown, shape) for o in operands]), shape)
        places = np.stack([np.broadcast_to(operand.origins, shape) for operand in operands])
        if not places.any():
            return Numbers(values, unknown, np.zeros(shape, np.int64))
        made = np.where(places.any(axis=0), COMPUTED, LITERAL)
        if traced is not None and len(operands) == 2 and made.size <= MOST_TRACED:
            made = _traced(operands, places, shape, made, traced, origins)
        return Numbers(values, unknown, made)

    return fold


def _traced(
    operands: Sequence[Numbers],
    places: Array,
    shape: tuple[int, ...],
    made: Array,
    traced: Callable[..., Fraction | None],
    origins: Origins,
) -> Array:
    """The origins of products and quotients with numbers that stand in the file."""
    numbers = [np.broadcast_to(operand.values, shape).ravel().tolist() for operand in operands]
    result = made.ravel().tolist()
    for index, (first, second) in enumerate(zip(*[row.ravel().tolist() for row in places], strict=True)):
        origin = origins.origin(first or second)
        if origin is None or (first and second) or origin.factor.denominator != 1:
            continue
        factor = traced(bool(first), numbers[1 if first else 0][index])
        if factor is not None and 0 < origin.factor * factor < MOST_ELEMENTS:
            result[index] = origins.number(Origin(origin.tensor, origin.axis, origin.factor * factor))
    return np.array(result, np.int64).reshape(shape)


def multiplied(first: bool, other: float) -> Fraction | None:
    """By what factor a product is an origin's size."""
    return Fraction(other) if np.isfinite(other) else None


def divided(first: bool, other: float) -> Fraction | None:
    """By what factor a quotient is an origin's size; None where the size is the divisor."""
    return 1 / Fraction(other) if first and other and np.isfinite(other) else None


def quotient(first: Array, second: Array) -> Any:
    """Division as ONNX has it: integers towards 0."""
    if first.dtype.kind not in "iu" or second.dtype.kind not in "iu":
        return np.true_divide(first, second).astype(np.result_type(first, second))
    if not np.all(second):
        raise NotFoldedError
    whole = np.floor_divide(np.abs(first), np.abs(second))
    return np.where((first < 0) != (second < 0), -whole, whole)


def kept(function: Callable[[Array], Array] | None = None) -> Fold:
    """A function of one argument that leaves sizes what they are."""

    def fold(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
        numbers = given(arguments, 0)
        with np.errstate(all="ignore"):
            values = numbers.values if function is None else function(numbers.values)
        return Numbers(values, numbers.unknown, numbers.origins)

    return fold


def cast(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """Numbers of another type."""
    numbers, wanted = given(arguments, 0), NUMPY_TYPES[int(node.attributes["to"])]
    with np.errstate(all="ignore"):
        return Numbers(numbers.values.astype(wanted), numbers.unknown, numbers.origins)


def where(arguments: Arguments, node: Node, origins: Origins) -> Numbers:
    """One of two numbers, as the first argument says."""
    condition, yes, no = (given(arguments, place) for place in range(3))
    shape = np.broadcast_shapes(condition.values.shape, yes.values.shape, no.values.shape)
    require_small(prod(shape))
    chosen = condition.values.astype(bool)
    made = np.where(chosen, yes.origins, no.origins)
    return Numbers(
        np.where(chosen, yes.values, no.values),
        np.where(chosen, yes.unknown, no.unknown) | np.broadcast_to(condition.unknown, shape),
        np.where(np.broadcast_to(condition.origins, shape) > 0, np.where(made > 0, made, COMPUTED), made),
    )


def remainder(first: Array, second: Array) -> Any:
    """The remainder, with the sign of the divisor.

    Raises:
        NotFoldedError: A divisor is 0.
    """
    if not np.all(second):
        raise NotFoldedError
    return np.mod(first, second)
