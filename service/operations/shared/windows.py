"""Where the windows of an answer's axes lie."""

from collections.abc import Sequence
from typing import Any

from service.core.geometry.axes import Axis
from service.core.questions.sizes import most_window_positions, windows_of
from service.operations.shared.affordability import require_within_limit


def with_windows(members: list[dict[str, Any]], axes: Sequence[Axis], share: int) -> list[dict[str, Any]]:
    """The axes of an answer, each with its windows; `share` is the number of such lists that are asked for.

    Raises:
        Problem: with status 413 where the positions of all windows in all lists are too many.
    """
    positions = share * sum(most_window_positions(axis) for axis in axes)
    require_within_limit(positions, "max_window_positions", "the number of positions of all windows", ("windows",))
    return [part | {"windows": windows_of(axis)} for part, axis in zip(members, axes, strict=True)]
