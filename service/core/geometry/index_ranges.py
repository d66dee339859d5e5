"""Indices and slices along one axis, as Python counts them: below 0 from the end, a slice cut to what there is."""

from dataclasses import dataclass
from typing import NamedTuple

from service.core.geometry.shapes import Shape, Size


class Cut(NamedTuple):
    """What a slice takes of an axis: the first position, the step, how many positions."""

    start: int
    step: int
    taken: Size


@dataclass(frozen=True, slots=True)
class SliceBounds:
    """`start:stop:step` as written; None where a part is left out."""

    start: int | None = None
    stop: int | None = None
    step: int | None = None

    @property
    def whole(self) -> bool:
        """Whether it takes all positions, whatever their number."""
        return self.start in (None, 0) and self.stop is None and self.step in (None, 1)

    def of(self, size: Size) -> Cut:
        """What it takes of an axis of this size; the step must not be 0."""
        step = self.step or 1
        if size is None:
            return Cut(max(self.start or 0, 0), step, None)
        start, stop, step = slice(self.start, self.stop, step).indices(size)
        return Cut(start, step, len(range(start, stop, step)))


def read_slice(text: str) -> SliceBounds | None:
    """`start:stop` or `start:stop:step`, any of them left out; None where the text is no slice."""
    parts = [part.strip() for part in text.split(":")]
    if len(parts) not in (2, 3) or not all(part == "" or _is_integer(part) for part in parts):
        return None
    return SliceBounds(*(int(part) if part else None for part in parts))


def _is_integer(text: str) -> bool:
    digits = text.removeprefix("-")
    return digits.isascii() and digits.isdigit() and len(digits) <= 12


def broadcast_shapes(shapes: list[Shape]) -> Shape | None:
    """The shape that shapes broadcast to, aligned at their ends; None where they do not, a None size where unknown."""
    most = max(map(len, shapes), default=0)
    padded = [(1,) * (most - len(shape)) + tuple(shape) for shape in shapes]
    result: list[Size] = []
    for sizes in zip(*padded, strict=True):
        other = {size for size in sizes if size != 1}
        known = other - {None}
        if len(known) > 1:
            return None
        result.append(known.pop() if known else None if other else 1)
    return tuple(result)
