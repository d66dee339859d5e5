"""Every spelling of padding, brought to one pair (before, after) an axis.

A layer may say `1`, `[1, 2]` (an axis each, both sides), `[[0, 1], [1, 1]]` (before and after), or a name.
`normalize` leaves a name, whose amounts depend on the input, or the pairs; `resolve` turns a name into a pair.
"""

from collections.abc import Sequence

from service.core.geometry.arithmetic import effective_kernel, same_total, split

Pair = tuple[int, int]
Spelled = int | Sequence[int] | Sequence[Sequence[int]] | str
Padding = str | tuple[Pair, ...]

SAME = frozenset({"same", "same_upper", "same_lower"})
NAMES = SAME | {"valid", "causal", "full"}
LEFT_OUT_OF_COPIES = {"reflect": 1, "circular": 0}
"""Modes that copy from the input, and how many of its positions they leave out: the edge itself, or none."""


def normalize(spelled: Spelled, rank: int) -> Padding | None:
    """A name as it stands, or one pair per axis; None when the number of entries is not the rank."""
    if isinstance(spelled, str):
        return spelled
    if isinstance(spelled, int):
        return ((spelled, spelled),) * rank
    if len(spelled) != rank:
        return None
    return tuple((entry, entry) if isinstance(entry, int) else (entry[0], entry[1]) for entry in spelled)


def resolve(name: str, size: int | None, kernel: int, stride: int, dilation: int) -> Pair | None:
    """The pair that a padding name means on one axis; None while the size it depends on is unknown.

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


def is_even(padding: Padding) -> bool:
    """Whether the padding puts as much before as after on every axis; a name counts as even."""
    return isinstance(padding, str) or all(before == after for before, after in padding)


def simplest(pairs: Sequence[Pair]) -> int | list[int] | list[list[int]]:
    """The shortest spelling of explicit pairs: `1`, `[1, 2]` or `[[0, 1], [1, 1]]`."""
    if any(before != after for before, after in pairs):
        return [list(pair) for pair in pairs]
    amounts = [before for before, _ in pairs]
    return amounts[0] if len(set(amounts)) == 1 else amounts
