"""Sizes that grow beyond what any framework can hold."""

from collections.abc import Iterator, Sequence

from service.core.diagnostics.model import Fact
from service.core.diagnostics.registry import diagnostic
from service.core.geometry.shapes import LARGEST_AXIS, Shape
from service.core.layers.pointers import Pointer


@diagnostic("S215")
def size_overflow(outputs: Sequence[Shape | None], at: Pointer) -> Iterator[Fact]:
    """A layer makes an axis longer than any framework can hold.

    Frameworks count positions as 64-bit integers, so an axis has at most 2^63 - 1 of them. Strides of transposed
    convolutions, scale factors and repeats multiply from layer to layer. What is behind the layer is unknown.
    """
    for shape in outputs:
        for axis, size in enumerate(shape or ()):
            if size is not None and size > LARGEST_AXIS:
                yield Fact(
                    f"axis {axis} of the output has 2^{size.bit_length() - 1} positions or more; the most is 2^63 - 1",
                    anchor=at,
                    help="make strides, factors or repeats smaller, here or in the layers before",
                )
                return
