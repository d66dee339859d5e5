"""What each framework crops from a transposed convolution for a padding, an output padding and their absence.

All functions have the form of `CropOf`, and none but the one in a framework's row is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass

from service.core.geometry.padding_pairs import Pair


@dataclass(frozen=True, slots=True)
class TransposedCrop:
    """What one axis of a transposed convolution loses and gains after the full `(i - 1)*s + e` positions."""

    before: int
    after: int
    output_padding: int = 0


CropOf = Callable[[Pair | str, int, int, int, int, int | None], TransposedCrop]
"""(padding, size, kernel, stride, dilation, output_padding or None) → what is cropped from that axis."""


def crop_as_given(
    padding: Pair | str, size: int, kernel: int, stride: int, dilation: int, output_padding: int | None
) -> TransposedCrop:
    """`padding` is cropped from both ends; `output_padding` is 0 unless given."""
    before, after = (0, 0) if isinstance(padding, str) else padding
    return TransposedCrop(before, after, output_padding or 0)
