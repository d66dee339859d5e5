"""Every spelling of padding, brought to one pair (before, after) for each axis.

A layer may say `1`, `[1, 2]` (an axis each, both sides), `[[0, 1], [1, 1]]` (before and after), or a name.
`read_padding` makes pairs of numbers and leaves a name, whose pairs depend on the input; `named_pair` makes those.
"""

from collections.abc import Sequence

from service.core.geometry.arithmetic import effective_kernel, same_total, split

Pair = tuple[int, int]
"""Positions added before and after an axis; negative ones are cropped."""
Spelled = int | Sequence[int] | Sequence[Sequence[int]] | str
"""Padding as it may be written."""
Padding = str | tuple[Pair, ...]
"""A name, or a pair for each axis."""

SAME = frozenset({"same", "same_upper", "same_lower"})
NAMES = SAME | {"valid", "causal", "full"}
LEFT_OUT_OF_COPIES = {"reflect": 1, "symmetric": 0, "circular": 0}
"""Modes that copy each position once at most, and how many positions they never copy: reflect leaves the edge out."""


def read_padding(spelled: Spelled, rank: int) -> Padding | None:
    """A name as it stands, or one pair for each axis; None if there are entries for another number of axes."""
    if isinstance(spelled, str):
        return spelled
    if isinstance(spelled, int):
        return ((spelled, spelled),) * rank
    if len(spelled) != rank:
        return None
    return tuple((entry, entry) if isinstance(entry, int) else (entry[0], entry[1]) for entry in spelled)


def named_pair(name: str, size: int | None, kernel: int, stride: int, dilation: int) -> Pair | None:
    """The pair that a padding name means on one axis; None while it depends on an unknown size.

    - `valid`: none. `full`: `e - 1` on both sides. `causal`: `e - 1` before.
    - `same`, `same_upper`: `max((ceil(i/s) - 1)*s + e - i, 0)` in total, the odd one after; `same_lower`: before.
    """
    reach = effective_kernel(kernel, dilation) - 1
    if name == "valid":
        return (0, 0)
    if name == "causal":
        return (reach, 0)
    if name == "full":
        return (reach, reach)
    if size is None:
        return split(reach, extra_after=name != "same_lower") if stride == 1 else None
    return split(same_total(size, reach + 1, stride), extra_after=name != "same_lower")


def last_axis_first(values: Sequence[int]) -> list[list[int]]:
    """F.pad's flat order as pairs: `[left, right, top, bottom]` is `[[top, bottom], [left, right]]`."""
    return [list(values[index : index + 2]) for index in range(0, len(values), 2)][::-1]


def begins_then_ends(values: Sequence[int]) -> list[list[int]]:
    """ONNX's flat order as pairs: all begins, and then all ends."""
    half = len(values) // 2
    return [list(pair) for pair in zip(values[:half], values[half:], strict=True)]


def only_pair(values: Sequence[int]) -> list[list[int]]:
    """Keras' two amounts of one axis as a pair; empty for any other number of them."""
    return [list(values)] if len(values) == 2 else []


def shortest_spelling(pairs: Sequence[Pair]) -> int | list[int] | list[list[int]]:
    """Pairs as a layer would write them in the fewest numbers: `1`, `[1, 2]` or `[[0, 1], [1, 1]]`."""
    if any(before != after for before, after in pairs):
        return [list(pair) for pair in pairs]
    amounts = [before for before, _ in pairs]
    return amounts[0] if len(set(amounts)) == 1 else amounts
