"""Values in a framework's form as values in ours; each raises ValueError with the form that it should have."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from service.core.geometry.padding_pairs import begins_then_ends, last_axis_first
from service.core.layers.names.layer_name import OutOfRangeError


def is_integer(value: Any) -> bool:
    """Whether a JSON value is an integer, which true and false are not."""
    return type(value) is int


def are_integers(value: Any) -> bool:
    """Whether a JSON value is a list of integers."""
    return isinstance(value, list) and all(map(is_integer, value))


def are_pairs(value: Any) -> bool:
    """Whether a JSON value is a list of pairs of integers."""
    return isinstance(value, list) and all(are_integers(entry) and len(entry) == 2 for entry in value)


# --- padding ----------------------------------------------------------------------------------------------------------


def flat_pad(rank: int | None, *, whole: bool = True) -> Callable[[Any], Any]:
    """PyTorch's padding: one integer for every side of `rank` axes, or two an axis, the last axis first.

    With `whole` there are two integers for each of the `rank` axes, otherwise they may be about fewer axes or more.
    """
    count = f"{2 * rank} integers" if rank else "two integers per axis"
    integer = "an integer, or " if rank else ""
    form = f"{integer}{count} as F.pad has them: before and after of the last axis first"

    def convert(value: Any) -> Any:
        if are_pairs(value) and value:
            return value
        if is_integer(value) and rank:
            return [[value, value]] * rank
        if (
            not are_integers(value)
            or not value
            or len(value) % 2
            or (rank is not None and whole and len(value) != 2 * rank)
        ):
            raise ValueError(form)
        return last_axis_first(value)

    return convert


def spatial_pad(rank: int) -> Callable[[Any], Any]:
    """Keras' padding and cropping: one integer, or an integer or a pair for each axis; at rank 1 the pair itself."""
    form = "an integer, or [before, after]" if rank == 1 else f"an integer, or {rank} integers or pairs"

    def convert(value: Any) -> Any:
        if is_integer(value):
            return [[value, value]] * rank
        if rank == 1 and are_integers(value) and len(value) == 2:
            return [value]
        if rank > 1 and isinstance(value, list) and len(value) == rank:
            pairs = [[entry, entry] if is_integer(entry) else entry for entry in value]
            if are_pairs(pairs):
                return pairs
        raise ValueError(form)

    return convert


def pads_of_every_axis(value: Any) -> Any:
    """ONNX's `pads` of an explicit pad: the begins of every axis of the input and then the ends, as pairs.

    Axes before the last three must stay as they are.
    """
    form = "two integers per axis of the input, batch and channels included: all begins, then all ends"
    if are_pairs(value) and value:
        return value
    if not are_integers(value) or not value or len(value) % 2:
        raise ValueError(form)
    pairs = begins_then_ends(value)
    while len(pairs) > 3 and pairs[0] == [0, 0]:
        pairs = pairs[1:]
    return pairs


# --- sizes and scales ---------------------------------------------------------------------------------------------


def of_spatial_axes(value: Any) -> Any:
    """ONNX's `scales` of every axis, those of the batch and the channels, which are 1, left out."""
    form = "a number per axis of the input, batch and channels included, where it is 1"
    if not isinstance(value, list) or len(value) < 3 or any(type(entry) not in (int, float) for entry in value):
        raise ValueError(form)
    if value[0] != 1 or value[1] != 1:
        raise OutOfRangeError("which scales the batch or the channels", form)
    return value[2:]


def sizes_of_spatial_axes(value: Any) -> Any:
    """ONNX's `sizes` of every axis, those of the batch and the channels left out."""
    if not are_integers(value) or len(value) < 3:
        raise ValueError("a size per axis of the input, batch and channels included")
    if min(value) < 1:
        raise OutOfRangeError("which has a size below 1", "sizes of at least 1")
    return value[2:]


def counted_from_front(value: Any) -> Any:
    """Axes as ONNX's `perm` has them: from 0 on, none from the end."""
    if not are_integers(value) or min(value, default=0) < 0:
        raise ValueError("the index of each axis, from 0 on")
    return value


def axis_from_front(value: Any) -> Any:
    """One axis, from 0 on, none from the end."""
    if not is_integer(value) or value < 0:
        raise ValueError("the index of an axis, from 0 on")
    return value


def sizes_written_out(value: Any) -> Any:
    """A shape without -1: no size is left to be worked out."""
    if not are_integers(value) or min(value, default=0) < 0:
        raise ValueError("every size, none of them -1")
    return value


def listed_axes(value: Any) -> Any:
    """Axes in a list, also where there is one."""
    if not are_integers(value):
        raise ValueError("a list of axes")
    return value


def layout_in_letters(value: Any) -> Any:
    """The order of axes in letters, as in `["NHWC", "HWIO", "NHWC"]`: input, weight, output."""
    form = 'three orders of axes, of input, weight and output, channels second or last: ["NHWC", "HWIO", "NHWC"]'
    if not isinstance(value, list) or len(value) != 3 or not all(isinstance(order, str) for order in value):
        raise ValueError(form)
    ahead, weight, behind = value
    spatial = [letter for letter in weight if letter not in "IO"]
    layouts = {"".join(["N", "C", *spatial]): "channels_first", "".join(["N", *spatial, "C"]): "channels_last"}
    if ahead != behind or ahead not in layouts or len(set(weight)) != len(ahead) or not {"I", "O"} <= set(weight):
        raise ValueError(form)
    return layouts[ahead]


def half(value: Any) -> int:
    """The axes that a list of two entries per axis is about."""
    return len(value) // 2 if are_integers(value) else len(value)


def from_axis_on(value: Any) -> Any:
    """Every axis from one on, counted from the end: -2 is the last two."""
    if not is_integer(value) or not -8 <= value < 0:
        raise ValueError("an axis counted from the end, below 0")
    return list(range(value, 0))


def as_list(value: Any) -> Any:
    """One integer as a list of it: a window of one axis."""
    return [value] if is_integer(value) else value


def as_approximation(value: Any) -> Any:
    """Whether the error function is approximated, in our words."""
    return "tanh" if flag(value) else "none"


def single(value: Any) -> Any:
    """A list of one value as that value: tensors of one element are written so."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def count(value: Any) -> Any:
    """A count in a tensor of one element, of whatever type: 10.0 is 10."""
    number = single(value)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def single_axis(value: Any) -> Any:
    """A list of one axis as that axis."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def unless_empty(value: Any) -> Any:
    """An empty list as nothing given."""
    return None if value == [] else value


def repeated(rank: int) -> Callable[[Any], Any]:
    """One number for every axis."""

    def convert(value: Any) -> Any:
        return [value] * rank if type(value) in (int, float) else value

    return convert


def repeated_integer(value: Any) -> Any:
    """One integer, in a list for the only axis."""
    return [integer(value)]


def after_the_batch(value: Any) -> Any:
    """Keras' order of axes, which counts from 1 and leaves the batch out, with the batch in front."""
    form = "each of the axes behind the batch once, counted from 1"
    if not are_integers(value) or sorted(value) != list(range(1, len(value) + 1)):
        raise ValueError(form)
    return [0, *value]


# --- words and flags --------------------------------------------------------------------------------------------------


def lowered(value: Any) -> Any:
    """`SAME` as `same`."""
    return value.lower() if isinstance(value, str) else value


def one_of(*choices: Any) -> Callable[[Any], Any]:
    """One of these values, and no other."""
    form = "one of " + ", ".join(f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in choices)

    def convert(value: Any) -> Any:
        if not any(type(value) is type(choice) and value == choice for choice in choices):
            if isinstance(value, str):
                raise OutOfRangeError("which is not a choice", form)
            raise ValueError(form)
        return value

    return convert


def renamed(choices: Mapping[str, str]) -> Callable[[Any], Any]:
    """A framework's word as ours."""
    check = one_of(*choices)

    def convert(value: Any) -> Any:
        return choices[check(value)]

    return convert


def flag(value: Any) -> Any:
    """True or false, also as 1 or 0."""
    if not isinstance(value, bool) and not (is_integer(value) and value in (0, 1)):
        raise ValueError("true or false")
    return bool(value)


def negated(value: Any) -> Any:
    """The other truth value."""
    return not flag(value)


def number(value: Any) -> Any:
    """A number."""
    if type(value) not in (int, float):
        raise ValueError("a number")
    return value


def integer(value: Any) -> Any:
    """An integer."""
    if not is_integer(value):
        raise ValueError("an integer")
    return value


def text(value: Any) -> Any:
    """A text."""
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def named_function(known: Collection[str], whose: str) -> Callable[[Any], Any]:
    """The name of a function that a framework knows."""
    form = f"the name of one of {whose}' activations"

    def convert(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError(form)
        if value not in known:
            raise OutOfRangeError(f"which {whose} does not know", form)
        return value

    return convert
