"""Positions that a layer of padding puts there: they are padding for the layer behind it too."""

from collections.abc import Callable, Sequence

from service.core.diagnostics import Diagnostic
from service.core.geometry.axes import Axis, PaddedAxis, WindowAxis
from service.core.networks.network import TensorKey

Connections = Sequence[Sequence[TensorKey | None]]
AxesOf = Callable[[int], Sequence[Axis]]
"""The axes of a layer in its place, by its index."""


def without_unread_padding(
    diagnostics: list[Diagnostic], connections: Connections, axes_of: AxesOf
) -> list[Diagnostic]:
    """The diagnostics but for positions that no window reads where those are zeros of the layer before.

    Keras pads by a layer of its own what PyTorch pads in the convolution, where nobody is warned either.
    """
    return [
        each for each in diagnostics if each.rule.name != "unread-input" or _is_of_input(each, connections, axes_of)
    ]


def _is_of_input(unread: Diagnostic, connections: Connections, axes_of: AxesOf) -> bool:
    """Whether what is not read is more than the layer before has added."""
    index = next(part for part in unread.location if isinstance(part, int))
    before = next(iter(connections[index]), None)
    padded = axes_of(before) if isinstance(before, int) else ()
    windows = axes_of(index)
    return len(windows) != len(padded) or not all(map(_leaves_padding, windows, padded))


def _leaves_padding(window: Axis, padded: Axis) -> bool:
    """Whether along an axis a window leaves nothing but zeros unread."""
    if not isinstance(window, WindowAxis) or not isinstance(padded, PaddedAxis) or padded.mode != "constant":
        return False
    return (window.unread or 0) <= max(window.after or 0, 0) + max(padded.after, 0)
