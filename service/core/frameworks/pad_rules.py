"""What a framework's explicit padding takes, and how its users write padding."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.core.geometry.padding_pairs import LEFT_OUT_OF_COPIES, Pair, shortest_spelling

EVERY_PAD_MODE = frozenset({"constant", "reflect", "replicate", "circular"})
"""Those that most frameworks have."""


@dataclass(frozen=True, kw_only=True)
class PadRules:
    """What a framework's explicit padding takes."""

    modes: frozenset[str] = EVERY_PAD_MODE
    negative: frozenset[str] = EVERY_PAD_MODE
    """Modes in which negative amounts crop."""
    limited: frozenset[str] = frozenset({"reflect", "circular"})
    """Modes that copy each position of the input once at most; the others repeat it."""
    least_kept: Mapping[str, int] = field(default_factory=dict)
    """By mode, how many positions of the input cropping must leave; where it is missing only the output is bound."""
    empty_output: bool = False
    """Cropping everything gives size 0 rather than an error."""
    copies_within_output: bool = False
    """Circular padding is copied from one end of the output to the other, also where the two meet."""
    repeated_axes: bool = False
    """An axis may be named twice; the last amounts count."""
    values: bool = True
    """Constant padding may be filled with another number than 0."""
    limited_after_crop: bool = False
    """What may be copied is what cropping leaves."""
    leading_axes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """By mode, how many axes may stand before the padded ones, least and most."""

    flat: Callable[[Sequence[int]], list[list[int]]] | None = None
    """How a flat list of two integers per axis is read, where the framework has them."""
    flat_form: str = ""
    """What such a list is, for messages."""

    def left_out(self, mode: str) -> int | None:
        """How many positions of the input a mode does not copy; None where it copies as many as are asked for.

        So `size - left_out` positions can be copied, and `amount + left_out` positions are needed to copy an amount.
        """
        return LEFT_OUT_OF_COPIES.get(mode) if mode in self.limited else None


PaddingSpelling = Callable[[Sequence[Pair]], dict[str, Any]]
"""Explicit pairs as the argument that a user of the framework writes."""


def as_padding(pairs: Sequence[Pair]) -> dict[str, Any]:
    """`padding`, as short as it can be written."""
    return {"padding": shortest_spelling(pairs)}
