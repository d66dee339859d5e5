"""Explicit pads and crops as a framework has them."""

from collections.abc import Sequence

from service.core.frameworks import Framework
from service.core.geometry.padding_pairs import Pair
from service.core.geometry.shapes import Size
from service.core.questions.equivalents.way import Step

LOWEST = -3.4028234663852886e38
"""The lowest 32-bit float: JSON has no infinity, and no maximum is below it."""
LOWEST_NOTE = "the pad is filled with the lowest 32-bit float in place of minus infinity, which JSON has not"
NOTHING_LEFT = "nothing of the input is left before it is padded"


def crops_all(size: Size, pair: Pair) -> bool:
    """Whether the negative amounts leave nothing of an axis."""
    return size is not None and size + min(pair[0], 0) + min(pair[1], 0) < 1


def bordered(
    framework: Framework, pairs: Sequence[Pair], mode: str = "constant", value: float = 0.0
) -> tuple[Step, ...] | None:
    """The layers that add these amounts, and crop negative ones; None where the framework has none for the mode."""
    rules = framework.pads
    if all(pair == (0, 0) for pair in pairs):
        return ()
    if mode not in rules.modes or (value and not rules.values):
        return None
    cropped = tuple((max(-before, 0), max(-after, 0)) for before, after in pairs)
    cropping = any(map(any, cropped))
    if cropping and mode != "constant":
        return None  # whether a framework pads or crops first decides what is copied
    said = {} if mode == "constant" else {"mode": mode}
    if value:
        said["value"] = value  # type: ignore[assignment]
    if not cropping or mode in rules.negative:
        return ({"type": "pad", "padding": tuple(pairs), **said},)
    added = tuple((max(before, 0), max(after, 0)) for before, after in pairs)
    pads: tuple[Step, ...] = ({"type": "pad", "padding": added, **said},) if any(map(any, added)) else ()
    return ({"type": "crop", "padding": cropped}, *pads)


def cropped(framework: Framework, pairs: Sequence[Pair]) -> tuple[Step, ...]:
    """The layer that takes these amounts away, if any are."""
    if all(pair == (0, 0) for pair in pairs):
        return ()
    if framework.crops:
        return ({"type": "crop", "padding": tuple(pairs)},)
    return ({"type": "pad", "padding": tuple((-before, -after) for before, after in pairs)},)
